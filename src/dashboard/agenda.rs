//! An agenda, day by day.

use maud::{Markup, html};

use super::language::Language;
use super::time::{Times, count};
use super::words::Tone;
use crate::store::agenda::AgendaSlot;

pub(super) fn show(times: Times, slots: &[AgendaSlot]) -> Markup {
    if slots.is_empty() {
        let say = |pt, en| times.language.say(pt, en);
        return html! { p.empty { (say("Nenhum horário daqui em diante.", "No slots from today on.")) } };
    }
    html! {
        @for day in slots.chunk_by(|a, b| a.data == b.data) { (one_day(times, day)) }
    }
}

fn one_day(times: Times, slots: &[AgendaSlot]) -> Markup {
    let Some(first) = slots.first() else {
        return html! {};
    };
    let say = |pt, en| times.language.say(pt, en);
    let listed = slots.iter().filter(|slot| slot.status != "removed").count();
    let listed = i64::try_from(listed).unwrap_or(i64::MAX);
    let listed = match times.language {
        Language::Portuguese => count(listed, "horário", "horários"),
        Language::English => count(listed, "slot", "slots"),
    };
    let units = slots
        .iter()
        .any(|slot| slot.unidade_code != first.unidade_code);
    html! {
        table.day {
            caption {
                strong { (times.day(first.data)) }
                @if first.data == times.today() { span.today { " · " (say("hoje", "today")) } }
                " " span.dim { (listed) }
            }
            thead.spoken {
                tr {
                    th scope="col" { (say("Hora", "Hour")) }
                    th scope="col" { (say("Candidato", "Candidate")) }
                    th scope="col" { "CPF" }
                    th scope="col" { (say("Processo", "Process")) }
                    th scope="col" { (say("Situação", "Status")) }
                }
            }
            tbody {
                @for slot in slots {
                    tr.removed[slot.status == "removed"] {
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

fn status(slot: &AgendaSlot, language: Language) -> Markup {
    match slot.status.as_str() {
        "removed" => Tone::Off.badge(language.say("removido", "removed")),
        _ if slot.missing_since.is_some() => {
            Tone::Warn.badge(language.say("ausente, a confirmar", "missing, to confirm"))
        }
        "booked" => Tone::Busy.badge(language.say("realizado", "done")),
        _ => Tone::Good.badge(language.say("marcado", "booked")),
    }
}
