-- The slots of a user that the earlier system wrote, with what is needed to say who they are, and the
-- appointment of the application that each belongs to. Locks them against the earlier system.
--
--  $1 user
SELECT a.id, a.source, a.external_uid, a.unidade_code, a.servico_code, a.data, a.hora, a.last_seen_at,
       a.payload, a.agendamento_id, own.id AS "appointment?",
       -- What was taken for a number lost its leading zeros.
       CASE WHEN length(digits.of_payload) = 11 THEN digits.of_payload
            WHEN length(digits.of_own) = 11 THEN digits.of_own
            ELSE coalesce(nullif(digits.of_payload, ''), digits.of_own) END AS cpf,
       known.id AS "match_of?"
FROM agenda_slots a
LEFT JOIN agendamentos own ON own.id = a.agendamento_id
CROSS JOIN LATERAL (
    SELECT regexp_replace(a.payload ->> 'cpf', '\D', '', 'g') AS of_payload, regexp_replace(own.cpf, '\D', '', 'g') AS of_own
) digits
LEFT JOIN LATERAL (
    SELECT g.id FROM agendamentos g
    WHERE a.agendamento_id IS NULL AND g.usuario_id = $1
      AND g.data_agendamento >= date_trunc('minute', a.data + a.hora)
      AND g.data_agendamento < date_trunc('minute', a.data + a.hora) + interval '1 minute'
      AND ltrim(regexp_replace(g.cpf, '\D', '', 'g'), '0') = ltrim(digits.of_payload, '0') AND g.cpf ~ '[1-9]'
    ORDER BY g.status IS NOT DISTINCT FROM 'cancelado', g.id LIMIT 1
) known ON TRUE
WHERE a.usuario_id = $1 AND a.uid_version = 0
FOR UPDATE OF a
