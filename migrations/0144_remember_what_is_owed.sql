-- What is still owed: cancellations that the application's table refused, and answers to passwords that were posted.
-- A cancellation is made up for where it was refused, and nowhere else: an appointment that was left alone when its slot
-- vanished (a person had confirmed it, on_removed was "keep") stays left alone. Of slots that vanished before, nobody knows
-- why their appointment stayed, so nothing is owed for them.
-- Serves: start_run.sql, cancel_left_over.sql; the look before each run (crates/store/src/refusals.rs, unanswered.rs).

-- Rather give up and try again than make the application wait behind us.
SET LOCAL lock_timeout = '15s';

ALTER TABLE agenda_slots ADD COLUMN cancel_owed BOOLEAN NOT NULL DEFAULT FALSE;
COMMENT ON COLUMN agenda_slots.cancel_owed IS 'The slot vanished, and agendamentos refused that its appointment be cancelled: the next run that can does it, if nobody has touched it since.';

-- A password of which nobody knows whether it is right must not be posted at every tick because each answer is lost.
ALTER TABLE portal_sessions
    ADD COLUMN unanswered_in_a_row INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN unanswered_password TEXT,
    ADD COLUMN accepted_password TEXT;
COMMENT ON COLUMN portal_sessions.unanswered_in_a_row IS 'Posts in a row of a password that was never accepted to which nobody has got an answer; counted before it is posted, so that a process that dies then has counted.';
COMMENT ON COLUMN portal_sessions.unanswered_password IS 'Which password that was, as in portal_refusals.fingerprint; null = none.';
COMMENT ON COLUMN portal_sessions.accepted_password IS 'The last password that let somebody in, as in portal_refusals.fingerprint: credentials that are given and not stored are proven by it.';

-- An application that writes an empty password beside the sealed one says nothing of the credentials.
DROP TRIGGER IF EXISTS agendad_credentials_changed ON configuracoes_detran;
CREATE TRIGGER agendad_credentials_changed
    BEFORE UPDATE ON configuracoes_detran
    FOR EACH ROW
    WHEN (ltrim(regexp_replace(NEW.cpf, '\D', '', 'g'), '0') IS DISTINCT FROM ltrim(regexp_replace(OLD.cpf, '\D', '', 'g'), '0')
          OR (coalesce(NEW.senha, '') <> '' AND NEW.senha IS DISTINCT FROM OLD.senha)
          OR (NEW.senha_cifrada IS NOT NULL AND NEW.senha_cifrada IS DISTINCT FROM OLD.senha_cifrada))
    EXECUTE FUNCTION agendad_credentials_changed();
