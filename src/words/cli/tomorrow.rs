//! Words about tomorrow's agenda by e-mail.

pub(crate) use super::list::{BECAUSE, NAME, USER};
use crate::words::{Sentence, both};

pub(crate) const TO: Sentence = both("para", "to");
pub(crate) const LAST: Sentence = both("último", "last one");
pub(crate) const NOBODY: Sentence = both(
    "ninguém recebe a agenda de amanhã por e-mail; para ligar: agendad users tomorrow --user …",
    "nobody gets tomorrow's agenda by e-mail; to begin: agendad users tomorrow --user …",
);
pub(crate) const NO_SERVER: Sentence = both(
    "alerts.email.host está vazio: nenhum e-mail sai",
    "alerts.email.host is empty: no mail goes out",
);

pub(crate) fn no_address(text: &str) -> Sentence<String> {
    sentence!(
        "--to {text}: não é um endereço como perito@example.com",
        "--to {text}: no address such as perito@example.com"
    )
}

pub(crate) fn on(user: i32, email: &str, hour: &str) -> Sentence<String> {
    sentence!(
        "perito nº {user}: a agenda de amanhã vai todo dia às {hour} para {email}",
        "examiner {user}: tomorrow's agenda goes to {email} every day at {hour}"
    )
}

pub(crate) fn no_address_known(user: i32) -> Sentence<String> {
    sentence!(
        "perito nº {user}: ligado, mas não há endereço de e-mail; dê um: --to",
        "examiner {user}: on, but no e-mail address is known; give one: --to"
    )
}

pub(crate) fn off(user: i32) -> Sentence<String> {
    sentence!(
        "perito nº {user}: não recebe mais a agenda de amanhã",
        "examiner {user}: gets tomorrow's agenda no longer"
    )
}

pub(crate) fn not_wished(user: i32) -> Sentence<String> {
    sentence!(
        "o perito nº {user} não recebe a agenda de amanhã",
        "examiner {user} does not get tomorrow's agenda"
    )
}
