//! What the system, the network and the other side refuse: the kind in a sentence, and what a library says of it as a
//! detail. In English a library's own text says enough.

use std::error::Error;

use super::{Sentence, both};
use crate::domain::Trouble;
use crate::domain::causes::in_a_line;
use crate::trouble;

/// What an error means, for who reads it.
pub(crate) fn of(error: &(dyn Error + 'static)) -> Sentence<String> {
    let en = in_a_line(error);
    recorded(trouble::of(error), &en)
}

/// What a record says of it. What has no kind, of an older version, is only shown.
pub(crate) fn recorded(why: Option<Trouble>, said: &str) -> Sentence<String> {
    let pt = detailed(kind(why.unwrap_or(Trouble::Other)).pt, said);
    sentence!("{pt}", "{said}")
}

/// A sentence in Portuguese, and in brackets what a library says in English.
pub(crate) fn detailed(pt: &str, detail: &str) -> String {
    if detail.is_empty() {
        pt.to_owned()
    } else {
        format!("{pt} (detalhe: {detail})")
    }
}

pub(crate) const NO_RANDOMNESS: Sentence = both(
    "o sistema não dá bytes aleatórios",
    "the system gives no random bytes",
);

pub(crate) const fn kind(trouble: Trouble) -> Sentence {
    match trouble {
        Trouble::NoSuchHost => both(
            "o nome do servidor não foi encontrado",
            "its name was not found",
        ),
        Trouble::Closed => both("a conexão foi recusada", "connection refused"),
        Trouble::NoRoute => both("a rede não chega até lá", "no route to it"),
        Trouble::InUse => both("o endereço já está em uso", "the address is in use"),
        Trouble::Broken => both("a conexão caiu", "the connection broke"),
        Trouble::TimedOut => both("demorou demais", "it took too long"),
        Trouble::Unanswered => both(
            "o servidor recebeu e não respondeu: pode ter chegado",
            "handed over, but not answered: it may have arrived",
        ),
        Trouble::Certificate => both(
            "o certificado do servidor não é de confiança",
            "its certificate cannot be trusted",
        ),
        Trouble::Tls => both("a conexão cifrada (TLS) falhou", "encryption (TLS) failed"),
        Trouble::Missing => both("não existe", "it does not exist"),
        Trouble::Forbidden => both("este usuário não tem permissão", "permission denied"),
        Trouble::DiskFull => both("o disco está cheio", "the disk is full"),
        Trouble::Login => both(
            "não aceitou o usuário, a senha ou a chave",
            "did not accept user, password or key",
        ),
        Trouble::Address => both("não há nada neste endereço", "nothing is at this address"),
        Trouble::Mailbox => both(
            "não aceitou o endereço de e-mail",
            "did not accept the e-mail address",
        ),
        Trouble::Busy => both("pede que se tente mais tarde", "asks to come again later"),
        Trouble::TheirOwn => both(
            "está com um problema do lado de lá",
            "has a problem of its own",
        ),
        Trouble::Refused => both("recusou", "refused"),
        Trouble::BadAddress => both("este endereço não serve", "this address will not do"),
        Trouble::NoRecipient => both("não há endereço de e-mail", "there is no e-mail address"),
        Trouble::NotConfigured => both("não está configurado", "it is not configured"),
        Trouble::Sealed => both(
            "o segredo guardado não pode ser usado",
            "the stored secret cannot be used",
        ),
        Trouble::Other => both("não deu certo", "it failed"),
    }
}
