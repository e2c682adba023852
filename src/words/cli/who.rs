//! Words about which examiner is meant.

use crate::words::{Sentence, both};

pub(crate) const EMPTY: Sentence = both(
    "diga o número do perito, ou parte do nome",
    "say the examiner's number, or part of the name",
);

pub(crate) fn nobody(name: &str) -> Sentence<String> {
    sentence!(
        "nenhum perito se chama {name:?}; veja: agendad users list",
        "no examiner is called {name:?}; see: agendad users list"
    )
}

/// `candidates`: a line each.
pub(crate) fn several(name: &str, n: usize, candidates: &str) -> Sentence<String> {
    sentence!(
        "{name:?} pode ser {n} peritos; diga o número, ou mais do nome:{candidates}",
        "{name:?} may be {n} examiners; say the number, or more of the name:{candidates}"
    )
}

pub(crate) fn no_account(user: i32) -> Sentence<String> {
    sentence!(
        "o perito nº {user} não tem conta; veja: agendad users list",
        "user {user} has no account; see: agendad users list"
    )
}

pub(crate) fn no_such_user(user: i32) -> Sentence<String> {
    sentence!(
        "não há perito nº {user}; veja: agendad users list",
        "there is no user {user}; see: agendad users list"
    )
}
