-- When the secret of an address was last rotated. Whoever rotates it twice in a row, by a double tap say, has given the
-- receiver neither of the new secrets: the one that it knows signs on. The release before leaves it null; then each
-- rotation is as if it were the first.
-- Serves: agendad webhooks rotate, the page of a webhook.
SET LOCAL lock_timeout = '15s';

ALTER TABLE agendad_webhooks ADD COLUMN rotated_at TIMESTAMPTZ;

COMMENT ON COLUMN agendad_webhooks.rotated_at IS 'When its secret was last rotated, database clock; null: never, or not since this column is here.';
