-- Records that a run starts, and reads what it begins with: what is stored of its days, the units of the examiner, the
-- session that is kept. The caller holds the user's lock, so what is read stays true but for what people write.
--
--  $1 user   $2 first day   $3 last day   $4 window   $5 tick   $6 origin   $7 instance
--  $8 CPF whose kept session is wanted, or nothing   $9 its longest life in seconds
--
-- The values stand in sub-selects for the planner, as in store_day.sql.
WITH orphans AS (
    UPDATE agenda_sync_runs
    SET status = 'failed', finished_at = now(),
        error = 'the process that ran it died',
        error_details = jsonb_build_object('kind', 'orphaned')
    WHERE usuario_id = (SELECT $1::int) AND status = 'running'
    RETURNING coalesce(window_name, '') AS window_name
), served AS (
    -- One run per user, window and tick. make_due (pauses.rs) has the schedule fire its last tick anew for a password that
    -- was just stored: where that tick has had its run, with the credentials before, this is a tick of its own, of the time
    -- at which they were stored.
    SELECT max(r.started_at) AS last, coalesce(bool_or(r.tick = (SELECT $5::timestamptz)), FALSE) AS this_tick
    FROM agenda_sync_runs r
    WHERE r.usuario_id = (SELECT $1::int) AND r.window_name = (SELECT $4::text)
      AND r.tick = ANY (ARRAY[(SELECT $5::timestamptz), (SELECT c.credencial_mudada_em FROM configuracoes_detran c
                                                         WHERE c.usuario_id = (SELECT $1::int))])
      AND r.status <> 'running'
      AND coalesce(r.error_details ->> 'kind', '') NOT IN ('orphaned', 'cancelled', 'lock_lost')
)
INSERT INTO agenda_sync_runs
    (usuario_id, window_start, window_end, window_name, tick, origin, instance, status, started_at)
SELECT $1, $2, $3, $4, CASE WHEN served.this_tick THEN c.credencial_mudada_em ELSE $5::timestamptz END, $6, $7, 'running', now()
FROM served LEFT JOIN configuracoes_detran c ON c.usuario_id = (SELECT $1::int)
-- Stored by a clock that was ahead: nobody knows whether it was before.
WHERE NOT served.this_tick OR c.credencial_mudada_em > served.last AND c.credencial_mudada_em <= now()
RETURNING id, (SELECT array_agg(window_name) FROM orphans) AS orphans,
    (SELECT jsonb_agg(to_jsonb(d)) FROM (
         -- The digest as in seen.rs and finish_run.sql. A slot without a hash is like none that is read.
         SELECT unidade_code AS unit, data AS date,
                encode(sha256(convert_to(string_agg(slot, '' ORDER BY slot COLLATE "C"), 'UTF8')), 'hex') AS digest,
                bool_or(wants) AS wants_appointment, bool_or(missing) AS is_missed
         FROM (SELECT unidade_code, data, missing_since IS NOT NULL AS missing,
                      external_uid || coalesce(content_hash, '') || status AS slot,
                      -- As in store_day.sql.
                      CASE WHEN agendamento_id IS NULL
                           THEN status = 'available' AND (agendamento_state IS NULL OR agendamento_state = 'cancelled')
                           ELSE coalesce(agendamento_state = 'cancelled', FALSE) END
                          OR follow_from IS NOT NULL AS wants
               FROM agenda_slots
               WHERE usuario_id = (SELECT $1::int) AND data BETWEEN (SELECT $2::date) AND (SELECT $3::date)
                 AND is_current AND source = 'DETRAN') current
         GROUP BY unidade_code, data) d) AS "days: Json<Vec<StoredDay>>",
    -- A list of dates reaches seven days on from any day of the window.
    (SELECT jsonb_agg(to_jsonb(b)) FROM (
         SELECT DISTINCT unidade_code AS unit, data AS date FROM agenda_slots
         WHERE usuario_id = (SELECT $1::int) AND data BETWEEN (SELECT $3::date) + 1 AND (SELECT $3::date) + 7
           AND is_current AND source = 'DETRAN') b) AS "beyond: Json<Vec<DayBeyond>>",
    EXISTS (SELECT FROM agenda_slots WHERE usuario_id = (SELECT $1::int) AND uid_version = 0) AS "to_adopt!",
    -- See cancel_left_over.sql; that the application's table may be looked at is not certain here.
    EXISTS (SELECT FROM agenda_slots
            WHERE usuario_id = (SELECT $1::int) AND NOT is_current AND cancel_owed AND data >= CURRENT_DATE - 1)
        AS "left_over!",
    (SELECT jsonb_agg(to_jsonb(u)) FROM (
         SELECT u.code, u.name, u.choice, u.first_seen_at, u.last_read_at, u.last_complete_at, u.offered,
                u.missing_since, coalesce(r.had_slots, u.had_slots) AS had_slots,
                extract(epoch FROM now() - r.complete_at)::float8 AS complete_ago
         FROM portal_units u LEFT JOIN portal_unit_readings r
             ON r.usuario_id = u.usuario_id AND r.code = u.code AND r.window_name = (SELECT coalesce($4::text, ''))
             -- What was read with other credentials may be another person's. Those of a time to come were stored by a
             -- clock that was ahead: nobody knows whether it was before.
             AND r.complete_at > coalesce((SELECT c.credencial_mudada_em FROM configuracoes_detran c
                                           WHERE c.usuario_id = (SELECT $1::int)
                                             AND c.credencial_mudada_em <= now() + interval '1 minute'), '-infinity')
         WHERE u.usuario_id = (SELECT $1::int) ORDER BY u.code) u) AS "units: Json<Vec<UnitRecord>>",
    (SELECT to_jsonb(s) FROM (
         SELECT generation, sealed,
                coalesce(clear_asked_at IS NOT NULL OR opened_at > now()
                         OR opened_at <= now() - make_interval(secs => $9::float8)
                         -- As in kept_sessions.rs.
                         OR EXISTS (SELECT FROM configuracoes_detran c
                                    WHERE c.usuario_id = (SELECT $1::int) AND c.credencial_mudada_em > opened_at
                                      AND c.credencial_mudada_em <= now()), TRUE) AS expired
         FROM portal_sessions
         WHERE cpf = (SELECT $8::text) AND usuario_id = (SELECT $1::int) AND sealed IS NOT NULL AND closed_at IS NULL AND resolved) s)
        AS "session: Json<KeptHere>"
