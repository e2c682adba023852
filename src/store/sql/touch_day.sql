-- The common case by itself: a complete reading of one day and unit says what is stored already, so
-- nothing is written but that its slots were seen again. Whatever differs, nothing at all is written.
--
--  $1 run   $2 user   $3 day   $4 unit   $5 appointments on?
--  $6 the slots read, each as uid, hash and status in one text, in the order of the bytes
--
-- User, day and run stand in sub-selects so that they are planned for once, as in store_day.sql.
WITH run AS MATERIALIZED (
    -- The fence, as in store_day.sql.
    SELECT id FROM agenda_sync_runs
    WHERE id = (SELECT $1::bigint) AND usuario_id = (SELECT $2::int) AND status = 'running'
    FOR SHARE
),
stored AS MATERIALIZED (
    SELECT array_agg(a.external_uid || a.content_hash || a.status
               ORDER BY (a.external_uid || a.content_hash || a.status) COLLATE "C") = $6::text[]
           -- store_day.sql has to give one of them its appointment, or to bring it back.
           AND NOT ($5 AND bool_or(
               (a.status = 'available' AND a.agendamento_id IS NULL AND a.agendamento_state IS NULL)
               OR coalesce(a.agendamento_state = 'cancelled', FALSE))) AS same
    FROM run, agenda_slots a
    WHERE a.usuario_id = (SELECT $2::int) AND a.data = (SELECT $3::date) AND a.unidade_code = $4 AND a.source = 'DETRAN' AND a.is_current
),
touched AS (
    -- Writes no indexed column, so the update stays on its page (HOT).
    UPDATE agenda_slots a SET last_seen_at = now(), missing_since = NULL, missing_count = 0
    WHERE (SELECT same FROM stored)
      AND a.usuario_id = (SELECT $2::int) AND a.data = (SELECT $3::date) AND a.unidade_code = $4 AND a.source = 'DETRAN' AND a.is_current
    RETURNING a.id
)
SELECT EXISTS (SELECT FROM run) AS "running!", (SELECT count(*) FROM touched) AS "touched!"
