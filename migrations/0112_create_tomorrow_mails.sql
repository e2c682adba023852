-- Examiners who want tomorrow's agenda by e-mail, and what has become of today's. Serves: reading that day before the
-- hour, sending each mail once, `agendad users tomorrow`.

SET LOCAL lock_timeout = '15s';

CREATE TABLE agendad_tomorrow_mails (
    usuario_id INTEGER CONSTRAINT agendad_tomorrow_mails_pkey PRIMARY KEY
        CONSTRAINT agendad_tomorrow_mails_usuario_id_fkey REFERENCES usuarios (id) ON DELETE CASCADE,
    email TEXT,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    created_by TEXT NOT NULL,
    read_day DATE,
    reading_until TIMESTAMPTZ,
    mailed_day DATE,
    mailed_at TIMESTAMPTZ,
    failed BOOLEAN NOT NULL DEFAULT FALSE,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_attempt_at TIMESTAMPTZ,
    last_error TEXT
);
COMMENT ON TABLE agendad_tomorrow_mails IS 'One row an examiner who wants tomorrow''s agenda by e-mail; no row: they do not.';
COMMENT ON COLUMN agendad_tomorrow_mails.usuario_id IS 'The examiner.';
COMMENT ON COLUMN agendad_tomorrow_mails.email IS 'Where to; null = usuarios.email.';
COMMENT ON COLUMN agendad_tomorrow_mails.created_at IS 'When it was wished, database clock.';
COMMENT ON COLUMN agendad_tomorrow_mails.created_by IS 'Who wished it, as in agendad_audit.actor.';
COMMENT ON COLUMN agendad_tomorrow_mails.read_day IS 'For this day a daemon has seen to a fresh reading.';
COMMENT ON COLUMN agendad_tomorrow_mails.reading_until IS 'That reading goes on, until then at most; null = it has ended.';
COMMENT ON COLUMN agendad_tomorrow_mails.mailed_day IS 'The day of the last mail: written before it is sent, so that it is sent once.';
COMMENT ON COLUMN agendad_tomorrow_mails.mailed_at IS 'When the mail server took it; null = not, or there was nothing to tell.';
COMMENT ON COLUMN agendad_tomorrow_mails.failed IS 'It was certainly not sent, and is tried again.';
COMMENT ON COLUMN agendad_tomorrow_mails.attempts IS 'How often sending it was begun.';
COMMENT ON COLUMN agendad_tomorrow_mails.next_attempt_at IS 'Not before then.';
COMMENT ON COLUMN agendad_tomorrow_mails.last_error IS 'Why it was not sent; no secret.';
