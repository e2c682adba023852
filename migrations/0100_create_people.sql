-- Those who log in to the dashboard under a name of their own, what each may do, and their sessions. Serves: logging in,
-- knowing whose request it is (asked for each page), listing and ending sessions, and slowing down guesses.

SET LOCAL lock_timeout = '15s';

CREATE TABLE IF NOT EXISTS agendad_people (
    id SERIAL CONSTRAINT agendad_people_pkey PRIMARY KEY,
    login TEXT NOT NULL CONSTRAINT agendad_people_login_key UNIQUE
        CONSTRAINT agendad_people_login_check CHECK (login ~ '^[a-z0-9][a-z0-9._@-]{1,59}$'),
    nome TEXT NOT NULL,
    role TEXT NOT NULL CONSTRAINT agendad_people_role_check CHECK (role IN ('recepcao', 'operador', 'perito')),
    usuario_id INTEGER CONSTRAINT agendad_people_usuario_id_fkey REFERENCES usuarios (id) ON DELETE CASCADE,
    password_hash TEXT NOT NULL,
    disabled BOOLEAN NOT NULL DEFAULT FALSE,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    created_by TEXT NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    last_login_at TIMESTAMPTZ,
    CONSTRAINT agendad_people_examiner_check CHECK ((role = 'perito') = (usuario_id IS NOT NULL))
);
COMMENT ON TABLE agendad_people IS 'One row a person who logs in to the dashboard.';
COMMENT ON COLUMN agendad_people.id IS 'The person, for lists and addresses.';
COMMENT ON COLUMN agendad_people.login IS 'The name with which they log in; as dashboard:<login> the actor in agendad_audit.';
COMMENT ON COLUMN agendad_people.nome IS 'Their name, as people read it.';
COMMENT ON COLUMN agendad_people.role IS 'What they may do: recepcao, operador, perito.';
COMMENT ON COLUMN agendad_people.usuario_id IS 'The examiner that a perito is; null for the others.';
COMMENT ON COLUMN agendad_people.password_hash IS 'Argon2id, with its parameters and salt.';
COMMENT ON COLUMN agendad_people.disabled IS 'Whether they may not log in for now.';
COMMENT ON COLUMN agendad_people.created_at IS 'When they were added, database clock.';
COMMENT ON COLUMN agendad_people.created_by IS 'Who added them, as in agendad_audit.actor.';
COMMENT ON COLUMN agendad_people.changed_at IS 'When password, role or disabled last changed.';
COMMENT ON COLUMN agendad_people.last_login_at IS 'When they last logged in; null = never.';

-- People go with their examiner.
CREATE INDEX IF NOT EXISTS agendad_people_usuario_id_idx ON agendad_people (usuario_id);

CREATE TABLE IF NOT EXISTS agendad_people_sessions (
    id BIGSERIAL CONSTRAINT agendad_people_sessions_pkey PRIMARY KEY,
    token_hash BYTEA NOT NULL CONSTRAINT agendad_people_sessions_token_hash_key UNIQUE,
    person_id INTEGER NOT NULL CONSTRAINT agendad_people_sessions_person_id_fkey
        REFERENCES agendad_people (id) ON DELETE CASCADE,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    last_seen_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    address TEXT NOT NULL,
    agent TEXT NOT NULL
);
COMMENT ON TABLE agendad_people_sessions IS 'One row a session of a person; ending it deletes the row.';
COMMENT ON COLUMN agendad_people_sessions.id IS 'The session, for lists; opens nothing.';
COMMENT ON COLUMN agendad_people_sessions.token_hash IS 'SHA-256 of the 256 random bits in the cookie.';
COMMENT ON COLUMN agendad_people_sessions.person_id IS 'Whose it is.';
COMMENT ON COLUMN agendad_people_sessions.created_at IS 'When they logged in, database clock.';
COMMENT ON COLUMN agendad_people_sessions.last_seen_at IS 'When they last did something, to within a minute.';
COMMENT ON COLUMN agendad_people_sessions.address IS 'The network address from which they logged in.';
COMMENT ON COLUMN agendad_people_sessions.agent IS 'The browser with which they logged in, as it calls itself, cut.';

-- Sessions of one person: listed, counted, ended with them.
CREATE INDEX IF NOT EXISTS agendad_people_sessions_person_id_idx ON agendad_people_sessions (person_id);

CREATE TABLE IF NOT EXISTS agendad_login_guesses (
    login_hash BYTEA CONSTRAINT agendad_login_guesses_pkey PRIMARY KEY,
    failed INTEGER NOT NULL,
    last_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    locked_until TIMESTAMPTZ
);
COMMENT ON TABLE agendad_login_guesses IS 'Logins that failed, by the name that was typed, whether somebody has it or not.';
COMMENT ON COLUMN agendad_login_guesses.login_hash IS 'SHA-256 of the name: people type passwords there too.';
COMMENT ON COLUMN agendad_login_guesses.failed IS 'So many in a row; the row goes with a good login.';
COMMENT ON COLUMN agendad_login_guesses.last_at IS 'When the last one was, database clock.';
COMMENT ON COLUMN agendad_login_guesses.locked_until IS 'Until then no password is looked at; null = the next one is.';

-- Old rows are deleted.
CREATE INDEX IF NOT EXISTS agendad_login_guesses_last_at_idx ON agendad_login_guesses (last_at);

-- The first person is invited by an address that is printed at the start, and later ones by a command.
CREATE TABLE IF NOT EXISTS agendad_people_invites (
    code_hash BYTEA CONSTRAINT agendad_people_invites_pkey PRIMARY KEY,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    until TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE agendad_people_invites IS 'One row an invitation to become an operator; using it deletes it.';
COMMENT ON COLUMN agendad_people_invites.code_hash IS 'SHA-256 of the random code in the address.';
COMMENT ON COLUMN agendad_people_invites.created_at IS 'When it was made, database clock.';
COMMENT ON COLUMN agendad_people_invites.until IS 'From then on it is good no more; the row is deleted some time after that.';

COMMENT ON COLUMN agendad_audit.actor IS 'Who: cli:<system user>, api:operator, api:user:<id>, dashboard:operator (the shared key), dashboard:<login>.';
-- The audit of one actor, newest first.
CREATE INDEX IF NOT EXISTS agendad_audit_actor_at_idx ON agendad_audit (actor, at DESC);
