//! Who is told.

use crate::words::{Sentence, both};

pub(crate) const OFF: Sentence = both(
    "desligados (alerts.enabled é false): ninguém é avisado de nada",
    "off (alerts.enabled is false)",
);
pub(crate) const NOBODY: Sentence = both(
    "ninguém é avisado: nenhum canal está configurado (Slack, e-mail, ntfy, Telegram, webhook)",
    "nobody is told: no channel is set (Slack, e-mail, ntfy, Telegram, webhook)",
);
pub(crate) const NOBODY_CURE: Sentence = both(
    "no painel, em Ajustes (/ajustes), com mensagem de teste (/usr/share/doc/agendad/pt/alertas.md); depois: agendad alerts test",
    "at /ajustes on the dashboard, with a test message (/usr/share/doc/agendad/alerts.md); then: agendad alerts test",
);
pub(crate) const OFF_CURE: Sentence = both(
    "alerts.enabled = true, e um caminho até as pessoas: alerts.email.host, alerts.slack.webhook, alerts.ntfy.url, alerts.telegram.token ou alerts.webhook.url",
    "alerts.enabled = true, and a way to people: alerts.email.host, alerts.slack.webhook, alerts.ntfy.url, alerts.telegram.token or alerts.webhook.url",
);
pub(crate) const EMAIL_CURE: Sentence = both(
    "veja alerts.email em config.toml: host, port, security, trusted_ca, helo_name, username, password, from, to",
    "see alerts.email in config.toml: host, port, security, trusted_ca, helo_name, username, password, from, to",
);

pub(crate) fn heartbeat(every: &str) -> Sentence<String> {
    sentence!(
        "sinal de vida: enviado a cada {every} enquanto tudo está bem",
        "heartbeat: called every {every} while all is well"
    )
}

/// The channel's name, and where it leads.
pub(crate) fn found(name: &str, place: Sentence<String>) -> Sentence<String> {
    let Sentence { pt, en } = place;
    sentence!("{name}: {pt}", "{name}: {en}")
}

pub(crate) fn untried(found: &Sentence<String>) -> Sentence<String> {
    let Sentence { pt, en } = found;
    sentence!(
        "{pt} (para experimentar: agendad alerts test)",
        "{en} (try it: agendad alerts test)"
    )
}

pub(crate) fn good(found: &Sentence<String>) -> Sentence<String> {
    let Sentence { pt, en } = found;
    sentence!(
        "{pt}, deixa entrar e aceita remetente e destinatários",
        "{en}, lets us in and takes sender and recipients"
    )
}

pub(crate) fn bad(found: &Sentence<String>, why: &Sentence<String>) -> Sentence<String> {
    Sentence {
        pt: format!("{}: {}", found.pt, why.pt),
        en: format!("{}: {}", found.en, why.en),
    }
}
