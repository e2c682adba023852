-- The application's own tables, created minimally where they are absent, so that an empty database
-- works too. Where they exist, the columns that the daemon needs are added if they are missing, and the
-- clear-text password may be absent; no row and no other column is touched.
-- Serves: loading an account (sync), listing accounts due for a tick (scheduler), appointments.

-- Rather give up and try again than make the application wait behind us.
SET LOCAL lock_timeout = '15s';

CREATE TABLE IF NOT EXISTS usuarios (
    id SERIAL CONSTRAINT usuarios_pkey PRIMARY KEY,
    nome VARCHAR(255) NOT NULL,
    email VARCHAR(255),
    senha_hash TEXT,
    ativo BOOLEAN NOT NULL DEFAULT TRUE,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);
ALTER TABLE usuarios
    ADD COLUMN IF NOT EXISTS nome VARCHAR(255) NOT NULL DEFAULT '',
    ADD COLUMN IF NOT EXISTS email VARCHAR(255),
    ADD COLUMN IF NOT EXISTS ativo BOOLEAN NOT NULL DEFAULT TRUE;

COMMENT ON TABLE usuarios IS 'Users of the clinic''s application; an examiner is one of them. Owned by the application.';
COMMENT ON COLUMN usuarios.id IS 'The user; usuario_id everywhere else.';
COMMENT ON COLUMN usuarios.nome IS 'Name.';
COMMENT ON COLUMN usuarios.email IS 'E-mail address, with which the user logs in to the application.';
COMMENT ON COLUMN usuarios.ativo IS 'False: the application lets the user in no more, and the daemon leaves his account alone.';

