//! The page itself: what can be asked for, slots, days without any, changes.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use maud::{Markup, html};

use super::address::Address;
use super::request::{Clinic, TICKED};
use crate::clinic::{KnownDays, examiner_name};
use crate::dashboard::tone::{self, Tone};
use crate::dashboard::{agenda, changes};
use crate::domain::phone::Telephone;
use crate::domain::text::title_case;
use crate::domain::{DayState, SlotStatus};
use crate::examiners;
use crate::store::clinic::ClinicSlot;
use crate::store::days::ExaminerDay;
use crate::store::listing::ChangeView;
use crate::words::pages::clinic as words;

/// So many days without slots are named.
const BARE_DAYS: usize = 40;

/// Whether what is listed of a day may be wrong.
pub(super) fn is_unread(day: &&ExaminerDay) -> bool {
    matches!(day.state, DayState::Unread { .. })
}

/// What the portal has as an e-mail, with a link for each address in it; the rest stays as it was written.
fn emails(text: &str) -> Markup {
    let is_between = |c: char| c.is_whitespace() || ",;/".contains(c);
    // To a mail program these would begin a subject, or a copy to somebody else.
    let is_address = |part: &str| examiners::is_email(part) && !part.contains(['?', '&', '%', '#']);
    html! {
        @for part in text.split_inclusive(is_between) {
            @let address = part.trim_end_matches(is_between);
            @if is_address(address) { a.mail href=(format!("mailto:{address}")) { (address) } } @else { (address) }
            (part.strip_prefix(address).unwrap_or_default())
        }
    }
}

