-- Alerts that people want to hear nothing of for a while: muted ones, and those of a planned maintenance. Serves: the
-- evaluation of the alert rules, `agendad alerts mute`, the dashboard.

SET LOCAL lock_timeout = '15s';

CREATE TABLE agendad_alert_silences (
    id SERIAL CONSTRAINT agendad_alert_silences_pkey PRIMARY KEY,
    kind TEXT NOT NULL CONSTRAINT agendad_alert_silences_kind_check CHECK (kind IN ('mute', 'maintenance')),
    rule TEXT,
    usuario_id INTEGER,
    from_at TIMESTAMPTZ NOT NULL,
    until_at TIMESTAMPTZ NOT NULL,
    reason TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    created_by TEXT NOT NULL,
    ended_at TIMESTAMPTZ,
    told_at TIMESTAMPTZ,
    CONSTRAINT agendad_alert_silences_until_at_check CHECK (until_at > from_at)
);
COMMENT ON TABLE agendad_alert_silences IS 'One row a time in which messages about alerts are held back; it ends by itself.';
COMMENT ON COLUMN agendad_alert_silences.id IS 'The silence, for commands.';
COMMENT ON COLUMN agendad_alert_silences.kind IS 'mute, or maintenance, of which a summary is told afterwards.';
COMMENT ON COLUMN agendad_alert_silences.rule IS 'Of this rule only; null = all.';
COMMENT ON COLUMN agendad_alert_silences.usuario_id IS 'Of this examiner only; null = all. No foreign key: the record outlives the user.';
COMMENT ON COLUMN agendad_alert_silences.from_at IS 'Its beginning.';
COMMENT ON COLUMN agendad_alert_silences.until_at IS 'Its end.';
COMMENT ON COLUMN agendad_alert_silences.reason IS 'Why, as whoever made it says.';
COMMENT ON COLUMN agendad_alert_silences.created_at IS 'When it was made, database clock; in the future: by a clock that was ahead, and then it is not in force.';
COMMENT ON COLUMN agendad_alert_silences.created_by IS 'Who made it, as in agendad_audit.actor.';
COMMENT ON COLUMN agendad_alert_silences.ended_at IS 'When somebody ended it before its time.';
COMMENT ON COLUMN agendad_alert_silences.told_at IS 'When the summary of a maintenance was handed to the outbox.';

-- What is in force or to come.
CREATE INDEX agendad_alert_silences_until_at_idx ON agendad_alert_silences (until_at);
