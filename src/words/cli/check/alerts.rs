//! Who is told.

use std::path::Path;

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
/// `kept_in`: the file of what was set on the dashboard, if the mail server was.
pub(crate) fn email_cure(kept_in: Option<&Path>) -> Sentence<String> {
    let Some(file) = kept_in.map(Path::display) else {
        return both(
            "veja alerts.email em config.toml (host, port, security, trusted_ca, helo_name, username, password, from, to); ou mude no painel, em Ajustes (/ajustes), Avisos por e-mail",
            "see alerts.email in config.toml (host, port, security, trusted_ca, helo_name, username, password, from, to); or change it on the dashboard, under Settings (/ajustes), Alerts by e-mail",
        )
        .owned();
    };
    sentence!(
        "no painel, em Ajustes (/ajustes), Avisos por e-mail: servidor, porta, proteção, usuário, senha, remetente, destinatários (o que está lá vale por cima de config.toml: {file})",
        "on the dashboard, under Settings (/ajustes), Alerts by e-mail: server, port, protection, user name, password, sender, recipients (what is set there counts over config.toml: {file})"
    )
}

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
