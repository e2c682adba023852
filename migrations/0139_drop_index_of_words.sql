-- no-transaction
-- The index before that of 0138. No statement names it; the search of the release before takes its two seconds without
-- it, and says that it did not see all, until its daemon is replaced. Kept beside the other one it would double what
-- each new slot costs.
DROP INDEX CONCURRENTLY IF EXISTS agenda_slots_words_idx;
