//! An agenda, day by day.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use maud::{Markup, html};

use super::language::Language;
use super::time::Times;
use super::tone::{self, Tone};
use crate::domain::text::title_case;
use crate::domain::{DayState, SlotStatus, UnreadReason};
use crate::store::days::ExaminerDay;
use crate::store::listing::SlotView;
use crate::words::day as day_words;
use crate::words::pages::agenda as words;

pub(super) fn show(times: Times, slots: &[SlotView], days: &[ExaminerDay]) -> Markup {
    let mut all: BTreeMap<NaiveDate, (&[SlotView], Option<&ExaminerDay>)> = BTreeMap::new();
    for day in days {
        all.insert(day.date, (&[], Some(day)));
    }
    for slots in slots.chunk_by(|a, b| a.data == b.data) {
        if let Some(first) = slots.first() {
            all.entry(first.data).or_insert((&[], None)).0 = slots;
        }
    }
    if all.is_empty() {
        let say = |sentence| times.language.say(sentence);
        return html! { p.empty { (say(words::NOTHING_AHEAD)) } };
    }
    html! {
        @for (date, (slots, day)) in all {
            @if slots.is_empty() {
                @if let Some(day) = day { (day_without_slots(times, date, day)) }
            } @else { (one_day(times, slots, day)) }
        }
    }
}

/// A day of which nothing is listed says why: empty is not unread.
fn day_without_slots(times: Times, date: NaiveDate, day: &ExaminerDay) -> Markup {
    html! {
        p.bare-day {
            strong { (times.day(date)) }
            @if date == times.today() { span.today { " · " (times.language.say(words::TODAY)) } }
            " " (state(times, day.state))
        }
    }
}

/// What is known of a day, in words.
pub(super) fn state(times: Times, state: DayState) -> Markup {
    let text = times
        .language
        .say(day_words::state(state, times.now, times.zone));
    html! { span class=(state_class(state)) { (text) } }
}

const fn state_class(state: DayState) -> &'static str {
    match state {
        // Nothing has gone wrong with it.
        DayState::Unread {
            reason: Some(UnreadReason::NewPassword | UnreadReason::BeingRead),
            ..
        } => "dim",
        DayState::Unread { .. } => "unread",
        DayState::Listed { .. }
        | DayState::Empty { .. }
        | DayState::DayOff
        | DayState::OutsideWindows => "dim",
    }
}

fn one_day(times: Times, slots: &[SlotView], day: Option<&ExaminerDay>) -> Markup {
    let Some(first) = slots.first() else {
        return html! {};
    };
    let say = |sentence| times.language.say(sentence);
    let listed = slots
        .iter()
        .filter(|slot| slot.status != SlotStatus::Removed)
        .count();
    let listed = i64::try_from(listed).unwrap_or(i64::MAX);
    let listed = times.language.say(words::slots(listed));
    let units = slots
        .iter()
        .any(|slot| slot.unidade_code != first.unidade_code);
    html! {
        table.day {
            caption {
                strong { (times.day(first.data)) }
                @if first.data == times.today() { span.today { " · " (say(words::TODAY)) } }
                " "
                @match day {
                    Some(day) if day.state.slots() > 0 => (state(times, day.state)),
                    Some(day) => { span.dim { (listed) ", " } (state(times, day.state)) }
                    None => span.dim { (listed) },
                }
            }
            thead.spoken {
                tr {
                    th scope="col" { (say(words::HOUR)) }
                    th scope="col" { (say(words::CANDIDATE)) }
                    th scope="col" { "CPF" }
                    th scope="col" { (say(words::PROCESS)) }
                    th scope="col" { (say(words::STATUS)) }
                }
            }
            tbody {
                @for slot in slots {
                    tr.removed[slot.status == SlotStatus::Removed] {
                        th scope="row" { (slot.hora.format("%H:%M")) }
                        td.name { (slot.nome.as_deref().map_or_else(|| "–".to_owned(), title_case)) }
                        td.cpf { (slot.cpf.as_deref().unwrap_or("–")) }
                        td.process {
                            (slot.processo.as_deref().unwrap_or_default())
                            @if let Some(category) = &slot.categoria && !category.is_empty() { " " span.dim { (category) } }
                            @if units { " " span.dim { (slot.unidade_code) } }
                        }
                        td { (status(slot, times.language)) }
                    }
                }
            }
        }
    }
}

fn status(slot: &SlotView, language: Language) -> Markup {
    if slot.status != SlotStatus::Removed && slot.missing_since.is_some() {
        return Tone::Warn.badge(language.say(words::MISSING));
    }
    tone::slot(slot.status, language)
}
