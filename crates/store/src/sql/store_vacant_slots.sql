-- What store_vacant_days.sql does for slots, and nothing for appointments, for the reasons of store_slots.sql.
--
--  $1 run  $2 user  $3 days  $4 units  $5 true: the days of these units; false: of all other units
--  $6 guard: ratio  $7 guard: minimum  $8 guard: confirmations  $9 protected slots, as in store_vacant_days.sql
--  $10 their cancellations are owed, as in store_slots.sql
--
-- User and days stand in sub-selects so that they are planned for once, as in store_day.sql.
WITH day AS MATERIALIZED (
    SELECT a.id, a.data, a.unidade_code, a.missing_count, a.missing_since, a.agendamento_state
    FROM agenda_slots a
    WHERE a.usuario_id = (SELECT $2::int) AND a.data = ANY ((SELECT $3::date[])::date[]) AND a.source = 'DETRAN' AND a.is_current
      AND (a.unidade_code = ANY ($4::text[])) = $5 AND a.external_uid <> ALL ($9::text[])
),
run AS MATERIALIZED (
    -- The fence, as in `store_day`; not locked if there is nothing to write.
    SELECT id, started_at FROM agenda_sync_runs
    WHERE id = (SELECT $1::bigint) AND usuario_id = (SELECT $2::int) AND status = 'running' AND EXISTS (SELECT FROM day)
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
removed AS (
    UPDATE agenda_slots a
    SET status = 'removed', is_current = FALSE, removed_at = now(), missing_since = NULL, missing_count = 0,
        cancel_owed = $10 AND coalesce(a.agendamento_state = 'created', FALSE)
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
    (SELECT count(*) FROM judged WHERE NOT is_held AND agendamento_state = 'created') AS "uncancelled!",
    coalesce((SELECT array_agg(DISTINCT data ORDER BY data) FROM held), '{}') AS "held_days!"
