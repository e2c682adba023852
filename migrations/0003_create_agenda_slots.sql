-- Every slot that was ever seen, exactly once. Serves: the store statement of a day, the application's
-- lists of current and removed slots.

SET LOCAL lock_timeout = '15s';

CREATE TABLE IF NOT EXISTS agenda_slots (
    id BIGSERIAL CONSTRAINT agenda_slots_pkey PRIMARY KEY,
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
    usuario_id INTEGER,
    agendamento_id INTEGER
);
-- The first lines are the columns that an older table may lack; the others are the daemon's own.
ALTER TABLE agenda_slots
    ADD COLUMN IF NOT EXISTS source TEXT NOT NULL DEFAULT 'DETRAN',
    ADD COLUMN IF NOT EXISTS unidade_code TEXT NOT NULL DEFAULT 'DEFAULT',
    ADD COLUMN IF NOT EXISTS servico_code TEXT NOT NULL DEFAULT 'PERITO',
    ADD COLUMN IF NOT EXISTS status TEXT NOT NULL DEFAULT 'available',
    ADD COLUMN IF NOT EXISTS is_current BOOLEAN NOT NULL DEFAULT TRUE,
    ADD COLUMN IF NOT EXISTS external_uid TEXT,
    ADD COLUMN IF NOT EXISTS payload JSONB,
    ADD COLUMN IF NOT EXISTS content_hash TEXT,
    ADD COLUMN IF NOT EXISTS first_seen_at TIMESTAMPTZ,
    ADD COLUMN IF NOT EXISTS last_seen_at TIMESTAMPTZ,
    ADD COLUMN IF NOT EXISTS usuario_id INTEGER,
    ADD COLUMN IF NOT EXISTS agendamento_id INTEGER,
    ADD COLUMN IF NOT EXISTS removed_at TIMESTAMPTZ,
    ADD COLUMN IF NOT EXISTS missing_since TIMESTAMPTZ,
    ADD COLUMN IF NOT EXISTS missing_count SMALLINT NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS uid_version SMALLINT NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS agendamento_state TEXT;

-- A reading touches every slot of its day, and those lie together: each page needs room for a second
-- version of all its rows, or the touches leave it and write every index (measured: at 80 % a third of
-- them stayed, at 50 % all; the table grows by two thirds).
ALTER TABLE agenda_slots SET (fillfactor = 50);

-- One row an identity. An older table may lack the constraint, and then hold an identity twice: the row
-- that was seen last keeps it. `agendad migrate` then computes them all anew, see src/store/adopt.
UPDATE agenda_slots SET external_uid = 'none|' || id WHERE external_uid IS NULL;
ALTER TABLE agenda_slots ALTER COLUMN external_uid SET NOT NULL;
DO $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM pg_index i
        WHERE i.indrelid = 'agenda_slots'::regclass AND i.indisunique AND i.indpred IS NULL
          AND (SELECT array_agg(a.attname::text ORDER BY a.attname) FROM pg_attribute a
               WHERE a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)) = ARRAY['external_uid', 'source'])
    THEN
        UPDATE agenda_slots a SET external_uid = a.external_uid || '|again|' || a.id
        FROM (SELECT id, row_number() OVER (
                  PARTITION BY source, external_uid ORDER BY last_seen_at DESC NULLS LAST, id DESC) AS place
              FROM agenda_slots) d
        WHERE d.id = a.id AND d.place > 1;
        ALTER TABLE agenda_slots ADD CONSTRAINT agenda_slots_source_external_uid_key UNIQUE (source, external_uid);
    END IF;
END $$;

-- An appointment that the application deletes is forgotten by its slots, instead of not being deletable.
-- NOT VALID: nothing is read now; rows of the earlier system are put right by `agendad migrate`.
DO $$
DECLARE
    old name;
BEGIN
    FOR old IN
        SELECT conname FROM pg_constraint
        WHERE conrelid = 'agenda_slots'::regclass AND contype = 'f'
          AND confrelid IN ('agendamentos'::regclass, 'usuarios'::regclass)
    LOOP
        EXECUTE format('ALTER TABLE agenda_slots DROP CONSTRAINT %I', old);
    END LOOP;
END $$;
ALTER TABLE agenda_slots
    ADD CONSTRAINT agenda_slots_usuario_id_fkey FOREIGN KEY (usuario_id) REFERENCES usuarios (id) NOT VALID,
    ADD CONSTRAINT agenda_slots_agendamento_id_fkey FOREIGN KEY (agendamento_id)
        REFERENCES agendamentos (id) ON DELETE SET NULL NOT VALID;

ALTER TABLE agenda_slots DROP CONSTRAINT IF EXISTS agenda_slots_status_check;
ALTER TABLE agenda_slots ADD CONSTRAINT agenda_slots_status_check
    CHECK (status IN ('available', 'booked', 'removed')) NOT VALID;
