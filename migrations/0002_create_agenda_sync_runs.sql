-- The record of every run, and the fence: a store statement takes effect only while its run is
-- 'running'. Serves: last runs of a user, orphan closing, "has this tick been done", statistics.

SET LOCAL lock_timeout = '15s';

CREATE TABLE IF NOT EXISTS agenda_sync_runs (
    id BIGSERIAL CONSTRAINT agenda_sync_runs_pkey PRIMARY KEY,
    source TEXT NOT NULL DEFAULT 'DETRAN',
    usuario_id INTEGER CONSTRAINT agenda_sync_runs_usuario_id_fkey REFERENCES usuarios (id),
    window_start DATE NOT NULL,
    window_end DATE NOT NULL,
    status TEXT NOT NULL,
    totals JSONB,
    error TEXT,
    error_details JSONB,
    started_at TIMESTAMPTZ,
    finished_at TIMESTAMPTZ
);
ALTER TABLE agenda_sync_runs
    ADD COLUMN IF NOT EXISTS source TEXT NOT NULL DEFAULT 'DETRAN',
    ADD COLUMN IF NOT EXISTS usuario_id INTEGER CONSTRAINT agenda_sync_runs_usuario_id_fkey REFERENCES usuarios (id),
    ADD COLUMN IF NOT EXISTS window_start DATE,
    ADD COLUMN IF NOT EXISTS window_end DATE,
    ADD COLUMN IF NOT EXISTS totals JSONB,
    ADD COLUMN IF NOT EXISTS error TEXT,
    ADD COLUMN IF NOT EXISTS error_details JSONB,
    ADD COLUMN IF NOT EXISTS started_at TIMESTAMPTZ,
    ADD COLUMN IF NOT EXISTS finished_at TIMESTAMPTZ,
    ADD COLUMN IF NOT EXISTS window_name TEXT,
    ADD COLUMN IF NOT EXISTS tick TIMESTAMPTZ,
    ADD COLUMN IF NOT EXISTS origin TEXT,
    ADD COLUMN IF NOT EXISTS instance TEXT,
    ADD COLUMN IF NOT EXISTS requests INTEGER,
    ADD COLUMN IF NOT EXISTS retries INTEGER,
    ADD COLUMN IF NOT EXISTS logins INTEGER,
    ADD COLUMN IF NOT EXISTS session_reused BOOLEAN;

-- Runs of a system that did not record its window: the day of the run is what is known of it.
UPDATE agenda_sync_runs
SET window_start = coalesce(window_start, window_end, (started_at AT TIME ZONE 'America/Sao_Paulo')::date, CURRENT_DATE),
    window_end = coalesce(window_end, window_start, (started_at AT TIME ZONE 'America/Sao_Paulo')::date, CURRENT_DATE)
WHERE window_start IS NULL OR window_end IS NULL;
ALTER TABLE agenda_sync_runs ALTER COLUMN window_start SET NOT NULL, ALTER COLUMN window_end SET NOT NULL;

-- NOT VALID: rows of the earlier system are not judged, new ones are.
ALTER TABLE agenda_sync_runs DROP CONSTRAINT IF EXISTS agenda_sync_runs_status_check;
ALTER TABLE agenda_sync_runs ADD CONSTRAINT agenda_sync_runs_status_check
    CHECK (status IN ('running', 'success', 'partial', 'failed')) NOT VALID;
ALTER TABLE agenda_sync_runs DROP CONSTRAINT IF EXISTS agenda_sync_runs_origin_check;
ALTER TABLE agenda_sync_runs ADD CONSTRAINT agenda_sync_runs_origin_check
    CHECK (origin IN ('schedule', 'cli', 'api')) NOT VALID;

-- A new table has nothing to be lenient about.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM agenda_sync_runs) THEN
        ALTER TABLE agenda_sync_runs VALIDATE CONSTRAINT agenda_sync_runs_status_check;
        ALTER TABLE agenda_sync_runs VALIDATE CONSTRAINT agenda_sync_runs_origin_check;
    END IF;
END $$;

COMMENT ON TABLE agenda_sync_runs IS 'One row a run: one execution of one window for one user.';
COMMENT ON COLUMN agenda_sync_runs.id IS 'The run; grows with time.';
COMMENT ON COLUMN agenda_sync_runs.source IS 'Where the agenda comes from; always DETRAN.';
COMMENT ON COLUMN agenda_sync_runs.usuario_id IS 'The examiner.';
COMMENT ON COLUMN agenda_sync_runs.window_start IS 'First day asked for.';
COMMENT ON COLUMN agenda_sync_runs.window_end IS 'Last day asked for.';
COMMENT ON COLUMN agenda_sync_runs.status IS 'running; success: every wanted date was read and stored; partial: some dates failed or had unreadable rows, or removals were held back; failed: nothing could be stored.';
COMMENT ON COLUMN agenda_sync_runs.totals IS 'Counts: inserted, updated, unchanged, removed, held, skipped, appointments_created, appointments_linked, appointments_cancelled.';
COMMENT ON COLUMN agenda_sync_runs.error IS 'What went wrong, one sentence; no secret, no full CPF.';
COMMENT ON COLUMN agenda_sync_runs.error_details IS 'kind, message, chain (causes, outermost first), backtrace (failures of our own only), dates (date, unidade, kind, message, evidence of each that failed), notes.';
COMMENT ON COLUMN agenda_sync_runs.started_at IS 'Start, database clock.';
COMMENT ON COLUMN agenda_sync_runs.finished_at IS 'End, database clock; null while running.';
COMMENT ON COLUMN agenda_sync_runs.window_name IS 'Name of the window; null for a range of dates asked for by a person.';
COMMENT ON COLUMN agenda_sync_runs.tick IS 'The nominal firing time that this run serves; null when asked for by a person.';
COMMENT ON COLUMN agenda_sync_runs.origin IS 'Who asked: schedule, cli or api; null: the earlier system.';
COMMENT ON COLUMN agenda_sync_runs.instance IS 'The process that ran it.';
COMMENT ON COLUMN agenda_sync_runs.requests IS 'Requests sent to the portal.';
COMMENT ON COLUMN agenda_sync_runs.retries IS 'Requests that were repeated after a retryable failure.';
COMMENT ON COLUMN agenda_sync_runs.logins IS 'Logins attempted.';
COMMENT ON COLUMN agenda_sync_runs.session_reused IS 'Whether a cached session was still honoured.';

-- The last runs of a user.
CREATE INDEX IF NOT EXISTS agenda_sync_runs_usuario_id_started_at_idx
    ON agenda_sync_runs (usuario_id, started_at DESC);
-- Whoever holds a user's lock closes the dead runs of that user.
CREATE INDEX IF NOT EXISTS agenda_sync_runs_running_idx
    ON agenda_sync_runs (usuario_id) WHERE status = 'running';
-- Whether a tick has been done, asked before a job that was handed out again runs.
CREATE INDEX IF NOT EXISTS agenda_sync_runs_tick_idx
    ON agenda_sync_runs (usuario_id, window_name, tick) WHERE tick IS NOT NULL;
-- Retention and statistics per day.
CREATE INDEX IF NOT EXISTS agenda_sync_runs_started_at_idx ON agenda_sync_runs (started_at);
