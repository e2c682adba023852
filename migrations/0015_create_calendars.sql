-- The secret addresses under which examiners' agendas are served as calendars. Only the hash of an address
-- is kept: whoever reads this table can read no calendar. Serves: finding whose calendar is asked for,
-- making and revoking addresses.

CREATE TABLE IF NOT EXISTS agendad_calendars (
    usuario_id INTEGER CONSTRAINT agendad_calendars_pkey PRIMARY KEY
        CONSTRAINT agendad_calendars_usuario_id_fkey REFERENCES usuarios (id) ON DELETE CASCADE,
    token_hash BYTEA NOT NULL CONSTRAINT agendad_calendars_token_hash_key UNIQUE,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    last_read_at TIMESTAMPTZ
);
COMMENT ON TABLE agendad_calendars IS 'One row an examiner who has a calendar address; revoking deletes it.';
COMMENT ON COLUMN agendad_calendars.usuario_id IS 'The examiner.';
COMMENT ON COLUMN agendad_calendars.token_hash IS 'SHA-256 of the 256 random bits in the address.';
COMMENT ON COLUMN agendad_calendars.created_at IS 'When the address was made, database clock.';
COMMENT ON COLUMN agendad_calendars.last_read_at IS 'When the calendar was last read, to within ten minutes; null = never.';
