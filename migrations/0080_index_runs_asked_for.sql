-- Serves: who is in trouble, of all examiners (crates/store/src/sql/overview.sql). Runs that somebody asked for and that
-- did not go well are few; without this, the last run of each examiner would have to be looked at.
--
-- Not CONCURRENTLY: that waits for every snapshot, and other processes that start at this moment hold one while they
-- wait for the lock of the migrations. The table is read once; runs that begin or end meanwhile wait for a second or two.
SET LOCAL lock_timeout = '10s';

CREATE INDEX IF NOT EXISTS agenda_sync_runs_asked_for_in_trouble_idx ON agenda_sync_runs (usuario_id)
    WHERE tick IS NULL AND status IN ('partial', 'failed');
