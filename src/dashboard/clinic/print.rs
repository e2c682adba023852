//! The same for paper: one list, or a page for each day of each examiner, with the moment of printing on each.

use chrono::NaiveDate;
use maud::{Markup, html};

use super::address::Print;
use super::request::Clinic;
use crate::dashboard::agenda;
use crate::domain::DayState;
use crate::domain::phone::Telephone;
use crate::domain::text::title_case;
use crate::store::clinic::ClinicSlot;
use crate::store::days::ExaminerDay;
use crate::words::pages::clinic as words;

impl Clinic<'_> {
    pub(super) fn printed(&self, slots: &[ClinicSlot], days: &[ExaminerDay]) -> Markup {
        let by_examiner = self.address.print == Print::ByExaminer;
        let is_together = |a: &ClinicSlot, b: &ClinicSlot| {
            a.data == b.data && (!by_examiner || a.usuario_id == b.usuario_id)
        };
        let back = self.address.with("imprimir", "");
        let bare: Vec<&ExaminerDay> = days
            .iter()
            .filter(|day| {
                !matches!(
                    day.state,
                    DayState::Listed { .. } | DayState::OutsideWindows
                )
            })
            .collect();
        html! {
            p.crumbs { a href=(back) { "‹ " (self.say(words::BACK)) } }
            @for group in slots.chunk_by(is_together) {
                @if let Some(first) = group.first() {
                    section.paper {
                        (self.paper_head(first.data, by_examiner.then_some(first.perito.as_str())))
                        (self.paper_table(group, by_examiner))
                    }
                }
            }
            @if slots.is_empty() { p.empty { (self.say(words::NO_SLOTS)) } }
            @if !bare.is_empty() {
                section.paper {
                    h2 { (self.say(words::DAYS_WITHOUT_SLOTS)) }
                    ul {
                        @for day in bare {
                            li { (self.visitor.times.day(day.data)) " · " (title_case(&day.nome)) " · " (agenda::state(self.visitor.times, day.state)) }
                        }
                    }
                    p.dim { (self.printed_at()) }
                }
            }
        }
    }

    fn paper_head(&self, data: NaiveDate, examiner: Option<&str>) -> Markup {
        html! {
            h2 {
                (self.visitor.times.day(data)) " " (data.format("%Y"))
                @if let Some(examiner) = examiner { " · " (title_case(examiner)) }
            }
            p.dim { (self.printed_at()) }
        }
    }

    fn printed_at(&self) -> String {
        let times = self.visitor.times;
        let at = times.now.with_timezone(&times.zone);
        let at = at.format("%d/%m/%Y %H:%M").to_string();
        self.visitor.language.say(words::printed_at(&at))
    }

    fn paper_table(&self, slots: &[ClinicSlot], by_examiner: bool) -> Markup {
        let area = &self.api.config().appointments.area_code;
        html! {
            table {
                thead {
                    tr {
                        th scope="col" { (self.say(words::HOUR)) }
                        th scope="col" { (self.say(words::CANDIDATE)) }
                        th scope="col" { (self.say(words::TELEPHONES)) }
                        th scope="col" { (self.say(words::PROCESS)) }
                        @if !by_examiner { th scope="col" { (self.say(words::EXAMINER)) } }
                        th scope="col" { (self.say(words::UNIT)) }
                    }
                }
                tbody {
                    @for slot in slots {
                        tr {
                            th scope="row" { (slot.hora.format("%H:%M")) }
                            td { (slot.nome.as_deref().map(title_case).unwrap_or_default()) }
                            td { (numbers(slot, area)) }
                            td { (slot.processo.as_deref().unwrap_or_default()) " " (slot.categoria.as_deref().unwrap_or_default()) }
                            @if !by_examiner { td { (title_case(&slot.perito)) } }
                            td { (slot.unidade) }
                        }
                    }
                }
            }
        }
    }
}

fn numbers(slot: &ClinicSlot, area_code: &str) -> String {
    let Some(text) = &slot.telefone else {
        return String::new();
    };
    let numbers = Telephone::all(text, area_code);
    if numbers.is_empty() {
        return text.clone();
    }
    let shown: Vec<String> = numbers.iter().map(Telephone::shown).collect();
    shown.join(" / ")
}
