-- Addresses of other systems to which the change log is sent, and how far each has got with each examiner. The log
-- itself is the outbox: nothing is written when a slot changes, an address only remembers the number of the last change
-- that it took. Serves: delivering changes in the order of each examiner, `agendad webhooks`.

SET LOCAL lock_timeout = '15s';

CREATE TABLE agendad_webhooks (
    id SERIAL CONSTRAINT agendad_webhooks_pkey PRIMARY KEY,
    url TEXT NOT NULL,
    label TEXT NOT NULL,
    usuario_ids INTEGER[],
    kinds TEXT[],
    allow_private BOOLEAN NOT NULL,
    secret TEXT NOT NULL,
    old_secret TEXT,
    old_secret_until TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    created_by TEXT NOT NULL,
    disabled_at TIMESTAMPTZ,
    disabled_because TEXT CONSTRAINT agendad_webhooks_disabled_because_check
        CHECK (disabled_because IN ('operator', 'gone')),
    seen_change BIGINT NOT NULL,
    next_seen_change BIGINT,
    next_seen_xid XID8,
    rests_until TIMESTAMPTZ,
    last_success_at TIMESTAMPTZ,
    last_problem TEXT,
    last_problem_at TIMESTAMPTZ
);
COMMENT ON TABLE agendad_webhooks IS 'One row an address of another system that is told of changes of slots; removing deletes it.';
COMMENT ON COLUMN agendad_webhooks.id IS 'The address, for commands.';
COMMENT ON COLUMN agendad_webhooks.url IS 'Where changes are posted.';
COMMENT ON COLUMN agendad_webhooks.label IS 'What it is for, as whoever made it says.';
COMMENT ON COLUMN agendad_webhooks.usuario_ids IS 'Changes of which examiners; null = all.';
COMMENT ON COLUMN agendad_webhooks.kinds IS 'Which kinds of agenda_slot_changes; null = all.';
COMMENT ON COLUMN agendad_webhooks.allow_private IS 'Whether it may be an address of the local network, and without TLS.';
COMMENT ON COLUMN agendad_webhooks.secret IS 'What signs, sealed by the vault.';
COMMENT ON COLUMN agendad_webhooks.old_secret IS 'What signed before the last rotation, sealed; null = none.';
COMMENT ON COLUMN agendad_webhooks.old_secret_until IS 'Until then it signs too.';
COMMENT ON COLUMN agendad_webhooks.created_at IS 'When, database clock.';
COMMENT ON COLUMN agendad_webhooks.created_by IS 'Who made it, as in agendad_audit.actor.';
COMMENT ON COLUMN agendad_webhooks.disabled_at IS 'Since when nothing is sent; null = in use.';
COMMENT ON COLUMN agendad_webhooks.disabled_because IS 'operator: by command; gone: it answered 410 Gone.';
COMMENT ON COLUMN agendad_webhooks.seen_change IS 'Changes up to this number are noted in agendad_webhook_positions.';
COMMENT ON COLUMN agendad_webhooks.next_seen_change IS 'Becomes seen_change once every transaction that may hold a smaller number has ended.';
COMMENT ON COLUMN agendad_webhooks.next_seen_xid IS 'Those are the transactions before this one.';
COMMENT ON COLUMN agendad_webhooks.rests_until IS 'It asked to be left alone until then (Retry-After).';
COMMENT ON COLUMN agendad_webhooks.last_success_at IS 'When it last took a change.';
COMMENT ON COLUMN agendad_webhooks.last_problem IS 'Why a delivery last failed; no secret.';
COMMENT ON COLUMN agendad_webhooks.last_problem_at IS 'When that was.';

