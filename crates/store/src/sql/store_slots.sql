-- What store_day.sql does for slots, and nothing for appointments: it does not name the application's table, so it
-- works where appointments are switched off, or where that table refuses us, whatever the reason. A slot that
-- wants an appointment keeps wanting it, and the next reading tries again.
--
--  $1 run           $2 user           $3 day            $4 unit           $5 protected slots: rows not read could be they
--  $6 guard: ratio  $7 guard: minimum $8 guard: confirmations
--  $9.. the slots, a column an array: uid, hash, hour, status, payload
--  $14 the cancellations of vanished slots are owed: they were refused, not left
--  $15 so is that appointments follow what changes
--
-- For the planner, as in store_day.sql: user, day and run stand in sub-selects, and slots are reached by user and day.
WITH run AS MATERIALIZED (
    SELECT id, started_at FROM agenda_sync_runs
    WHERE id = (SELECT $1::bigint) AND usuario_id = (SELECT $2::int) AND status = 'running'
    FOR SHARE
),
day AS MATERIALIZED (
    SELECT a.id, a.external_uid, a.hora, a.content_hash, a.status, a.is_current, a.payload,
           a.agendamento_id, a.agendamento_state,
           a.is_current AND a.external_uid <> ALL ($9::text[]) AND a.external_uid <> ALL ($5::text[]) AS missing,
           a.missing_count >= $8::int AND ($8::int = 0 OR a.missing_since < run.started_at) AS confirmed
    FROM run, agenda_slots a
    WHERE a.usuario_id = (SELECT $2::int) AND a.data = (SELECT $3::date) AND a.unidade_code = $4 AND a.source = 'DETRAN'
),
seen AS MATERIALIZED (
    SELECT s.external_uid, s.content_hash, s.hora, s.status, s.payload,
           d.id, d.hora AS old_hora, d.status AS old_status, d.payload AS old_payload, d.is_current AS was_current,
           d.id IS NOT NULL AND (d.payload IS DISTINCT FROM s.payload
               OR d.hora <> s.hora OR d.status <> s.status OR NOT d.is_current) AS differs,
           s.status = 'available' AND d.agendamento_id IS NULL
               AND (d.agendamento_state IS NULL OR d.agendamento_state = 'cancelled') AS wants
    FROM run, unnest($9::text[], $10::text[], $11::time[], $12::text[], $13::jsonb[])
             AS s (external_uid, content_hash, hora, status, payload)
    LEFT JOIN day d ON d.external_uid = s.external_uid
),
verdict AS MATERIALIZED (
    SELECT count(*) >= $7::int AND count(*) FILTER (WHERE missing) > $6::float8 * count(*) AS suspicious
    FROM day WHERE is_current
),
vanished AS MATERIALIZED (
    SELECT d.id, d.agendamento_state FROM day d, verdict v
    WHERE d.missing AND (NOT v.suspicious OR d.confirmed)
),
held AS (
    UPDATE agenda_slots a
    SET missing_since = least(a.missing_since, now()), missing_count = a.missing_count + 1
    WHERE a.usuario_id = (SELECT $2::int) AND a.data = (SELECT $3::date) AND a.id = ANY (ARRAY(
        SELECT d.id FROM day d, verdict v WHERE d.missing AND v.suspicious AND NOT d.confirmed))
    RETURNING a.id
),
inserted AS (
    INSERT INTO agenda_slots (source, usuario_id, unidade_code, servico_code, data, hora, status, is_current,
        external_uid, uid_version, payload, content_hash, first_seen_at, last_seen_at)
    SELECT 'DETRAN', $2, $4, 'PERITO', $3, s.hora, s.status, TRUE,
        s.external_uid, 1, s.payload, s.content_hash, now(), now()
    FROM seen s WHERE s.id IS NULL
    RETURNING id, status
),
touched AS (
    UPDATE agenda_slots a
    SET last_seen_at = now(), missing_since = NULL, missing_count = 0, content_hash = s.content_hash
    FROM seen s
    WHERE a.usuario_id = (SELECT $2::int) AND a.data = (SELECT $3::date) AND a.id = s.id AND NOT s.differs
),
changed AS (
    UPDATE agenda_slots a
    SET hora = s.hora, status = s.status, is_current = TRUE, payload = s.payload, content_hash = s.content_hash,
        last_seen_at = now(), removed_at = NULL, missing_since = NULL, missing_count = 0, cancel_owed = FALSE,
        follow_from = CASE WHEN $15 AND a.agendamento_state IN ('created', 'cancelled')
                           THEN coalesce(a.follow_from, a.payload) ELSE a.follow_from END
    FROM seen s
    WHERE a.usuario_id = (SELECT $2::int) AND a.data = (SELECT $3::date) AND a.id = s.id AND s.differs
),
removed AS (
    UPDATE agenda_slots a
    SET status = 'removed', is_current = FALSE, removed_at = now(), missing_since = NULL, missing_count = 0,
        cancel_owed = $14 AND coalesce(a.agendamento_state = 'created', FALSE)
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
             SELECT 'slot_status', to_jsonb(s.old_status), to_jsonb(s.status)
             WHERE s.was_current AND s.old_status <> s.status AND s.old_payload IS NOT DISTINCT FROM s.payload
             UNION ALL
             SELECT 'hora', to_jsonb(to_char(s.old_hora, 'HH24:MI')), to_jsonb(to_char(s.hora, 'HH24:MI'))
             WHERE s.was_current AND s.old_hora <> s.hora AND s.old_payload IS NOT DISTINCT FROM s.payload
         ) f), s.status
    FROM seen s WHERE s.differs
)
SELECT
    EXISTS (SELECT FROM run) AS "running!",
    (SELECT count(*) FROM inserted) AS "inserted!",
    (SELECT count(*) FROM seen WHERE differs) AS "updated!",
    (SELECT count(*) FROM seen WHERE id IS NOT NULL AND NOT differs) AS "unchanged!",
    (SELECT count(*) FROM removed) AS "removed!",
    (SELECT count(*) FROM held) AS "held!",
    (SELECT count(*) FROM seen WHERE wants) AS "wanting!",
    (SELECT count(*) FROM vanished WHERE agendamento_state = 'created') AS "uncancelled!"
