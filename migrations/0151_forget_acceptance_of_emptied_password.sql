-- A clear-text password wins over the sealed one while it is there. Emptied, it brings the sealed one of before back, of which
-- credencial_aceita_em says nothing: that was the clear one's. Taken for accepted, it would be posted again and again where
-- its answers are lost. Nobody has given new credentials, so no pause ends.
-- Serves: the look before each run and the count of lost answers (crates/store/src/accounts.rs, unanswered.rs).

-- Rather give up and try again than make the application wait behind us.
SET LOCAL lock_timeout = '15s';

CREATE OR REPLACE FUNCTION agendad_clear_password_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Set, for their transaction only, by whoever changes the form and not the password.
    IF current_setting('agendad.sealing', TRUE) = 'on' THEN
        RETURN NEW;
    END IF;
    NEW.credencial_mudada_em := clock_timestamp();
    NEW.credencial_aceita_em := NULL;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION agendad_clear_password_emptied()
    IS 'The sealed password of before is in use again: forget that the clear one was accepted. A pause stays. Sealing alone changes nothing.';

-- What else new credentials are is the matter of agendad_credentials_changed.
DROP TRIGGER IF EXISTS agendad_clear_password_emptied ON configuracoes_detran;
CREATE TRIGGER agendad_clear_password_emptied
    BEFORE UPDATE ON configuracoes_detran
    FOR EACH ROW
    WHEN (coalesce(OLD.senha, '') <> '' AND coalesce(NEW.senha, '') = ''
          AND NEW.senha_cifrada IS NOT NULL AND NEW.senha_cifrada IS NOT DISTINCT FROM OLD.senha_cifrada)
    EXECUTE FUNCTION agendad_clear_password_emptied();