CREATE TABLE agendad_webhook_positions (
    webhook_id INTEGER NOT NULL CONSTRAINT agendad_webhook_positions_webhook_id_fkey
        REFERENCES agendad_webhooks (id) ON DELETE CASCADE,
    usuario_id INTEGER NOT NULL,
    change_id BIGINT NOT NULL,
    upto_change BIGINT NOT NULL,
    waiting_since TIMESTAMPTZ,
    resumed_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    attempts INTEGER NOT NULL DEFAULT 0,
    attempted_at TIMESTAMPTZ,
    next_attempt_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    lease INTEGER NOT NULL DEFAULT 0,
    lease_until TIMESTAMPTZ,
    last_error TEXT,
    CONSTRAINT agendad_webhook_positions_pkey PRIMARY KEY (webhook_id, usuario_id)
);
COMMENT ON TABLE agendad_webhook_positions IS 'How far an address has got with the changes of one examiner: its place in the outbox.';
COMMENT ON COLUMN agendad_webhook_positions.webhook_id IS 'The address.';
COMMENT ON COLUMN agendad_webhook_positions.usuario_id IS 'The examiner. No foreign key: changes outlive the user.';
COMMENT ON COLUMN agendad_webhook_positions.change_id IS 'The last change that is settled: taken, or given up.';
COMMENT ON COLUMN agendad_webhook_positions.upto_change IS 'The last change that is known; greater than change_id: some wait.';
COMMENT ON COLUMN agendad_webhook_positions.waiting_since IS 'When the first of those that wait happened; null: none waits.';
COMMENT ON COLUMN agendad_webhook_positions.resumed_at IS 'From here on counts how long a change is tried: when the first change came, a replay was asked for, or the address was enabled again.';
COMMENT ON COLUMN agendad_webhook_positions.attempts IS 'Deliveries that have failed in a row, the one under way included.';
COMMENT ON COLUMN agendad_webhook_positions.attempted_at IS 'When the last one began; in the future: written by a clock that was ahead.';
COMMENT ON COLUMN agendad_webhook_positions.next_attempt_at IS 'Not before then.';
COMMENT ON COLUMN agendad_webhook_positions.lease IS 'Counts claims, so that whoever lost theirs changes nothing.';
COMMENT ON COLUMN agendad_webhook_positions.lease_until IS 'A daemon delivers; another may after this. Null: nobody does.';
COMMENT ON COLUMN agendad_webhook_positions.last_error IS 'Why the last delivery failed; no secret.';

-- What is to be delivered.
CREATE INDEX agendad_webhook_positions_due_idx ON agendad_webhook_positions (webhook_id, next_attempt_at)
    WHERE change_id < upto_change;

CREATE TABLE agendad_webhook_losses (
    id BIGSERIAL CONSTRAINT agendad_webhook_losses_pkey PRIMARY KEY,
    webhook_id INTEGER NOT NULL CONSTRAINT agendad_webhook_losses_webhook_id_fkey
        REFERENCES agendad_webhooks (id) ON DELETE CASCADE,
    usuario_id INTEGER NOT NULL,
    first_change BIGINT NOT NULL,
    last_change BIGINT NOT NULL,
    changes BIGINT NOT NULL,
    given_up_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    error TEXT NOT NULL,
    replayed_at TIMESTAMPTZ
);
COMMENT ON TABLE agendad_webhook_losses IS 'Changes that an address did not take for so long that they were given up.';
COMMENT ON COLUMN agendad_webhook_losses.id IS 'The loss; grows with time.';
COMMENT ON COLUMN agendad_webhook_losses.webhook_id IS 'The address.';
COMMENT ON COLUMN agendad_webhook_losses.usuario_id IS 'The examiner.';
COMMENT ON COLUMN agendad_webhook_losses.first_change IS 'Number of the first change.';
COMMENT ON COLUMN agendad_webhook_losses.last_change IS 'Number of the last one.';
COMMENT ON COLUMN agendad_webhook_losses.changes IS 'How many.';
COMMENT ON COLUMN agendad_webhook_losses.given_up_at IS 'When, database clock.';
COMMENT ON COLUMN agendad_webhook_losses.error IS 'Why the last delivery failed; no secret.';
COMMENT ON COLUMN agendad_webhook_losses.replayed_at IS 'When they were put back; null: not yet.';

-- What is told by the alert, and the list.
CREATE INDEX agendad_webhook_losses_webhook_id_idx ON agendad_webhook_losses (webhook_id, given_up_at);