impl Clinic<'_> {
    pub(super) fn tools(&self) -> Markup {
        let today = self.visitor.times.today();
        let (from, to) = self.address.range(today);
        let is_days = self
            .view
            .as_ref()
            .is_some_and(|view| view.range().is_some());
        let is_changes = self.address.changes && self.address.search.is_empty();
        let days = [
            (words::TODAY, 0, 0),
            (words::TOMORROW, 1, 1),
            (words::NEXT_DAYS, 0, 6),
        ];
        let order = [
            (words::BY_TIME, "hora", !self.address.by_examiner),
            (words::BY_EXAMINER, "perito", self.address.by_examiner),
        ];
        html! {
            div.tools.clinic-tools {
                form.search method="get" action="/agenda" role="search" {
                    label.spoken for="busca" { (self.say(words::SEARCH_HINT)) }
                    input id="busca" type="search" name="busca" value=(self.address.search) placeholder=(self.say(words::SEARCH_FOR));
                    button { (self.say(words::SEARCH)) }
                }
                ul.chips {
                    @for (name, first, last) in days {
                        @let shown = (today + chrono::Days::new(first), today + chrono::Days::new(last));
                        li {
                            a href=(Address::days(today, first, last, self.address))
                                aria-current=[(is_days && (from, to) == shown).then_some("true")] { (self.say(name)) }
                        }
                    }
                    li { a href=(self.address.of_changes("")) aria-current=[is_changes.then_some("true")] { (self.say(words::CHANGES)) } }
                }
            }
            form.range method="get" action="/agenda" {
                label { (self.say(words::FROM)) " " input type="date" name="de" value=(from); }
                label { (self.say(words::TO)) " " input type="date" name="ate" value=(to); }
                @if self.address.by_examiner { input type="hidden" name="ordem" value="perito"; }
                (self.choice_of_examiners())
                button { (self.say(words::SHOW)) }
            }
            p.ways {
                @if is_days {
                    @for (name, value, is_it) in order {
                        a href=(self.address.with("ordem", value)) aria-current=[is_it.then_some("true")] { (self.say(name)) } " "
                    }
                }
                @if self.view.is_some() {
                    span title=(self.say(words::ISSUES_RECORDED)) { (self.say(words::FILES)) } " "
                    a href=(self.address.file("csv", &[])) { (self.say(words::CSV_EXCEL)) } " "
                    a href=(self.address.file("csv", &[("csv", "plain")])) { (self.say(words::CSV_PLAIN)) } " "
                    a href=(self.address.file("xlsx", &[])) { "Excel (XLSX)" } " "
                    @if !is_changes { a href=(self.address.file("xlsx", &[("cpf", "1")])) { (self.say(words::WITH_CPF)) } " " }
                }
                @if is_days {
                    span { (self.say(words::PRINT)) } " "
                    a href=(self.address.with("imprimir", "lista")) { (self.say(words::PRINT_LIST)) } " "
                    a href=(self.address.with("imprimir", "perito")) { (self.say(words::PRINT_BY_EXAMINER)) }
                }
            }
        }
    }

    /// A few are ticked, of many the names are typed.
    fn choice_of_examiners(&self) -> Markup {
        if self.examiners.len() > TICKED {
            let typed = self.address.examiners.join(", ");
            return html! {
                label.wide-field { (self.say(words::NAMES_OR_NUMBERS)) " " input type="text" name="perito" value=(typed); }
            };
        }
        let chosen = self
            .view
            .as_ref()
            .and_then(|view| view.usuario_ids.as_ref());
        html! {
            details.choice open[chosen.is_some()] {
                summary {
                    (self.say(words::EXAMINERS)) ": "
                    @match chosen { Some(ids) => (ids.len()), None => (self.say(words::ALL_EXAMINERS)) }
                }
                @for examiner in &self.examiners {
                    @let ticked = chosen.is_some_and(|ids| ids.contains(&examiner.usuario_id));
                    label {
                        input type="checkbox" name="perito" value=(examiner.usuario_id) checked[ticked];
                        " " (title_case(&examiner.nome))
                    }
                }
            }
        }
    }

    pub(super) fn slots(&self, slots: &[ClinicSlot]) -> Markup {
        html! {
            @for day in slots.chunk_by(|a, b| a.data == b.data) { (self.day(day)) }
        }
    }

    fn day(&self, slots: &[ClinicSlot]) -> Markup {
        let Some(first) = slots.first() else {
            return html! {};
        };
        let times = self.visitor.times;
        html! {
            table.clinic {
                caption {
                    strong { (times.day(first.data)) }
                    @if first.data == times.today() { span.today { " · " (self.say(words::TODAY)) } }
                }
                thead {
                    tr {
                        @for name in [
                            words::HOUR, words::CANDIDATE, words::TELEPHONES, words::PROCESS, words::EXAMS, words::EXAMINER, words::SEEN,
                        ] { th scope="col" { (self.say(name)) } }
                    }
                }
                tbody { @for slot in slots { (self.slot(slot)) } }
            }
        }
    }

    fn slot(&self, slot: &ClinicSlot) -> Markup {
        let times = self.visitor.times;
        let name = slot.nome.as_deref().map(title_case);
        html! {
            tr.removed[slot.status == SlotStatus::Removed] {
                th scope="row" { (slot.hora.format("%H:%M")) }
                td.who {
                    (name.as_deref().unwrap_or("–"))
                    @if let Some(email) = &slot.email { br; (emails(email)) }
                }
                td.tel { (self.telephones(slot)) }
                td {
                    (slot.process.as_deref().unwrap_or("–"))
                    @if let Some(category) = &slot.categoria { " " span.dim { (category) } }
                }
                td { (self.exams(slot)) }
                td { a href=(format!("/peritos/{}", slot.usuario_id)) { (title_case(&slot.examiner_name)) } br; span.dim { (slot.unit) } }
                td.dim.seen {
                    @if let Some(at) = slot.first_seen_at { (self.say(words::SEEN_FIRST)) " " (times.moment(at)) br; }
                    @if let Some(at) = slot.last_seen_at { (self.say(words::READ)) " " (times.ago(at)) }
                }
            }
        }
    }

    fn telephones(&self, slot: &ClinicSlot) -> Markup {
        let Some(text) = &slot.telefone else {
            return html! { "–" };
        };
        let config = self.api.config();
        let numbers = Telephone::all(text, &config.appointments.area_code);
        html! {
            @if numbers.is_empty() { (text) }
            @for number in &numbers { a href=(format!("tel:{}", number.dialled())) { (number.shown()) } " " }
        }
    }

    fn exams(&self, slot: &ClinicSlot) -> Markup {
        let language = self.visitor.language;
        let exams = [
            (words::MEDICAL, &slot.medical_exam),
            (words::PSYCHOLOGICAL, &slot.psychological_exam),
        ];
        html! {
            @if slot.status != SlotStatus::Removed && slot.missing_since.is_some() { (Tone::Warn.badge(self.say(words::MISSING))) }
            @else { (tone::slot(slot.status, language)) }
            @for (name, status) in exams {
                @if let Some(status) = status { br; span.dim { (self.say(name)) ": " } (status) }
            }
        }
    }

    /// The days that were not read, before anybody relies on what is listed of them.
    pub(super) fn unread_days(&self, known: &KnownDays) -> Markup {
        let unread: Vec<&ExaminerDay> = known.days.iter().filter(is_unread).collect();
        html! {
            @if !unread.is_empty() {
                section.bare-days {
                    h2 { (self.say(words::UNREAD_DAYS)) " " span.n { (unread.len()) } }
                    (self.named(&unread))
                }
            }
            @if let Some(examiners) = known.cut { p.hint { (self.visitor.language.say(words::only_first(examiners))) } }
        }
    }

    /// What is known of the days of which nothing is listed.
    pub(super) fn bare_days(&self, known: &KnownDays) -> Markup {
        let days = &known.days;
        let is_empty = |day: &&ExaminerDay| matches!(day.state, DayState::Empty { .. });
        let is_not_read =
            |day: &&ExaminerDay| matches!(day.state, DayState::DayOff | DayState::OutsideWindows);
        let bare: Vec<&ExaminerDay> = days.iter().filter(is_empty).collect();
        let off: Vec<&ExaminerDay> = days.iter().filter(is_not_read).collect();
        html! {
            @if !bare.is_empty() {
                section.bare-days {
                    h2 { (self.say(words::EMPTY_DAYS)) " " span.n { (bare.len()) } }
                    (self.named(&bare))
                }
            }
            @if !off.is_empty() {
                details.bare-days { summary { (self.say(words::DAYS_NOT_READ)) " " span.n { (off.len()) } } (self.named(&off)) }
            }
        }
    }

    fn named(&self, days: &[&ExaminerDay]) -> Markup {
        let times = self.visitor.times;
        let further = days.len().saturating_sub(BARE_DAYS);
        html! {
            ul {
                @for day in days.iter().take(BARE_DAYS) {
                    li {
                        (times.day(day.date)) " · "
                        a href=(format!("/peritos/{}", day.usuario_id)) { (title_case(&day.nome)) } " · "
                        (agenda::state(times, day.state))
                    }
                }
                @if further > 0 { li.dim { (self.visitor.language.say(words::and_further(further))) } }
            }
        }
    }

    /// Since which evening: another one, and the last one before a weekend.
    fn since(&self, day: NaiveDate) -> Markup {
        let today = self.visitor.times.today();
        let weekend = i64::from(today.weekday().num_days_from_sunday()) + 2;
        let friday = today - TimeDelta::days(weekend);
        let after_weekend = weekend <= 3 && day != friday;
        html! {
            form.range method="get" action="/agenda" {
                input type="hidden" name="mudancas" value="1";
                @for examiner in &self.address.examiners { input type="hidden" name="perito" value=(examiner); }
                label { (self.say(words::SINCE)) " " input type="date" name="desde" value=(day) max=(today - TimeDelta::days(1)); }
                button { (self.say(words::SHOW)) }
                @if after_weekend {
                    a href=(self.address.of_changes(&friday.to_string())) {
                        (self.visitor.language.say(words::changed_since(friday, today)))
                    }
                }
            }
        }
    }

    /// The candidate, as a way to their telephones.
    fn found_by_name(change: &ChangeView) -> Markup {
        let Some(name) = &change.nome else {
            return html! { "–" };
        };
        let query = url::form_urlencoded::byte_serialize(name.as_bytes());
        let query: String = query.collect();
        html! { a href=(format!("/agenda?busca={query}")) { (title_case(name)) } }
    }

    pub(super) fn changes(&self, changes: &[ChangeView], since: DateTime<Utc>) -> Markup {
        let times = self.visitor.times;
        let language = self.visitor.language;
        let day = since.with_timezone(&times.zone).date_naive();
        html! {
            h2 { (language.say(words::changed_since(day, times.today()))) }
            (self.since(day))
            @if changes.is_empty() { (self.nothing(words::NOTHING_CHANGED)) } @else {
                table.clinic.changed {
                    thead {
                        tr {
                            @for name in [words::WHAT, words::DAY, words::CANDIDATE, words::EXAMINER, words::CHANGED_AT] {
                                th scope="col" { (self.say(name)) }
                            }
                        }
                    }
                    tbody {
                        @for change in changes {
                            tr {
                                td { (tone::change(change.kind, language)) (changes::fields(change, language)) }
                                td { (times.day(change.data)) " " (change.hora.format("%H:%M")) }
                                td.who { (Self::found_by_name(change)) }
                                td {
                                    @if let Some(id) = change.usuario_id {
                                        a href=(format!("/peritos/{id}")) { (title_case(&examiner_name(&self.examiners, id))) }
                                    }
                                }
                                td.dim { (times.moment(change.at)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_address_of_a_candidate_is_a_link_and_nothing_else_is() {
        let link =
            |address: &str| format!("<a class=\"mail\" href=\"mailto:{address}\">{address}</a>");
        let (ana, rui) = (link("ana@example.com"), link("rui@example.com.br"));
        for (text, shown) in [
            ("ana@example.com", ana.clone()),
            (
                "ana@example.com; rui@example.com.br",
                format!("{ana}; {rui}"),
            ),
            (
                "ana@example.com/rui@example.com.br,",
                format!("{ana}/{rui},"),
            ),
            ("não tem", "não tem".to_owned()),
            (
                "x@example.com?bcc=y@example.com",
                "x@example.com?bcc=y@example.com".to_owned(),
            ),
            ("x%0A@example.com", "x%0A@example.com".to_owned()),
            ("", String::new()),
        ] {
            assert_eq!(emails(text).into_string(), shown, "{text}");
        }
    }
}
