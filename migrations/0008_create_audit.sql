-- Who did what by hand, to whom, and when. Serves: answering an authority or a person who asks what was
-- done with his data or his account. Rows are never changed or deleted by the daemon.

CREATE TABLE IF NOT EXISTS agendad_audit (
    id BIGSERIAL CONSTRAINT agendad_audit_pkey PRIMARY KEY,
    at TIMESTAMPTZ NOT NULL DEFAULT now(),
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    usuario_id INTEGER,
    details JSONB
);
COMMENT ON TABLE agendad_audit IS 'What people did by command line or API: one row an action. Holds no secret and no complete CPF.';
COMMENT ON COLUMN agendad_audit.at IS 'When, database clock.';
COMMENT ON COLUMN agendad_audit.actor IS 'Who: cli:<system user>, api:operator or api:user:<id>.';
COMMENT ON COLUMN agendad_audit.action IS 'What, such as sync, users.resume, locks.release, vault.rotate, people.erase.';
COMMENT ON COLUMN agendad_audit.usuario_id IS 'The examiner concerned; null = none or all. No foreign key: the record outlives the user.';
COMMENT ON COLUMN agendad_audit.details IS 'What else is worth knowing: counts, run, masked CPF.';

-- What was done to one examiner's account, and what was done lately.
CREATE INDEX IF NOT EXISTS agendad_audit_usuario_id_at_idx ON agendad_audit (usuario_id, at DESC);
CREATE INDEX IF NOT EXISTS agendad_audit_at_idx ON agendad_audit (at);
