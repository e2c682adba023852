-- Why a message was not taken, as a kind beside the English sentence, so that people read it in their language. The release
-- before writes the sentence alone; then it is shown as it is.
-- Serves: agendad alerts list, agendad webhooks, the pages of webhooks and mails (crates/domain/src/trouble.rs).
SET LOCAL lock_timeout = '15s';

ALTER TABLE agendad_alert_outbox ADD COLUMN last_error_kind TEXT;
ALTER TABLE agendad_tomorrow_mails ADD COLUMN last_error_kind TEXT;
ALTER TABLE agendad_change_mails ADD COLUMN last_error_kind TEXT;
ALTER TABLE agendad_webhooks ADD COLUMN last_problem_kind TEXT;
ALTER TABLE agendad_webhook_positions ADD COLUMN last_error_kind TEXT;
ALTER TABLE agendad_webhook_losses ADD COLUMN error_kind TEXT;

COMMENT ON COLUMN agendad_alert_outbox.last_error_kind IS 'The kind of last_error, such as no_such_host; null: not known.';
COMMENT ON COLUMN agendad_tomorrow_mails.last_error_kind IS 'The kind of last_error, such as no_such_host; null: not known.';
COMMENT ON COLUMN agendad_change_mails.last_error_kind IS 'The kind of last_error, such as no_such_host; null: not known.';
COMMENT ON COLUMN agendad_webhooks.last_problem_kind IS 'The kind of last_problem, such as no_such_host; null: not known.';
COMMENT ON COLUMN agendad_webhook_positions.last_error_kind IS 'The kind of last_error, such as no_such_host; null: not known.';
COMMENT ON COLUMN agendad_webhook_losses.error_kind IS 'The kind of error, such as no_such_host; null: not known.';
