//! The same for paper: one list, or a page for each day of each examiner, with the moment of printing on each.

use chrono::{Datelike, NaiveDate};
use maud::{Markup, html};

use super::address::Print;
use super::list::is_unread;
use super::request::Clinic;
use crate::clinic::KnownDays;
use crate::dashboard::agenda;
use crate::domain::phone::Telephone;
use crate::domain::text::title_case;
use crate::domain::{DayState, SlotStatus};
use crate::store::clinic::ClinicSlot;
use crate::store::days::ExaminerDay;
use crate::words::pages::clinic as words;
use crate::words::{Sentence, kinds};

impl Clinic<'_> {
    /// `pages`: in so many parts.
    pub(super) fn printed(&self, slots: &[ClinicSlot], known: &KnownDays, pages: u32) -> Markup {
        let by_examiner = self.address.print == Print::ByExaminer;
        let is_together = |a: &ClinicSlot, b: &ClinicSlot| {
            a.data == b.data && (!by_examiner || a.usuario_id == b.usuario_id)
        };
        let back = self.address.with("imprimir", "");
        let days = known.days.iter();
        let bare: Vec<&ExaminerDay> = days
            .filter(|day| {
                !matches!(
                    day.state,
                    DayState::Listed { .. } | DayState::OutsideWindows
                )
            })
            .collect();
        html! {
            h1.on-screen { (self.say(words::AGENDA_OF_DAY)) }
            p.crumbs { a href=(back) { "‹ " (self.say(words::BACK)) } }
            @for group in slots.chunk_by(is_together) {
                @if let Some(first) = group.first() {
                    section.paper {
                        (self.paper_head(first.data, by_examiner.then_some(first.examiner_name.as_str()), pages))
                        (self.known(first, by_examiner, known))
                        (self.paper_table(group, by_examiner))
                    }
                }
            }
            @if slots.is_empty() { (self.nothing(words::NO_SLOTS)) }
            @if self.address.page == 1 && !bare.is_empty() {
                section.paper {
                    h2 { (self.say(words::DAYS_WITHOUT_SLOTS)) }
                    ul {
                        @for day in bare {
                            li { (self.visitor.times.day(day.date)) " · " (title_case(&day.nome)) " · " (agenda::state(self.visitor.times, day.state)) }
                        }
                    }
                    @if let Some(examiners) = known.cut { p { (self.visitor.language.say(words::only_first(examiners))) } }
                    p.dim { (self.printed_at(pages)) }
                }
            }
        }
    }

    fn paper_head(&self, date: NaiveDate, examiner: Option<&str>, pages: u32) -> Markup {
        html! {
            h2 {
                (self.visitor.times.day(date))
                // Of another year it says so itself.
                @if date.year() == self.visitor.times.today().year() { " " (date.year()) }
                @if let Some(examiner) = examiner { " · " (title_case(examiner)) }
            }
            p.dim { (self.printed_at(pages)) }
        }
    }

    /// Of a sheet of one examiner, what is known of that day; of a list, of whom it was not read.
    fn known(&self, first: &ClinicSlot, by_examiner: bool, known: &KnownDays) -> Markup {
        let times = self.visitor.times;
        let of_day = known.days.iter().filter(|day| day.date == first.data);
        if by_examiner {
            let mut own = of_day.filter(|day| day.usuario_id == first.usuario_id);
            return html! { @if let Some(day) = own.next() { p { (agenda::state(times, day.state)) } } };
        }
        let unread: Vec<&ExaminerDay> = of_day.filter(is_unread).collect();
        html! {
            @if !unread.is_empty() {
                p { strong { (self.say(words::UNREAD_DAYS)) } }
                ul { @for day in unread { li { (title_case(&day.nome)) " · " (agenda::state(times, day.state)) } } }
            }
        }
    }

    fn printed_at(&self, pages: u32) -> String {
        let times = self.visitor.times;
        let at = times.now.with_timezone(&times.zone);
        let at = at.format("%d/%m/%Y %H:%M").to_string();
        let mut said = self.visitor.language.say(words::printed_at(&at));
        if pages > 1 {
            said += " · ";
            said += &self
                .visitor
                .language
                .say(words::part(self.address.page, pages));
        }
        said
    }

    fn paper_table(&self, slots: &[ClinicSlot], by_examiner: bool) -> Markup {
        let area = &self.api.config().appointments.area_code;
        html! {
            // On a narrow screen it is wider than that: the keyboard must reach it.
            table tabindex="0" {
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
                            td.name { (slot.nome.as_deref().map(title_case).unwrap_or_default()) @if let Some(mark) = mark(slot) { " (" (self.say(mark)) ")" } }
                            td.tel { (numbers(slot, area)) }
                            td { (slot.process.as_deref().unwrap_or_default()) " " (slot.categoria.as_deref().unwrap_or_default()) }
                            @if !by_examiner { td { (title_case(&slot.examiner_name)) } }
                            td { (slot.unit) }
                        }
                    }
                }
            }
        }
    }
}

/// What the screen says of a slot that is not simply booked.
fn mark(slot: &ClinicSlot) -> Option<Sentence> {
    match slot.status {
        SlotStatus::Upcoming | SlotStatus::Completed if slot.missing_since.is_some() => {
            Some(words::MISSING)
        }
        SlotStatus::Upcoming => None,
        SlotStatus::Completed | SlotStatus::Removed => Some(kinds::slot(slot.status)),
    }
}

/// None is broken at the end of a line.
fn numbers(slot: &ClinicSlot, area_code: &str) -> Markup {
    let Some(text) = &slot.telefone else {
        return html! {};
    };
    let numbers = Telephone::all(text, area_code);
    html! {
        @if numbers.is_empty() { (text) }
        @for (place, number) in numbers.iter().enumerate() {
            @if place > 0 { " / " }
            span { (number.shown()) }
        }
    }
}
