-- no-transaction
-- The agenda of a day over all examiners, in its order. Serves: the clinic's day (crates/store/src/clinic.rs), the
-- lists of slots without an examiner.
CREATE INDEX CONCURRENTLY IF NOT EXISTS agenda_slots_data_hora_idx ON agenda_slots (data, hora, usuario_id)
    WHERE is_current;
