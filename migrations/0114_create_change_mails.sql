-- Examiners who want to be told by e-mail of what changes today, and how far that has got. The change log is the outbox:
-- nothing is written when a slot changes. Serves: collecting the changes of a few minutes, sending each once,
-- `agendad users changes`.

SET LOCAL lock_timeout = '15s';

CREATE TABLE agendad_change_mails (
    usuario_id INTEGER CONSTRAINT agendad_change_mails_pkey PRIMARY KEY
        CONSTRAINT agendad_change_mails_usuario_id_fkey REFERENCES usuarios (id) ON DELETE CASCADE,
    email TEXT,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    created_by TEXT NOT NULL,
    seen_change BIGINT NOT NULL,
    mailed_at TIMESTAMPTZ,
    lease_until TIMESTAMPTZ,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_attempt_at TIMESTAMPTZ,
    last_error TEXT
);
COMMENT ON TABLE agendad_change_mails IS 'One row an examiner who is told of the day''s changes by e-mail; no row: they are not.';
COMMENT ON COLUMN agendad_change_mails.usuario_id IS 'The examiner.';
COMMENT ON COLUMN agendad_change_mails.email IS 'Where to; null = usuarios.email.';
COMMENT ON COLUMN agendad_change_mails.created_at IS 'When it was wished, database clock.';
COMMENT ON COLUMN agendad_change_mails.created_by IS 'Who wished it, as in agendad_audit.actor.';
COMMENT ON COLUMN agendad_change_mails.seen_change IS 'The last change of agenda_slot_changes that is settled: told, or none to tell.';
COMMENT ON COLUMN agendad_change_mails.mailed_at IS 'When the mail server took the last mail.';
COMMENT ON COLUMN agendad_change_mails.lease_until IS 'A daemon writes a mail; another may after this. Null: nobody does.';
COMMENT ON COLUMN agendad_change_mails.attempts IS 'How often sending the next mail was begun.';
COMMENT ON COLUMN agendad_change_mails.next_attempt_at IS 'Not before then.';
COMMENT ON COLUMN agendad_change_mails.last_error IS 'Why it was not sent; no secret.';
