//! An agenda, day by day.

use maud::{Markup, html};

use super::language::Language;
use super::time::Times;
use super::tone::{self, Tone};
use crate::domain::SlotStatus;
use crate::store::listing::SlotView;
use crate::words::pages::agenda as words;

pub(super) fn show(times: Times, slots: &[SlotView]) -> Markup {
    if slots.is_empty() {
        let say = |sentence| times.language.say(sentence);
        return html! { p.empty { (say(words::NOTHING_AHEAD)) } };
    }
    html! {
        @for day in slots.chunk_by(|a, b| a.data == b.data) { (one_day(times, day)) }
    }
}

fn one_day(times: Times, slots: &[SlotView]) -> Markup {
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
                " " span.dim { (listed) }
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
                        td.name { (slot.nome.as_deref().unwrap_or("–")) }
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
