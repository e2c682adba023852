-- Blanks one candidate in slots and change log, keeping what counts and times need: examiner, unit, day,
-- hour, status, kind of process. Identity and content hash become random: a SHA-1 over so few possible
-- CPFs could be reversed by trying them all.
--
--  $1 CPF, digits only   $2 time zone of the portal's days
WITH slot AS MATERIALIZED (
    SELECT id, payload FROM agenda_slots
    WHERE ltrim(regexp_replace(payload ->> 'cpf', '\D', '', 'g'), '0') = ltrim($1, '0') AND payload ->> 'cpf' ~ '[0-9]'
       -- The earlier system may have stored them without it; the appointment says who they are. Not those blanked before.
       OR coalesce(payload ->> 'cpf', '') !~ '[0-9]' AND payload ->> 'nome' IS DISTINCT FROM '(apagado)'
          AND agendamento_id IN (
              SELECT g.id FROM agendamentos g
              WHERE ltrim(regexp_replace(g.cpf, '\D', '', 'g'), '0') = ltrim($1, '0') AND g.cpf ~ '[0-9]')
    ORDER BY id FOR UPDATE
),
blanked AS (
    UPDATE agenda_slots a
    SET external_uid = substr(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 1, 40),
        content_hash = substr(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 1, 40),
        payload = (
            -- What is not known to be harmless is blanked, columns of which nobody knows the meaning too.
            SELECT jsonb_object_agg(key, CASE
                WHEN key IN ('hora', 'tipo_processo', 'categoria', 'status_exame_medico', 'status_exame_psicologico')
                    THEN value
                WHEN key = 'nome' THEN '"(apagado)"'
                ELSE '""' END)
            FROM jsonb_each(CASE WHEN jsonb_typeof(slot.payload) = 'object' THEN slot.payload ELSE '{}' END)),
        follow_from = NULL
    FROM slot WHERE a.id = slot.id
    RETURNING a.id, a.is_current, a.data
),
log AS (
    UPDATE agenda_slot_changes c
    SET fields = (SELECT jsonb_object_agg(key, CASE
                      WHEN key IN ('hora', 'tipo_processo', 'categoria', 'status_exame_medico', 'status_exame_psicologico')
                          THEN value
                      ELSE '{}' END)
                  FROM jsonb_each(c.fields))
    FROM slot WHERE c.slot_id = slot.id AND jsonb_typeof(c.fields) = 'object'
    RETURNING c.id
)
SELECT (SELECT count(*) FROM blanked) AS "slots!",
       (SELECT count(*) FROM blanked WHERE is_current AND data >= (now() AT TIME ZONE $2)::date) AS "still_listed!",
       (SELECT count(*) FROM log) AS "changes!"
