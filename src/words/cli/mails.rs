//! Words about what examiners get by e-mail: tomorrow's agenda, the day's changes.

pub(crate) use super::list::{BECAUSE, NAME, USER};
use crate::store::mail_preferences::Mails;
use crate::words::{Sentence, both};

pub(crate) const TO: Sentence = both("para", "to");
pub(crate) const LAST: Sentence = both("último", "last one");
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

pub(crate) const fn nobody(mails: Mails) -> Sentence {
    match mails {
        Mails::Tomorrow => both(
            "ninguém recebe a agenda de amanhã por e-mail; para ligar: agendad users tomorrow --user …",
            "nobody gets tomorrow's agenda by e-mail; to begin: agendad users tomorrow --user …",
        ),
        Mails::Changes => both(
            "ninguém é avisado das mudanças do dia por e-mail; para ligar: agendad users changes --user …",
            "nobody is told of the day's changes by e-mail; to begin: agendad users changes --user …",
        ),
    }
}

/// `hour`: when tomorrow's agenda is sent.
pub(crate) fn on(mails: Mails, user: i32, email: &str, hour: &str) -> Sentence<String> {
    match mails {
        Mails::Tomorrow => sentence!(
            "perito nº {user}: a agenda de amanhã vai todo dia às {hour} para {email}",
            "examiner {user}: tomorrow's agenda goes to {email} every day at {hour}"
        ),
        Mails::Changes => sentence!(
            "perito nº {user}: as mudanças do dia vão para {email}",
            "examiner {user}: the day's changes go to {email}"
        ),
    }
}

pub(crate) fn no_address_known(user: i32) -> Sentence<String> {
    sentence!(
        "perito nº {user}: ligado, mas não há endereço de e-mail; dê um: --to",
        "examiner {user}: on, but no e-mail address is known; give one: --to"
    )
}

pub(crate) fn off(mails: Mails, user: i32) -> Sentence<String> {
    match mails {
        Mails::Tomorrow => sentence!(
            "perito nº {user}: não recebe mais a agenda de amanhã",
            "examiner {user}: gets tomorrow's agenda no longer"
        ),
        Mails::Changes => sentence!(
            "perito nº {user}: não é mais avisado das mudanças do dia",
            "examiner {user}: is told of the day's changes no longer"
        ),
    }
}

pub(crate) fn not_wished(mails: Mails, user: i32) -> Sentence<String> {
    match mails {
        Mails::Tomorrow => sentence!(
            "o perito nº {user} não recebe a agenda de amanhã",
            "examiner {user} does not get tomorrow's agenda"
        ),
        Mails::Changes => sentence!(
            "o perito nº {user} não é avisado das mudanças do dia",
            "examiner {user} is not told of the day's changes"
        ),
    }
}
