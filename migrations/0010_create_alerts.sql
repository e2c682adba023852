-- What the daemon tells its operators by itself: which trouble is open, who has been told of it, and the
-- messages that are still to be delivered. In the database, so that neither a restart nor a second daemon
-- tells twice. Serves: the evaluation of the alert rules, the delivery of messages, `agendad alerts list`,
-- the dashboard.

SET LOCAL lock_timeout = '15s';

CREATE TABLE agendad_alerts (
    id BIGSERIAL CONSTRAINT agendad_alerts_pkey PRIMARY KEY,
    rule TEXT NOT NULL,
    subject TEXT NOT NULL,
    usuario_id INTEGER,
    label TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT '',
    since TIMESTAMPTZ NOT NULL,
    opened_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    last_sent_at TIMESTAMPTZ,
    count INTEGER NOT NULL DEFAULT 0,
    cleared_at TIMESTAMPTZ,
    clear_sent_at TIMESTAMPTZ
);
COMMENT ON TABLE agendad_alerts IS 'One row a trouble of one subject: an examiner, or the installation as a whole. Never a candidate''s data.';
COMMENT ON COLUMN agendad_alerts.id IS 'The alert; grows with time.';
COMMENT ON COLUMN agendad_alerts.rule IS 'Which rule fired, such as credentials or portal_down; the sections of [alerts] in config.toml.';
COMMENT ON COLUMN agendad_alerts.subject IS 'Whom or what it is about: general, or perito:<usuario_id>.';
COMMENT ON COLUMN agendad_alerts.usuario_id IS 'The examiner, if it is about one. No foreign key: the record outlives the user.';
COMMENT ON COLUMN agendad_alerts.label IS 'The examiner''s name at that time; empty if it is about the installation.';
COMMENT ON COLUMN agendad_alerts.note IS 'What was found, in Portuguese, kept up to date while it is open.';
COMMENT ON COLUMN agendad_alerts.since IS 'Since when the trouble has lasted, by the facts.';
COMMENT ON COLUMN agendad_alerts.opened_at IS 'When a daemon first noticed, database clock.';
COMMENT ON COLUMN agendad_alerts.last_sent_at IS 'When a message about it was last handed to the outbox; null = nobody has been told.';
COMMENT ON COLUMN agendad_alerts.count IS 'How many messages have told of it.';
COMMENT ON COLUMN agendad_alerts.cleared_at IS 'When the trouble was seen to be over; null = open.';
COMMENT ON COLUMN agendad_alerts.clear_sent_at IS 'When the all-clear was handed to the outbox, or found not to be needed; null while it is to come.';

-- One open alert a trouble; and what is open.
CREATE UNIQUE INDEX agendad_alerts_open_idx ON agendad_alerts (rule, subject) WHERE cleared_at IS NULL;
-- Those whose all-clear is still to be told.
CREATE INDEX agendad_alerts_to_clear_idx ON agendad_alerts (cleared_at)
    WHERE cleared_at IS NOT NULL AND clear_sent_at IS NULL;
-- What was told lately about the same trouble (cool-down), and retention.
CREATE INDEX agendad_alerts_cleared_at_idx ON agendad_alerts (cleared_at) WHERE cleared_at IS NOT NULL;

CREATE TABLE agendad_alert_outbox (
    id BIGSERIAL CONSTRAINT agendad_alert_outbox_pkey PRIMARY KEY,
    channel TEXT NOT NULL CONSTRAINT agendad_alert_outbox_channel_check CHECK (channel IN ('slack', 'email')),
    target TEXT NOT NULL DEFAULT '',
    rule TEXT NOT NULL,
    kind TEXT NOT NULL CONSTRAINT agendad_alert_outbox_kind_check CHECK (kind IN ('opened', 'reminder', 'cleared')),
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    attempts INTEGER NOT NULL DEFAULT 0,
    next_attempt_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    sent_at TIMESTAMPTZ,
    given_up_at TIMESTAMPTZ,
    last_error TEXT
);
COMMENT ON TABLE agendad_alert_outbox IS 'One row a message and recipient. Written in the transaction that found the trouble, so that a crash loses none.';
COMMENT ON COLUMN agendad_alert_outbox.id IS 'The message; grows with time.';
COMMENT ON COLUMN agendad_alert_outbox.channel IS 'slack or email.';
COMMENT ON COLUMN agendad_alert_outbox.target IS 'The recipient''s address for email; empty for slack, whose webhook is a secret of the configuration.';
COMMENT ON COLUMN agendad_alert_outbox.rule IS 'The rule it tells of.';
COMMENT ON COLUMN agendad_alert_outbox.kind IS 'opened, reminder (still open) or cleared.';
COMMENT ON COLUMN agendad_alert_outbox.title IS 'One line, in Portuguese.';
COMMENT ON COLUMN agendad_alert_outbox.body IS 'The text, in Portuguese.';
COMMENT ON COLUMN agendad_alert_outbox.created_at IS 'When, database clock.';
COMMENT ON COLUMN agendad_alert_outbox.attempts IS 'How often its delivery was begun.';
COMMENT ON COLUMN agendad_alert_outbox.next_attempt_at IS 'Not before then; while a daemon tries, the time after which another may.';
COMMENT ON COLUMN agendad_alert_outbox.sent_at IS 'When the other side took it; null = not yet.';
COMMENT ON COLUMN agendad_alert_outbox.given_up_at IS 'When its last try failed; null = not given up.';
COMMENT ON COLUMN agendad_alert_outbox.last_error IS 'Why the last try failed; no secret.';

-- What is to be delivered.
CREATE INDEX agendad_alert_outbox_due_idx ON agendad_alert_outbox (channel, next_attempt_at)
    WHERE sent_at IS NULL AND given_up_at IS NULL;
-- When a rule was last told of (messages are bundled), the list, and retention.
CREATE INDEX agendad_alert_outbox_created_at_idx ON agendad_alert_outbox (created_at);

CREATE TABLE agendad_alert_evaluation (
    id SMALLINT CONSTRAINT agendad_alert_evaluation_pkey PRIMARY KEY
        CONSTRAINT agendad_alert_evaluation_id_check CHECK (id = 1),
    evaluated_at TIMESTAMPTZ
);
INSERT INTO agendad_alert_evaluation (id) VALUES (1);
COMMENT ON TABLE agendad_alert_evaluation IS 'One row: whoever locks it evaluates the rules, for all daemons.';
COMMENT ON COLUMN agendad_alert_evaluation.id IS 'Always 1.';
COMMENT ON COLUMN agendad_alert_evaluation.evaluated_at IS 'When the rules were last evaluated; null = never.';

CREATE TABLE agendad_alert_reports (
    instance TEXT CONSTRAINT agendad_alert_reports_pkey PRIMARY KEY,
    portal_resting_since TIMESTAMPTZ NOT NULL DEFAULT now(),
    reported_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
COMMENT ON TABLE agendad_alert_reports IS 'What only a daemon itself knows: that its breaker is open. One row a daemon, only while it is; an old row is of a dead one.';
COMMENT ON COLUMN agendad_alert_reports.instance IS 'The process.';
COMMENT ON COLUMN agendad_alert_reports.portal_resting_since IS 'Since when it does not ask the portal.';
COMMENT ON COLUMN agendad_alert_reports.reported_at IS 'When it last said so.';
