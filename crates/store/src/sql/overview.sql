-- One page of examiners, the worst first, with what must be known of each at a glance, and how many there
-- are of each sort in all.
--
--  $1 names of the windows  $2 for each: before which moment its last success is too old
--  $3 search: part of the name, folded, or the id   $4 sort of examiner: all, problem, late, paused, off
--  $5 order: age, name, id  $6 limit  $7 offset  $8 today  $9 this examiner only
--
-- Ages are compared as parts of what is allowed, so that windows of 15 minutes and of 2 hours can be
-- measured against each other. Whatever is asked of runs and slots is asked for the page's rows only.
WITH windows AS MATERIALIZED (
    SELECT name, place, greatest(date_part('epoch', now() - late_before), 1) AS allowed
    FROM unnest($1::text[], $2::timestamptz[]) WITH ORDINALITY AS w (name, late_before, place)
),
met AS MATERIALIZED (
    -- Those whose own session at the portal is met.
    SELECT c.usuario_id FROM portal_sessions m
    JOIN configuracoes_detran c ON ltrim(regexp_replace(c.cpf, '\D', '', 'g'), '0') = ltrim(m.cpf, '0')
    WHERE m.other_since <= now() AND m.other_last_met BETWEEN now() - interval '3 hours' AND now()
),
trouble AS MATERIALIZED (
    -- The last run of each of their windows, and the very last one, where it did not go well: 'failed' comes before
    -- 'partial'. Few, as a rule.
    SELECT l.usuario_id, min(l.status) AS worst
    FROM agendad_last_runs l
    WHERE l.status IN ('failed', 'partial')
      -- That an earlier password was refused says nothing of a new one.
      AND NOT EXISTS (
          SELECT FROM configuracoes_detran c JOIN agenda_sync_runs r ON r.id = l.run_id
          WHERE c.usuario_id = l.usuario_id AND l.started_at < c.credencial_mudada_em
            AND c.credencial_mudada_em <= now() + interval '1 minute'
            AND r.error_details ->> 'kind' = 'auth')
      AND (l.window_name = '' OR l.window_name IN (SELECT name FROM windows)
          AND NOT EXISTS (
              SELECT FROM configuracoes_detran c
              WHERE c.usuario_id = l.usuario_id AND c.janelas IS NOT NULL AND l.window_name <> ALL (c.janelas))
          -- A later run asked for by hand that read the same days has the last word on them.
          AND NOT EXISTS (
              SELECT FROM agenda_sync_runs later
              WHERE later.usuario_id = l.usuario_id AND later.started_at > l.started_at
                AND later.tick IS NULL AND later.status <> 'running'
                AND later.window_start <= greatest(l.window_start, $8) AND later.window_end >= l.window_end))
    GROUP BY l.usuario_id
),
more AS (
    -- The windows beyond the first two, if there are any.
    SELECT c.usuario_id, max(date_part('epoch', now() - greatest(s.last_success, credentials.since)) / w.allowed) AS age
    FROM configuracoes_detran c
    CROSS JOIN LATERAL (
        SELECT CASE WHEN c.credencial_mudada_em <= now() + interval '1 minute' THEN c.credencial_mudada_em
                    ELSE 'epoch' END AS since) credentials
    JOIN windows w ON c.janelas IS NULL OR w.name = ANY (c.janelas)
    LEFT JOIN sync_schedules s ON s.usuario_id = c.usuario_id AND s.window_name = w.name
    WHERE w.place > 2
    GROUP BY c.usuario_id
),
aged AS (
    -- Of everybody, so in one pass, and with no more of each than it takes to say how they are. New credentials have
    -- their time yet; those of a time to come were stored by a clock that was ahead, and have had it. The first windows
    -- are joined one by one, which costs less than to group them; a name is looked up only where it is asked for.
    SELECT c.usuario_id, CASE WHEN $5::text = 'name' THEN lower(coalesce(u.nome, '')) END AS by_name,
           coalesce(c.ativo, TRUE) AND c.usuario_id NOT IN (SELECT id FROM usuarios WHERE NOT ativo) AS active,
           coalesce(c.sincronizacao_automatica, FALSE) AS automatic,
           coalesce(c.senha, '') <> '' OR c.senha_cifrada IS NOT NULL AS has_password,
           CASE WHEN c.pausa_motivo IS NOT NULL AND coalesce(c.pausa_ate > now(), TRUE) THEN c.pausa_motivo END AS pausa_motivo,
           -- Limited to windows that there are not: nothing reads them.
           coalesce(NOT c.janelas && $1::text[], FALSE) AS windowless,
           greatest(more.age,
               CASE WHEN c.janelas IS NULL OR ($1::text[])[1] = ANY (c.janelas) THEN
                   date_part('epoch', now() - greatest(s1.last_success, credentials.since))
                   / (SELECT allowed FROM windows WHERE place = 1) END,
               CASE WHEN c.janelas IS NULL OR ($1::text[])[2] = ANY (c.janelas) THEN
                   date_part('epoch', now() - greatest(s2.last_success, credentials.since))
                   / (SELECT allowed FROM windows WHERE place = 2) END) AS age
    FROM configuracoes_detran c
    CROSS JOIN LATERAL (
        SELECT CASE WHEN c.credencial_mudada_em <= now() + interval '1 minute' THEN c.credencial_mudada_em
                    ELSE 'epoch' END AS since) credentials
    LEFT JOIN usuarios u ON u.id = c.usuario_id AND ($3::text IS NOT NULL OR $5::text = 'name')
    LEFT JOIN sync_schedules s1 ON s1.usuario_id = c.usuario_id AND s1.window_name = ($1::text[])[1]
    LEFT JOIN sync_schedules s2 ON s2.usuario_id = c.usuario_id AND s2.window_name = ($1::text[])[2]
    LEFT JOIN more ON more.usuario_id = c.usuario_id
    WHERE ($9::int IS NULL OR c.usuario_id = $9)
      AND ($3::text IS NULL OR c.usuario_id::text = $3
           OR strpos(lower(translate(u.nome, 'ÁÀÂÃÄÉÈÊËÍÌÎÏÓÒÔÕÖÚÙÛÜÇÑáàâãäéèêëíìîïóòôõöúùûüçñ',
                                       'aaaaaeeeeiiiiooooouuuucnaaaaaeeeeiiiiooooouuuucn')), $3) > 0)
    OFFSET 0 -- So that it is worked out once.
),
judged AS (
    SELECT aged.*,
           CASE WHEN NOT active OR NOT automatic THEN 'off'
                WHEN pausa_motivo IS NOT NULL THEN 'paused'
                WHEN age > 1 OR NOT has_password OR windowless THEN 'late'
                ELSE 'well' END AS sort
    FROM aged
),
ranked AS MATERIALIZED (
    -- As the page shows them: 0 red, 1 yellow, 2 well, 3 paused by somebody, 4 off. Red and yellow are in trouble.
    SELECT usuario_id, by_name, age, sort, windowless,
           CASE WHEN NOT active THEN 4
                WHEN NOT has_password THEN 0
                WHEN pausa_motivo = 'manual' THEN 3
                WHEN pausa_motivo IN ('captcha', 'duplicate_cpf') THEN 1
                WHEN pausa_motivo IS NOT NULL THEN 0
                WHEN NOT automatic THEN 4
                WHEN sort = 'late' THEN 0
                -- Looked up, not joined: only of those who come so far.
                WHEN usuario_id NOT IN (SELECT usuario_id FROM trouble) THEN 2
                WHEN usuario_id IN (SELECT usuario_id FROM met) THEN 2
                WHEN usuario_id IN (SELECT usuario_id FROM trouble WHERE worst = 'failed') THEN 0
                ELSE 1 END AS rank
    FROM judged
),
sums AS (
    SELECT count(*) AS everybody,
           count(*) FILTER (WHERE rank <= 1) AS problem,
           count(*) FILTER (WHERE sort = 'late') AS late,
           count(*) FILTER (WHERE sort = 'paused') AS paused,
           count(*) FILTER (WHERE sort = 'off') AS off
    FROM ranked
),
page AS (
    SELECT * FROM ranked
    WHERE $4::text = 'all' OR sort = $4 OR ($4 = 'problem' AND rank <= 1)
    ORDER BY CASE WHEN $5::text = 'age' THEN rank END,
             CASE WHEN $5 = 'age' THEN age END DESC NULLS LAST,
             by_name, usuario_id
    LIMIT $6 OFFSET $7
)
SELECT sums.everybody AS "everybody!", sums.problem AS "problem!", sums.late AS "late!", sums.paused AS "paused!", sums.off AS "off!",
       page.usuario_id AS "usuario_id?", whole.nome AS "nome?", whole.active AS "active?", whole.automatic AS "automatic?",
       whole.has_password AS "has_password?", whole.pausa_motivo AS "pausa_motivo?: PauseReason", whole.pausa_desde AS "pausa_desde?",
       whole.pausa_ate AS "pausa_ate?", whole.janelas AS "janelas?", page.sort AS "sort?", page.age AS "age?", page.windowless AS "windowless?",
       (SELECT array_agg(s.last_success ORDER BY w.place) FROM windows w
        LEFT JOIN sync_schedules s ON s.usuario_id = page.usuario_id AND s.window_name = w.name
        WHERE page.usuario_id IS NOT NULL) AS "last_success?: Vec<Option<chrono::DateTime<chrono::Utc>>>",
       r.id AS "run_id?", r.status AS "run_status?: RunStatus", r.error_details ->> 'kind' AS "run_kind?: FailureKind",
       w.other_since AS "other_since?", w.other_wait_until AS "other_wait_until?",
       (SELECT max(o.id) FROM agenda_sync_runs o
        WHERE o.usuario_id = page.usuario_id AND o.status = 'running') AS "running?",
       (SELECT count(*) FROM agenda_slots a
        WHERE a.usuario_id = page.usuario_id AND a.data >= $8 AND a.is_current) AS "slots!",
       -- An earlier password was refused, and no run has ended yet since the portal has taken this one, if it has.
       (whole.credencial_aceita_em IS NULL OR EXISTS (
           SELECT FROM agenda_sync_runs o
           WHERE o.usuario_id = page.usuario_id AND o.status = 'running' AND o.started_at <= whole.credencial_aceita_em))
       AND EXISTS (
           SELECT FROM agendad_last_runs l JOIN agenda_sync_runs o ON o.id = l.run_id
           WHERE l.usuario_id = page.usuario_id AND l.started_at < whole.credencial_mudada_em
             AND o.error_details ->> 'kind' = 'auth') AS "new_password!"
