-- Wrapped data keys and the blind index live apart from the ledger, under their own role; in production better in a
-- database of their own. Unlike the ledger, rows here can be destroyed: that is how a patient is erased.
CREATE SCHEMA keys;

CREATE TABLE keys.data_keys (
    data_key_id uuid        PRIMARY KEY,
    clinic_id   uuid        NOT NULL,
    patient_id  uuid        NOT NULL,
    class       text        NOT NULL,
    wrapped     bytea       NOT NULL,
    created_at  timestamptz NOT NULL,
    CONSTRAINT data_keys_one_a_class UNIQUE (clinic_id, patient_id, class)
);

CREATE TABLE keys.blind_index (
    clinic_id  uuid  NOT NULL,
    field      text  NOT NULL,
    token      bytea NOT NULL,
    patient_id uuid  NOT NULL,
    PRIMARY KEY (clinic_id, field, token, patient_id)
);
CREATE INDEX blind_index_patient ON keys.blind_index (clinic_id, patient_id);

GRANT USAGE ON SCHEMA keys TO daybook_keys;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA keys TO daybook_keys;