ALTER TABLE agenda_slots DROP CONSTRAINT IF EXISTS agenda_slots_agendamento_state_check;
ALTER TABLE agenda_slots ADD CONSTRAINT agenda_slots_agendamento_state_check
    CHECK (agendamento_state IN ('created', 'linked', 'cancelled')) NOT VALID;
ALTER TABLE agenda_slots DROP CONSTRAINT IF EXISTS agenda_slots_uid_version_check;
ALTER TABLE agenda_slots ADD CONSTRAINT agenda_slots_uid_version_check
    CHECK (uid_version IN (0, 1, 2)) NOT VALID;

-- A new table has nothing to be lenient about.
DO $$
DECLARE
    lenient name;
BEGIN
    IF NOT EXISTS (SELECT FROM agenda_slots) THEN
        FOR lenient IN
            SELECT conname FROM pg_constraint WHERE conrelid = 'agenda_slots'::regclass AND NOT convalidated
        LOOP
            EXECUTE format('ALTER TABLE agenda_slots VALIDATE CONSTRAINT %I', lenient);
        END LOOP;
    END IF;
END $$;

COMMENT ON TABLE agenda_slots IS 'One row a slot of an examiner''s agenda; rows are never deleted.';
COMMENT ON COLUMN agenda_slots.id IS 'The slot.';
COMMENT ON COLUMN agenda_slots.source IS 'Where the agenda comes from; always DETRAN.';
COMMENT ON COLUMN agenda_slots.unidade_code IS 'Value of the unit in the portal''s search form; DEFAULT: the earlier system did not know it.';
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
COMMENT ON COLUMN agenda_slots.removed_at IS 'When it was marked removed; null while listed, and for those that the earlier system marked.';
COMMENT ON COLUMN agenda_slots.missing_since IS 'Since when readings miss it while the guard holds its removal back.';
COMMENT ON COLUMN agenda_slots.missing_count IS 'How many readings have missed it so far.';
COMMENT ON COLUMN agenda_slots.uid_version IS '1: external_uid follows the formula above; 0: written by the earlier system and still to be adopted; 2: cannot be computed for want of a user or CPF, the row is kept as it is.';
COMMENT ON COLUMN agenda_slots.agendamento_state IS 'created by the daemon, linked to one of the application, or created and cancelled by the daemon; set and agendamento_id null: deleted by a person.';

-- The slots of a user's day: removals, the application's agenda.
CREATE INDEX IF NOT EXISTS agenda_slots_usuario_id_data_idx ON agenda_slots (usuario_id, data);
-- Which slots share an appointment, before one is cancelled; and the foreign key's own check.
CREATE INDEX IF NOT EXISTS agenda_slots_agendamento_id_idx
    ON agenda_slots (agendamento_id) WHERE agendamento_id IS NOT NULL;

-- What the earlier system wrote and nobody has adopted yet; empty otherwise.
CREATE INDEX IF NOT EXISTS agenda_slots_to_adopt_idx ON agenda_slots (usuario_id) WHERE uid_version = 0;

CREATE TABLE IF NOT EXISTS agenda_slot_changes (
    id BIGSERIAL CONSTRAINT agenda_slot_changes_pkey PRIMARY KEY,
    slot_id BIGINT NOT NULL CONSTRAINT agenda_slot_changes_slot_id_fkey REFERENCES agenda_slots (id),
    run_id BIGINT,
    kind TEXT NOT NULL CONSTRAINT agenda_slot_changes_kind_check
        CHECK (kind IN ('inserted', 'changed', 'removed', 'reappeared')),
    at TIMESTAMPTZ NOT NULL DEFAULT now(),
    fields JSONB
);
COMMENT ON TABLE agenda_slot_changes IS 'The history: one row an insertion, change, removal or reappearance of a slot.';
COMMENT ON COLUMN agenda_slot_changes.id IS 'The change; grows with time.';
COMMENT ON COLUMN agenda_slot_changes.slot_id IS 'The slot.';
COMMENT ON COLUMN agenda_slot_changes.run_id IS 'The run that saw it, which may be gone by retention; null: set aside as a duplicate by `agendad migrate`.';
COMMENT ON COLUMN agenda_slot_changes.kind IS 'inserted, changed, removed or reappeared.';
COMMENT ON COLUMN agenda_slot_changes.at IS 'When, database clock.';
COMMENT ON COLUMN agenda_slot_changes.fields IS 'For changed and reappeared: {field: {"old": …, "new": …}} of the columns that differ; slot_status where only that changed.';

-- The history of a slot.
CREATE INDEX IF NOT EXISTS agenda_slot_changes_slot_id_idx ON agenda_slot_changes (slot_id);
-- What changed lately.
CREATE INDEX IF NOT EXISTS agenda_slot_changes_at_idx ON agenda_slot_changes (at);
