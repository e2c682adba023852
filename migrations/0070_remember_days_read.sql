-- Which days a run has read. A day without slots is empty if it was read and unread if not, and nothing else in the
-- record tells the two apart where a run ended early or the examiner's working days have changed since.
-- Serves: the state of a day (crates/store/src/days.rs).

SET LOCAL lock_timeout = '15s';

ALTER TABLE agenda_sync_runs ADD COLUMN IF NOT EXISTS days_read DATE[];
COMMENT ON COLUMN agenda_sync_runs.days_read IS 'The days that were read in all units that the run visited, or of which the portal said that they are empty; null: a run of an earlier release, which has read all wanted days if it is a success.';
