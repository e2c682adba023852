-- Sealing a clear-text password, or sealing one anew with another key, is not a new password: it must
-- neither end a pause nor make a refused password be tried again. Serves: vault seal, vault rotate, and
-- the pause after a refusal, which must hit those very credentials and no newer ones.

ALTER TABLE configuracoes_detran
    ADD COLUMN IF NOT EXISTS credencial_mudada_em TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp();
COMMENT ON COLUMN configuracoes_detran.credencial_mudada_em
    IS 'When CPF or password last changed, however the password is stored. Recognises the credentials that a run used.';

CREATE OR REPLACE FUNCTION agendad_credentials_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Set, for their transaction only, by whoever changes the form and not the password.
    IF current_setting('agendad.sealing', TRUE) = 'on' THEN
        RETURN NEW;
    END IF;
    NEW.credencial_mudada_em := clock_timestamp();
    NEW.pausa_motivo := NULL;
    NEW.pausa_desde := NULL;
    NEW.pausa_ate := NULL;
    NEW.credencial_aceita_em := NULL;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION agendad_credentials_changed()
    IS 'New credentials have not been refused yet: forget pause and acceptance. Sealing alone changes nothing.';
