//! What is wrong with the database, for operators.

use super::{Sentence, both, rule};
use crate::domain::Rule;
use crate::store::processes::DatabaseTrouble;
use crate::store::rights::MissingPrivilege;

/// What the message is called that tells of it.
pub(crate) const fn title(trouble: DatabaseTrouble) -> Sentence {
    match trouble {
        DatabaseTrouble::BadValue => both(
            "Os alertas não podem ser avaliados",
            "The alerts cannot be evaluated",
        ),
        DatabaseTrouble::Away
        | DatabaseTrouble::ReadOnly
        | DatabaseTrouble::DiskFull
        | DatabaseTrouble::LocksElsewhere
        | DatabaseTrouble::Refused => rule::title(Rule::Database),
    }
}

/// What it means.
pub(crate) const fn what(trouble: DatabaseTrouble) -> Sentence {
    match trouble {
        DatabaseTrouble::BadValue => both(
            "enquanto isso durar, nenhum outro alerta é enviado. As sincronizações continuam.",
            "while that lasts, no other alert is sent. Synchronisation goes on.",
        ),
        DatabaseTrouble::Away
        | DatabaseTrouble::ReadOnly
        | DatabaseTrouble::DiskFull
        | DatabaseTrouble::LocksElsewhere
        | DatabaseTrouble::Refused => rule::what(Rule::Database),
    }
}

/// What helps.
pub(crate) const fn cure(trouble: DatabaseTrouble) -> Sentence {
    match trouble {
        DatabaseTrouble::BadValue => both(
            "procure no registro do agendad (journalctl -u agendad) a linha \"the alerts cannot use the database\": ela mostra o que não pôde ser lido. Corrija esse valor no banco de dados.",
            "look in agendad's log (journalctl -u agendad) for the line \"the alerts cannot use the database\": it says what could not be read. Put that value right in the database.",
        ),
        DatabaseTrouble::Away
        | DatabaseTrouble::ReadOnly
        | DatabaseTrouble::DiskFull
        | DatabaseTrouble::LocksElsewhere
        | DatabaseTrouble::Refused => rule::cure(Rule::Database),
    }
}

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
        DatabaseTrouble::BadValue => both(
            "um valor gravado no banco de dados não pode ser lido",
            "a value that is stored in the database cannot be read",
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

pub(crate) fn lacks(role: &str, lacks: &[MissingPrivilege]) -> Sentence<String> {
    let Sentence { pt, en } = super::joined(lacks.iter().map(lack).collect(), "; ");
    sentence!("usuário {role}: {pt}", "user {role}: {en}")
}
