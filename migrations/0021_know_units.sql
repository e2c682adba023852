-- An examiner may work in several units. Which units the portal offers, and when each was last read, says which are
-- due: units without slots are read rarely. Serves: the choice of units of a run, users list, the dashboard.

-- Rather give up and try again than make the application wait behind us.
SET LOCAL lock_timeout = '15s';

CREATE TABLE IF NOT EXISTS portal_units (
    usuario_id INTEGER NOT NULL CONSTRAINT portal_units_usuario_id_fkey REFERENCES usuarios (id) ON DELETE CASCADE,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    choice TEXT,
    first_seen_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    last_read_at TIMESTAMPTZ,
    last_complete_at TIMESTAMPTZ,
    had_slots BOOLEAN,
    offered BOOLEAN NOT NULL DEFAULT TRUE,
    missing_since TIMESTAMPTZ,
    CONSTRAINT portal_units_pkey PRIMARY KEY (usuario_id, code)
) WITH (fillfactor = 70);

COMMENT ON TABLE portal_units IS 'The units of an examiner, as the portal has offered them.';
COMMENT ON COLUMN portal_units.usuario_id IS 'The examiner.';
COMMENT ON COLUMN portal_units.code IS 'The unit''s value in the search form, as in agenda_slots.unidade_code; until a form was seen, its value at the choice.';
COMMENT ON COLUMN portal_units.name IS 'Its name at the portal.';
COMMENT ON COLUMN portal_units.choice IS 'Its value at the choice of units during login; null = never offered there.';
COMMENT ON COLUMN portal_units.first_seen_at IS 'When it was first offered.';
COMMENT ON COLUMN portal_units.last_read_at IS 'When days of it were last read.';
COMMENT ON COLUMN portal_units.last_complete_at IS 'When all wanted days of it were last read.';
COMMENT ON COLUMN portal_units.had_slots IS 'Whether that complete reading found any slot; null = none yet.';
COMMENT ON COLUMN portal_units.offered IS 'Whether the portal offered it when it was last asked.';
COMMENT ON COLUMN portal_units.missing_since IS 'Since when the portal has not offered it; null = it does.';

ALTER TABLE configuracoes_detran ADD COLUMN IF NOT EXISTS unidades TEXT;
COMMENT ON COLUMN configuracoes_detran.unidades IS 'JSON list of the units that are read, by code or name, such as ["18","POUPATEMPO CANINDE"]; null or empty = all.';

DROP TRIGGER IF EXISTS agendad_account_changed ON configuracoes_detran;
CREATE TRIGGER agendad_account_changed
    AFTER INSERT OR DELETE OR UPDATE OF
        cpf, senha, senha_cifrada, dias_trabalho, sincronizacao_automatica, ativo, pausa_motivo, pausa_ate, janelas, unidades
    ON configuracoes_detran
    FOR EACH STATEMENT EXECUTE FUNCTION agendad_account_changed();