CREATE TABLE IF NOT EXISTS agendamentos (
    id SERIAL CONSTRAINT agendamentos_pkey PRIMARY KEY,
    usuario_id INTEGER CONSTRAINT agendamentos_usuario_id_fkey REFERENCES usuarios (id),
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
ALTER TABLE agendamentos
    ADD COLUMN IF NOT EXISTS usuario_id INTEGER CONSTRAINT agendamentos_usuario_id_fkey REFERENCES usuarios (id),
    ADD COLUMN IF NOT EXISTS cpf VARCHAR(14),
    ADD COLUMN IF NOT EXISTS telefone_fixo VARCHAR(20),
    ADD COLUMN IF NOT EXISTS telefone_celular VARCHAR(20),
    ADD COLUMN IF NOT EXISTS email VARCHAR(255),
    ADD COLUMN IF NOT EXISTS contexto VARCHAR(100),
    ADD COLUMN IF NOT EXISTS tipo_transito VARCHAR(100),
    ADD COLUMN IF NOT EXISTS categoria_cnh VARCHAR(20),
    ADD COLUMN IF NOT EXISTS observacoes TEXT,
    ADD COLUMN IF NOT EXISTS status VARCHAR(50) NOT NULL DEFAULT 'agendado',
    ADD COLUMN IF NOT EXISTS convertido_em_paciente BOOLEAN NOT NULL DEFAULT FALSE;

COMMENT ON TABLE agendamentos IS 'Appointments of the clinic''s application; the daemon adds one for each available slot. Owned by the application.';
COMMENT ON COLUMN agendamentos.usuario_id IS 'Whose appointment it is.';
COMMENT ON COLUMN agendamentos.nome IS 'Candidate''s name; follows the slot while the appointment is untouched, as do telephones, e-mail, process and category.';
COMMENT ON COLUMN agendamentos.cpf IS 'Candidate''s CPF, punctuated when the daemon writes it.';
COMMENT ON COLUMN agendamentos.telefone_fixo IS 'Landline number, digits only when the daemon writes it.';
COMMENT ON COLUMN agendamentos.telefone_celular IS 'Mobile number, digits only when the daemon writes it.';
COMMENT ON COLUMN agendamentos.email IS 'Candidate''s e-mail address.';
COMMENT ON COLUMN agendamentos.data_agendamento IS 'Day and hour, local time.';
COMMENT ON COLUMN agendamentos.contexto IS 'Trânsito for those of the daemon.';
COMMENT ON COLUMN agendamentos.tipo_transito IS 'The portal''s "Tipo de Processo".';
COMMENT ON COLUMN agendamentos.categoria_cnh IS 'Licence category.';
COMMENT ON COLUMN agendamentos.observacoes IS 'Says of those of the daemon when they were imported.';
COMMENT ON COLUMN agendamentos.status IS 'agendado at first; the daemon itself writes only agendado and cancelado, and leaves rows with any other status alone.';
COMMENT ON COLUMN agendamentos.convertido_em_paciente IS 'True: the candidate has become a patient, and the daemon leaves the row alone.';

-- Finds the appointments of a user's day when a slot looks for its own.
CREATE INDEX IF NOT EXISTS agendamentos_usuario_id_data_agendamento_idx
    ON agendamentos (usuario_id, data_agendamento);

CREATE TABLE IF NOT EXISTS configuracoes_detran (
    id SERIAL CONSTRAINT configuracoes_detran_pkey PRIMARY KEY,
    usuario_id INTEGER NOT NULL
        CONSTRAINT configuracoes_detran_usuario_id_key UNIQUE
        CONSTRAINT configuracoes_detran_usuario_id_fkey REFERENCES usuarios (id) ON DELETE CASCADE,
    cpf VARCHAR(14) NOT NULL,
    senha TEXT,
    dias_trabalho TEXT,
    sincronizacao_automatica BOOLEAN NOT NULL DEFAULT TRUE,
    ativo BOOLEAN NOT NULL DEFAULT TRUE,
    ultima_sincronizacao TIMESTAMP
);
ALTER TABLE configuracoes_detran
    ADD COLUMN IF NOT EXISTS senha TEXT,
    ADD COLUMN IF NOT EXISTS dias_trabalho TEXT,
    ADD COLUMN IF NOT EXISTS sincronizacao_automatica BOOLEAN NOT NULL DEFAULT TRUE,
    ADD COLUMN IF NOT EXISTS ativo BOOLEAN NOT NULL DEFAULT TRUE,
    ADD COLUMN IF NOT EXISTS ultima_sincronizacao TIMESTAMP,
    ADD COLUMN IF NOT EXISTS senha_cifrada TEXT,
    ADD COLUMN IF NOT EXISTS credencial_aceita_em TIMESTAMPTZ,
    ADD COLUMN IF NOT EXISTS pausa_motivo TEXT,
    ADD COLUMN IF NOT EXISTS pausa_desde TIMESTAMPTZ,
    ADD COLUMN IF NOT EXISTS pausa_ate TIMESTAMPTZ,
    ADD COLUMN IF NOT EXISTS janelas TEXT[];
-- The earlier system demands a clear-text password; the sealed one replaces it.
ALTER TABLE configuracoes_detran ALTER COLUMN senha DROP NOT NULL;
ALTER TABLE configuracoes_detran DROP CONSTRAINT IF EXISTS configuracoes_detran_pausa_motivo_check;
ALTER TABLE configuracoes_detran ADD CONSTRAINT configuracoes_detran_pausa_motivo_check
    CHECK (pausa_motivo IN ('refused', 'blocked', 'captcha', 'manual'));

COMMENT ON TABLE configuracoes_detran IS 'The examiner''s account at the portal, one row a user.';
COMMENT ON COLUMN configuracoes_detran.usuario_id IS 'The examiner.';
COMMENT ON COLUMN configuracoes_detran.cpf IS 'The examiner''s CPF, with which he logs in to the portal.';
COMMENT ON COLUMN configuracoes_detran.senha IS 'Clear-text password as the earlier application writes it; wins over senha_cifrada while present.';
COMMENT ON COLUMN configuracoes_detran.dias_trabalho IS 'JSON list of the weekdays on which he works, such as ["terca","quarta"]; null or empty = all.';
COMMENT ON COLUMN configuracoes_detran.sincronizacao_automatica IS 'Whether the schedule synchronises him.';
COMMENT ON COLUMN configuracoes_detran.ativo IS 'False: nothing synchronises him.';
COMMENT ON COLUMN configuracoes_detran.ultima_sincronizacao IS 'End of the last successful run, local time, for the application.';
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
