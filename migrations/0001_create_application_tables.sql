-- The application's own tables, created minimally where they are absent, so that an empty database
-- works too. Where they exist, only the columns that the daemon adds are added; nothing is changed.
-- Serves: loading an account (sync), listing accounts due for a tick (scheduler), appointments.

CREATE TABLE IF NOT EXISTS usuarios (
    id SERIAL PRIMARY KEY,
    nome VARCHAR(255) NOT NULL,
    email VARCHAR(255),
    senha_hash TEXT,
    ativo BOOLEAN NOT NULL DEFAULT TRUE,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);
COMMENT ON TABLE usuarios IS 'Users of the clinic''s application; an examiner is one of them. Owned by the application.';

CREATE TABLE IF NOT EXISTS agendamentos (
    id SERIAL PRIMARY KEY,
    usuario_id INTEGER REFERENCES usuarios (id),
    nome VARCHAR(255) NOT NULL,
    cpf VARCHAR(14),
    telefone_fixo VARCHAR(20),
    telefone_celular VARCHAR(20),
    email VARCHAR(255),
    data_agendamento TIMESTAMP NOT NULL,
    contexto VARCHAR(100),
    tipo_transito VARCHAR(100),
    categoria_cnh VARCHAR(20),
    observacoes TEXT,
    status VARCHAR(50) NOT NULL DEFAULT 'agendado',
    convertido_em_paciente BOOLEAN NOT NULL DEFAULT FALSE,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);
COMMENT ON TABLE agendamentos IS 'Appointments of the clinic''s application; the daemon adds one for each available slot. Owned by the application.';

-- Finds the appointments of a user's day when a slot looks for its own.
CREATE INDEX IF NOT EXISTS agendamentos_usuario_id_data_agendamento_idx
    ON agendamentos (usuario_id, data_agendamento);

CREATE TABLE IF NOT EXISTS configuracoes_detran (
    id SERIAL PRIMARY KEY,
    usuario_id INTEGER NOT NULL UNIQUE REFERENCES usuarios (id) ON DELETE CASCADE,
    cpf VARCHAR(14) NOT NULL,
    senha TEXT,
    dias_trabalho TEXT,
    sincronizacao_automatica BOOLEAN NOT NULL DEFAULT TRUE,
    ativo BOOLEAN NOT NULL DEFAULT TRUE,
    ultima_sincronizacao TIMESTAMP
);
-- The earlier system demands a clear-text password; the sealed one replaces it.
ALTER TABLE configuracoes_detran ALTER COLUMN senha DROP NOT NULL;
ALTER TABLE configuracoes_detran
    ADD COLUMN IF NOT EXISTS senha_cifrada TEXT,
    ADD COLUMN IF NOT EXISTS credencial_aceita_em TIMESTAMPTZ,
    ADD COLUMN IF NOT EXISTS pausa_motivo TEXT,
    ADD COLUMN IF NOT EXISTS pausa_desde TIMESTAMPTZ,
    ADD COLUMN IF NOT EXISTS pausa_ate TIMESTAMPTZ,
    ADD COLUMN IF NOT EXISTS janelas TEXT[];

COMMENT ON TABLE configuracoes_detran IS 'The examiner''s account at the portal, one row a user.';
COMMENT ON COLUMN configuracoes_detran.senha IS 'Clear-text password as the earlier application writes it; wins over senha_cifrada while present.';
COMMENT ON COLUMN configuracoes_detran.senha_cifrada IS 'Password sealed by the daemon''s vault.';
COMMENT ON COLUMN configuracoes_detran.credencial_aceita_em IS 'When the portal last accepted these very credentials; null = never. Cleared when they change.';
COMMENT ON COLUMN configuracoes_detran.pausa_motivo IS 'Why no login is attempted: refused, blocked, captcha or manual; null = not paused.';
COMMENT ON COLUMN configuracoes_detran.pausa_desde IS 'Since when the account is paused.';
COMMENT ON COLUMN configuracoes_detran.pausa_ate IS 'Until when; null while pausa_motivo is set = until the credentials change or an operator resumes it.';
COMMENT ON COLUMN configuracoes_detran.janelas IS 'Names of the windows that apply to this account; null = all.';

-- New credentials end a pause, whoever writes them; and every daemon hears of the change at once.
CREATE OR REPLACE FUNCTION agendad_credentials_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.pausa_motivo := NULL;
    NEW.pausa_desde := NULL;
    NEW.pausa_ate := NULL;
    NEW.credencial_aceita_em := NULL;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION agendad_credentials_changed() IS 'New credentials have not been refused yet: forget pause and acceptance.';

DROP TRIGGER IF EXISTS agendad_credentials_changed ON configuracoes_detran;
CREATE TRIGGER agendad_credentials_changed
    BEFORE UPDATE ON configuracoes_detran
    FOR EACH ROW
    WHEN (NEW.cpf IS DISTINCT FROM OLD.cpf
          OR (NEW.senha IS NOT NULL AND NEW.senha IS DISTINCT FROM OLD.senha)
          OR (NEW.senha_cifrada IS NOT NULL AND NEW.senha_cifrada IS DISTINCT FROM OLD.senha_cifrada))
    EXECUTE FUNCTION agendad_credentials_changed();

CREATE OR REPLACE FUNCTION agendad_account_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('agendad_accounts', '');
    RETURN NULL;
END $$;
COMMENT ON FUNCTION agendad_account_changed() IS 'Wakes the schedulers: an account was added, changed, paused, resumed or deleted.';

DROP TRIGGER IF EXISTS agendad_account_changed ON configuracoes_detran;
CREATE TRIGGER agendad_account_changed
    AFTER INSERT OR DELETE OR UPDATE OF
        cpf, senha, senha_cifrada, dias_trabalho, sincronizacao_automatica, ativo, pausa_motivo, pausa_ate, janelas
    ON configuracoes_detran
    FOR EACH STATEMENT EXECUTE FUNCTION agendad_account_changed();
