-- When each examiner's days were last read as a whole, window by window. Kept beside the ticks, and not
-- looked up among the runs: those are deleted after a while, and with ten thousand examiners the question
-- would be ten thousand searches. Serves: the age of the last success, on the dashboard and in alerts.

SET LOCAL lock_timeout = '15s';

ALTER TABLE sync_schedules ADD COLUMN IF NOT EXISTS last_success TIMESTAMPTZ;
COMMENT ON COLUMN sync_schedules.last_success IS 'End of the last successful run that asked for all days of the window, whoever asked for it; null = none yet.';

-- What the runs still tell. Each search ends at the first success, backwards in time.
UPDATE sync_schedules s
SET last_success = (
    SELECT r.finished_at FROM agenda_sync_runs r
    WHERE r.usuario_id = s.usuario_id AND r.window_name = s.window_name AND r.status = 'success'
    ORDER BY r.started_at DESC LIMIT 1)
WHERE s.last_success IS NULL;
