-- What is still owed, a third kind: a slot changed, and the application's table refused that its appointment follow. The
-- next reading of the day sees no change any more, so what the appointment last followed must be kept.
-- Serves: start_run.sql (the day is stored though it is as it was), store_day.sql.

-- Rather give up and try again than make the application wait behind us.
SET LOCAL lock_timeout = '15s';

ALTER TABLE agenda_slots ADD COLUMN follow_from JSONB;
COMMENT ON COLUMN agenda_slots.follow_from IS 'The payload that the slot''s appointment last followed, where agendamentos refused that it follow the present one: the next reading that can makes up for it, unless somebody has touched the appointment since. Null = nothing is owed.';
