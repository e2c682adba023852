-- The application's column `perfil` says who may act for others over HTTP. Not every version of it has the
-- column; where it is missing, it is added and stays empty. So the daemon can ask for it by its name, and its
-- role needs no right to read the other columns of `usuarios`, such as `senha_hash`.
-- Serves: who calls the HTTP API.

-- Rather give up and try again than make the application wait behind us.
SET LOCAL lock_timeout = '15s';

ALTER TABLE usuarios ADD COLUMN IF NOT EXISTS perfil VARCHAR(50);
COMMENT ON COLUMN usuarios.perfil IS 'What the user may do in the application; an administrador may name other users.';
