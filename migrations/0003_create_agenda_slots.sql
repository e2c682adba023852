-- Every slot that was ever seen, exactly once. Serves: the store statement of a day, the application's
-- lists of current and removed slots.

CREATE TABLE IF NOT EXISTS agenda_slots (
    id BIGSERIAL PRIMARY KEY,
    source TEXT NOT NULL DEFAULT 'DETRAN',
    unidade_code TEXT NOT NULL DEFAULT 'DEFAULT',
    servico_code TEXT NOT NULL DEFAULT 'PERITO',
    data DATE NOT NULL,
    hora TIME NOT NULL,
    status TEXT NOT NULL DEFAULT 'available',
    is_current BOOLEAN NOT NULL DEFAULT TRUE,
    external_uid TEXT NOT NULL,
    payload JSONB,
    content_hash TEXT,
    first_seen_at TIMESTAMPTZ,
    last_seen_at TIMESTAMPTZ,
    usuario_id INTEGER REFERENCES usuarios (id),
    agendamento_id INTEGER REFERENCES agendamentos (id) ON DELETE SET NULL,
    CONSTRAINT agenda_slots_source_external_uid_key UNIQUE (source, external_uid)
);
ALTER TABLE agenda_slots
    ADD COLUMN IF NOT EXISTS removed_at TIMESTAMPTZ,
    ADD COLUMN IF NOT EXISTS missing_since TIMESTAMPTZ,
    ADD COLUMN IF NOT EXISTS missing_count SMALLINT NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS agendamento_state TEXT;

-- Room on every page for the HOT update of last_seen_at; without it each touch writes every index.
ALTER TABLE agenda_slots SET (fillfactor = 80);

ALTER TABLE agenda_slots DROP CONSTRAINT IF EXISTS agenda_slots_status_check;
ALTER TABLE agenda_slots ADD CONSTRAINT agenda_slots_status_check
    CHECK (status IN ('available', 'booked', 'removed')) NOT VALID;
ALTER TABLE agenda_slots DROP CONSTRAINT IF EXISTS agenda_slots_agendamento_state_check;
ALTER TABLE agenda_slots ADD CONSTRAINT agenda_slots_agendamento_state_check
    CHECK (agendamento_state IN ('created', 'linked', 'cancelled')) NOT VALID;

COMMENT ON TABLE agenda_slots IS 'One row a slot of an examiner''s agenda; rows are never deleted.';
COMMENT ON COLUMN agenda_slots.source IS 'Where the agenda comes from; always DETRAN.';
COMMENT ON COLUMN agenda_slots.unidade_code IS 'Value of the unit in the portal''s search form.';
COMMENT ON COLUMN agenda_slots.servico_code IS 'Always PERITO.';
COMMENT ON COLUMN agenda_slots.data IS 'The day.';
COMMENT ON COLUMN agenda_slots.hora IS 'The hour, local time.';
COMMENT ON COLUMN agenda_slots.status IS 'available: to be attended; booked: exam closed; removed: vanished from the portal.';
COMMENT ON COLUMN agenda_slots.is_current IS 'Appeared in the last good reading of its day.';
COMMENT ON COLUMN agenda_slots.external_uid IS 'SHA-1 of usuario_id|unidade_code|servico_code|data|hora|cpf, with |2, |3 for further rows of one key.';
COMMENT ON COLUMN agenda_slots.payload IS 'What the portal shows, by column.';
COMMENT ON COLUMN agenda_slots.content_hash IS 'SHA-1 of the canonical JSON of what the portal shows.';
COMMENT ON COLUMN agenda_slots.first_seen_at IS 'First time seen; never changes.';
COMMENT ON COLUMN agenda_slots.last_seen_at IS 'Last time seen; removal does not touch it.';
COMMENT ON COLUMN agenda_slots.usuario_id IS 'The examiner.';
COMMENT ON COLUMN agenda_slots.agendamento_id IS 'The appointment in the application.';
COMMENT ON COLUMN agenda_slots.removed_at IS 'When it was marked removed; null while listed.';
COMMENT ON COLUMN agenda_slots.missing_since IS 'Since when readings miss it while the guard holds its removal back.';
COMMENT ON COLUMN agenda_slots.missing_count IS 'How many readings have missed it so far.';
COMMENT ON COLUMN agenda_slots.agendamento_state IS 'created by the daemon, linked to one of the application, or created and cancelled by the daemon; set and agendamento_id null: deleted by a person.';

-- The slots of a user's day: removals, the application's agenda.
CREATE INDEX IF NOT EXISTS agenda_slots_usuario_id_data_idx ON agenda_slots (usuario_id, data);
-- Which slots share an appointment, before one is cancelled; and the foreign key's own check.
CREATE INDEX IF NOT EXISTS agenda_slots_agendamento_id_idx
    ON agenda_slots (agendamento_id) WHERE agendamento_id IS NOT NULL;

CREATE TABLE IF NOT EXISTS agenda_slot_changes (
    id BIGSERIAL PRIMARY KEY,
    slot_id BIGINT NOT NULL CONSTRAINT agenda_slot_changes_slot_id_fkey REFERENCES agenda_slots (id),
    run_id BIGINT,
    kind TEXT NOT NULL CONSTRAINT agenda_slot_changes_kind_check
        CHECK (kind IN ('inserted', 'changed', 'removed', 'reappeared')),
    at TIMESTAMPTZ NOT NULL DEFAULT now(),
    fields JSONB
);
COMMENT ON TABLE agenda_slot_changes IS 'The history: one row an insertion, change, removal or reappearance of a slot.';
COMMENT ON COLUMN agenda_slot_changes.slot_id IS 'The slot.';
COMMENT ON COLUMN agenda_slot_changes.run_id IS 'The run that saw it; the run itself may be gone by retention.';
COMMENT ON COLUMN agenda_slot_changes.kind IS 'inserted, changed, removed or reappeared.';
COMMENT ON COLUMN agenda_slot_changes.at IS 'When, database clock.';
COMMENT ON COLUMN agenda_slot_changes.fields IS 'For changed and reappeared: {field: {"old": …, "new": …}} of the fields that differ.';

-- The history of a slot.
CREATE INDEX IF NOT EXISTS agenda_slot_changes_slot_id_idx ON agenda_slot_changes (slot_id);
-- What changed lately.
CREATE INDEX IF NOT EXISTS agenda_slot_changes_at_idx ON agenda_slot_changes (at);
