-- no-transaction
-- Serves: the search for a candidate by name, CPF or telephone number (crates/store/src/clinic/search.rs). The payload
-- of a slot that is as it was is not written, so a reading that found nothing new does not touch this index.
CREATE INDEX CONCURRENTLY IF NOT EXISTS agenda_slots_day_words_idx ON agenda_slots USING gin (agendad_slot_day_words(payload, data));
