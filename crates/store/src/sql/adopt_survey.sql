-- The same as `adopt_rows.sql` for all users at once, and for a table that has not been migrated: it asks
-- for no column that may be missing. Reads the whole table; for the dry run only. Sorted by owner.
-- Days and times that nobody can read are taken as migration 0147 will have them.
WITH slot AS (
    SELECT a.id::bigint AS id, a.external_uid::text AS external_uid, a.hora, to_jsonb(a) AS j,
           CASE WHEN a.data > '-infinity' AND a.data < '200000-01-01' THEN a.data
                ELSE least(greatest(a.data, '0001-01-01'), '9999-12-31') END AS data
    FROM agenda_slots a
),
sole AS (
    SELECT min(usuario_id) AS usuario_id FROM configuracoes_detran HAVING count(*) = 1
),
legacy AS (
    SELECT s.id, s.external_uid, s.data, s.hora, s.j, own.id AS own_id,
           coalesce((s.j ->> 'usuario_id')::int, (to_jsonb(own) ->> 'usuario_id')::int, (SELECT usuario_id FROM sole)) AS owner,
           CASE WHEN length(digits.of_payload) = 11 THEN digits.of_payload
                WHEN length(digits.of_own) = 11 THEN digits.of_own
                ELSE coalesce(nullif(digits.of_payload, ''), digits.of_own) END AS cpf
    FROM slot s LEFT JOIN agendamentos own ON own.id = (s.j ->> 'agendamento_id')::int
    CROSS JOIN LATERAL (
        SELECT regexp_replace(s.j -> 'payload' ->> 'cpf', '\D', '', 'g') AS of_payload,
               regexp_replace(to_jsonb(own) ->> 'cpf', '\D', '', 'g') AS of_own
    ) digits
    WHERE coalesce((s.j ->> 'uid_version')::int, 0) = 0
),
known AS (
    SELECT DISTINCT ON (usuario_id, cpf, minuto) usuario_id, cpf, minuto, id FROM (
        SELECT (to_jsonb(g) ->> 'usuario_id')::int AS usuario_id, g.id,
               ltrim(regexp_replace(to_jsonb(g) ->> 'cpf', '\D', '', 'g'), '0') AS cpf,
               date_trunc('minute', g.data_agendamento) AS minuto, to_jsonb(g) ->> 'status' AS status
        FROM agendamentos g
    ) g ORDER BY usuario_id, cpf, minuto, status IS NOT DISTINCT FROM 'cancelado', id
)
SELECT l.id AS "id!", coalesce(l.j ->> 'source', 'DETRAN') AS "source!", l.external_uid AS "external_uid!",
       coalesce(l.j ->> 'unidade_code', 'DEFAULT') AS "unidade_code!",
       coalesce(l.j ->> 'servico_code', 'PERITO') AS "servico_code!",
       l.data AS "data!", l.hora AS "hora!", t.last_seen_at,
       l.j -> 'payload' AS payload, (l.j ->> 'agendamento_id')::int AS agendamento_id,
       l.own_id AS "appointment?", l.cpf, k.id AS "match_of?",
       l.owner, l.j ->> 'usuario_id' IS NULL AND l.owner IS NOT NULL AS "owner_found!"
FROM legacy l
LEFT JOIN LATERAL (SELECT (l.j ->> 'last_seen_at')::timestamptz AS last_seen_at) t
    ON t.last_seen_at > '-infinity' AND t.last_seen_at < '200000-01-01 00:00+00'
LEFT JOIN known k ON (l.j ->> 'agendamento_id') IS NULL
    AND k.usuario_id = l.owner AND k.cpf = ltrim(l.cpf, '0') AND k.cpf <> '' AND k.minuto = date_trunc('minute', l.data + l.hora)
ORDER BY l.owner
