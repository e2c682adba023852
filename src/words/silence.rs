//! Alerts that are held back for a while: on the dashboard, in check, at the command line, and the summary afterwards.

use super::{Sentence, both, count, rule};
use crate::domain::RecordedRule;

pub(crate) const QUIET: Sentence = both("Avisos retidos", "Messages held back");
pub(crate) const KIND: Sentence = both("o quê", "what");
pub(crate) const FROM: Sentence = both("de", "from");
pub(crate) const UNTIL: Sentence = both("até", "until");
pub(crate) const WHY: Sentence = both("por quê", "why");
pub(crate) const BY: Sentence = both("quem", "by");
pub(crate) const NUMBER: Sentence = both("nº", "no.");
pub(crate) const NONE: Sentence = both("nenhum aviso está retido", "no messages are held back");
pub(crate) const BAD_TIME: Sentence = both(
    "hora não entendida: agora, 22:00, 29/11/2026 22:00 ou 2026-11-29T22:00",
    "time not understood: now, 22:00, 29/11/2026 22:00 or 2026-11-29T22:00",
);
pub(crate) const BAD_SPAN: Sentence = both(
    "o fim tem de vir depois do começo, e no máximo 30 dias depois",
    "the end must come after the beginning, at most 30 days later",
);
pub(crate) const CHECK_CURE: Sentence = both(
    "terminar antes: agendad alerts unmute N (números: agendad alerts silences)",
    "to end it before: agendad alerts unmute N (numbers: agendad alerts silences)",
);

/// What is held back.
pub(crate) fn what(
    is_maintenance: bool,
    of: Option<&RecordedRule>,
    user: Option<i32>,
) -> Sentence<String> {
    let title = match of {
        Some(RecordedRule::Known(known)) => rule::title(*known).owned(),
        Some(other) => sentence!("{other}", "{other}"),
        None => both("todos os avisos", "all messages").owned(),
    };
    let Sentence { pt, en } = title;
    let title = match user {
        Some(user) => sentence!("{pt} (perito nº {user})", "{en} (examiner {user})"),
        None => sentence!("{pt}", "{en}"),
    };
    if is_maintenance {
        let Sentence { pt, en } = title;
        return sentence!("manutenção: {pt}", "maintenance: {en}");
    }
    title
}

/// One that is in force or to come, in a line.
pub(crate) fn in_force(
    what: &Sentence<String>,
    from: &str,
    until: &str,
    why: &str,
) -> Sentence<String> {
    let (pt, en) = (&what.pt, &what.en);
    sentence!(
        "avisos retidos de {from} a {until}: {pt} ({why})",
        "messages held back from {from} to {until}: {en} ({why})"
    )
}

pub(crate) fn made(id: i32) -> Sentence<String> {
    sentence!(
        "nº {id}; termina sozinho, ou antes com: agendad alerts unmute {id}",
        "no. {id}; ends by itself, or before with: agendad alerts unmute {id}"
    )
}

pub(crate) fn ended(id: i32) -> Sentence<String> {
    sentence!("nº {id}: os avisos voltam", "no. {id}: messages come again")
}

pub(crate) fn no_such(id: i32) -> Sentence<String> {
    sentence!(
        "nº {id} não existe ou já terminou; veja: agendad alerts silences",
        "there is no {id}, or it is over; see: agendad alerts silences"
    )
}

pub(crate) const SUMMARY_TITLE: Sentence = both("Manutenção terminada", "Maintenance over");

pub(crate) fn summary(from: &str, until: &str, why: &str) -> Sentence<String> {
    sentence!(
        "Os avisos estiveram retidos de {from} a {until}: {why}.",
        "Messages were held back from {from} to {until}: {why}."
    )
}

pub(crate) fn meanwhile(alerts: usize) -> Sentence<String> {
    let n = i64::try_from(alerts).unwrap_or(i64::MAX);
    if n == 0 {
        return both(
            "Nesse tempo nada foi notado.",
            "Nothing was noticed meanwhile.",
        )
        .owned();
    }
    let Sentence { pt, en } = count(
        n,
        both("problema", "trouble"),
        both("problemas", "troubles"),
    );
    sentence!("Nesse tempo: {pt}.", "Meanwhile: {en}.")
}

pub(crate) fn noticed(of: &RecordedRule, label: &str, is_over: bool) -> Sentence<String> {
    let title = what(false, Some(of), None);
    let state = if is_over {
        both("já passou", "over")
    } else {
        both("continua", "goes on")
    };
    let about = if label.is_empty() {
        String::new()
    } else {
        format!(": {label}")
    };
    Sentence {
        pt: format!("- {}{about} ({})", title.pt, state.pt),
        en: format!("- {}{about} ({})", title.en, state.en),
    }
}
