-- Stores one reading of one day and unit, in one round trip: the fence, the upsert, the removals with
-- their guard, the appointments and the change log. All parts see the database as it was before, and
-- each row is written at most once.
--
--  $1 run           $2 user           $3 day            $4 unit           $5 protected slots: rows not read could be they
--  $6 guard: ratio  $7 guard: minimum $8 guard: confirmations
--  $9 appointments on?  $10 cancel those of removed slots?  $11 time zone
--  $12.. the slots, a column an array: uid, hash, hour, status, payload, CPF digits, and the
--  appointment's fields, already cut to the application's widths; last, whether the appointment may be
--  stored: one that the application's table refuses must not take its slot with it.
--
-- For the planner: what decides on rows stands in sub-selects. Their values are hidden from it thereby, so that a
-- plan for the values at hand is never better than the one that is kept; planning takes longer than the rest.
-- And slots are reached by user and day ($2, $3), never by id alone. A plan made while the
-- table was small would scan it for the ids, and be kept when it is large.
WITH run AS MATERIALIZED (
    -- The fence. FOR SHARE: whoever closes this run waits for this statement, or this one writes nothing.
    SELECT id, started_at FROM agenda_sync_runs
    WHERE id = (SELECT $1::bigint) AND usuario_id = (SELECT $2::int) AND status = 'running'
      -- For this statement alone, unless the administrator has set it: somebody may hold an appointment in the
      -- application for longer than slots should wait.
      AND (current_setting('lock_timeout') <> '0' OR set_config('lock_timeout', '10s', TRUE) IS NOT NULL)
    FOR SHARE
),
day AS MATERIALIZED (
    SELECT a.id, a.external_uid, a.hora, a.content_hash, a.status, a.is_current, a.payload,
           a.agendamento_id, a.agendamento_state, a.follow_from,
           a.is_current AND a.external_uid <> ALL ((SELECT $12::text[])::text[]) AND a.external_uid <> ALL ((SELECT $5::text[])::text[]) AS missing,
           -- Missed often enough already, by runs before this one.
           a.missing_count >= $8::int AND ($8::int = 0 OR a.missing_since < run.started_at) AS confirmed
    FROM run, agenda_slots a
    WHERE a.usuario_id = (SELECT $2::int) AND a.data = (SELECT $3::date) AND a.unidade_code = (SELECT $4::text) AND a.source = 'DETRAN'
),
seen AS MATERIALIZED (
    SELECT s.external_uid, s.content_hash, s.hora, s.status, s.payload, s.cpf,
           s.nome, s.cpf_formatado, s.fixo, s.celular, s.email, s.tipo, s.categoria,
           date_trunc('minute', $3::date + s.hora) AS minuto,
           d.id, d.hora AS old_hora, d.status AS old_status, d.payload AS old_payload, d.is_current AS was_current,
           d.agendamento_id, d.agendamento_state,
           d.id IS NOT NULL AND (d.payload IS DISTINCT FROM s.payload
               OR d.hora <> s.hora OR d.status <> s.status OR NOT d.is_current) AS differs,
           -- It has never had an appointment, or one that we cancelled and somebody has deleted since.
           (SELECT $9::bool) AND s.fits AND s.status = 'available' AND d.agendamento_id IS NULL
               AND (d.agendamento_state IS NULL OR d.agendamento_state = 'cancelled') AS wants,
           -- We cancelled it, and the slot is listed again.
           (SELECT $9::bool) AND s.fits AND d.agendamento_id IS NOT NULL
               AND coalesce(d.agendamento_state = 'cancelled', FALSE) AS revives,
           -- An earlier change of it was refused.
           (SELECT $9::bool) AND s.fits AND d.follow_from IS NOT NULL AS catches_up,
           coalesce(d.follow_from, d.payload) AS followed_payload, s.fits
    FROM run,
         unnest((SELECT $12::text[]), (SELECT $13::text[]), (SELECT $14::time[]), (SELECT $15::text[]),
                (SELECT $16::jsonb[]), (SELECT $17::text[]), (SELECT $18::text[]), (SELECT $19::text[]),
                (SELECT $20::text[]), (SELECT $21::text[]), (SELECT $22::text[]), (SELECT $23::text[]),
                (SELECT $24::text[]), (SELECT $25::bool[]))
             AS s (external_uid, content_hash, hora, status, payload, cpf,
                   nome, cpf_formatado, fixo, celular, email, tipo, categoria, fits)
    LEFT JOIN day d ON d.external_uid = s.external_uid
),

