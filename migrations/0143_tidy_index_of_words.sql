-- Merges what was written lately into the index of words. PostgreSQL keeps it aside, up to four megabytes, and each look at
-- the index reads all of that: with nine thousand new slots a search for nobody took 160 ms for 3. It merges by itself only
-- where that is full, or at a vacuum. Only the index's owner may ask for it, so a role that owns nothing does so by this.
-- Serves: the janitor (crates/store/src/clinic/search_index.rs).

SET LOCAL lock_timeout = '15s';

CREATE OR REPLACE FUNCTION agendad_tidy_index_of_words() RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT
AS $$ SELECT gin_clean_pending_list(to_regclass('agenda_slots_day_words_idx')) $$;
GRANT EXECUTE ON FUNCTION agendad_tidy_index_of_words() TO PUBLIC;
COMMENT ON FUNCTION agendad_tidy_index_of_words() IS 'Merges what was written lately into agenda_slots_day_words_idx, which any role may ask for: a look at the index reads what is not merged yet from end to end.';
