//! What the system, the network and the other side refuse: the kind in a sentence, and what a library says of it as a
//! detail. In English a library's own text says enough.

use std::error::Error;

use super::{Sentence, both};
use crate::domain::causes::in_a_line;
use crate::trouble::{Refusal, Trouble};

/// What an error means, for who reads it.
pub(crate) fn of(error: &(dyn Error + 'static)) -> Sentence<String> {
    let en = in_a_line(error);
    let known = Trouble::of(error).map_or("não deu certo", |trouble| kind(trouble).pt);
    let pt = detailed(known, &en);
    sentence!("{pt}", "{en}")
}

/// A sentence in Portuguese, and in brackets what a library says in English.
pub(crate) fn detailed(pt: &str, detail: &str) -> String {
    if detail.is_empty() {
        pt.to_owned()
    } else {
        format!("{pt} (detalhe: {detail})")
    }
}

pub(crate) const fn kind(trouble: Trouble) -> Sentence {
    match trouble {
        Trouble::NoSuchHost => both(
            "o nome do servidor não foi encontrado",
            "its name was not found",
        ),
        Trouble::Closed => both("a conexão foi recusada", "connection refused"),
        Trouble::NoRoute => both("a rede não chega até lá", "no route to it"),
        Trouble::Broken => both("a conexão caiu", "the connection broke"),
        Trouble::TimedOut => both("demorou demais", "it took too long"),
        Trouble::Certificate => both(
            "o certificado do servidor não é de confiança",
            "its certificate cannot be trusted",
        ),
        Trouble::Tls => both("a conexão cifrada (TLS) falhou", "encryption (TLS) failed"),
        Trouble::Missing => both("não existe", "it does not exist"),
        Trouble::Forbidden => both("este usuário não tem permissão", "permission denied"),
        Trouble::DiskFull => both("o disco está cheio", "the disk is full"),
    }
}

pub(crate) const fn refusal(refusal: Refusal) -> Sentence {
    match refusal {
        Refusal::Login => both(
            "não aceitou o usuário, a senha ou a chave",
            "did not accept user, password or key",
        ),
        Refusal::Address => both("não há nada neste endereço", "nothing is at this address"),
        Refusal::Mailbox => both(
            "não aceitou o endereço de e-mail",
            "did not accept the e-mail address",
        ),
        Refusal::Busy => both("pede que se tente mais tarde", "asks to come again later"),
        Refusal::Broken => both(
            "está com um problema do lado de lá",
            "has a problem of its own",
        ),
        Refusal::Other => both("recusou", "refused"),
    }
}
