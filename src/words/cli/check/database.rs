//! The database and its server.

use crate::words::trouble::detailed;
use crate::words::{Sentence, both, finding};

pub(crate) fn answers(place: &str, private: bool) -> Sentence<String> {
    if private {
        sentence!("{place} (próprio) responde", "{place} (private) answers")
    } else {
        sentence!("{place} responde", "{place} answers")
    }
}

pub(crate) const UP_TO_DATE: Sentence = both("as tabelas estão em dia", "the schema is up to date");

pub(crate) fn missing(n: usize) -> Sentence<String> {
    sentence!("faltam {n} mudanças", "{n} are missing")
}

pub(crate) const MIGRATE: Sentence = both(
    "agendad migrate (o agendad também faz isso quando inicia)",
    "agendad migrate (the daemon does it too, at its start)",
);

pub(crate) const NO_DAEMON: Sentence = both(
    "nenhum agendad está no ar com este banco de dados: nada é lido por si",
    "no daemon is running on this database: nothing is read by itself",
);
pub(crate) const START_DAEMON: Sentence = both(
    "agendad run, ou como serviço: systemctl start agendad",
    "agendad run, or as a service: systemctl start agendad",
);

pub(crate) fn daemons(n: i64) -> Sentence<String> {
    if n == 1 {
        both("1 agendad no ar", "1 is running").owned()
    } else {
        sentence!("{n} agendads no ar", "{n} are running")
    }
}

pub(crate) fn duplicate(user: i32, older: i32, more: usize) -> Sentence<String> {
    let others = match more {
        0 => both("", "").owned(),
        n => sentence!(", e mais {n}", ", and {n} more"),
    };
    let Sentence { pt, en } = others;
    sentence!(
        "o perito nº {user} tem o mesmo CPF que o nº {older} e não é lido{pt}",
        "user {user} has the same CPF as user {older} and is not synchronised{en}"
    )
}

pub(crate) fn duplicate_cure(user: i32) -> Sentence<String> {
    sentence!(
        "corrija um dos CPFs, ou: agendad users disable --user {user}",
        "correct a CPF, or: agendad users disable --user {user}"
    )
}

pub(crate) fn windowless(user: i32, windows: &[String], more: usize) -> Sentence<String> {
    let others = match more {
        0 => both("", "").owned(),
        n => sentence!("; e mais {n} peritos", "; and {n} more examiners"),
    };
    let what = finding::no_window(windows);
    Sentence {
        pt: format!("perito nº {user}: {}{}", what.pt, others.pt),
        en: format!("user {user}: {}{}", what.en, others.en),
    }
}

pub(crate) fn windowless_cure(user: i32) -> Sentence<String> {
    sentence!(
        "marque outros períodos na página do perito, ou: agendad users edit --user {user} --windows all",
        "choose other windows on the examiner's page, or: agendad users edit --user {user} --windows all"
    )
}

pub(crate) fn new_password(user: i32) -> Sentence<String> {
    sentence!(
        "a certa: na página do perito, ou agendad users set-password --user {user}",
        "the right one: on the examiner's page, or agendad users set-password --user {user}"
    )
}

pub(crate) fn letters(name: &str) -> Sentence<String> {
    sentence!(
        "{name}: textos que não cabem nela são gravados com as letras mais próximas",
        "{name}: texts that it cannot hold are stored with the nearest letters"
    )
}

pub(crate) fn rights(role: &str) -> Sentence<String> {
    sentence!(
        "{role} pode tudo o que é preciso, e vê todas as linhas",
        "{role} may do all that runs need, and sees every row"
    )
}

pub(crate) fn sealed(n: i64) -> Sentence<String> {
    sentence!(
        "{n} cifradas, com a chave à mão",
        "{n} sealed with a key at hand"
    )
}

pub(crate) fn sealed_elsewhere(n: i64, key: &str) -> Sentence<String> {
    sentence!(
        "{n} senhas estão cifradas com a chave {key}, que não está configurada: essas contas não entram no portal",
        "{n} passwords are sealed with key {key}, which is not configured: these accounts cannot log in"
    )
}

pub(crate) const SEALED_ELSEWHERE_CURE: Sentence = both(
    "acrescente essa chave em vault.key, ou grave as senhas de novo",
    "add that key to vault.key, or set the passwords anew",
);

pub(crate) fn in_clear(n: i64) -> Sentence<String> {
    sentence!(
        "{n} senhas estão gravadas sem cifra pelo sistema da clínica",
        "{n} passwords are stored in clear text by the earlier application"
    )
}

pub(crate) const IN_CLEAR_CURE: Sentence = both(
    "quando ele não precisar mais delas: agendad vault seal",
    "once it no longer needs them: agendad vault seal",
);

pub(crate) const READ_ONLY: Sentence = both(
    "não aceita gravações: é uma réplica, ou está em modo somente leitura",
    "takes no writes: it is a standby, or set to read-only",
);
pub(crate) const READ_ONLY_CURE: Sentence = both(
    "que database.url leve ao servidor principal; vários podem ser dados, separados por vírgulas",
    "let database.url lead to the primary; several hosts may be named, with commas between them",
);

pub(crate) fn no_room(error: &str) -> Sentence<String> {
    let pt = detailed("sem espaço para um arquivo temporário", error);
    sentence!("{pt}", "no room for a temporary file: {error}")
}

pub(crate) const NO_ROOM_CURE: Sentence = both(
    "libere espaço no disco do servidor do banco de dados",
    "make room on the disk of the database's server",
);
pub(crate) const LOCKS_SAME: Sentence = both(
    "database.lock_url leva ao mesmo servidor",
    "database.lock_url leads to the same server",
);
pub(crate) const LOCKS_ELSEWHERE: Sentence = both(
    "database.lock_url leva a outro servidor que não o de database.url",
    "database.lock_url leads to another server than database.url",
);
pub(crate) const LOCKS_CURE: Sentence = both(
    "que os dois levem ao mesmo: travas em outro lugar não protegem nada",
    "let both lead to the same server: locks elsewhere protect nothing",
);

/// `ahead`: this machine's clock is ahead of the database's.
pub(crate) fn clock(length: &str, ahead: bool) -> Sentence<String> {
    let (pt, en) = if ahead {
        ("adiantado", "ahead of")
    } else {
        ("atrasado", "behind")
    };
    sentence!(
        "o relógio desta máquina está {length} {pt} em relação ao do banco de dados",
        "this machine's clock is {length} {en} the database's"
    )
}

pub(crate) const CLOCK_CURE: Sentence = both(
    "acerte os dois e mantenha-os certos (NTP: timedatectl)",
    "put both right and keep them right (NTP: timedatectl)",
);
