-- A user who is switched off or deleted in the application takes his account with him: the schedulers
-- hear of it as they hear of changes of the account itself. Serves: accounts take effect in seconds.

DROP TRIGGER IF EXISTS agendad_account_changed ON usuarios;
CREATE TRIGGER agendad_account_changed
    AFTER DELETE OR UPDATE OF ativo ON usuarios
    FOR EACH STATEMENT EXECUTE FUNCTION agendad_account_changed();
