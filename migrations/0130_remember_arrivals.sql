-- Whether messages to operators arrive: what became of the last one, test or alert, to each recipient, and with which
-- settings, so that nobody is told "done" of a channel that fails, nor "fails" of one that was put right since.
-- Serves: the dashboard's page of first steps, agendad setup (crates/store/src/alerts/arrivals.rs).
SET LOCAL lock_timeout = '15s';

CREATE TABLE agendad_alert_arrivals (
    channel TEXT NOT NULL,
    target TEXT NOT NULL,
    settings TEXT,
    tried_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    error TEXT,
    error_kind TEXT,
    CONSTRAINT agendad_alert_arrivals_pkey PRIMARY KEY (channel, target)
);
COMMENT ON TABLE agendad_alert_arrivals IS 'One row a recipient of messages to operators: what became of the last one.';
COMMENT ON COLUMN agendad_alert_arrivals.channel IS 'As in agendad_alert_outbox.';
COMMENT ON COLUMN agendad_alert_arrivals.target IS 'As in agendad_alert_outbox.';
COMMENT ON COLUMN agendad_alert_arrivals.settings IS 'A keyed hash of the settings of the channel at that time, from which none of them can be had; null: not known.';
COMMENT ON COLUMN agendad_alert_arrivals.tried_at IS 'When it was tried, database clock.';
COMMENT ON COLUMN agendad_alert_arrivals.error IS 'Why it did not arrive, no secret; null: it arrived.';
COMMENT ON COLUMN agendad_alert_arrivals.error_kind IS 'The kind of error, such as no_such_host; null: not known.';

-- What has arrived so far.
INSERT INTO agendad_alert_arrivals (channel, target, tried_at)
SELECT channel, target, max(sent_at) FROM agendad_alert_outbox WHERE sent_at IS NOT NULL GROUP BY channel, target;
