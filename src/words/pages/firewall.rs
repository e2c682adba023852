//! Words about the portal's firewall turning a machine away.

use crate::words::advice::Advice;
use crate::words::{Sentence, both};

const ADVICE: Sentence = both(
    "Se durar: outra linha de internet, portal.proxy ou portal.user_agent (/usr/share/doc/agendad/pt/portal.md).",
    "If it lasts: another line, portal.proxy or portal.user_agent (/usr/share/doc/agendad/portal.md).",
);

/// The firewall turned this machine away; as long as `waits`, agendad leaves the portal alone until that hour.
pub(crate) fn turned_away(until: &str, waits: bool) -> Sentence<String> {
    if waits {
        sentence!(
            "O firewall do portal recusa esta máquina; agendad espera até {until}.",
            "The portal's firewall turns this machine away; agendad waits until {until}."
        )
    } else {
        both(
            "O firewall do portal recusava esta máquina; a próxima leitura tenta de novo.",
            "The portal's firewall turned this machine away; the next run tries again.",
        )
        .owned()
    }
}

/// The same, and what can be done about it.
pub(crate) fn with_advice(sentence: Sentence<String>) -> Sentence<String> {
    Sentence {
        pt: format!("{} {}", sentence.pt, ADVICE.pt),
        en: format!("{} {}", sentence.en, ADVICE.en),
    }
}

/// The same for an examiner.
pub(crate) fn advice(sentence: Sentence<String>) -> Advice {
    Advice::text(with_advice(sentence.clone())).told(sentence)
}
