-- A day is taken for what the portal shows while identities, content hashes and statuses of its slots are. Content that
-- somebody edits by SQL kept its hash, so that no reading put it right again. Without a hash it is like none that is read.
-- Serves: the digests of days (start_run.sql, finish_run.sql in crates/store/src/sql).
--
-- AFTER: with a trigger BEFORE UPDATE, of whatever columns, the server locks each row once more before any statement updates
-- it, and all that is as it was is updated by each run. Our own statements write content and hash together.

-- Rather give up and try again than make the application wait behind us.
SET LOCAL lock_timeout = '15s';

-- As its owner: whoever may edit the content need not have a right on the hash. By the table's own name, since theirs is
-- whatever search path they have.
CREATE FUNCTION agendad_slot_edited() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    EXECUTE format('UPDATE %s SET content_hash = NULL WHERE id = $1', TG_RELID::regclass) USING NEW.id;
    RETURN NULL;
END $$;
-- A trigger fires whoever may execute its function; on a table of their own nobody has any use for the owner's rights.
REVOKE EXECUTE ON FUNCTION agendad_slot_edited() FROM PUBLIC;
COMMENT ON FUNCTION agendad_slot_edited() IS 'Somebody has edited what a slot shows: its content hash goes, so that the next reading stores the slot anew.';

CREATE TRIGGER agendad_slot_edited
    AFTER UPDATE OF payload, hora ON agenda_slots
    FOR EACH ROW
    WHEN ((NEW.payload IS DISTINCT FROM OLD.payload OR NEW.hora <> OLD.hora)
          AND NEW.content_hash IS NOT DISTINCT FROM OLD.content_hash)
    EXECUTE FUNCTION agendad_slot_edited();

COMMENT ON COLUMN agenda_slots.content_hash IS 'SHA-1 of the canonical JSON of what the portal shows; null: not read by us, or edited since.';
