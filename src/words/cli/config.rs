//! Words about settings that are made by command.

use std::path::Path;

use crate::words::Sentence;

pub(crate) fn unknown(key: &str, known: &str) -> Sentence<String> {
    sentence!(
        "{key} não se configura por aqui (o resto fica no config.toml); por aqui: {known}",
        "{key} is not set by this command (config.toml has the rest); these are: {known}"
    )
}

pub(crate) fn question(key: &str) -> Sentence<String> {
    sentence!("{key} (não aparece ao digitar): ", "{key} (is not shown): ")
}

pub(crate) fn secret(key: &str) -> Sentence<String> {
    sentence!(
        "{key} é um segredo e não vai na linha de comando, onde outros o leriam: o agendad pergunta, ou lê da entrada",
        "{key} is a secret, and no argument, where others could read it: it is asked for, or read from standard input"
    )
}

pub(crate) fn no_value(key: &str) -> Sentence<String> {
    sentence!("{key}: falta o valor", "{key}: the value is missing")
}

pub(crate) fn fixed(key: &str, by: &str) -> Sentence<String> {
    sentence!(
        "{key} está fixado por {by}: mude lá, ou tire de lá primeiro",
        "{key} is fixed by {by}: change it there, or take it away there first"
    )
}

pub(crate) fn set(key: &str) -> Sentence<String> {
    sentence!(
        "{key}: salvo; um agendad em funcionamento passa a usá-lo em segundos",
        "{key}: kept; a running agendad uses it within seconds"
    )
}

pub(crate) fn unset(key: &str) -> Sentence<String> {
    sentence!(
        "{key}: volta a valer o config.toml, ou o padrão",
        "{key}: config.toml counts again, or the default"
    )
}

pub(crate) fn not_noted(Sentence { pt, en }: &Sentence<String>) -> Sentence<String> {
    sentence!(
        "a mudança vale, mas não foi anotada na auditoria: {pt}",
        "the change counts, but was not written to the audit: {en}"
    )
}

/// What was set in the browser lies in a file that this user may not read.
pub(crate) fn unread(path: &Path) -> Sentence<String> {
    let path = path.display();
    sentence!(
        "o que foi configurado no painel ({path}) não pode ser lido por este usuário e não vale aqui: o mesmo comando com sudo na \
         frente",
        "what was set in the browser ({path}) cannot be read by this user and does not count here: the same command with sudo in \
         front of it"
    )
}
