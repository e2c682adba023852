-- no-transaction
-- The index before that of 0138, which no release has had: kept beside the other one it would double what each new slot
-- costs. Its function (0072) stays, because a daemon of before that is not yet replaced names it: its search takes two
-- seconds at most, and then says that it did not see all.
DROP INDEX CONCURRENTLY IF EXISTS agenda_slots_words_idx;
