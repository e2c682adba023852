-- An address did not take a change of an examiner. What has waited too long is given up, and so is what waits behind it
-- for as long: the next change to be tried is one that is still news. The rest is tried again.
--  $1 address  $2 examiner  $3 lease  $4 why  $5 seconds until the next try  $6 seconds of rest for the address, or null
--  $7 seconds after which a change is given up, or null: none is  $8 the kind of $4
WITH mine AS MATERIALIZED (
    SELECT change_id, upto_change, resumed_at FROM agendad_webhook_positions
    WHERE webhook_id = $1 AND usuario_id = $2 AND lease = $3 FOR UPDATE
), old AS MATERIALIZED (
    SELECT min(c.id) AS first, max(c.id) AS last, count(*) AS changes
    FROM mine m
    JOIN agendad_webhooks w ON w.id = $1
    JOIN agenda_slots s ON s.usuario_id = $2
    JOIN agenda_slot_changes c ON c.slot_id = s.id
    WHERE c.id > m.change_id AND c.id <= m.upto_change AND (w.kinds IS NULL OR c.kind = ANY (w.kinds))
      AND greatest(c.at, m.resumed_at) <= now() - make_interval(secs => $7)
), position AS (
    UPDATE agendad_webhook_positions p
    SET change_id = coalesce(old.last, p.change_id), lease_until = NULL, last_error = $4, last_error_kind = $8,
        waiting_since = CASE WHEN old.last IS NULL THEN p.waiting_since ELSE
            (SELECT min(c.at) FROM agenda_slots s JOIN agenda_slot_changes c ON c.slot_id = s.id
             WHERE s.usuario_id = $2 AND c.id > old.last AND c.id <= p.upto_change) END,
        next_attempt_at = now() + make_interval(secs => $5)
    FROM mine m, old
    WHERE p.webhook_id = $1 AND p.usuario_id = $2
), problem AS (
    UPDATE agendad_webhooks
    SET last_problem = $4, last_problem_kind = $8, last_problem_at = now(),
        rests_until = CASE WHEN $6::float8 IS NULL THEN rests_until
                           ELSE now() + least(make_interval(secs => $6), interval '1 hour') END
    WHERE id = $1
), lost AS (
    INSERT INTO agendad_webhook_losses (webhook_id, usuario_id, first_change, last_change, changes, error, error_kind)
    SELECT $1, $2, first, last, changes, $4, $8 FROM old WHERE changes > 0
)
SELECT coalesce((SELECT changes FROM old), 0) AS "given_up!"
