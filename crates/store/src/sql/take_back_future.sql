-- Times that lie more than a minute ahead of this server's clock were written while a clock was ahead. They are
-- taken back to now. All parts see the tables as they were, so `ahead` is how far ahead they were: a century at most, because
-- nothing can be reckoned with an infinite time.
-- $1: seconds beyond which no message is put off; $2: seconds beyond which no account rests after a CAPTCHA;
-- $3: jobs of the queue that were taken back just before.
WITH clock AS MATERIALIZED (
    SELECT now() AS at, now() + interval '1 minute' AS edge
), ahead AS (
    SELECT least(at + interval '100 years', greatest(at,
        (SELECT greatest(max(last_tick), max(last_success)) FROM sync_schedules),
        (SELECT greatest(max(started_at), max(finished_at)) FROM agenda_sync_runs WHERE started_at > edge),
        (SELECT max(pausa_desde) FROM configuracoes_detran),
        (SELECT greatest(max(last_sent_at), max(opened_at), max(cleared_at)) FROM agendad_alerts),
        (SELECT max(created_at) FROM agendad_alert_outbox),
        (SELECT max(evaluated_at) FROM agendad_alert_evaluation))) - at AS by
    FROM clock
), schedules AS (
    -- A tick of the last minute may have been held back meanwhile.
    UPDATE sync_schedules s
    SET last_tick = CASE WHEN last_tick > edge THEN at - interval '1 minute' ELSE last_tick END,
        last_success = CASE WHEN last_success > edge THEN at ELSE last_success END
    FROM clock WHERE last_tick > edge OR last_success > edge
    RETURNING 1
), runs AS (
    -- The tick too: one that is still to come has not had its run.
    UPDATE agenda_sync_runs r
    SET started_at = at, finished_at = CASE WHEN finished_at > edge THEN at ELSE finished_at END,
        tick = CASE WHEN tick > edge THEN at ELSE tick END
    FROM clock WHERE started_at > edge
    RETURNING 1
), pauses AS (
    -- Taken back by a statement of its own where there are any: an UPDATE of no row tells all that accounts changed.
    SELECT 1 FROM configuracoes_detran, clock
    WHERE pausa_motivo IS NOT NULL
      AND (pausa_desde > edge OR pausa_motivo = 'captcha' AND pausa_ate > edge + make_interval(secs => $2))
), alerts AS (
    UPDATE agendad_alerts a
    SET since = CASE WHEN since > edge THEN at ELSE since END,
        opened_at = CASE WHEN opened_at > edge THEN at ELSE opened_at END,
        last_sent_at = CASE WHEN last_sent_at > edge THEN at ELSE last_sent_at END,
        cleared_at = CASE WHEN cleared_at > edge THEN at ELSE cleared_at END,
        clear_sent_at = CASE WHEN clear_sent_at > edge THEN at ELSE clear_sent_at END
    FROM clock WHERE greatest(since, opened_at, last_sent_at, cleared_at, clear_sent_at) > edge
    RETURNING 1
), messages AS (
    UPDATE agendad_alert_outbox o
    SET created_at = CASE WHEN created_at > edge THEN at ELSE created_at END,
        next_attempt_at = CASE WHEN created_at > edge OR next_attempt_at > edge + make_interval(secs => $1)
                               THEN at ELSE next_attempt_at END,
        sent_at = CASE WHEN sent_at > edge THEN at ELSE sent_at END,
        given_up_at = CASE WHEN given_up_at > edge THEN at ELSE given_up_at END
    FROM clock
    WHERE greatest(created_at, sent_at, given_up_at) > edge
       OR sent_at IS NULL AND given_up_at IS NULL AND next_attempt_at > edge + make_interval(secs => $1)
    RETURNING 1
), evaluation AS (
    UPDATE agendad_alert_evaluation e SET evaluated_at = at - interval '1 minute'
    FROM clock WHERE evaluated_at > edge
    RETURNING 1
), reports AS (
    UPDATE agendad_alert_reports r
    SET reported_at = least(reported_at, at), portal_resting_since = least(portal_resting_since, at)
    FROM clock WHERE greatest(reported_at, portal_resting_since) > edge
    RETURNING 1
), calendars AS (
    UPDATE agendad_calendars c SET created_at = least(created_at, at),
        last_read_at = CASE WHEN last_read_at > edge THEN at ELSE last_read_at END
    FROM clock WHERE greatest(created_at, last_read_at) > edge
    RETURNING 1
), sheets AS (
    UPDATE agendad_sheets s SET created_at = least(created_at, at),
        last_read_at = CASE WHEN last_read_at > edge THEN at ELSE last_read_at END
    FROM clock WHERE greatest(created_at, last_read_at) > edge
    RETURNING 1
), found AS (
    SELECT what, rows FROM (VALUES
        ('schedules', (SELECT count(*) FROM schedules)),
        ('runs', (SELECT count(*) FROM runs)),
        ('pauses', (SELECT count(*) FROM pauses)),
        ('alerts', (SELECT count(*) FROM alerts) + (SELECT count(*) FROM messages)
                   + (SELECT count(*) FROM evaluation) + (SELECT count(*) FROM reports)),
        ('calendars', (SELECT count(*) FROM calendars) + (SELECT count(*) FROM sheets)),
        ('jobs', $3::bigint)) AS all_of_them (what, rows)
    WHERE rows > 0
), noted AS (
    INSERT INTO agendad_clock_corrections (what, rows, ahead)
    SELECT what, rows, extract(epoch FROM ahead.by) FROM found, ahead
)
SELECT what AS "what!: StoredTime", rows AS "rows!", extract(epoch FROM ahead.by)::float8 AS "ahead!"
FROM found, ahead
