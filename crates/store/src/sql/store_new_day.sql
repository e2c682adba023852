-- What store_day.sql does, for a day and unit of which nothing is stored yet, and on which the examiner has no
-- appointment: a first fill. A fifth of the CPU goes, that of making ready and taking down the parts of a large
-- statement which have nothing to do then. Where there is something, it writes nothing.
--
--  $1 run  $2 user  $3 day  $4 unit  $5 time zone
--  $6.. the slots, as in store_day.sql
--
-- User and day stand in sub-selects so that they are planned for once, as there.
WITH run AS MATERIALIZED (
    -- The fence, as there.
    SELECT id FROM agenda_sync_runs
    WHERE id = (SELECT $1::bigint) AND usuario_id = (SELECT $2::int) AND status = 'running'
      AND (current_setting('lock_timeout') <> '0' OR set_config('lock_timeout', '10s', TRUE) IS NOT NULL)
      AND NOT EXISTS (
          SELECT FROM agenda_slots a
          WHERE a.usuario_id = (SELECT $2::int) AND a.data = (SELECT $3::date) AND a.unidade_code = (SELECT $4::text) AND a.source = 'DETRAN')
      AND NOT EXISTS (
          SELECT FROM agendamentos g
          WHERE g.usuario_id = (SELECT $2::int)
            AND g.data_agendamento >= (SELECT $3::date) AND g.data_agendamento < (SELECT $3::date + 1))
    FOR SHARE
),
seen AS MATERIALIZED (
    SELECT s.*, date_trunc('minute', $3::date + s.hora) AS minuto, ltrim(s.cpf, '0') AS number,
           s.fits AND s.status = 'available' AS wants
    FROM run,
         unnest((SELECT $6::text[]), (SELECT $7::text[]), (SELECT $8::time[]), (SELECT $9::text[]),
                (SELECT $10::jsonb[]), (SELECT $11::text[]), (SELECT $12::text[]), (SELECT $13::text[]),
                (SELECT $14::text[]), (SELECT $15::text[]), (SELECT $16::text[]), (SELECT $17::text[]),
                (SELECT $18::text[]), (SELECT $19::bool[]))
             AS s (external_uid, content_hash, hora, status, payload, cpf,
                   nome, cpf_formatado, fixo, celular, email, tipo, categoria, fits)
),
wanting AS MATERIALIZED (
    SELECT DISTINCT ON (number, minuto) * FROM seen WHERE wants ORDER BY number, minuto, external_uid
),
created AS (
    INSERT INTO agendamentos (usuario_id, nome, cpf, telefone_fixo, telefone_celular, email,
        data_agendamento, contexto, tipo_transito, categoria_cnh, observacoes, status)
    SELECT $2, w.nome, w.cpf_formatado, w.fixo, w.celular, w.email, w.minuto, 'Trânsito', w.tipo, w.categoria,
        'Importado automaticamente do DETRAN em ' || to_char(now() AT TIME ZONE $5, 'DD/MM/YYYY HH24:MI'),
        'agendado'
    FROM wanting w
    RETURNING id, ltrim(regexp_replace(cpf, '\D', '', 'g'), '0') AS number, date_trunc('minute', data_agendamento) AS minuto
),
altered AS (
    -- As there.
    SELECT ln(CASE WHEN count(*) > 0 THEN 0 ELSE 1 END) AS raised
    FROM wanting w FULL JOIN created c ON c.number = w.number AND c.minuto = w.minuto
    WHERE w.number IS NULL OR c.id IS NULL
),
inserted AS (
    INSERT INTO agenda_slots (source, usuario_id, unidade_code, servico_code, data, hora, status, is_current,
        external_uid, uid_version, payload, content_hash, first_seen_at, last_seen_at,
        agendamento_id, agendamento_state)
    SELECT 'DETRAN', $2, $4, 'PERITO', $3, s.hora, s.status, TRUE,
        s.external_uid, 1, s.payload, s.content_hash, now(), now(), c.id, CASE WHEN c.id IS NOT NULL THEN 'created' END
    FROM seen s LEFT JOIN created c ON s.wants AND c.number = s.number AND c.minuto = s.minuto
    ORDER BY s.hora, s.external_uid
    RETURNING id, status
),
logged AS (
    INSERT INTO agenda_slot_changes (slot_id, run_id, kind, slot_status) SELECT id, $1, 'inserted', status FROM inserted
)
SELECT
    EXISTS (SELECT FROM run) AND (SELECT raised = 0 FROM altered) AS "stored!",
    (SELECT count(*) FROM inserted) AS "inserted!",
    (SELECT count(*) FROM created) AS "appointments_created!"
