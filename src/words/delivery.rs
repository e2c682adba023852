//! Where a message to operators goes, and what became of it. What the other side answers is its own.

use super::{Sentence, both, count};

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

pub(crate) fn not_reached(why: &str) -> Sentence<String> {
    sentence!("não foi alcançado: {why}", "not reached: {why}")
}

pub(crate) fn refused(said: &str) -> Sentence<String> {
    sentence!("recusou: {said}", "refused: {said}")
}

pub(crate) const TIMED_OUT: Sentence = both(
    "sem resposta dentro de alerts.timeout",
    "no answer within alerts.timeout",
);
pub(crate) const NOT_CONFIGURED: Sentence = both(
    "este canal não está configurado",
    "the channel is not configured",
);
