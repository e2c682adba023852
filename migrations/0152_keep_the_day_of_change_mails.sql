-- A mail about today settles all changes with smaller numbers, those of tomorrow's slots too, which nobody has told. With the
-- day beside the number, only changes of that day are settled by it. The release before keeps no day: where it has mailed
-- since, mailed_at says so.
-- Serves: claim_change_mail, changes_settled (crates/store/src/change_mails.rs).
SET LOCAL lock_timeout = '15s';

ALTER TABLE agendad_change_mails ADD COLUMN seen_day DATE;
COMMENT ON COLUMN agendad_change_mails.seen_day IS 'The day whose slots seen_change is about; null: of any day.';
