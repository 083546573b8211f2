-- Epochs of a log after its first (docs/ARCHITECTURE.md, "Recovery"). A log that went back to an earlier point goes on under
-- another name, so that no size is ever signed twice under one. The event at position `size` is `ledger-recovered`, written in
-- the same transaction as the row.
CREATE TABLE ledger.epochs (
    clinic_id uuid    NOT NULL,
    epoch     bigint  NOT NULL CHECK (epoch >= 2),
    origin    text    NOT NULL UNIQUE,
    vkey      text    NOT NULL,
    size      bigint  NOT NULL CHECK (size >= 0),
    CONSTRAINT epochs_once PRIMARY KEY (clinic_id, epoch)
);

-- How far a restore into this database has come. One that began and is not recovered is not appended to by anyone.
CREATE TABLE ledger.restorations (
    restoration_id uuid        NOT NULL,
    step           text        NOT NULL CHECK (step IN ('log-restored', 'keys-restored', 'recovered')),
    log_sha256     text        NOT NULL,
    at             timestamptz NOT NULL,
    CONSTRAINT restorations_once PRIMARY KEY (restoration_id, step)
);

DO $$
DECLARE table_name text;
BEGIN
    FOREACH table_name IN ARRAY ARRAY['epochs', 'restorations'] LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.%I
                        FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change()', table_name);
        EXECUTE format('ALTER TABLE ledger.%I ENABLE ALWAYS TRIGGER append_only', table_name);
    END LOOP;
END $$;

ALTER TABLE ledger.epochs ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_clinic ON ledger.epochs FOR SELECT TO daybook_read
    USING (clinic_id = nullif(current_setting('daybook.clinic', true), '')::uuid);
CREATE POLICY every_clinic ON ledger.epochs FOR SELECT TO daybook_append, daybook_project USING (true);
CREATE POLICY append ON ledger.epochs FOR INSERT TO daybook_append WITH CHECK (true);

GRANT SELECT, INSERT ON ledger.epochs, ledger.restorations TO daybook_append;
GRANT SELECT ON ledger.epochs, ledger.restorations TO daybook_project;
GRANT SELECT ON ledger.epochs TO daybook_read;
