-- When each window of a unit was last read. Windows read other days, so one says nothing of another: an examiner's
-- quiet unit is visited rarely, but by each window.
-- Serves: which units of an examiner are due (src/store/units.rs).

SET LOCAL lock_timeout = '15s';

CREATE TABLE portal_unit_readings (
    usuario_id INTEGER NOT NULL
        CONSTRAINT portal_unit_readings_usuario_id_fkey REFERENCES usuarios (id) ON DELETE CASCADE,
    code TEXT NOT NULL,
    window_name TEXT NOT NULL,
    complete_at TIMESTAMPTZ NOT NULL,
    had_slots BOOLEAN NOT NULL,
    CONSTRAINT portal_unit_readings_pkey PRIMARY KEY (usuario_id, code, window_name)
);
COMMENT ON TABLE portal_unit_readings IS 'When all wanted days of a window of a unit were last read.';
COMMENT ON COLUMN portal_unit_readings.usuario_id IS 'The examiner.';
COMMENT ON COLUMN portal_unit_readings.code IS 'The unit, as in agenda_slots.unidade_code.';
COMMENT ON COLUMN portal_unit_readings.window_name IS 'The window; empty for a range of dates that a person asked for.';
COMMENT ON COLUMN portal_unit_readings.complete_at IS 'When, by the database''s clock.';
COMMENT ON COLUMN portal_unit_readings.had_slots IS 'Whether any slot was found then.';
