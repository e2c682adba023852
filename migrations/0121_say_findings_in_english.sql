-- What an alert found in English too, for who reads the dashboard or `agendad alerts list` in it. Messages go out in
-- Portuguese, as before. The release before does not write it: then it is said in Portuguese until the next evaluation.
-- Serves: the list of alerts (crates/store/src/alerts.rs).

SET LOCAL lock_timeout = '15s';

ALTER TABLE agendad_alerts ADD COLUMN note_en TEXT;
COMMENT ON COLUMN agendad_alerts.note_en IS 'What was found, in English, kept up to date while it is open; null: written by an earlier release.';
