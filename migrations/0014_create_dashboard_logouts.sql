-- A session of the dashboard is a sealed cookie, good until it expires and known to no table. One that was
-- logged out must be good no more, at any daemon and after any restart. Serves: that question, asked for
-- each page of the dashboard.

CREATE TABLE IF NOT EXISTS agendad_logouts (
    session TEXT CONSTRAINT agendad_logouts_pkey PRIMARY KEY,
    until TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE agendad_logouts IS 'Sessions of the dashboard that were logged out before they expired.';
COMMENT ON COLUMN agendad_logouts.session IS 'Random id of the session; opens nothing.';
COMMENT ON COLUMN agendad_logouts.until IS 'When it would have expired; the row is deleted some time after that.';

COMMENT ON TABLE agendad_audit IS 'What people did by command line, API or dashboard: one row an action. Holds no secret and no complete CPF.';
COMMENT ON COLUMN agendad_audit.actor IS 'Who: cli:<system user>, api:operator, api:user:<id> or dashboard:operator.';
COMMENT ON COLUMN agendad_audit.action IS 'What, such as sync, users.resume, locks.release, vault.rotate, people.erase, cpf.show, dashboard.login.';
