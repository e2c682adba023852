-- Stores that days have no slots, several days in one round trip: what `store_day` does for an empty
-- complete reading, for each day and unit by itself. Where nothing is stored as current, it writes nothing.
--
--  $1 run  $2 user  $3 days  $4 units  $5 true: the days of these units; false: of all other units
--  $6 guard: ratio  $7 guard: minimum  $8 guard: confirmations
--  $9 appointments on?  $10 cancel those of removed slots?  $11 time zone
--  $12 protected slots: rows of these days that were not read could be they
--
-- User and days stand in sub-selects so that they are planned for once, as in store_day.sql.
WITH day AS MATERIALIZED (
    SELECT a.id, a.data, a.unidade_code, date_trunc('minute', a.data + a.hora) AS minuto,
           a.missing_count, a.missing_since, a.agendamento_id, a.agendamento_state
    FROM agenda_slots a
    WHERE a.usuario_id = (SELECT $2::int) AND a.data = ANY ((SELECT $3::date[])::date[]) AND a.source = 'DETRAN' AND a.is_current
      AND (a.unidade_code = ANY ($4::text[])) = $5 AND a.external_uid <> ALL ($12::text[])
),
run AS MATERIALIZED (
    -- The fence, as in `store_day`, with its bound of waits; not locked if there is nothing to write.
    SELECT id, started_at FROM agenda_sync_runs
    WHERE id = (SELECT $1::bigint) AND usuario_id = (SELECT $2::int) AND status = 'running' AND EXISTS (SELECT FROM day)
      AND (current_setting('lock_timeout') <> '0' OR set_config('lock_timeout', '10s', TRUE) IS NOT NULL)
    FOR SHARE
),
verdict AS MATERIALIZED (
    SELECT data, unidade_code, count(*) >= $7::int AND 1 > $6::float8 AS suspicious
    FROM day GROUP BY data, unidade_code
),
judged AS MATERIALIZED (
    SELECT d.*, v.suspicious AND NOT (
               d.missing_count >= $8::int AND ($8::int = 0 OR d.missing_since < run.started_at)) AS is_held
    FROM run, day d JOIN verdict v USING (data, unidade_code)
),
held AS (
    UPDATE agenda_slots a
    SET missing_since = least(a.missing_since, now()), missing_count = a.missing_count + 1
    WHERE a.usuario_id = (SELECT $2::int) AND a.data = ANY ((SELECT $3::date[])::date[])
      AND a.id = ANY (ARRAY(SELECT id FROM judged WHERE is_held))
    RETURNING a.data
),
cancelled AS (
    UPDATE agendamentos g SET status = 'cancelado'
    FROM (SELECT DISTINCT agendamento_id, minuto FROM judged
          WHERE NOT is_held AND agendamento_state = 'created' AND minuto > now() AT TIME ZONE $11) v
    WHERE $9 AND $10 AND g.id = v.agendamento_id AND g.status = 'agendado'
      AND g.convertido_em_paciente IS NOT TRUE AND date_trunc('minute', g.data_agendamento) = v.minuto
      AND NOT EXISTS (SELECT FROM agenda_slots a WHERE a.agendamento_id = g.id AND a.is_current
                      AND a.id NOT IN (SELECT id FROM judged WHERE NOT is_held))
    RETURNING g.id
),
removed AS (
    UPDATE agenda_slots a
    SET status = 'removed', is_current = FALSE, removed_at = now(), missing_since = NULL, missing_count = 0,
        agendamento_state = CASE
            WHEN a.agendamento_id = ANY (ARRAY(SELECT id FROM cancelled)) THEN 'cancelled'
            ELSE a.agendamento_state END
    WHERE a.usuario_id = (SELECT $2::int) AND a.data = ANY ((SELECT $3::date[])::date[])
      AND a.id = ANY (ARRAY(SELECT id FROM judged WHERE NOT is_held))
    RETURNING a.id
),
logged AS (
    INSERT INTO agenda_slot_changes (slot_id, run_id, kind) SELECT id, $1, 'removed' FROM removed
)
SELECT
    EXISTS (SELECT FROM run) OR NOT EXISTS (SELECT FROM day) AND EXISTS (
        SELECT FROM agenda_sync_runs WHERE id = (SELECT $1::bigint) AND usuario_id = (SELECT $2::int) AND status = 'running') AS "running!",
    (SELECT count(*) FROM removed) AS "removed!",
    (SELECT count(*) FROM held) AS "held!",
    (SELECT count(*) FROM cancelled) AS "appointments_cancelled!",
    coalesce((SELECT array_agg(DISTINCT data ORDER BY data) FROM held), '{}') AS "held_days!"
