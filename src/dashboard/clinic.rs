//! `GET /agenda`: the clinic's day, for whoever receives the candidates. `address` reads and writes what is asked for,
//! `doubts` says what of it was not understood, `list` draws it, `print` draws it for paper, `file` sends it as a file. No script is needed for any of it.

mod address;
mod doubts;
mod file;
mod list;
mod print;
mod request;

use std::collections::BTreeSet;
use std::time::Duration;

use axum::extract::{RawQuery, State};
use axum::response::Response;
use maud::{Markup, html};

pub(super) use self::address::Address;
use self::address::Print;
pub(super) use self::file::{csv, xlsx};
use self::request::{Clinic, TICKED};
use super::page::Page;
use super::paging;
use super::problem::Problem;
use super::visitor::Visitor;
use crate::clinic::{KnownDays, Selection, View, changes_of, days_of};
use crate::store::clinic::{ClinicDays, ClinicSlot};
use crate::web::state::Api;
use crate::words::pages::clinic as words;

/// Slots on a page, so that it stays small.
const PAGE: u32 = 40;
/// So long a search looks through the days at first, where each word has many and all together few: whoever searches
/// for them mostly means somebody of these days, and sees them at once.
const AT_FIRST: Duration = Duration::from_millis(15);
/// On a page for paper, which says less of each.
const PRINTED: u32 = 150;
/// Days of examiners whose state is looked up for a page.
const KNOWN_DAYS: usize = 400;
/// Changes on a page.
const CHANGES: u32 = 100;

/// `GET /agenda`
pub(super) async fn show(
    State(api): State<Api>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let address = Address::read(query.as_deref().unwrap_or_default());
    let needs_all = visitor.own().is_some() || address.needs_all_names();
    let most = if needs_all {
        None
    } else {
        i64::try_from(TICKED + 1).ok()
    };
    let mut examiners = api.store.clinic_examiners(most).await?;
    let view = address.view(&api.syncer.clock, &examiners, visitor.own());
    examiners.retain(|known| visitor.own().is_none_or(|own| own == known.usuario_id));
    let clinic = Clinic {
        api: &api,
        visitor: &visitor,
        address: &address,
        view,
        examiners,
    };
    // What is searched for, and changes, are printed as they stand on the page.
    let is_of_days = |view: &View| view.range().is_some();
    let content = match address.print {
        Print::List | Print::ByExaminer if clinic.view.as_ref().is_some_and(is_of_days) => {
            clinic.paper().await?
        }
        Print::No | Print::List | Print::ByExaminer => clinic.page().await?,
    };
    let title = visitor.language.say(words::AGENDA_OF_DAY);
    Ok(Page::of(&visitor, title).section("/agenda").show(&content))
}

