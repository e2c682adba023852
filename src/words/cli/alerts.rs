//! Words of `agendad alerts test`. What the other side answers is its own.

use crate::words::{Sentence, both};

pub(crate) const NO_CHANNEL: Sentence = both(
    "este canal não está configurado: configure alerts.slack.webhook, alerts.ntfy.url, alerts.telegram.token, alerts.webhook.url, ou \
     alerts.email.host, from e to",
    "no such channel is configured: set alerts.slack.webhook, alerts.ntfy.url, alerts.telegram.token, alerts.webhook.url, or \
     alerts.email.host, from and to",
);

/// `target`: the channel and its address; `answer`: what it said.
pub(crate) fn taken(target: &str, answer: &str) -> Sentence<String> {
    sentence!(
        "{target} aceitou a mensagem: {answer}",
        "{target}: {answer}"
    )
}

/// `why`: the error.
pub(crate) fn refused(target: &str, why: &str) -> Sentence<String> {
    sentence!("{target} não recebeu a mensagem: {why}", "{target}: {why}")
}
