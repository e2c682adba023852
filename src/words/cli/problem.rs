//! Why a command could not do anything, where an operator meets it first. What a library says of the cause stands below
//! it, in English.

use std::path::Path;

/// In Portuguese; the English is the error's own.
pub(crate) fn no_database(dir: &Path, state_dir: &Path) -> String {
    let (dir, state_dir) = (dir.display(), state_dir.display());
    format!(
        "não há banco de dados: database.url não está configurado, e {dir} não tem nenhum próprio (state_dir é {state_dir}). \
         Indique em state_dir (AGENDAD_STATE_DIR) a pasta do agendad que está no ar, ou database.url \
         (AGENDAD_DATABASE__URL); um banco de dados próprio só é criado por agendad migrate, agendad run e agendad demo"
    )
}

pub(crate) const BAD_ADDRESS: &str =
    "database.url não é um endereço como postgres://usuario:senha@servidor/banco";

pub(crate) fn not_connected(place: &str) -> String {
    format!(
        "não foi possível conectar ao PostgreSQL em {place} (está no ar, e usuário e senha conferem?)"
    )
}
