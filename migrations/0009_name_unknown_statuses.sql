-- A status of a slot that only the earlier system knew ('blocked', say) is named by whether the slot is listed, before
-- anything else touches the row: the check of 0003 is NOT VALID, so that such rows could stay where they were, but it is
-- enforced on every UPDATE, whatever columns that changes. Without this, 0061 and the search for the owners of slots
-- (crates/store/src/adopt) fail on such a row, and with them every `agendad migrate`.
-- It is later than its number says, because it must come before 0061 on a database that is adopted now; see README.md.
-- One that was adopted without it has no such row, or stopped at 0061 and takes it up here.
-- The same names as in crates/store/src/adopt/mod.rs and crates/store/src/sql/adopt_write.sql.

SET LOCAL lock_timeout = '15s';

UPDATE agenda_slots
SET status = CASE WHEN is_current THEN 'available' ELSE 'removed' END
WHERE status NOT IN ('available', 'booked', 'removed');
