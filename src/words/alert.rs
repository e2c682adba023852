//! The messages that tell of alerts. The titles and texts of the rules are in `rule`, what they find in `finding`.

use chrono::TimeDelta;

use super::{Sentence, both, count};
use crate::store::alerts::AlertListed;

pub(crate) const TRIAL_TITLE: Sentence = both("Mensagem de teste", "Test message");

pub(crate) fn trial(at: &str) -> Sentence<String> {
    sentence!(
        "Este é um teste dos alertas do agendad, pedido por uma pessoa em {at}. Está tudo bem: não é preciso fazer \
             nada.",
        "This is a test of agendad's alerts, asked for by a person on {at}. All is well: nothing need be done."
    )
}

/// What a rule found, as it was written down.
pub(crate) fn note(alert: &AlertListed) -> Sentence<String> {
    Sentence {
        pt: alert.note.clone(),
        en: alert.note_en.clone(),
    }
}

pub(crate) fn reminder(title: Sentence) -> Sentence<String> {
    Sentence {
        pt: format!("Continua: {}", title.pt),
        en: format!("Still: {}", title.en),
    }
}

pub(crate) fn cleared(title: Sentence) -> Sentence<String> {
    Sentence {
        pt: format!("Resolvido: {}", title.pt),
        en: format!("Over: {}", title.en),
    }
}

pub(crate) fn examiners(n: i64) -> Sentence<String> {
    count(n, both("perito", "examiner"), both("peritos", "examiners"))
}

pub(crate) fn over_at(at: &str) -> Sentence<String> {
    sentence!("Acabou em {at}.", "It was over on {at}.")
}

pub(crate) fn what_happened(what: Sentence) -> Sentence<String> {
    Sentence {
        pt: format!("O que houve: {}", what.pt),
        en: format!("What happened: {}", what.en),
    }
}

pub(crate) fn reason(reason: Sentence) -> Sentence<String> {
    Sentence {
        pt: format!("Motivo: {}.", reason.pt),
        en: format!("Reason: {}.", reason.en),
    }
}

pub(crate) fn what_to_do(cure: Sentence) -> Sentence<String> {
    Sentence {
        pt: format!("O que fazer: {}", cure.pt),
        en: format!("What to do: {}", cure.en),
    }
}

pub(crate) fn since(at: &str, ago: TimeDelta) -> Sentence<String> {
    let Sentence { pt, en } = length(ago);
    sentence!("Desde: {at} (há {pt})", "Since: {at} ({en} ago)")
}

pub(crate) fn lasted(at: &str, lasted: TimeDelta) -> Sentence<String> {
    let Sentence { pt, en } = length(lasted);
    sentence!("Desde: {at} (durou {pt})", "Since: {at} (it lasted {en})")
}

pub(crate) fn sender(host: &str) -> Sentence<String> {
    sentence!("agendad em {host}", "agendad on {host}")
}

pub(crate) fn detail(note: &str) -> Sentence<String> {
    sentence!("Detalhe: {note}", "Detail: {note}")
}

pub(crate) fn examiner(name: &str, usuario_id: i32) -> Sentence<String> {
    sentence!("• {name} (nº {usuario_id})", "• {name} (no. {usuario_id})")
}

pub(crate) fn examiner_with_note(
    name: &str,
    usuario_id: i32,
    note: &str,
    since: &str,
) -> Sentence<String> {
    let Sentence { pt, en } = examiner(name, usuario_id);
    sentence!("{pt}: {note}, desde {since}", "{en}: {note}, since {since}")
}

pub(crate) fn and_more(more: usize) -> Sentence<String> {
    sentence!("• e mais {more}", "• and {more} more")
}

/// How many alerts of the rule are open, beside those that a message tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Others {
    None,
    /// So many with those that have begun.
    InAll(usize),
    /// So many still, after those that are over.
    Left(usize),
}

/// Over the list of examiners.
pub(crate) fn heading(examiners: usize, others: Others) -> Sentence<String> {
    let others = match others {
        Others::None => None,
        Others::InAll(open) => Some(sentence!("no total em aberto {open}", "in all {open} open")),
        Others::Left(open) => Some(sentence!("ainda em aberto {open}", "{open} still open")),
    };
    match (examiners, others) {
        (1, None) => both("Perito:", "Examiner:").owned(),
        (1, Some(others)) => Sentence {
            pt: format!("Perito ({}):", others.pt),
            en: format!("Examiner ({}):", others.en),
        },
        (n, None) => sentence!("Peritos ({n}):", "Examiners ({n}):"),
        (n, Some(others)) => Sentence {
            pt: format!("Peritos ({n}, {}):", others.pt),
            en: format!("Examiners ({n}, {}):", others.en),
        },
    }
}

/// `3 d 4 h`, `2 h 5 min`, `7 min`, `less than a minute`.
pub(crate) fn length(length: TimeDelta) -> Sentence<String> {
    let minutes = length.num_minutes().max(0);
    let (days, hours, minutes) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    let text = match (days, hours, minutes) {
        (0, 0, 0) => return both("menos de um minuto", "less than a minute").owned(),
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, hours, _) => format!("{days} d {hours} h"),
    };
    Sentence {
        pt: text.clone(),
        en: text,
    }
}
