-- The hash-chained log (docs/ARCHITECTURE.md, "The ledger"). Every table here is insert-only.

-- Roles belong to the cluster, not to the database: made once, never dropped. A second migration racing on the same
-- cluster may make one between our look and our CREATE.
DO $$
DECLARE role_name text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY['daybook_append', 'daybook_project', 'daybook_read', 'daybook_keys'] LOOP
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
                EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
            END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
        END;
    END LOOP;
END $$;

CREATE SCHEMA ledger;

-- One log a clinic and epoch. `origin` is the signed-note key name, `vkey` its public key.
CREATE TABLE ledger.logs (
    clinic_id   uuid   PRIMARY KEY,
    origin      text   NOT NULL UNIQUE,
    vkey        text   NOT NULL
);

CREATE TABLE ledger.events (
    clinic_id     uuid        NOT NULL,
    position      bigint      NOT NULL CHECK (position >= 0),
    stream_type   text        NOT NULL,
    stream_id     uuid        NOT NULL,
    sequence      bigint      NOT NULL CHECK (sequence >= 1),
    event_id      uuid        NOT NULL,
    event_type    text        NOT NULL,
    event_version text        NOT NULL,
    recorded_at   timestamptz NOT NULL,
    prev_hash     bytea       NOT NULL,
    hash          bytea       NOT NULL,
    metadata      bytea       NOT NULL,
    payload       bytea       NOT NULL,
    sealed        bytea       NOT NULL,
    CONSTRAINT events_position PRIMARY KEY (clinic_id, position),
    CONSTRAINT events_sequence UNIQUE (stream_id, sequence, stream_type, clinic_id)
);
-- Payloads are small and sealed bytes do not compress: do not try.
ALTER TABLE ledger.events ALTER COLUMN metadata SET STORAGE EXTERNAL;
ALTER TABLE ledger.events ALTER COLUMN payload SET STORAGE EXTERNAL;
ALTER TABLE ledger.events ALTER COLUMN sealed SET STORAGE EXTERNAL;

-- (clinic_id, size_before) is the compare-and-swap between writers: two heads cannot grow from one size.
CREATE TABLE ledger.checkpoints (
    clinic_id   uuid   NOT NULL,
    size_before bigint NOT NULL,
    size        bigint NOT NULL CHECK (size > size_before),
    root        bytea  NOT NULL,
    signature   bytea  NOT NULL,
    CONSTRAINT checkpoints_growth PRIMARY KEY (clinic_id, size_before)
);

-- Full tiles only: 256 hashes of 32 bytes.
CREATE TABLE ledger.tiles (
    clinic_id uuid     NOT NULL,
    level     smallint NOT NULL,
    index     bigint   NOT NULL,
    hashes    bytea    NOT NULL CHECK (length(hashes) = 8192),
    CONSTRAINT tiles_place PRIMARY KEY (clinic_id, level, index)
);

CREATE TABLE ledger.commands (
    clinic_id      uuid    NOT NULL,
    command_id     uuid    NOT NULL,
    request_hash   bytea   NOT NULL,
    first_position bigint  NOT NULL,
    count          integer NOT NULL,
    CONSTRAINT commands_once PRIMARY KEY (clinic_id, command_id)
);

-- A row is written once. A superuser can switch a trigger off; the chain and the checkpoints detect the rest.
CREATE FUNCTION ledger.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'ledger.% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;

DO $$
DECLARE table_name text;
BEGIN
    FOREACH table_name IN ARRAY ARRAY['logs', 'events', 'checkpoints', 'tiles', 'commands'] LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.%I
                        FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change()', table_name);
        EXECUTE format('ALTER TABLE ledger.%I ENABLE ALWAYS TRIGGER append_only', table_name);
    END LOOP;
END $$;

-- The log in postgres-es' columns. The payload is wrapped in its type's name, as an externally tagged enum reads it.
-- security_invoker: the reader's own row-level security applies.
CREATE VIEW public.events WITH (security_invoker = true) AS
SELECT stream_type                                                                AS aggregate_type,
       stream_id::text                                                            AS aggregate_id,
       sequence,
       event_type,
       event_version,
       json_build_object(event_type, convert_from(payload, 'UTF8')::json)         AS payload,
       convert_from(metadata, 'UTF8')::json                                       AS metadata,
       clinic_id,
       position,
       recorded_at
FROM ledger.events;

ALTER TABLE ledger.logs ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger.events ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger.checkpoints ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger.tiles ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger.commands ENABLE ROW LEVEL SECURITY;

-- A reader sees one clinic, named by `SET daybook.clinic`; without it, nothing.
DO $$
DECLARE table_name text;
BEGIN
    FOREACH table_name IN ARRAY ARRAY['logs', 'events', 'checkpoints', 'tiles', 'commands'] LOOP
        EXECUTE format('CREATE POLICY one_clinic ON ledger.%I FOR SELECT TO daybook_read
                        USING (clinic_id = nullif(current_setting(''daybook.clinic'', true), '''')::uuid)', table_name);
        EXECUTE format('CREATE POLICY every_clinic ON ledger.%I FOR SELECT TO daybook_append, daybook_project USING (true)', table_name);
        EXECUTE format('CREATE POLICY append ON ledger.%I FOR INSERT TO daybook_append WITH CHECK (true)', table_name);
    END LOOP;
END $$;

GRANT USAGE ON SCHEMA ledger TO daybook_append, daybook_project, daybook_read;
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA ledger TO daybook_append;
GRANT SELECT ON ALL TABLES IN SCHEMA ledger TO daybook_project, daybook_read;
GRANT SELECT ON public.events TO daybook_append, daybook_project, daybook_read;
