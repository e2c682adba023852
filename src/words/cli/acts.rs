//! Words about what a command has done: locks freed, sessions ended, what is stored of a person.

use crate::words::{Sentence, both};

pub(crate) fn nobody_holds(user: i32) -> Sentence<String> {
    sentence!(
        "ninguém está lendo o perito nº {user}",
        "nobody holds the lock of user {user}"
    )
}

/// `run`: the one that goes on; `others`: whose runs would end too.
pub(crate) fn holder_lives(user: i32, run: Option<i64>, others: i64) -> Sentence<String> {
    let goes_on = run.map_or_else(
        || both("", "").owned(),
        |run| sentence!(" (a leitura {run} continua)", " (run {run} goes on)"),
    );
    let with = if others > 0 {
        sentence!(
            ", e as de outros {others} peritos",
            ", and those of {others} other examiners"
        )
    } else {
        both("", "").owned()
    };
    Sentence {
        pt: format!(
            "quem lê o perito nº {user} parece estar vivo{}; com --force a conexão é encerrada mesmo assim, e a leitura com ela{}",
            goes_on.pt, with.pt
        ),
        en: format!(
            "the holder of user {user}'s lock seems to be alive{}; with --force its connection is ended all the same, \
             and its run with it{}",
            goes_on.en, with.en
        ),
    }
}

pub(crate) fn lock_freed(connection: i32, user: i32) -> Sentence<String> {
    sentence!(
        "a conexão {connection} foi encerrada; o perito nº {user} está livre",
        "connection {connection} is ended; the lock of user {user} is free"
    )
}

pub(crate) fn does_not_end(connection: i32) -> Sentence<String> {
    sentence!(
        "a conexão {connection} não se encerra; veja pg_stat_activity",
        "connection {connection} does not end; look at pg_stat_activity"
    )
}

pub(crate) fn sessions_ended(n: usize) -> Sentence<String> {
    sentence!("{n} sessões encerradas", "{n} sessions are ended")
}

pub(crate) fn sessions_left(n: usize) -> Sentence<String> {
    sentence!(
        "{n} estão em uso, ou na memória de um agendad que está no ar, ou o portal não as encerrou: o agendad que está no ar tenta de novo em um minuto",
        "{n} are in use, or in a daemon's memory, or the portal did not end them: a running daemon tries again within a minute"
    )
}

pub(crate) const NOTHING_CHANGED: Sentence = both("nada mudou", "nothing was changed");
pub(crate) const ERASE_NEEDS_YES: Sentence = both(
    "sem terminal não há quem confirme: --yes apaga sem perguntar",
    "nobody confirms without a terminal: --yes blanks without asking",
);

/// How many rows hold a person's data.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rows {
    pub(crate) slots: usize,
    pub(crate) changes: usize,
    pub(crate) appointments: usize,
}

/// `appointments_too`: those of the application are blanked as well.
pub(crate) fn ask_to_erase(cpf: &str, rows: Rows, appointments_too: bool) -> Sentence<String> {
    let Rows {
        slots,
        changes,
        appointments,
    } = rows;
    let (pt, en) = if appointments_too {
        ("", "")
    } else {
        (" (ficam como estão)", " (left as they are)")
    };
    sentence!(
        "Apagar {cpf} para sempre: {slots} horários, {changes} mudanças, {appointments} agendamentos{pt}? [s/N] ",
        "Blank {cpf} for good: {slots} slots, {changes} changes, {appointments} appointments{en}? [y/N] "
    )
}

/// What was blanked and deleted of a person.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Erased {
    pub(crate) slots: i64,
    pub(crate) changes: i64,
    pub(crate) appointments: i64,
    pub(crate) pages: usize,
}

pub(crate) fn erased(cpf: impl std::fmt::Display, erased: Erased) -> Sentence<String> {
    let Erased {
        slots,
        changes,
        appointments,
        pages,
    } = erased;
    sentence!(
        "{cpf}: {slots} horários, {changes} mudanças e {appointments} agendamentos apagados, {pages} páginas guardadas apagadas",
        "{cpf}: {slots} slots, {changes} changes and {appointments} appointments blanked, {pages} evidence pages deleted"
    )
}

pub(crate) fn still_listed(n: i64) -> Sentence<String> {
    sentence!(
        "{n} desses horários ainda estão no portal: a próxima leitura os grava de novo",
        "{n} of these slots are still listed by the portal: the next run stores them anew"
    )
}

pub(crate) const NOBODY_LISTENS: Sentence = both(
    "http.listen está vazio: este agendad não responde a ninguém",
    "http.listen is empty: this daemon answers nobody",
);

pub(crate) fn no_answer(seconds: u64) -> Sentence<String> {
    sentence!("sem resposta em {seconds}s", "no answer within {seconds}s")
}

pub(crate) fn daemon_is_silent(listen: &str) -> Sentence<String> {
    sentence!(
        "o agendad em {listen} não responde",
        "the daemon at {listen} does not answer"
    )
}
