-- Drafts of notes as they are saved while somebody writes (docs/ARCHITECTURE.md, "Drafts"): one row a note, written over
-- and over. No part of the log: what is to last is drafted in the visit's stream. Sealed under the patient's data key, bound
-- to the note and to an id that is fresh for every save; without the key a row is as unreadable as an event.
CREATE SCHEMA drafts;

CREATE TABLE drafts.notes (
    clinic_id  uuid        NOT NULL,
    note_id    uuid        NOT NULL,
    revision   bigint      NOT NULL,
    command_id uuid        NOT NULL,
    saved_at   timestamptz NOT NULL,
    event_id   uuid        NOT NULL,
    payload    bytea       NOT NULL,
    sealed     bytea       NOT NULL,
    CONSTRAINT notes_one_row PRIMARY KEY (clinic_id, note_id)
) WITH (fillfactor = 50);
ALTER TABLE drafts.notes ALTER COLUMN sealed SET STORAGE EXTERNAL;

GRANT USAGE ON SCHEMA drafts TO daybook_append;
GRANT SELECT, INSERT, UPDATE, DELETE ON drafts.notes TO daybook_append;
