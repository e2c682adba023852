-- Alerts go out by more ways. Serves: the outbox of alerts.

SET LOCAL lock_timeout = '15s';

ALTER TABLE agendad_alert_outbox DROP CONSTRAINT agendad_alert_outbox_channel_check;
ALTER TABLE agendad_alert_outbox ADD CONSTRAINT agendad_alert_outbox_channel_check
    CHECK (channel IN ('slack', 'email', 'ntfy', 'telegram', 'webhook'));
COMMENT ON COLUMN agendad_alert_outbox.channel IS 'slack, email, ntfy, telegram or webhook.';
COMMENT ON COLUMN agendad_alert_outbox.target IS 'The recipient''s address for email; empty for the others, whose addresses are secrets of the configuration.';
