//! Words of `agendad alerts test`. What the other side answers is its own.

use crate::words::{Sentence, both, trouble};

pub(crate) const NO_CHANNEL: Sentence = both(
    "este canal não está configurado. No painel: Ajustes (/ajustes), Avisos por e-mail, com o servidor, o usuário e a senha que o \
     provedor do seu e-mail dá. Ou em config.toml: alerts.slack.webhook, alerts.ntfy.url, alerts.telegram.token, alerts.webhook.url, ou \
     alerts.email.host, from e to",
    "no such channel is configured. On the dashboard: Settings (/ajustes), Alerts by e-mail, with the server, user and password that \
     your mail provider gives. Or in config.toml: alerts.slack.webhook, alerts.ntfy.url, alerts.telegram.token, alerts.webhook.url, or \
     alerts.email.host, from and to",
);

/// `target`: the channel and its address; `answer`: what it said.
pub(crate) fn taken(target: &Sentence<String>, answer: &str) -> Sentence<String> {
    let Sentence { pt, en } = target;
    let pt = trouble::detailed(&format!("{pt}: mensagem aceita"), answer);
    sentence!("{pt}", "{en}: {answer}")
}

/// `why`: the error.
pub(crate) fn refused(target: &Sentence<String>, why: &Sentence<String>) -> Sentence<String> {
    Sentence {
        pt: format!("{} não recebeu a mensagem: {}", target.pt, why.pt),
        en: format!("{}: {}", target.en, why.en),
    }
}

/// The message was sent, but the first steps do not know what became of it.
pub(crate) fn not_remembered(why: &Sentence<String>) -> Sentence<String> {
    Sentence {
        pt: format!(
            "o resultado não foi guardado para a página dos primeiros passos: {}",
            why.pt
        ),
        en: format!(
            "what became of it is not remembered for the page of first steps: {}",
            why.en
        ),
    }
}
