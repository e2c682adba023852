-- What the application, the earlier system and people with psql write must not stop what reads it: a count that is none
-- ({"removed": "x"}), a time that no calendar of a program holds ('infinity', the year 300000), a list with gaps.
-- Serves: v_agenda_last_runs, v_agenda_daily_stats; whatever reads accounts, slots and runs.
-- In the order in which finish_run.sql locks: runs, slots, and the application's accounts last and for a moment only.

-- Rather give up and try again than make the application wait behind us.
SET LOCAL lock_timeout = '15s';

-- The views of 0005, with the counts that are counts.
CREATE OR REPLACE VIEW v_agenda_last_runs AS
SELECT r.id, r.usuario_id, u.nome AS perito, r.window_name, r.window_start, r.window_end, r.tick, r.origin,
       r.status, r.started_at, r.finished_at, r.finished_at - r.started_at AS duration,
       agendad_count(r.totals, 'inserted') AS inserted, agendad_count(r.totals, 'updated') AS updated,
       agendad_count(r.totals, 'unchanged') AS unchanged, agendad_count(r.totals, 'removed') AS removed,
       agendad_count(r.totals, 'held') AS held, agendad_count(r.totals, 'skipped') AS skipped,
       r.error_details ->> 'kind' AS error_kind, r.error, r.requests, r.retries, r.logins, r.session_reused
FROM agenda_sync_runs r LEFT JOIN usuarios u ON u.id = r.usuario_id;

CREATE OR REPLACE VIEW v_agenda_daily_stats AS
SELECT (r.started_at AT TIME ZONE 'America/Sao_Paulo')::date AS dia, r.usuario_id, count(*) AS runs,
       count(*) FILTER (WHERE r.status = 'success') AS success,
       count(*) FILTER (WHERE r.status = 'partial') AS partial,
       count(*) FILTER (WHERE r.status = 'failed') AS failed,
       coalesce(sum(agendad_count(r.totals, 'inserted')), 0) AS inserted,
       coalesce(sum(agendad_count(r.totals, 'updated')), 0) AS updated,
       coalesce(sum(agendad_count(r.totals, 'removed')), 0) AS removed,
       avg(r.finished_at - r.started_at) AS mean_duration, max(r.finished_at - r.started_at) AS longest
FROM agenda_sync_runs r
GROUP BY 1, 2;

-- Slots and runs are written by programs only, and often: a check costs next to nothing, where a trigger that looks
-- before each update would lock every row once more. No program of ours, and none that reads the portal, has ever had such
-- a value to write. Rows that hold one (the earlier system's, by hand) are brought within first; a time that says nothing
-- becomes none, as it is where none was known.
UPDATE agenda_sync_runs
SET window_start = CASE WHEN window_start > '-infinity' AND window_start < '200000-01-01' THEN window_start
                        ELSE least(greatest(window_start, '0001-01-01'), '9999-12-31') END,
    window_end = CASE WHEN window_end > '-infinity' AND window_end < '200000-01-01' THEN window_end
                      ELSE least(greatest(window_end, '0001-01-01'), '9999-12-31') END,
    tick = CASE WHEN tick > '-infinity' AND tick < '200000-01-01 00:00+00' THEN tick END,
    started_at = CASE WHEN started_at > '-infinity' AND started_at < '200000-01-01 00:00+00' THEN started_at END,
    finished_at = CASE WHEN finished_at > '-infinity' AND finished_at < '200000-01-01 00:00+00' THEN finished_at END
WHERE NOT (window_start > '-infinity' AND window_start < '200000-01-01')
   OR NOT (window_end > '-infinity' AND window_end < '200000-01-01')
   OR NOT (tick > '-infinity' AND tick < '200000-01-01 00:00+00')
   OR NOT (started_at > '-infinity' AND started_at < '200000-01-01 00:00+00')
   OR NOT (finished_at > '-infinity' AND finished_at < '200000-01-01 00:00+00');
UPDATE agenda_slots
SET data = CASE WHEN data > '-infinity' AND data < '200000-01-01' THEN data
                ELSE least(greatest(data, '0001-01-01'), '9999-12-31') END,
    first_seen_at = CASE WHEN first_seen_at > '-infinity' AND first_seen_at < '200000-01-01 00:00+00' THEN first_seen_at END,
    last_seen_at = CASE WHEN last_seen_at > '-infinity' AND last_seen_at < '200000-01-01 00:00+00' THEN last_seen_at END,
    removed_at = CASE WHEN removed_at > '-infinity' AND removed_at < '200000-01-01 00:00+00' THEN removed_at END,
    missing_since = CASE WHEN missing_since > '-infinity' AND missing_since < '200000-01-01 00:00+00' THEN missing_since END
WHERE NOT (data > '-infinity' AND data < '200000-01-01')
   OR NOT (first_seen_at > '-infinity' AND first_seen_at < '200000-01-01 00:00+00')
   OR NOT (last_seen_at > '-infinity' AND last_seen_at < '200000-01-01 00:00+00')
   OR NOT (removed_at > '-infinity' AND removed_at < '200000-01-01 00:00+00')
   OR NOT (missing_since > '-infinity' AND missing_since < '200000-01-01 00:00+00');

-- NOT VALID: nothing is read a second time while the table is locked.
ALTER TABLE agenda_sync_runs ADD CONSTRAINT agenda_sync_runs_times_check CHECK (
    window_start > '-infinity' AND window_start < '200000-01-01'
    AND window_end > '-infinity' AND window_end < '200000-01-01'
    AND tick > '-infinity' AND tick < '200000-01-01 00:00+00'
    AND started_at > '-infinity' AND started_at < '200000-01-01 00:00+00'
    AND finished_at > '-infinity' AND finished_at < '200000-01-01 00:00+00') NOT VALID;
ALTER TABLE agenda_slots ADD CONSTRAINT agenda_slots_times_check CHECK (
    data > '-infinity' AND data < '200000-01-01'
    AND first_seen_at > '-infinity' AND first_seen_at < '200000-01-01 00:00+00'
    AND last_seen_at > '-infinity' AND last_seen_at < '200000-01-01 00:00+00'
    AND removed_at > '-infinity' AND removed_at < '200000-01-01 00:00+00'
    AND missing_since > '-infinity' AND missing_since < '200000-01-01 00:00+00') NOT VALID;

-- A new table has nothing to be lenient about.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM agenda_slots) THEN
        ALTER TABLE agenda_slots VALIDATE CONSTRAINT agenda_slots_times_check;
    END IF;
    IF NOT EXISTS (SELECT FROM agenda_sync_runs) THEN
        ALTER TABLE agenda_sync_runs VALIDATE CONSTRAINT agenda_sync_runs_times_check;
    END IF;
