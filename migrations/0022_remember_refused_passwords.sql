-- A password that the portal refused must not be posted again because somebody saved it again, resumed the account,
-- or gave it to a second user with the same CPF: a few wrong tries lock an examiner out. So refusals are remembered by
-- CPF and by a keyed hash of the password, and end only by an act that names the danger. The accounts of one CPF are
-- found by its digits, however it is written. Serves: the look before each run; users add, enable, resume; ticks.

-- Rather give up and try again than make the application wait behind us.
SET LOCAL lock_timeout = '15s';

CREATE TABLE IF NOT EXISTS portal_refusals (
    cpf TEXT NOT NULL CONSTRAINT portal_refusals_cpf_check CHECK (cpf ~ '^[0-9]{11}$'),
    fingerprint TEXT NOT NULL,
    reason TEXT NOT NULL CONSTRAINT portal_refusals_reason_check
        CHECK (reason IN ('refused', 'blocked', 'change_password', 'unexplained')),
    refused_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    released_at TIMESTAMPTZ,
    released_by TEXT,
    CONSTRAINT portal_refusals_pkey PRIMARY KEY (cpf, fingerprint)
);

COMMENT ON TABLE portal_refusals IS 'Passwords that the portal did not accept, by CPF; none of them is posted again until it is released.';
COMMENT ON COLUMN portal_refusals.cpf IS 'The CPF with which it was posted, eleven digits.';
COMMENT ON COLUMN portal_refusals.fingerprint IS 'Keyed hash of CPF and password, with the id of the vault''s key; the password cannot be had from it.';
COMMENT ON COLUMN portal_refusals.reason IS 'refused, blocked, change_password or unexplained.';
COMMENT ON COLUMN portal_refusals.refused_at IS 'When the portal last did not accept it.';
COMMENT ON COLUMN portal_refusals.released_at IS 'When somebody asked for another try in spite of it; null = not released.';
COMMENT ON COLUMN portal_refusals.released_by IS 'Who did.';

ALTER TABLE configuracoes_detran DROP CONSTRAINT IF EXISTS configuracoes_detran_pausa_motivo_check;
ALTER TABLE configuracoes_detran ADD CONSTRAINT configuracoes_detran_pausa_motivo_check
    CHECK (pausa_motivo IN
        ('refused', 'blocked', 'change_password', 'unexplained', 'captcha', 'duplicate_cpf', 'manual'));
COMMENT ON COLUMN configuracoes_detran.pausa_motivo IS 'Why no login is attempted: refused, blocked, change_password, unexplained, captcha, duplicate_cpf or manual; null = not paused.';

-- A CPF that is only written in another way is the same CPF: no new credentials, and no end of a pause.
DROP TRIGGER IF EXISTS agendad_credentials_changed ON configuracoes_detran;
CREATE TRIGGER agendad_credentials_changed
    BEFORE UPDATE ON configuracoes_detran
    FOR EACH ROW
    WHEN (ltrim(regexp_replace(NEW.cpf, '\D', '', 'g'), '0') IS DISTINCT FROM ltrim(regexp_replace(OLD.cpf, '\D', '', 'g'), '0')
          OR (NEW.senha IS NOT NULL AND NEW.senha IS DISTINCT FROM OLD.senha)
          OR (NEW.senha_cifrada IS NOT NULL AND NEW.senha_cifrada IS DISTINCT FROM OLD.senha_cifrada))
    EXECUTE FUNCTION agendad_credentials_changed();

-- The other accounts of a CPF: at each run, at each tick, and whenever one is added or switched on.
CREATE INDEX IF NOT EXISTS configuracoes_detran_cpf_digits_idx
    ON configuracoes_detran (ltrim(regexp_replace(cpf, '\D', '', 'g'), '0'));
