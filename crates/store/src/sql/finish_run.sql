-- Records how a run ended, and with it all that is written once a run: which days were found as they are stored, which
-- units were read, the session. Nothing but the session is written unless the run is still running.
--
--  $1 run   $2 status   $3 totals, without the slots of $12   $4 error   $5 its details   $6 requests   $7 retries
--  $8 logins   $9 session reused?   $10 windows of which all days were asked for   $11 time zone
--  $12 days that were as they are stored   $13 of which unit each   $14 the digest of each
--  $15 units that were read   $16 completely?   $17 any slots?   $18 window of these readings
--  $19 CPF of the session that was used, or nothing   $20 its generation   $21 what is kept of it   $22 days that were read
--  $23 all read and stored but for rows?   $24 is the application's row of the account told?
WITH run AS MATERIALIZED (
    -- The fence, as in store_day.sql.
    SELECT id, usuario_id, started_at FROM agenda_sync_runs WHERE id = (SELECT $1::bigint) AND status = 'running' FOR UPDATE
),
read AS (
    SELECT data, unidade, digest FROM unnest($12::date[], $13::text[], $14::text[]) AS r (data, unidade, digest)
),
same AS MATERIALIZED (
    -- Once more, because people may have written meanwhile: what they changed was not seen.
    SELECT r.data, r.unidade
    FROM read r JOIN (
        SELECT a.data, a.unidade_code,
               encode(sha256(convert_to(string_agg(
                   a.external_uid || coalesce(a.content_hash, '') || a.status, ''
                   ORDER BY (a.external_uid || coalesce(a.content_hash, '') || a.status) COLLATE "C"), 'UTF8')), 'hex')
                   AS digest
        FROM agenda_slots a
        WHERE a.usuario_id = (SELECT usuario_id FROM run) AND a.data = ANY ((SELECT $12::date[])::date[])
          AND a.source = 'DETRAN' AND a.is_current
        GROUP BY a.data, a.unidade_code) stored
      ON stored.data = r.data AND stored.unidade_code = r.unidade AND stored.digest = r.digest
),
touched AS (
    -- Writes no indexed column, so the update stays on its page (HOT).
    UPDATE agenda_slots a SET last_seen_at = now(), missing_since = NULL, missing_count = 0
    WHERE a.usuario_id = (SELECT usuario_id FROM run) AND a.data = ANY (ARRAY(SELECT data FROM same))
      AND (a.data, a.unidade_code) IN (SELECT data, unidade FROM same) AND a.source = 'DETRAN' AND a.is_current
    RETURNING a.id
),
finished AS (
    UPDATE agenda_sync_runs r
    SET status = $2,
        totals = jsonb_set($3::jsonb, '{unchanged}',
            to_jsonb(($3::jsonb ->> 'unchanged')::bigint + (SELECT count(*) FROM touched))),
        error = $4, error_details = $5, requests = $6, retries = $7, logins = $8, session_reused = $9,
        finished_at = now(), days_read = $22
    FROM run WHERE r.id = run.id
    RETURNING r.usuario_id, r.status = 'success' OR r.status = 'partial' AND $23 AS is_read
),
free AS (
    -- The row is the application's too. A run does not wait for whoever holds it: the next one writes it.
    SELECT d.usuario_id FROM configuracoes_detran d JOIN finished f ON f.usuario_id = d.usuario_id
    WHERE f.is_read AND (SELECT $24::bool)
    FOR NO KEY UPDATE OF d SKIP LOCKED
),
account AS (
    UPDATE configuracoes_detran c
    SET ultima_sincronizacao = now() AT TIME ZONE $11
    FROM free
    WHERE c.usuario_id = free.usuario_id
),
windows AS (
    INSERT INTO sync_schedules AS s (usuario_id, window_name, last_success)
    SELECT f.usuario_id, w.name, now() FROM finished f, unnest($10::text[]) AS w (name)
    WHERE f.is_read
    ON CONFLICT (usuario_id, window_name) DO UPDATE SET last_success = excluded.last_success
),
units AS MATERIALIZED (
    SELECT DISTINCT ON (u.code) run.usuario_id, run.started_at, u.code, u.complete, u.had_slots
    FROM run, unnest($15::text[], $16::bool[], $17::bool[]) AS u (code, complete, had_slots) ORDER BY u.code
),
readings AS (
    -- As in units.rs.
    INSERT INTO portal_unit_readings AS r (usuario_id, code, window_name, complete_at, had_slots)
    SELECT usuario_id, code, $18, started_at, had_slots FROM units WHERE complete
    ON CONFLICT (usuario_id, code, window_name) DO UPDATE
    SET complete_at = excluded.complete_at, had_slots = excluded.had_slots
),
units_read AS (
    INSERT INTO portal_units AS u (usuario_id, code, name, last_read_at, last_complete_at, had_slots)
    SELECT usuario_id, code, code, now(), CASE WHEN complete THEN now() END, CASE WHEN complete THEN had_slots END
    FROM units
    ON CONFLICT (usuario_id, code) DO UPDATE
    SET last_read_at = now(),
        last_complete_at = coalesce(excluded.last_complete_at, u.last_complete_at),
        had_slots = coalesce(excluded.had_slots, u.had_slots)
),
session AS (
    UPDATE portal_sessions SET last_used_at = clock_timestamp(), sealed = coalesce($21, sealed)
    WHERE cpf = $19 AND generation = $20 AND closed_at IS NULL AND resolved
)
SELECT (SELECT count(*) FROM finished) AS "count!", (SELECT count(*) FROM touched) AS "touched!",
       ARRAY(SELECT DISTINCT r.data FROM read r
             WHERE NOT EXISTS (SELECT FROM same s WHERE s.data = r.data AND s.unidade = r.unidade) ORDER BY 1) AS "differing!"
