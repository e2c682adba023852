-- What is known of each day of each examiner, as facts: what follows from them is decided by DayState.
--
--  $1 examiners   $2 first day   $3 last day   $4 today   $5 time zone
--  $6 names of the windows   $7 first day of each, counted from today   $8 last day   $9 before which moment a reading
--  is too old
WITH windows AS MATERIALIZED (
    SELECT name, from_day, to_day, late_before
    FROM unnest($6::text[], $7::int[], $8::int[], $9::timestamptz[]) AS w (name, from_day, to_day, late_before)
),
people AS MATERIALIZED (
    SELECT u.id AS usuario_id, coalesce(u.nome, '') AS nome, c.dias_trabalho, c.janelas, c.unidades,
           c.usuario_id IS NOT NULL AND coalesce(c.ativo, TRUE) AND coalesce(u.ativo, TRUE)
               AND coalesce(c.sincronizacao_automatica, FALSE) AS runs,
           coalesce(c.senha, '') <> '' OR c.senha_cifrada IS NOT NULL AS has_password,
           -- One of a time to come was stored by a clock that was ahead, and makes no password new.
           CASE WHEN c.credencial_mudada_em <= now() + interval '1 minute' THEN c.credencial_mudada_em
                ELSE 'epoch' END AS credencial_mudada_em,
           CASE WHEN coalesce(c.pausa_ate > now(), TRUE) THEN c.pausa_motivo END AS pausa_motivo,
           running.window_start, running.window_end, running.is_first
    FROM usuarios u LEFT JOIN configuracoes_detran c ON c.usuario_id = u.id
    LEFT JOIN LATERAL (
        -- Without an order, so that the index of the few that are running answers.
        SELECT min(r.window_start) AS window_start, max(r.window_end) AS window_end,
               NOT EXISTS (SELECT FROM agenda_sync_runs e WHERE e.usuario_id = u.id AND e.status <> 'running') AS is_first
        FROM agenda_sync_runs r WHERE r.usuario_id = u.id AND r.status = 'running'
        HAVING count(*) > 0) running ON TRUE
    WHERE u.id = ANY ($1::int[])
)
SELECT p.usuario_id AS "usuario_id!", p.nome AS "nome?", p.dias_trabalho AS "dias_trabalho?", d.data AS "data!",
       (SELECT count(*) FROM agenda_slots a
        WHERE a.usuario_id = p.usuario_id AND a.data = d.data AND a.is_current) AS "slots!",
       good.finished_at AS "read_at?",
       CASE WHEN last.id IS DISTINCT FROM good.id THEN last.kind END AS "failed?: FailureKind",
       -- That an earlier password was refused says nothing of a new one.
       coalesce(last.kind = 'auth' AND last.started_at < p.credencial_mudada_em, FALSE) AS "new_password!",
       -- Nobody has tried it before.
       coalesce(last.id IS NULL AND (p.is_first OR d.data BETWEEN p.window_start AND p.window_end), FALSE) AS "being_read!",
       slow.at AS "slowest_unit?",
       planned.any AS "is_planned!", planned.late_before AS "late_before?",
       p.runs AS "runs!", p.has_password AS "has_password!", p.pausa_motivo AS "pausa_motivo?: PauseReason",
       CASE WHEN last.id IS DISTINCT FROM good.id AND last.only_rows THEN last.finished_at END AS "rows_unread?"
FROM people p
CROSS JOIN generate_series($2::date, $3::date, interval '1 day') AS g (at)
CROSS JOIN LATERAL (
    -- A day is read until it ends; of the time before the last two weeks nothing is looked for.
    SELECT g.at::date AS data, least(now(), (g.at::date + 1)::timestamp AT TIME ZONE $5) AS until) d
CROSS JOIN LATERAL (
    SELECT count(*) > 0 AS any, max(w.late_before) AS late_before
    FROM windows w LEFT JOIN sync_schedules s ON s.usuario_id = p.usuario_id AND s.window_name = w.name
    WHERE d.data - $4::date BETWEEN w.from_day AND w.to_day
      AND (p.janelas IS NULL OR w.name = ANY (p.janelas)) AND coalesce(s.enabled, TRUE)) planned
LEFT JOIN LATERAL (
    -- The last run that has read it.
    SELECT r.id, r.finished_at FROM agenda_sync_runs r
    WHERE r.usuario_id = p.usuario_id AND r.status IN ('success', 'partial')
      AND r.started_at < d.until AND r.started_at > d.until - interval '15 days'
      AND d.data BETWEEN r.window_start AND r.window_end
      AND CASE WHEN r.days_read IS NULL THEN r.status = 'success' ELSE d.data = ANY (r.days_read) END
    ORDER BY r.started_at DESC LIMIT 1) good ON TRUE
LEFT JOIN LATERAL (
    -- The last run that was to read it, and what kept it from that.
    SELECT r.id, r.started_at, r.finished_at, CASE WHEN r.status <> 'success' THEN coalesce(
               (SELECT e ->> 'kind' FROM jsonb_array_elements(CASE jsonb_typeof(r.error_details -> 'dates')
                    WHEN 'array' THEN r.error_details -> 'dates' END) AS e
                WHERE e ->> 'date' = to_char(d.data, 'YYYY-MM-DD') LIMIT 1),
               r.error_details ->> 'kind') END AS kind,
           -- It has read the day, but for rows that it did not understand.
           r.status = 'partial' AND (
               SELECT bool_and(coalesce(jsonb_typeof(e -> 'row') = 'object', FALSE))
               FROM jsonb_array_elements(CASE jsonb_typeof(r.error_details -> 'dates')
                   WHEN 'array' THEN r.error_details -> 'dates' END) AS e
               WHERE e ->> 'date' = to_char(d.data, 'YYYY-MM-DD')) AS only_rows
    FROM agenda_sync_runs r
    WHERE r.usuario_id = p.usuario_id AND r.status <> 'running'
      AND r.started_at < d.until AND r.started_at > d.until - interval '15 days'
      AND d.data BETWEEN r.window_start AND r.window_end
    ORDER BY r.started_at DESC LIMIT 1) last ON TRUE
LEFT JOIN LATERAL (
    -- Of several units, the one that was read the longest ago: quiet ones are not visited by each run. Where the account
    -- selects units, the others say nothing.
    SELECT min(u.at) AS at FROM (
        SELECT coalesce(max(r.complete_at) FILTER (WHERE r.window_name IN (
                            SELECT w.name FROM windows w WHERE d.data - $4 BETWEEN w.from_day AND w.to_day)),
                        u.last_complete_at) AS at
        FROM portal_units u LEFT JOIN portal_unit_readings r ON r.usuario_id = u.usuario_id AND r.code = u.code
        WHERE u.usuario_id = p.usuario_id AND u.offered AND u.last_complete_at IS NOT NULL
        GROUP BY u.code, u.last_complete_at) u
    HAVING count(*) > 1) slow ON coalesce(p.unidades, '') IN ('', '[]')
ORDER BY d.data, p.nome, p.usuario_id
