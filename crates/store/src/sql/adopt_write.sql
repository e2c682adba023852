-- Writes what was planned for slots of the earlier system. Nothing that it knew is lost: a status that
-- the daemon does not know is named by whether the slot is listed, and times that are missing are
-- taken from the one that is there.
--
--  $1.. a column an array: id, uid, version of its formula, hash (null: as it is), the identity of those that are
--  set aside, appointment, linked?
WITH slot AS (
    SELECT * FROM unnest($1::bigint[], $2::text[], $3::smallint[], $4::text[], $5::text[], $6::int[], $7::bool[])
        AS s (id, external_uid, uid_version, content_hash, set_aside, agendamento_id, is_linked)
),
gone AS (
    -- Only those that were listed change by being set aside, and not where the row of their identity is listed: to whoever
    -- is told of changes, that is the slot.
    SELECT a.id FROM agenda_slots a JOIN slot s ON s.id = a.id
    WHERE s.set_aside IS NOT NULL AND a.is_current AND NOT EXISTS (
        SELECT FROM agenda_slots o WHERE o.source = 'DETRAN' AND o.external_uid = s.set_aside AND o.is_current AND o.status <> 'removed')
),
written AS (
    UPDATE agenda_slots a
    SET external_uid = s.external_uid,
        uid_version = s.uid_version,
        content_hash = coalesce(s.content_hash, a.content_hash),
        status = CASE
            WHEN s.set_aside IS NOT NULL THEN 'removed'
            WHEN a.status IN ('available', 'booked', 'removed') THEN a.status
            WHEN a.is_current THEN 'available'
            ELSE 'removed' END,
        is_current = a.is_current AND a.status <> 'removed' AND s.set_aside IS NULL,
        removed_at = CASE WHEN s.set_aside IS NOT NULL AND a.is_current THEN now() ELSE a.removed_at END,
        first_seen_at = coalesce(a.first_seen_at, a.last_seen_at, now()),
        last_seen_at = coalesce(a.last_seen_at, a.first_seen_at, now()),
        agendamento_id = s.agendamento_id,
        agendamento_state = CASE WHEN s.is_linked THEN coalesce(a.agendamento_state, 'linked') END
    FROM slot s WHERE a.id = s.id
)
INSERT INTO agenda_slot_changes (slot_id, kind) SELECT id, 'removed' FROM gone
