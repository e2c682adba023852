//! Words about days that somebody types.

use crate::words::Sentence;

pub(crate) fn no_day(text: &str) -> Sentence<String> {
    sentence!(
        "{text:?} não é um dia; vale, por exemplo: 28/11, 28/11/2026, hoje, amanhã, ontem, seg, 2026-11-28",
        "{text:?} is no day; good are, for example: 28/11, 28/11/2026, today, tomorrow, yesterday, mon, 2026-11-28"
    )
}

/// A first day that comes after the last one.
pub(crate) fn wrong_order(from: &str, to: &str) -> Sentence<String> {
    sentence!(
        "--from {from} vem depois de --to {to}",
        "--from {from} lies after --to {to}"
    )
}

pub(crate) fn no_midnight(day: &str) -> Sentence<String> {
    sentence!(
        "--since {day}: nesse dia não há meia-noite aqui",
        "--since {day} has no midnight here"
    )
}
