//! Where a message to operators goes, and what became of it. What the other side answers is its own.

use super::{Sentence, both, count, trouble};
use crate::domain::Trouble;
use crate::domain::webhook::{SecretError, UrlError};

/// The mail server, how it is talked to, and to how many it sends.
pub(crate) fn mail_server(server: &str, how: Sentence, recipients: usize) -> Sentence<String> {
    let recipients = count(
        i64::try_from(recipients).unwrap_or(i64::MAX),
        both("destinatário", "recipient"),
        both("destinatários", "recipients"),
    );
    Sentence {
        pt: format!("{server} {}, {}", how.pt, recipients.pt),
        en: format!("{server} {}, {}", how.en, recipients.en),
    }
}

pub(crate) const BY_TLS: Sentence = both("com TLS", "with TLS");
pub(crate) const BY_STARTTLS: Sentence = both("com STARTTLS", "with STARTTLS");
pub(crate) const IN_CLEAR: Sentence = both("sem cifra", "with no encryption");

pub(crate) fn webhook(host: &str) -> Sentence<String> {
    sentence!("webhook em {host}", "webhook at {host}")
}

pub(crate) fn topic(host: &str) -> Sentence<String> {
    sentence!("tópico em {host}", "topic at {host}")
}

pub(crate) fn chat(chat: &str, host: &str) -> Sentence<String> {
    sentence!("conversa {chat} em {host}", "chat {chat} at {host}")
}

pub(crate) fn signed_webhook(host: &str) -> Sentence<String> {
    sentence!("webhook assinado em {host}", "signed webhook at {host}")
}

pub(crate) fn email_to(address: &str) -> Sentence<String> {
    sentence!("e-mail para {address}", "email to {address}")
}

pub(crate) fn not_reached(why: Option<Trouble>, said: &str) -> Sentence<String> {
    let pt = why.map_or_else(String::new, |why| format!(": {}", trouble::kind(why).pt));
    let pt = trouble::detailed(&format!("não foi alcançado{pt}"), said);
    sentence!("{pt}", "not reached: {said}")
}

pub(crate) fn refused(why: Trouble, said: &str) -> Sentence<String> {
    let pt = trouble::detailed(trouble::kind(why).pt, said);
    sentence!("{pt}", "refused: {said}")
}

pub(crate) const NO_ANSWER: Sentence = both("não respondeu a tempo", "no answer in time");

/// What is wrong with an address that somebody gave.
pub(crate) fn url(error: UrlError) -> Sentence<String> {
    let pt = match error {
        UrlError::Form => "não é um endereço como https://example.com/agenda",
        UrlError::Plain => "tem de começar com https:// (http:// só onde a rede local é permitida)",
        UrlError::Login => "não pode ter usuário e senha: a assinatura diz quem envia",
        UrlError::Private => "leva a uma rede local, o que não é permitido",
    };
    sentence!("{pt}", "{error}")
}

pub(crate) fn too_many_webhooks(most: usize) -> Sentence<String> {
    sentence!(
        "já há {most} webhooks, e mais não são criados",
        "there are {most} webhooks already; more are not made"
    )
}

/// The secret that signs cannot be opened.
pub(crate) fn sealed(said: &str) -> Sentence<String> {
    let pt = trouble::detailed("o segredo guardado não pode ser aberto", said);
    sentence!("{pt}", "its secret cannot be opened: {said}")
}

/// What is wrong with what signs.
pub(crate) fn secret(error: &SecretError) -> Sentence<String> {
    let pt = match error {
        SecretError::Form => "não é um segredo de assinatura: whsec_ e o base64 de 24 a 64 bytes",
        SecretError::NoRandomness => trouble::NO_RANDOMNESS.pt,
    };
    sentence!("{pt}", "{error}")
}

pub(crate) const TIMED_OUT: Sentence = both(
    "sem resposta dentro de alerts.timeout",
    "no answer within alerts.timeout",
);
pub(crate) const UNANSWERED: Sentence = both(
    "entregue ao servidor, que não respondeu: pode ter chegado",
    "handed over, but not answered: it may have arrived",
);
pub(crate) const NOT_CONFIGURED: Sentence = both(
    "este canal não está configurado",
    "the channel is not configured",
);