impl Clinic<'_> {
    async fn page(&self) -> Result<Markup, Problem> {
        let found = match &self.view {
            None => html! { p.empty { (self.say(words::NOTHING_TO_SEARCH)) } },
            Some(_) if self.is_of_nobody() => html! {},
            Some(view) => match &view.selection {
                Selection::Days { .. } => self.days(view).await?,
                Selection::Search(_) => self.search(view).await?,
                Selection::Changes { since } => {
                    let store = &self.api.store;
                    let (limit, before) = self.slice(CHANGES);
                    // One more tells whether there is a further page.
                    let mut shown = changes_of(store, view, *since, limit + 1, before).await?;
                    let known = before + i64::try_from(shown.len()).unwrap_or(0);
                    shown.truncate(CHANGES as usize);
                    let today = self.visitor.times.today();
                    html! { div data-until=(today) { (self.changes(&shown, *since)) (self.paging(CHANGES, known)) } }
                }
            },
        };
        Ok(html! {
            h1 { (self.say(words::AGENDA_OF_DAY)) }
            (self.tools())
            (self.doubts())
            (found)
        })
    }

    async fn days(&self, view: &View) -> Result<Markup, Problem> {
        let Some(query) = self.clinic_days(view, PAGE) else {
            return Ok(html! {});
        };
        let store = &self.api.store;
        let (slots, total) =
            tokio::try_join!(store.clinic_slots(&query), store.clinic_count(&query))?;
        let known = self.known_days(view, &slots).await?;
        Ok(html! {
            // Of what somebody types above, nothing here is held up.
            div id="day" data-refresh="15" data-until=(query.to) {
                (self.unread_days(&known))
                p.dim { (self.visitor.language.say(words::slots(total))) }
                @if slots.is_empty() { (self.nothing(words::NO_SLOTS)) }
                @else { (self.slots(&slots)) (self.paging(PAGE, total)) }
                @if self.address.page == 1 { (self.bare_days(&known)) }
            }
        })
    }

    /// What is known of the days; of those of whom slots are shown, however many examiners there are.
    async fn known_days(&self, view: &View, slots: &[ClinicSlot]) -> Result<KnownDays, Problem> {
        let (store, config) = (&self.api.store, self.api.config());
        let clock = &self.api.syncer.clock;
        let mut known = days_of(store, &config, clock, view, KNOWN_DAYS).await?;
        if let (Some(_), Some(first), Some(last)) = (known.cut, slots.first(), slots.last()) {
            let told: BTreeSet<i32> = known.days.iter().map(|day| day.usuario_id).collect();
            let shown: BTreeSet<i32> = slots.iter().map(|slot| slot.usuario_id).collect();
            let mut further = View::days(first.data, last.data);
            further.usuario_ids = Some(shown.difference(&told).copied().collect());
            let further = days_of(store, &config, clock, &further, usize::MAX).await?;
            known.days.extend(further.days);
        }
        Ok(known)
    }

    async fn search(&self, view: &View) -> Result<Markup, Problem> {
        let Selection::Search(searched) = &view.selection else {
            return Ok(html! {});
        };
        let ids = view.usuario_ids.as_deref();
        let (limit, offset) = self.slice(PAGE);
        // Whoever turns the page wants to see more.
        let is_patient = self.address.everything || self.address.page > 1;
        let searched = match is_patient {
            true => searched.clone(),
            false => searched.clone().within(AT_FIRST),
        };
        // One more than is shown tells whether there is a further page; how many there are in all would take as long as
        // showing them.
        let found = self
            .api
            .store
            .clinic_search(&searched, ids, limit + 1, offset);
        let found = found.await?;
        let mut slots = found.slots;
        let more = slots.len() > PAGE as usize;
        slots.truncate(PAGE as usize);
        let known = offset + i64::try_from(slots.len()).unwrap_or(0) + i64::from(more);
        let is_nobody = slots.is_empty();
        let from_day = found.from_day.filter(|_| !more);
        let is_cut = found.cut && found.from_day.is_none();
        let is_first = self.address.page == 1;
        Ok(html! {
            @if is_cut && !is_nobody { p.hint { (self.say(words::NARROW_IT_DOWN)) } }
            @if !is_nobody { (self.slots(&slots)) }
            @else if is_cut && is_first { p.empty { (self.say(words::SEARCH_GAVE_UP)) } }
            @else if from_day.is_none() || !is_first { (self.nothing(words::NOBODY_FOUND)) }
            @if let Some(day) = from_day.filter(|_| is_first || !is_nobody) {
                p.hint {
                    (self.visitor.language.say(words::searched_from(day, is_nobody)))
                    @if !is_patient { " " a href=(self.address.with("tudo", "1")) { (self.say(words::ALL_DAYS)) } }
                }
            }
            (self.paging(PAGE, known))
        })
    }

    async fn paper(&self) -> Result<Markup, Problem> {
        let Some(view) = &self.view else {
            return Ok(html! {});
        };
        let mut view = view.clone();
        view.by_examiner |= self.address.print == Print::ByExaminer;
        let Some(query) = self.clinic_days(&view, PRINTED) else {
            return Ok(html! {});
        };
        let store = &self.api.store;
        let (slots, total) =
            tokio::try_join!(store.clinic_slots(&query), store.clinic_count(&query))?;
        let known = self.known_days(&view, &slots).await?;
        let pages = u32::try_from(total).unwrap_or(u32::MAX).div_ceil(PRINTED);
        Ok(html! {
            (self.doubts())
            @if pages > 1 { p.hint.on-screen { (self.visitor.language.say(words::in_parts(total, pages))) } (self.paging(PRINTED, total)) }
            @if !self.is_of_nobody() { (self.printed(&slots, &known, pages)) }
            (self.paging(PRINTED, total))
        })
    }

    fn clinic_days(&self, view: &View, size: u32) -> Option<ClinicDays> {
        let (from, to) = view.range()?;
        let (limit, offset) = self.slice(size);
        Some(ClinicDays {
            from,
            to,
            usuario_ids: view.usuario_ids.clone(),
            by_examiner: view.by_examiner,
            limit,
            offset,
        })
    }

    /// How many of the list are on this page, and how many come before.
    fn slice(&self, size: u32) -> (i64, i64) {
        let before = i64::from(self.address.page - 1) * i64::from(size);
        (size.into(), before)
    }

    /// That there is nothing, or only nothing more.
    fn nothing(&self, at_all: crate::words::Sentence) -> Markup {
        html! {
            p.empty {
                @if self.address.page > 1 {
                    (self.say(words::PAST_THE_END))
                    a href=(self.address.page()) { (self.say(words::FROM_THE_BEGINNING)) }
                } @else { (self.say(at_all)) }
            }
        }
    }

    fn paging(&self, size: u32, of: i64) -> Markup {
        let address = |page: u32| self.address.with("pagina", &page.to_string());
        paging::show(self.visitor.language, self.address.page, size, of, address)
    }

    fn say(&self, sentence: crate::words::Sentence) -> &'static str {
        self.visitor.language.say(sentence)
    }
}
