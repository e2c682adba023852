-- no-transaction
-- The agenda of days over all examiners, in its order, and backwards to find the latest slots of a candidate. Serves: the
-- clinic's day (crates/store/src/clinic.rs), the lists of slots without an examiner (crates/store/src/listing.rs).
CREATE INDEX CONCURRENTLY IF NOT EXISTS agenda_slots_data_hora_idx ON agenda_slots (data, hora, usuario_id)
    INCLUDE (is_current);