END $$;

-- Accounts are paused, and limited to windows, by plain SQL (docs/move.md, docs/operate.md): what is meant is put in the
-- form in which it can be read, instead of being refused.
CREATE FUNCTION agendad_account_readable() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    earliest CONSTANT timestamptz := '0001-01-01 00:00+00';
    latest CONSTANT timestamptz := '9999-12-31 00:00+00';
BEGIN
    IF NEW.pausa_ate > latest THEN
        NEW.pausa_ate := NULL; -- A pause without end.
    ELSIF NEW.pausa_ate < earliest THEN
        NEW.pausa_ate := 'epoch'; -- One that is over.
    END IF;
    IF NEW.pausa_desde NOT BETWEEN earliest AND latest THEN
        NEW.pausa_desde := NULL;
    END IF;
    IF NEW.credencial_mudada_em NOT BETWEEN earliest AND latest THEN
        NEW.credencial_mudada_em := clock_timestamp();
    END IF;
    IF NEW.ultima_sincronizacao NOT BETWEEN '0001-01-01' AND '9999-12-31' THEN
        NEW.ultima_sincronizacao := NULL;
    END IF;
    -- No gaps, one dimension, counted from 1. A list of nothing but gaps says nothing.
    IF cardinality(NEW.janelas) > 0 THEN
        NEW.janelas := nullif(ARRAY(SELECT w FROM unnest(NEW.janelas) AS w WHERE w IS NOT NULL), '{}');
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION agendad_account_readable() IS 'Puts what was written by hand in the form in which it can be read: no infinite time, no gap in the list of windows.';

DROP TRIGGER IF EXISTS agendad_account_readable ON configuracoes_detran;
CREATE TRIGGER agendad_account_readable
    BEFORE INSERT OR UPDATE OF pausa_desde, pausa_ate, credencial_mudada_em, ultima_sincronizacao, janelas
    ON configuracoes_detran
    FOR EACH ROW EXECUTE FUNCTION agendad_account_readable();

-- What there is.
UPDATE configuracoes_detran SET pausa_ate = pausa_ate, janelas = janelas
WHERE pausa_ate NOT BETWEEN '0001-01-01 00:00+00' AND '9999-12-31 00:00+00'
   OR pausa_desde NOT BETWEEN '0001-01-01 00:00+00' AND '9999-12-31 00:00+00'
   OR credencial_mudada_em NOT BETWEEN '0001-01-01 00:00+00' AND '9999-12-31 00:00+00'
   OR ultima_sincronizacao NOT BETWEEN '0001-01-01' AND '9999-12-31'
   OR EXISTS (SELECT FROM unnest(janelas) AS w WHERE w IS NULL)
   OR array_ndims(janelas) > 1 OR array_lower(janelas, 1) <> 1;
