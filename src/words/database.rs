//! What is wrong with the database, for operators.

use super::{Sentence, both};
use crate::store::processes::DatabaseTrouble;
use crate::store::rights::MissingPrivilege;

/// Why it cannot be used.
pub(crate) const fn trouble(trouble: DatabaseTrouble) -> Sentence {
    match trouble {
        DatabaseTrouble::Away => both("o servidor não responde", "the server does not answer"),
        DatabaseTrouble::ReadOnly => both(
            "o servidor não aceita gravações: é uma réplica, ou está em modo somente leitura",
            "the server takes no writes: it is a standby, or set to read-only",
        ),
        DatabaseTrouble::DiskFull => both(
            "o disco do servidor está cheio",
            "the server's disk is full",
        ),
        DatabaseTrouble::LocksElsewhere => both(
            "as travas estão em outro servidor que não o dos dados; veja database.lock_url",
            "the locks are on another server than the data; see database.lock_url",
        ),
        DatabaseTrouble::Refused => both(
            "o servidor recusa o que este usuário precisa gravar; veja deploy/postgres/roles.sql",
            "the server refuses what this user must write; see deploy/postgres/roles.sql",
        ),
    }
}

/// What its role lacks.
pub(crate) fn lack(lack: &MissingPrivilege) -> Sentence<String> {
    let pt = match lack {
        MissingPrivilege::Right { table, right, .. } => {
            format!("{table}: falta a permissão {right}")
        }
        MissingPrivilege::Sequence { sequence } => format!("{sequence}: falta a permissão USAGE"),
        MissingPrivilege::Policy {
            table,
            right,
            visible,
            about,
        } => format!(
            "{table}: segurança por linha sem política para {right} (visíveis {visible} de cerca de {about} linhas)"
        ),
        MissingPrivilege::Hidden {
            table,
            visible,
            about,
        } => format!(
            "{table}: segurança por linha em vigor (visíveis {visible} de cerca de {about} linhas)"
        ),
    };
    let en = lack.to_string();
    Sentence { pt, en }
}

/// All that it lacks.
pub(crate) fn lacks(role: &str, lacks: &[MissingPrivilege]) -> Sentence<String> {
    let Sentence { pt, en } = super::joined(lacks.iter().map(lack).collect(), "; ");
    sentence!("usuário {role}: {pt}", "user {role}: {en}")
}
