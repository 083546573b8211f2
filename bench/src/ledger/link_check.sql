-- What a link check at insert would be; measured here, not part of the schema (docs/BENCHMARKS.md).
-- Planned while the log is empty, the look-up would read all of it for ever after: seqscan off.
CREATE FUNCTION ledger.check_links() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off SET enable_bitmapscan = off AS $$
BEGIN
    -- A look-up an event by the unique index: as a join the planner would read the whole log for a few new rows.
    IF EXISTS (
        SELECT FROM added
        WHERE sequence > 1 AND prev_hash IS DISTINCT FROM (
            SELECT before.hash FROM ledger.events before
            WHERE before.stream_id = added.stream_id AND before.sequence = added.sequence - 1
              AND (before.stream_type = added.stream_type AND before.clinic_id = added.clinic_id) IS TRUE)
    ) THEN
        RAISE EXCEPTION 'an event does not follow on the one before it in its stream' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER links AFTER INSERT ON ledger.events REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.check_links();
