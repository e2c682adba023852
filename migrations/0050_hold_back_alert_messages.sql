-- A webhook that answers "too many requests" means all that comes to it, not the one message it answered: what
-- else waits for the same recipient must wait too, whichever daemon delivers it, and what is written meanwhile
-- as well. Serves: the claim of a message (src/store/alerts/outbox.rs).

ALTER TABLE agendad_alert_outbox ADD COLUMN IF NOT EXISTS recipient_rests_until TIMESTAMPTZ;
COMMENT ON COLUMN agendad_alert_outbox.recipient_rests_until IS 'Set by an answer to this message that asked for a rest: until then the recipient gets no message at all. An hour at most.';

-- Which recipients rest.
CREATE INDEX IF NOT EXISTS agendad_alert_outbox_rests_idx ON agendad_alert_outbox (channel, target, recipient_rests_until)
    WHERE recipient_rests_until IS NOT NULL;
