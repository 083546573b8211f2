-- What witnesses have seen of the logs (docs/ARCHITECTURE.md, "Witnesses"): each row is the signature of somebody outside
-- under a head. Written once like the rest of the ledger; a server writes a row only after it has verified it, and whoever
-- verifies the log verifies it again.
CREATE TABLE ledger.cosignatures (
    clinic_id   uuid   NOT NULL,
    -- The log's name, which is part of what was signed.
    origin      text   NOT NULL,
    size        bigint NOT NULL,
    root        bytea  NOT NULL,
    -- The witness's public key, with its name (C2SP signed-note).
    witness     text   NOT NULL,
    -- Eight bytes that say when, and the signature (C2SP tlog-cosignature).
    cosignature bytea  NOT NULL,
    CONSTRAINT cosignatures_once PRIMARY KEY (clinic_id, origin, size, witness)
);
-- How far one witness has come.
CREATE INDEX cosignatures_of_witness ON ledger.cosignatures (clinic_id, origin, witness, size);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.cosignatures
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
ALTER TABLE ledger.cosignatures ENABLE ALWAYS TRIGGER append_only;

ALTER TABLE ledger.cosignatures ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_clinic ON ledger.cosignatures FOR SELECT TO daybook_read
    USING (clinic_id = nullif(current_setting('daybook.clinic', true), '')::uuid);
CREATE POLICY every_clinic ON ledger.cosignatures FOR SELECT TO daybook_append, daybook_project USING (true);
CREATE POLICY append ON ledger.cosignatures FOR INSERT TO daybook_append WITH CHECK (true);

GRANT SELECT, INSERT ON ledger.cosignatures TO daybook_append;
GRANT SELECT ON ledger.cosignatures TO daybook_project, daybook_read;