-- Removals, and the guard against mass removals.
verdict AS MATERIALIZED (
    SELECT count(*) >= $7::int AND count(*) FILTER (WHERE missing) > $6::float8 * count(*) AS suspicious
    FROM day WHERE is_current
),
vanished AS MATERIALIZED (
    SELECT d.id, date_trunc('minute', $3::date + d.hora) AS minuto, d.agendamento_id, d.agendamento_state
    FROM day d, verdict v
    WHERE d.missing AND (NOT v.suspicious OR d.confirmed)
),
held AS (
    UPDATE agenda_slots a
    SET missing_since = least(a.missing_since, now()), missing_count = a.missing_count + 1
    WHERE a.usuario_id = (SELECT $2::int) AND a.data = (SELECT $3::date) AND a.id = ANY (ARRAY(
        SELECT d.id FROM day d, verdict v WHERE d.missing AND v.suspicious AND NOT d.confirmed))
    RETURNING a.id
),

-- Appointments: rows of one candidate and minute share one.
wanting AS MATERIALIZED (
    SELECT DISTINCT ON (cpf, minuto) * FROM seen WHERE wants ORDER BY cpf, minuto, external_uid
),
known AS MATERIALIZED (
    -- What exists for that user, candidate and minute, and whether it is the daemon's own.
    SELECT DISTINCT ON (w.cpf, w.minuto) w.cpf, w.minuto, g.id,
           EXISTS (SELECT FROM agenda_slots a
                   WHERE a.agendamento_id = g.id AND a.agendamento_state IN ('created', 'cancelled')) AS ours,
           -- What its other slot, or its former one, last said.
           (SELECT coalesce(a.follow_from, a.payload) FROM agenda_slots a
            WHERE a.agendamento_id = g.id AND a.agendamento_state IN ('created', 'cancelled')
            ORDER BY a.is_current DESC, a.external_uid LIMIT 1) AS followed_payload
    FROM wanting w
    JOIN agendamentos g ON g.usuario_id = (SELECT $2::int)
        AND g.data_agendamento >= (SELECT $3::date) AND g.data_agendamento < (SELECT $3::date + 1)
        AND date_trunc('minute', g.data_agendamento) = w.minuto
        -- Where the CPF was taken for a number, it lost its leading zeros.
        AND ltrim(regexp_replace(g.cpf, '\D', '', 'g'), '0') = ltrim(w.cpf, '0') AND g.cpf ~ '[0-9]'
    ORDER BY w.cpf, w.minuto, g.status IS NOT DISTINCT FROM 'cancelado', g.id
),
lacking AS MATERIALIZED (
    SELECT * FROM wanting w WHERE NOT EXISTS (SELECT FROM known k WHERE k.cpf = w.cpf AND k.minuto = w.minuto)
),
created AS (
    INSERT INTO agendamentos (usuario_id, nome, cpf, telefone_fixo, telefone_celular, email,
        data_agendamento, contexto, tipo_transito, categoria_cnh, observacoes, status)
    SELECT $2, w.nome, w.cpf_formatado, w.fixo, w.celular, w.email, w.minuto, 'Trânsito', w.tipo, w.categoria,
        'Importado automaticamente do DETRAN em ' || to_char(now() AT TIME ZONE $11, 'DD/MM/YYYY HH24:MI'),
        'agendado'
    FROM lacking w
    -- As the table has it, which may not be what was inserted: as in `known`.
    RETURNING id, ltrim(regexp_replace(cpf, '\D', '', 'g'), '0') AS number, date_trunc('minute', data_agendamento) AS minuto
),
link AS MATERIALIZED (
    SELECT ltrim(cpf, '0') AS number, minuto, id, CASE WHEN ours THEN 'created' ELSE 'linked' END AS state FROM known
    UNION ALL
    SELECT number, minuto, id, 'created' FROM created
),
altered AS (
    -- Appointments that would not be recognised, or were dropped without a word, and so be made anew by every reading: the
    -- statement fails by the logarithm, and the table counts as one that refuses them (ALTERED in appointments.rs).
    SELECT ln(CASE WHEN count(*) > 0 THEN 0 ELSE 1 END) AS raised
    FROM lacking w FULL JOIN created c ON c.number = ltrim(w.cpf, '0') AND c.minuto = w.minuto
    WHERE w.cpf IS NULL OR c.id IS NULL
),
news AS MATERIALIZED (
    -- Appointments of ours of which a listed slot has something new to say.
    SELECT agendamento_id AS id FROM seen
    WHERE (SELECT $9::bool) AND fits AND (differs OR revives OR catches_up) AND agendamento_id IS NOT NULL AND agendamento_state IN ('created', 'cancelled')
    UNION
    SELECT id FROM known WHERE ours
),
followed AS (
    -- An untouched appointment of ours follows what changes in the first of its listed slots; one that we cancelled
    -- comes back with it, unless there is another one by now. Untouched: still 'agendado' (or cancelled by us), at its
    -- minute, no patient yet. What did not change there says nothing: somebody may have corrected it in the application.
    UPDATE agendamentos g
    SET nome = CASE WHEN f.nome_changed THEN f.nome ELSE g.nome END,
        telefone_fixo = CASE WHEN f.telefone_changed THEN f.fixo ELSE g.telefone_fixo END,
        telefone_celular = CASE WHEN f.telefone_changed THEN f.celular ELSE g.telefone_celular END,
        email = CASE WHEN f.email_changed THEN f.email ELSE g.email END,
        tipo_transito = CASE WHEN f.tipo_changed THEN f.tipo ELSE g.tipo_transito END,
        categoria_cnh = CASE WHEN f.categoria_changed THEN f.categoria ELSE g.categoria_cnh END,
        status = 'agendado'
    FROM (
        SELECT DISTINCT ON (n.id) n.id AS agendamento_id, s.*,
               coalesce(s.followed_payload ->> 'nome', '') <> coalesce(s.payload ->> 'nome', '') AS nome_changed,
               coalesce(s.followed_payload ->> 'telefone', '') <> coalesce(s.payload ->> 'telefone', '') AS telefone_changed,
               coalesce(s.followed_payload ->> 'email', '') <> coalesce(s.payload ->> 'email', '') AS email_changed,
               coalesce(s.followed_payload ->> 'tipo_processo', '') <> coalesce(s.payload ->> 'tipo_processo', '') AS tipo_changed,
               coalesce(s.followed_payload ->> 'categoria', '') <> coalesce(s.payload ->> 'categoria', '') AS categoria_changed
        FROM news n JOIN (
            SELECT s.agendamento_id AS of, s.external_uid, s.minuto, s.payload, s.followed_payload,
                   s.nome, s.fixo, s.celular, s.email, s.tipo, s.categoria
            FROM seen s WHERE s.fits
            UNION ALL
            SELECT k.id, s.external_uid, s.minuto, s.payload, k.followed_payload,
                   s.nome, s.fixo, s.celular, s.email, s.tipo, s.categoria
            FROM known k JOIN seen s ON s.wants AND s.cpf = k.cpf AND s.minuto = k.minuto
        ) s ON s.of = n.id
        ORDER BY n.id, s.external_uid
    ) f
    WHERE g.id = f.agendamento_id AND g.convertido_em_paciente IS NOT TRUE
      AND date_trunc('minute', g.data_agendamento) = f.minuto
      AND CASE g.status
          WHEN 'agendado' THEN
              f.nome_changed AND g.nome IS DISTINCT FROM f.nome
              OR f.telefone_changed
                 AND (g.telefone_fixo, g.telefone_celular) IS DISTINCT FROM (f.fixo, f.celular)
              OR f.email_changed AND g.email IS DISTINCT FROM f.email
              OR f.tipo_changed AND g.tipo_transito IS DISTINCT FROM f.tipo
              OR f.categoria_changed AND g.categoria_cnh IS DISTINCT FROM f.categoria
          WHEN 'cancelado' THEN EXISTS (
              SELECT FROM agenda_slots a WHERE a.agendamento_id = g.id AND a.agendamento_state = 'cancelled')
              -- Somebody has made another for the candidate meanwhile.
              AND NOT EXISTS (
                  SELECT FROM agendamentos o
                  WHERE o.usuario_id = (SELECT $2::int) AND o.id <> g.id AND o.status IS DISTINCT FROM 'cancelado'
                    AND o.data_agendamento >= (SELECT $3::date) AND o.data_agendamento < (SELECT $3::date + 1)
                    AND date_trunc('minute', o.data_agendamento) = f.minuto
                    AND ltrim(regexp_replace(o.cpf, '\D', '', 'g'), '0') = ltrim(regexp_replace(g.cpf, '\D', '', 'g'), '0')
                    AND o.cpf ~ '[0-9]')
          ELSE FALSE END
),
unmarked AS (
    -- Our cancellation is over, so the next one is a person's: no removed slot may still claim it.
    UPDATE agenda_slots a SET agendamento_state = 'created'
    FROM news n
    WHERE a.agendamento_id = n.id AND a.agendamento_state = 'cancelled' AND NOT a.is_current
      AND NOT EXISTS (SELECT FROM seen s WHERE s.id = a.id)
),
cancelled AS (
    UPDATE agendamentos g SET status = 'cancelado'
    FROM (SELECT DISTINCT agendamento_id, minuto FROM vanished
          WHERE agendamento_state = 'created' AND minuto > now() AT TIME ZONE $11) v
    WHERE (SELECT $9::bool AND $10::bool) AND g.id = v.agendamento_id AND g.status = 'agendado'
      AND g.convertido_em_paciente IS NOT TRUE AND date_trunc('minute', g.data_agendamento) = v.minuto
      AND NOT EXISTS (SELECT FROM agenda_slots a WHERE a.agendamento_id = g.id AND a.is_current
                      AND a.id NOT IN (SELECT id FROM vanished))
      AND NOT EXISTS (SELECT FROM seen s WHERE s.agendamento_id = g.id)
      AND NOT EXISTS (SELECT FROM known k WHERE k.id = g.id)
    RETURNING g.id
),

