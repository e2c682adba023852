-- The status that a slot had right after each change, beside the fields: a status follows from what the portal shows and from
-- which exams close a slot, which may be other ones by the time that a change is delivered. The release before writes none;
-- then what later changes have overwritten tells it as far as it can.
-- Serves: what addresses of other systems are told late (crates/store/src/webhooks/as_logged.rs).
SET LOCAL lock_timeout = '15s';

ALTER TABLE agenda_slot_changes ADD COLUMN slot_status TEXT;
COMMENT ON COLUMN agenda_slot_changes.slot_status IS 'The slot''s status right after the change: available or booked; null: it was removed, or an earlier release has written the change.';

-- A run whose only trouble is rows that nobody can read has read all days, and makes the agenda no older.
COMMENT ON COLUMN sync_schedules.last_success IS 'End of the last run that asked for all days of the window, whoever asked for it, and read them all, but for rows that nobody could read; null = none yet.';
COMMENT ON COLUMN configuracoes_detran.ultima_sincronizacao IS 'End of the last run that read all that it asked for, but for rows that nobody could read; local time, for the application.';
