-- no-transaction
-- The index of 0138: kept beside that of 0141 it would double what each new slot costs. Its function (0137) stays, because a
-- daemon of before that is not yet replaced names it: each look of its search takes two seconds at most, and then it says
-- that it did not see all.
DROP INDEX CONCURRENTLY IF EXISTS agenda_slots_week_words_idx;
