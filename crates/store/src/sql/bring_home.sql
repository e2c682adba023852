-- Brings home slots of a day that somebody has moved by SQL to another day, unit or examiner. Their identity is made of where
-- they belong, so that it says so for ever, and none can be inserted beside them. The change log has nothing of it: what the
-- portal shows is as it was.
--
--  $1 run   $2 user   $3 day   $4 unit   $5 the identities of the day's slots   $6 their hours
WITH run AS MATERIALIZED (
    -- The fence, as in store_day.sql.
    SELECT id FROM agenda_sync_runs
    WHERE id = (SELECT $1::bigint) AND usuario_id = (SELECT $2::int) AND status = 'running'
    FOR SHARE
)
UPDATE agenda_slots a
SET usuario_id = $2::int, data = $3::date, unidade_code = $4::text, hora = s.hora
FROM run, unnest($5::text[], $6::time[]) AS s (external_uid, hora)
WHERE a.source = 'DETRAN' AND a.external_uid = s.external_uid
  AND (a.usuario_id, a.data, a.unidade_code) IS DISTINCT FROM ($2::int, $3::date, $4::text)
