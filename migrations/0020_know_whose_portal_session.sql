-- The portal allows one session a person, and it is the examiner's before it is ours. Whose session it is must
-- be known without cookies and survive the death of a process, so it is written before a password is posted, and
-- resolved by the portal's answer. One row a person, by the digits of the CPF: two users with one CPF are one person.
-- Serves: login (may the session elsewhere be ended?), the end of a run, sessions list and clear, the janitor.

CREATE TABLE IF NOT EXISTS portal_sessions (
    cpf TEXT CONSTRAINT portal_sessions_pkey PRIMARY KEY
        CONSTRAINT portal_sessions_cpf_check CHECK (cpf ~ '^[0-9]{11}$'),
    -- No foreign key: the session of a user who was deleted must still be ended.
    usuario_id INTEGER NOT NULL,
    generation BIGINT NOT NULL DEFAULT 0,
    was_ours BOOLEAN NOT NULL DEFAULT FALSE,
    resolved BOOLEAN NOT NULL DEFAULT TRUE,
    answer TEXT CONSTRAINT portal_sessions_answer_check CHECK (answer IN ('in', 'in_use', 'not_in')),
    opened_at TIMESTAMPTZ,
    last_used_at TIMESTAMPTZ,
    closed_at TIMESTAMPTZ,
    found_dead_at TIMESTAMPTZ,
    forced BOOLEAN NOT NULL DEFAULT FALSE,
    other_since TIMESTAMPTZ,
    other_last_met TIMESTAMPTZ,
    other_wait_until TIMESTAMPTZ,
    taken_back_at TIMESTAMPTZ,
    unexplained_in_a_row INTEGER NOT NULL DEFAULT 0,
    clear_asked_at TIMESTAMPTZ,
    sealed TEXT
) WITH (fillfactor = 70);

COMMENT ON TABLE portal_sessions IS 'Whose session the portal has, one row a person; with session.store = "postgres" its cookies too, sealed.';
COMMENT ON COLUMN portal_sessions.cpf IS 'The examiner''s CPF, eleven digits.';
COMMENT ON COLUMN portal_sessions.usuario_id IS 'The user for whom the session was last used; may have been deleted since.';
COMMENT ON COLUMN portal_sessions.generation IS 'Counts the logins that were begun. Whoever writes about a session names its generation, so that nobody writes about another''s.';
COMMENT ON COLUMN portal_sessions.was_ours IS 'Whether, when the last login began, the portal''s session was ours by this row.';
COMMENT ON COLUMN portal_sessions.resolved IS 'False: a password was posted and no answer has been written yet; the process may have died.';
COMMENT ON COLUMN portal_sessions.answer IS 'How the last post was answered: in, in_use (a session elsewhere) or not_in; while not resolved, how the post before it was.';
COMMENT ON COLUMN portal_sessions.opened_at IS 'When the login of this generation began, then when it was answered. session.ttl counts from here.';
COMMENT ON COLUMN portal_sessions.last_used_at IS 'When the portal last served us in this session.';
COMMENT ON COLUMN portal_sessions.closed_at IS 'When our session ended or turned out not to exist; null = open.';
COMMENT ON COLUMN portal_sessions.found_dead_at IS 'When the portal refused the cookies of a session of ours that should have lived: the examiner may have taken over.';
COMMENT ON COLUMN portal_sessions.forced IS 'Whether our last session was forced over one of the examiner''s.';
COMMENT ON COLUMN portal_sessions.other_since IS 'Since when the examiner''s own session has been met again and again; null = not met.';
COMMENT ON COLUMN portal_sessions.other_last_met IS 'When it was last met.';
COMMENT ON COLUMN portal_sessions.other_wait_until IS 'Until when it is left alone, as last judged; null while other_since is set = for ever.';
COMMENT ON COLUMN portal_sessions.taken_back_at IS 'When the examiner was seen to have taken a forced session back: none is forced until the next day.';
COMMENT ON COLUMN portal_sessions.unexplained_in_a_row IS 'Posts of a password in a row whose answer nobody understood.';
COMMENT ON COLUMN portal_sessions.clear_asked_at IS 'When somebody asked for this session to be ended (sessions clear), and nobody has yet.';
COMMENT ON COLUMN portal_sessions.sealed IS 'Cookies and form of the session, sealed for usuario_id; null with another session.store.';
