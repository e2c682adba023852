-- A tick that is fired anew for a new password is a tick of its own (start_run.sql). Words are not worth a migration that
-- fails, should the table be another's by now.
DO $$
BEGIN
    COMMENT ON COLUMN agenda_sync_runs.tick IS 'The nominal firing time that this run serves, or, of one for a password that was just stored, when that was; null when asked for by a person.';
EXCEPTION WHEN insufficient_privilege THEN
    RAISE NOTICE 'comments left as they are: not the owner';
END $$;
