-- Cancels appointments of slots that were removed earlier, whose cancellation `agendamentos` refused then. Not what a
-- person has changed since. Once the table is asked and does not refuse, nothing is owed any more, cancelled or not.
--
--  $1 run   $2 user   $3 time zone   $4 this appointment alone, or nothing
WITH run AS MATERIALIZED (
    -- The fence, as in store_day.sql, with its bound of waits.
    SELECT id FROM agenda_sync_runs
    WHERE id = (SELECT $1::bigint) AND status = 'running'
      AND (current_setting('lock_timeout') <> '0' OR set_config('lock_timeout', '10s', TRUE) IS NOT NULL)
    FOR UPDATE
),
owed AS MATERIALIZED (
    SELECT a.id, a.agendamento_id, a.agendamento_state, a.data + a.hora AS moment
    FROM agenda_slots a
    WHERE a.usuario_id = $2 AND NOT a.is_current AND a.cancel_owed AND a.data >= CURRENT_DATE - 1
      AND ($4::int IS NULL OR a.agendamento_id = $4)
      AND EXISTS (SELECT FROM run)
),
left_over AS MATERIALIZED (
    SELECT DISTINCT a.agendamento_id AS id, date_trunc('minute', a.moment) AS minuto
    FROM owed a
    WHERE a.agendamento_state = 'created' AND a.moment > now() AT TIME ZONE $3
      AND NOT EXISTS (SELECT FROM agenda_slots o WHERE o.agendamento_id = a.agendamento_id
                      AND (o.is_current OR o.agendamento_state = 'cancelled'))
),
cancelled AS (
    UPDATE agendamentos g SET status = 'cancelado'
    FROM left_over l
    WHERE g.id = l.id AND g.status = 'agendado' AND g.convertido_em_paciente IS NOT TRUE
      AND date_trunc('minute', g.data_agendamento) = l.minuto
    RETURNING g.id
),
marked AS (
    UPDATE agenda_slots a
    SET cancel_owed = FALSE,
        agendamento_state = CASE WHEN a.agendamento_id = ANY (ARRAY(SELECT id FROM cancelled)) THEN 'cancelled'
                                 ELSE a.agendamento_state END
    WHERE a.usuario_id = $2 AND NOT a.is_current
      AND (a.id = ANY (ARRAY(SELECT id FROM owed)) OR a.agendamento_id = ANY (ARRAY(SELECT id FROM cancelled)))
)
SELECT (SELECT count(*) FROM cancelled) AS "cancelled!", (SELECT count(*) FROM run) AS "running!"
