-- What people read who look at the tables: an examiner is not a "he". Words are not worth a migration that fails, should
-- the application's tables be another's by now.
DO $$
BEGIN
    COMMENT ON COLUMN usuarios.ativo IS 'False: the application lets the user in no more, and the daemon leaves the account alone.';
    COMMENT ON COLUMN configuracoes_detran.cpf IS 'The examiner''s CPF, the user name at the portal.';
    COMMENT ON COLUMN configuracoes_detran.dias_trabalho IS 'JSON list of the examiner''s working days, such as ["terca","quarta"]; null or empty = all.';
    COMMENT ON COLUMN configuracoes_detran.sincronizacao_automatica IS 'Whether the schedule synchronises the account.';
    COMMENT ON COLUMN configuracoes_detran.ativo IS 'False: nothing synchronises the account.';
EXCEPTION WHEN insufficient_privilege THEN
    RAISE NOTICE 'comments left as they are: not the owner';
END $$;
