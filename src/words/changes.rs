//! The day's changes by e-mail.

use chrono::{DateTime, NaiveDate, Utc};

use super::tomorrow::on;
use super::{Sentence, both, count, day, joined};
use crate::domain::{DayState, Zone};

pub(crate) use super::tomorrow::{FOOT, greeting};

pub(crate) const NEW: Sentence = both("NOVO", "NEW");
pub(crate) const GONE: Sentence = both("SAIU", "GONE");
pub(crate) const CHANGED: Sentence = both("MUDOU", "CHANGED");

fn number(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// The subject: what somebody wants to know at a glance.
pub(crate) fn subject(
    date: NaiveDate,
    new: usize,
    gone: usize,
    changed: usize,
) -> Sentence<String> {
    let Sentence { pt, en } = on(date);
    let parts = [
        (new, both("novo", "new"), both("novos", "new")),
        (gone, both("saiu", "gone"), both("saíram", "gone")),
        (
            changed,
            both("mudou", "changed"),
            both("mudaram", "changed"),
        ),
    ];
    let parts = parts.into_iter().filter(|(n, _, _)| *n > 0);
    let parts = parts.map(|(n, one, many)| count(number(n), one, many));
    let what = joined(parts.collect(), ", ");
    let (pt_what, en_what) = (what.pt, what.en);
    sentence!(
        "Mudou a agenda de hoje ({pt}): {pt_what}",
        "Today's agenda has changed ({en}): {en_what}"
    )
}

/// What is known of the day by now.
pub(crate) fn state(
    date: NaiveDate,
    state: DayState,
    now: DateTime<Utc>,
    zone: Zone,
) -> Sentence<String> {
    let Sentence { pt, en } = on(date);
    let known = day::state(state, now, zone);
    let (pt_known, en_known) = (known.pt, known.en);
    match state {
        DayState::Unread { .. } | DayState::OutsideWindows => sentence!(
            "ATENÇÃO, hoje, {pt}: {pt_known}. O que mudar enquanto isso não é avisado: confira no portal.",
            "ATTENTION, today, {en}: {en_known}. What changes meanwhile is not told: look at the portal."
        ),
        DayState::Listed { .. } | DayState::Empty { .. } | DayState::DayOff => {
            sentence!("Hoje, {pt}: {pt_known}.", "Today, {en}: {en_known}.")
        }
    }
}

/// What is not listed.
pub(crate) fn more(n: usize) -> Sentence<String> {
    sentence!("e mais {n}", "and {n} more")
}
