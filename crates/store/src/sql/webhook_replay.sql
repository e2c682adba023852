-- Changes of before are sent again: their examiners' places go back. A place never goes forward.
--  $1 address  $2 examiner, or null: all  $3 from this moment on, or null  $4 from this change on, or null
WITH found AS MATERIALIZED (
    SELECT s.usuario_id, min(c.id) AS first, max(c.id) AS last, min(c.at) AS at
    FROM agendad_webhooks w
    JOIN agenda_slot_changes c ON ($3::timestamptz IS NULL OR c.at >= $3) AND ($4::bigint IS NULL OR c.id >= $4)
        AND (w.kinds IS NULL OR c.kind = ANY (w.kinds))
    JOIN agenda_slots s ON s.id = c.slot_id
    WHERE w.id = $1 AND s.usuario_id IS NOT NULL AND ($2::int IS NULL OR s.usuario_id = $2)
      AND (w.usuario_ids IS NULL OR s.usuario_id = ANY (w.usuario_ids))
    GROUP BY s.usuario_id
), back AS (
    INSERT INTO agendad_webhook_positions AS p (webhook_id, usuario_id, change_id, upto_change, waiting_since)
    SELECT $1, usuario_id, first - 1, last, at FROM found
    ON CONFLICT (webhook_id, usuario_id) DO UPDATE
    SET change_id = least(p.change_id, excluded.change_id), upto_change = greatest(p.upto_change, excluded.upto_change),
        waiting_since = least(coalesce(p.waiting_since, excluded.waiting_since), excluded.waiting_since),
        resumed_at = now(), attempts = 0, next_attempt_at = now(), last_error = NULL,
        -- Whoever delivers just now has lost their claim.
        lease = p.lease + 1, lease_until = NULL
    RETURNING 1
), losses AS (
    UPDATE agendad_webhook_losses l SET replayed_at = now()
    FROM found f WHERE l.webhook_id = $1 AND l.usuario_id = f.usuario_id AND l.first_change >= f.first
      AND l.replayed_at IS NULL
)
SELECT count(*) AS "examiners!" FROM back
