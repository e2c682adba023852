-- The record of every run, and the fence: a store statement takes effect only while its run is
-- 'running'. Serves: last runs of a user, orphan closing, "has this tick been done", statistics.

CREATE TABLE IF NOT EXISTS agenda_sync_runs (
    id BIGSERIAL PRIMARY KEY,
    source TEXT NOT NULL DEFAULT 'DETRAN',
    usuario_id INTEGER REFERENCES usuarios (id),
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
    ADD COLUMN IF NOT EXISTS window_name TEXT,
    ADD COLUMN IF NOT EXISTS tick TIMESTAMPTZ,
    ADD COLUMN IF NOT EXISTS origin TEXT,
    ADD COLUMN IF NOT EXISTS instance TEXT,
    ADD COLUMN IF NOT EXISTS requests INTEGER,
    ADD COLUMN IF NOT EXISTS retries INTEGER,
    ADD COLUMN IF NOT EXISTS logins INTEGER,
    ADD COLUMN IF NOT EXISTS session_reused BOOLEAN;

-- NOT VALID: rows of the earlier system are not judged, new ones are.
ALTER TABLE agenda_sync_runs DROP CONSTRAINT IF EXISTS agenda_sync_runs_status_check;
ALTER TABLE agenda_sync_runs ADD CONSTRAINT agenda_sync_runs_status_check
    CHECK (status IN ('running', 'success', 'partial', 'failed')) NOT VALID;

COMMENT ON TABLE agenda_sync_runs IS 'One row a run: one execution of one window for one user.';
COMMENT ON COLUMN agenda_sync_runs.source IS 'Where the agenda comes from; always DETRAN.';
COMMENT ON COLUMN agenda_sync_runs.usuario_id IS 'The examiner.';
COMMENT ON COLUMN agenda_sync_runs.window_start IS 'First day asked for.';
COMMENT ON COLUMN agenda_sync_runs.window_end IS 'Last day asked for.';
COMMENT ON COLUMN agenda_sync_runs.status IS 'running, success, partial or failed.';
COMMENT ON COLUMN agenda_sync_runs.totals IS 'Counts: inserted, updated, unchanged, removed, held, skipped, appointments_*.';
COMMENT ON COLUMN agenda_sync_runs.error IS 'What went wrong, one sentence; no secret, no full CPF.';
COMMENT ON COLUMN agenda_sync_runs.error_details IS 'kind, chain, backtrace, dates (per-date errors), notes.';
COMMENT ON COLUMN agenda_sync_runs.started_at IS 'Start, database clock.';
COMMENT ON COLUMN agenda_sync_runs.finished_at IS 'End, database clock; null while running.';
COMMENT ON COLUMN agenda_sync_runs.window_name IS 'Name of the window; null for a range of dates asked for by a person.';
COMMENT ON COLUMN agenda_sync_runs.tick IS 'The nominal firing time that this run serves; null when asked for by a person.';
COMMENT ON COLUMN agenda_sync_runs.origin IS 'Who asked: schedule, cli or api.';
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