FROM sums
LEFT JOIN page ON TRUE
LEFT JOIN LATERAL (
    SELECT coalesce(u.nome, '') AS nome, coalesce(c.cpf, '') AS cpf, c.janelas, c.pausa_desde, c.pausa_ate, c.credencial_aceita_em,
           CASE WHEN c.credencial_mudada_em <= now() + interval '1 minute' THEN c.credencial_mudada_em
                ELSE 'epoch' END AS credencial_mudada_em,
           coalesce(c.ativo, TRUE) AND coalesce(u.ativo, TRUE) AS active,
           coalesce(c.sincronizacao_automatica, FALSE) AS automatic,
           coalesce(c.senha, '') <> '' OR c.senha_cifrada IS NOT NULL AS has_password,
           CASE WHEN c.pausa_motivo IS NOT NULL AND coalesce(c.pausa_ate > now(), TRUE) THEN c.pausa_motivo END AS pausa_motivo
    FROM configuracoes_detran c JOIN usuarios u ON u.id = c.usuario_id WHERE c.usuario_id = page.usuario_id
) whole ON TRUE
LEFT JOIN LATERAL (
    -- The last word on each of their windows, and the very last word: of these the worst.
    SELECT r.id, l.status, r.error_details
    FROM agendad_last_runs l
    LEFT JOIN windows w ON w.name = l.window_name AND (whole.janelas IS NULL OR w.name = ANY (whole.janelas))
    JOIN agenda_sync_runs r ON r.id = l.run_id
    WHERE l.usuario_id = page.usuario_id
      AND NOT (l.started_at < whole.credencial_mudada_em AND coalesce(r.error_details ->> 'kind', '') = 'auth')
      AND (l.window_name = '' OR w.name IS NOT NULL AND NOT EXISTS (
          SELECT FROM agenda_sync_runs later
          WHERE later.usuario_id = page.usuario_id AND later.started_at > l.started_at
            AND later.tick IS NULL AND later.status <> 'running'
            AND later.window_start <= greatest(l.window_start, $8) AND later.window_end >= l.window_end))
    ORDER BY array_position(ARRAY['failed', 'partial', 'success'], l.status), l.started_at DESC LIMIT 1
) r ON TRUE
LEFT JOIN LATERAL (
    -- The examiner's own session at the portal, while it is met.
    SELECT other_since, other_wait_until FROM portal_sessions
    WHERE cpf = lpad(regexp_replace(whole.cpf, '\D', '', 'g'), 11, '0')
      AND other_since <= now() AND other_last_met BETWEEN now() - interval '3 hours' AND now()
) w ON TRUE
ORDER BY CASE WHEN $5 = 'age' THEN page.rank END,
         CASE WHEN $5 = 'age' THEN page.age END DESC NULLS LAST,
         page.by_name, page.usuario_id
