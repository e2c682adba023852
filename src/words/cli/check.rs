//! What `agendad check` finds, and what to do about it.
//!
//! Names of settings and of parts of the installation are the same in both languages, and so is what the system itself
//! said of an error.

pub(crate) mod alerts;
pub(crate) mod backups;
pub(crate) mod database;
pub(crate) mod http;
pub(crate) mod local;
pub(crate) mod part;
pub(crate) mod people;
pub(crate) mod portal;
pub(crate) mod sessions;
pub(crate) mod zone;

use std::fmt::Display;

use crate::words::{Sentence, both};

/// The same in both languages, such as what the system said.
pub(crate) fn as_it_is(text: impl Display) -> Sentence<String> {
    sentence!("{text}", "{text}")
}

pub(crate) const OK: Sentence = both("ok  ", "ok  ");
pub(crate) const WARN: Sentence = both("veja", "warn");
pub(crate) const FAIL: Sentence = both("ERRO", "FAIL");

pub(crate) fn no_answer(seconds: u64) -> Sentence<String> {
    sentence!(
        "sem resposta em {seconds} s",
        "no answer within {seconds} s"
    )
}

pub(crate) const SILENT: Sentence = both(
    "alguém aceita a conexão e não responde: o endereço está certo, o servidor está bem?",
    "somebody accepts the connection and stays silent: is it the right address, is the server well?",
);
