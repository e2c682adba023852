-- The notes of a run stand in its record as what they are too, so that people read them in their language. The English
-- sentences stay, for who reads them outside the project; the release before reads only those.
-- Serves: the page of a run (crates/domain/src/note.rs).
SET LOCAL lock_timeout = '15s';

COMMENT ON COLUMN agenda_sync_runs.error_details IS 'kind, message, chain (causes, outermost first), backtrace (failures of our own only), dates (date, unidade, kind, message, evidence of each that failed), notes (English sentences), noted (the same, in the same order, as kinds with their facts).';
