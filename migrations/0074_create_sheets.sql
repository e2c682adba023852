-- The secret addresses under which a spreadsheet program fetches the clinic's agenda. Only the hash of an address is
-- kept: whoever reads this table can read no agenda. Serves: what is asked for at an address, making, listing and
-- revoking them.

SET LOCAL lock_timeout = '15s';

CREATE TABLE IF NOT EXISTS agendad_sheets (
    id SERIAL CONSTRAINT agendad_sheets_pkey PRIMARY KEY,
    token_hash BYTEA NOT NULL CONSTRAINT agendad_sheets_token_hash_key UNIQUE,
    label TEXT NOT NULL,
    usuario_ids INTEGER[],
    days SMALLINT NOT NULL CONSTRAINT agendad_sheets_days_check CHECK (days BETWEEN 1 AND 62),
    telephones BOOLEAN NOT NULL,
    cpfs BOOLEAN NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    created_by TEXT NOT NULL,
    last_read_at TIMESTAMPTZ
);
COMMENT ON TABLE agendad_sheets IS 'One row an address at which a spreadsheet fetches the agenda; revoking deletes it.';
COMMENT ON COLUMN agendad_sheets.id IS 'The address, for lists and revoking.';
COMMENT ON COLUMN agendad_sheets.token_hash IS 'SHA-256 of the 256 random bits in the address.';
COMMENT ON COLUMN agendad_sheets.label IS 'What it is for, as whoever made it says.';
COMMENT ON COLUMN agendad_sheets.usuario_ids IS 'Of which examiners; null = all.';
COMMENT ON COLUMN agendad_sheets.days IS 'So many days from today on.';
COMMENT ON COLUMN agendad_sheets.telephones IS 'Whether telephone numbers and e-mail addresses are in it.';
COMMENT ON COLUMN agendad_sheets.cpfs IS 'Whether CPFs are in it, in full.';
COMMENT ON COLUMN agendad_sheets.created_at IS 'When the address was made, database clock.';
COMMENT ON COLUMN agendad_sheets.created_by IS 'Who made it, as in agendad_audit.actor.';
COMMENT ON COLUMN agendad_sheets.last_read_at IS 'When it was last read, to within ten minutes; null = never.';
