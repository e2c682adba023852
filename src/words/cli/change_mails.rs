//! Words about the day's changes by e-mail.

pub(crate) use super::tomorrow::{
    BECAUSE, LAST, NAME, NO_SERVER, TO, USER, no_address, no_address_known,
};
use crate::words::{Sentence, both};

pub(crate) const NOBODY: Sentence = both(
    "ninguém é avisado das mudanças do dia por e-mail; para ligar: agendad users changes --user …",
    "nobody is told of the day's changes by e-mail; to begin: agendad users changes --user …",
);

pub(crate) fn on(user: i32, email: &str) -> Sentence<String> {
    sentence!(
        "perito nº {user}: as mudanças do dia vão para {email}",
        "examiner {user}: the day's changes go to {email}"
    )
}

pub(crate) fn off(user: i32) -> Sentence<String> {
    sentence!(
        "perito nº {user}: não é mais avisado das mudanças do dia",
        "examiner {user}: is told of the day's changes no longer"
    )
}

pub(crate) fn not_wished(user: i32) -> Sentence<String> {
    sentence!(
        "o perito nº {user} não é avisado das mudanças do dia",
        "examiner {user} is not told of the day's changes"
    )
}
