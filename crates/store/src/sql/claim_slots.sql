-- The earlier system did not always know a unit's code. Slots that it stored under another name are
-- given to the unit on whose page the same candidate stands at the same hour, so that `store_day` finds
-- them there. Asked only while such slots are stored.
--
--  $1 run  $2 user  $3 day  $4 unit  $5 the other names
--  $6.. the slots of the page, a column an array: uid, hour, CPF digits
WITH run AS MATERIALIZED (
    SELECT id FROM agenda_sync_runs WHERE id = $1 AND usuario_id = $2 AND status = 'running' FOR SHARE
),
claim AS MATERIALIZED (
    SELECT DISTINCT ON (s.external_uid) a.id, s.external_uid
    FROM run, unnest($6::text[], $7::time[], $8::text[]) AS s (external_uid, hora, cpf)
    JOIN agenda_slots a ON a.usuario_id = $2 AND a.data = $3 AND a.unidade_code = ANY ($5::text[])
        AND a.source = 'DETRAN' AND a.hora = s.hora
        -- Where the CPF was taken for a number, it lost its leading zeros.
        AND ltrim(regexp_replace(a.payload ->> 'cpf', '\D', '', 'g'), '0') = ltrim(s.cpf, '0') AND a.payload ->> 'cpf' ~ '[1-9]'
    WHERE NOT EXISTS (SELECT FROM agenda_slots o WHERE o.source = 'DETRAN' AND o.external_uid = s.external_uid)
    ORDER BY s.external_uid, a.is_current DESC, a.last_seen_at DESC NULLS LAST, a.id DESC
),
claimed AS (
    UPDATE agenda_slots a SET unidade_code = $4, external_uid = c.external_uid
    FROM claim c WHERE a.usuario_id = $2 AND a.data = $3 AND a.id = c.id
    RETURNING a.id
)
SELECT EXISTS (SELECT FROM run) AS "running!", (SELECT count(*) FROM claimed) AS "claimed!"
