//! Who logs in to the dashboard.

use crate::words::{Sentence, both};

pub(crate) const NAMES: Sentence = both(
    "cada um entra no painel com o próprio nome",
    "each logs in to the dashboard under a name of their own",
);
pub(crate) const SHARED_KEY: Sentence = both(
    "nenhum operador tem nome e senha: todos entram no painel com a mesma chave, e a auditoria não diz quem foi",
    "no operator has a name and a password: all log in to the dashboard with the same token, and the audit does not say who",
);
pub(crate) const NOBODY: Sentence = both(
    "ninguém pode entrar no painel",
    "nobody can log in to the dashboard",
);
pub(crate) const INVITE: Sentence = both(
    "agendad people invite, e abrir o endereço que aparece",
    "agendad people invite, and open the address that it prints",
);