-- Slots.
inserted AS (
    INSERT INTO agenda_slots (source, usuario_id, unidade_code, servico_code, data, hora, status, is_current,
        external_uid, uid_version, payload, content_hash, first_seen_at, last_seen_at,
        agendamento_id, agendamento_state)
    SELECT 'DETRAN', $2, $4, 'PERITO', $3, s.hora, s.status, TRUE,
        s.external_uid, 1, s.payload, s.content_hash, now(), now(), l.id, l.state
    FROM seen s LEFT JOIN link l ON s.wants AND l.number = ltrim(s.cpf, '0') AND l.minuto = s.minuto
    WHERE s.id IS NULL
    ORDER BY s.hora, s.external_uid -- Whatever the plan: so that the change log has them in the order of the day.
    RETURNING id, status
),
touched AS (
    -- The common case; writes no indexed column, so the update stays on its page (HOT). The hash may be another
    -- although the content is the same: a release that reads the same page otherwise, see migration 0061.
    UPDATE agenda_slots a
    SET last_seen_at = now(), missing_since = NULL, missing_count = 0, content_hash = s.content_hash
    FROM seen s
    WHERE a.usuario_id = (SELECT $2::int) AND a.data = (SELECT $3::date) AND a.id = s.id
      AND NOT (s.differs OR s.wants OR s.revives OR s.catches_up)
),
changed AS (
    UPDATE agenda_slots a
    SET hora = s.hora, status = s.status, is_current = TRUE, payload = s.payload, content_hash = s.content_hash,
        last_seen_at = now(), removed_at = NULL, missing_since = NULL, missing_count = 0, cancel_owed = FALSE,
        agendamento_id = coalesce(a.agendamento_id, l.id),
        agendamento_state = CASE
            WHEN l.id IS NOT NULL THEN l.state
            WHEN s.revives THEN 'created'
            ELSE a.agendamento_state END,
        follow_from = CASE
            WHEN s.fits THEN NULL
            WHEN a.agendamento_state IN ('created', 'cancelled') THEN coalesce(a.follow_from, a.payload) END
    FROM seen s LEFT JOIN link l ON s.wants AND l.number = ltrim(s.cpf, '0') AND l.minuto = s.minuto
    WHERE a.usuario_id = (SELECT $2::int) AND a.data = (SELECT $3::date) AND a.id = s.id
      AND (s.differs OR s.wants OR s.revives OR s.catches_up)
),
removed AS (
    UPDATE agenda_slots a
    SET status = 'removed', is_current = FALSE, removed_at = now(), missing_since = NULL, missing_count = 0,
        agendamento_state = CASE
            WHEN a.agendamento_id = ANY (ARRAY(SELECT id FROM cancelled)) THEN 'cancelled'
            ELSE a.agendamento_state END
    WHERE a.usuario_id = (SELECT $2::int) AND a.data = (SELECT $3::date) AND a.id = ANY (ARRAY(SELECT id FROM vanished))
    RETURNING a.id
),
logged AS (
    INSERT INTO agenda_slot_changes (slot_id, run_id, kind, fields, slot_status)
    SELECT id, $1, 'inserted', NULL::jsonb, status FROM inserted
    UNION ALL
    SELECT id, $1, 'removed', NULL, NULL FROM removed
    UNION ALL
    SELECT s.id, $1, CASE WHEN s.was_current THEN 'changed' ELSE 'reappeared' END,
        (SELECT jsonb_object_agg(f.key, jsonb_build_object('old', f.old, 'new', f.new)) FROM (
             SELECT key, o.value AS old, n.value AS new
             FROM jsonb_each(CASE WHEN jsonb_typeof(s.old_payload) = 'object' THEN s.old_payload ELSE '{}' END) o
             FULL JOIN jsonb_each(s.payload) n USING (key)
             WHERE o.value IS DISTINCT FROM n.value
             UNION ALL
             -- A status may change by itself, when the configuration learns which exams close a slot.
             SELECT 'slot_status', to_jsonb(s.old_status), to_jsonb(s.status)
             WHERE s.was_current AND s.old_status <> s.status AND s.old_payload IS NOT DISTINCT FROM s.payload
             UNION ALL
             -- And an hour that somebody has edited.
             SELECT 'hora', to_jsonb(to_char(s.old_hora, 'HH24:MI')), to_jsonb(to_char(s.hora, 'HH24:MI'))
             WHERE s.was_current AND s.old_hora <> s.hora AND s.old_payload IS NOT DISTINCT FROM s.payload
         ) f), s.status
    FROM seen s WHERE s.differs
)
SELECT
    EXISTS (SELECT FROM run) AND (SELECT raised = 0 FROM altered) AS "running!",
    (SELECT count(*) FROM inserted) AS "inserted!",
    (SELECT count(*) FROM seen WHERE differs) AS "updated!",
    (SELECT count(*) FROM seen WHERE id IS NOT NULL AND NOT differs) AS "unchanged!",
    (SELECT count(*) FROM removed) AS "removed!",
    (SELECT count(*) FROM held) AS "held!",
    (SELECT count(*) FROM created) AS "appointments_created!",
    (SELECT count(*) FROM known WHERE NOT ours) AS "appointments_linked!",
    (SELECT count(*) FROM cancelled) AS "appointments_cancelled!"
