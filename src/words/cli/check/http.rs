//! Who can log in over HTTP.

use crate::words::{Sentence, both};

pub(crate) const OFF: Sentence = both(
    "desligado (http.listen está vazio)",
    "off (http.listen is empty)",
);
pub(crate) const PEOPLE_ONLY: Sentence = both(
    "o painel, para quem tem nome (agendad people); programas não entram: nem http.operator_token nem http.jwt_secret estão configurados",
    "the dashboard, for people with a name (agendad people); no programs: neither http.operator_token nor http.jwt_secret is set",
);
pub(crate) const BY_TOKEN: Sentence = both(
    "o painel, para quem tem nome (agendad people); programas, com http.operator_token",
    "the dashboard, for people with a name (agendad people); programs, by http.operator_token",
);
pub(crate) const BY_JWT: Sentence = both(
    "o painel, para quem tem nome (agendad people); o sistema da clínica, com http.jwt_secret",
    "the dashboard, for people with a name (agendad people); the clinic's application, by http.jwt_secret",
);
pub(crate) const BY_BOTH: Sentence = both(
    "o painel, para quem tem nome (agendad people); programas e o sistema da clínica, com http.operator_token e http.jwt_secret",
    "the dashboard, for people with a name (agendad people); programs and the clinic's application, by http.operator_token and http.jwt_secret",
);

pub(crate) fn listens(address: &str, who: Sentence) -> Sentence<String> {
    let Sentence { pt, en } = who;
    sentence!("{address}, {pt}", "{address}, {en}")
}

pub(crate) fn short_token(least: usize) -> Sentence<String> {
    sentence!(
        "http.operator_token tem menos de {least} caracteres e pode ser adivinhada",
        "http.operator_token is shorter than {least} characters and may be guessed"
    )
}

pub(crate) const SHORT_TOKEN_CURE: Sentence = both(
    "faça uma longa: openssl rand -hex 32",
    "make a long one: openssl rand -hex 32",
);

pub(crate) fn short_secret(least: usize) -> Sentence<String> {
    sentence!(
        "http.jwt_secret tem menos de {least} caracteres: quem tem um token pode procurá-lo",
        "http.jwt_secret is shorter than {least} characters: whoever has one token can search for it"
    )
}

pub(crate) const SHORT_SECRET_CURE: Sentence = both(
    "dê ao sistema da clínica um mais longo, e depois o mesmo ao agendad",
    "give the application a longer one, and then agendad the same",
);

pub(crate) fn reachable(address: &str) -> Sentence<String> {
    sentence!(
        "{address} pode ser alcançado de outras máquinas, e as chaves passam sem cifra",
        "{address} can be reached from other machines, and tokens travel unencrypted"
    )
}

pub(crate) const REACHABLE_CURE: Sentence = both(
    "escute em 127.0.0.1 atrás de um proxy com TLS (e ponha http.behind_proxy)",
    "listen on 127.0.0.1 behind a reverse proxy with TLS (and set http.behind_proxy)",
);
