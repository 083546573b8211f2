-- Records whose keys are being destroyed, or were (docs/ARCHITECTURE.md, "Erasure"). A row closes the record: no key is made
-- for it any more and nothing is sealed under those it has. What counts as erased is told by the log alone.
CREATE TABLE keys.closed (
    clinic_id    uuid        NOT NULL,
    patient_id   uuid        NOT NULL,
    -- Whose attempt it is; only that attempt opens the record again.
    attempt      uuid        NOT NULL,
    closed_at    timestamptz NOT NULL,
    destroyed_at timestamptz,
    CONSTRAINT closed_once PRIMARY KEY (clinic_id, patient_id)
);

-- Counted up with every change of the table above, in its transaction: who keeps keys in memory looks at it.
CREATE TABLE keys.closings (
    one     boolean PRIMARY KEY DEFAULT true CHECK (one),
    changes bigint  NOT NULL
);
INSERT INTO keys.closings (changes) VALUES (0);

GRANT SELECT, INSERT, UPDATE, DELETE ON keys.closed TO daybook_keys;
GRANT SELECT, UPDATE ON keys.closings TO daybook_keys;
