//! The steps of a session that is logged in, one page each: search page, list of dates, day, logout.
//! None of them logs in.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::{mem, slice};

use chrono::NaiveDate;
use reqwest::StatusCode;
use url::Url;

use super::errors::{Delivery, PortalError, PortalErrorKind};
use super::page_kind::PageKind;
use super::parse;
use super::request::{Password, Purpose, Request};
use super::said::says;
use super::search::{self, DateOption, Reference, SearchPage};
use super::session::{Inside, Listed, PortalSession, State};
use super::visit::Visit;
use agendad_domain::{DayReading, Unit};

/// What came of asking for a day.
enum DayAnswer {
    Day(DayReading),
    /// The form came back without a word on the day.
    FormAgain(Box<Visit>),
}

/// What a list says.
struct List {
    /// The dates that it offers; `None` if it does not answer for the reference.
    offered: Option<Vec<DateOption>>,
    /// Whether it has no date at all.
    is_empty: bool,
}

impl PortalSession {
    /// Whether a page is the search page that it should be.
    pub(super) async fn check_search(&self, visit: &Visit) -> Result<(), PortalError> {
        let PageKind::Search(search) = &visit.seen.page_kind else {
            return Err(self.refuse(visit, "the page is not the search page").await);
        };
        if search.units.is_empty() {
            let what = "the search form names no unit (portal.profile.unit_field)";
            return Err(self.layout(visit, what.to_owned()).await);
        }
        Ok(())
    }

    /// A login has led to the search page.
    pub(super) fn enter(&mut self, visit: Visit) {
        if let PageKind::Search(search) = visit.seen.page_kind {
            self.state = State::In(Box::new(Inside {
                search: *search,
                logout: visit.seen.logout,
                read_ahead: None,
            }));
        }
    }

    /// Asks for the search page by itself, if the profile says where it can be had: its tokens are fresh, and it is
    /// the proof that a saved session is still honoured.
    pub(super) async fn prove(&mut self) -> Result<(), PortalError> {
        let path = &self.portal.config.profile.search_path;
        let State::Unverified(_) = &self.state else {
            return Ok(());
        };
        if path.is_empty() {
            return Ok(());
        }
        let request = Request::get(Purpose::Search, self.tab.address(path)?);
        let visit = self.tab.ask(request, true).await?.into_search();
        self.check_search(&visit).await?;
        self.keep(visit);
        Ok(())
    }

    /// What the list from `reference` says of the dates that it reaches.
    pub(super) async fn list_reached(
        &mut self,
        unit: &Unit,
        reference: NaiveDate,
        reached: &[NaiveDate],
        stored: &BTreeSet<NaiveDate>,
    ) -> Result<Listed, PortalError> {
        let mut known = Listed::default();
        let list = self.list(unit, reference).await?;
        let Some(offered) = list.offered else {
            tracing::info!(%reference, "the list of dates does not answer for its reference date; its dates are asked for directly");
            known.to_read = reached.to_vec();
            return Ok(known);
        };
        let of_list = |date: &&NaiveDate| search::reaches(reference, **date);
        // One that is wanted anyway costs no further request.
        let wanted = reached.iter().find(|date| stored.contains(date));
        if list.is_empty
            && let Some(date) = wanted.or_else(|| stored.iter().find(of_list))
        {
            // It may be a dead session's: only a session that lives reads a day.
            let reading = self.read(unit, *date).await?;
            if reading.rows.is_empty() && reading.row_errors.is_empty() {
                known.doubtful = reached.to_vec();
            } else {
                tracing::warn!(%date, "the portal listed no dates, but this one has appointments; all are asked for directly");
                known.to_read = reached.to_vec();
                if let Some(inside) = self.inside_mut() {
                    inside.read_ahead = Some(reading);
                }
            }
            return Ok(known);
        }
        for option in offered {
            let key = (unit.code.clone(), option.date);
            self.offers.insert(key, (reference, option));
        }
        let has_appointments =
            |date: &NaiveDate| self.offers.contains_key(&(unit.code.clone(), *date));
        (known.to_read, known.vacant) = reached.iter().partition(|date| has_appointments(date));
        Ok(known)
    }

    async fn list(&mut self, unit: &Unit, reference: NaiveDate) -> Result<List, PortalError> {
        let visit = self.post_search(unit, reference, None).await?;
        let visit = visit.into_search();
        let dates = if let PageKind::Dates(dates) = &visit.seen.page_kind {
            dates.as_deref().map_err(Clone::clone)
        } else if let PageKind::Search(search) = &visit.seen.page_kind {
            // The form with an error on it and without the reference date is not the answer to this question.
            if !visit.seen.errors.is_empty() && search.reference == Reference::Empty {
                Err(REFUSED_LIST.to_owned())
            } else {
                search::offered(search, unit, reference)
            }
        } else {
            return Err(self.refuse(&visit, "the answer is no list of dates").await);
        };
        match dates {
            Ok(dates) => {
                let list = List {
                    offered: search::answer(dates, reference),
                    is_empty: dates.is_empty(),
                };
                self.keep(visit);
                Ok(list)
            }
            Err(problem) => Err(self.layout(&visit, problem).await),
        }
    }

    /// Reads a day. If the form comes back instead, perhaps because its token was used up, it is sent once more
    /// as it came.
    pub(super) async fn read(
        &mut self,
        unit: &Unit,
        date: NaiveDate,
    ) -> Result<DayReading, PortalError> {
        match self.ask_day(unit, date).await? {
            DayAnswer::Day(reading) => return Ok(reading),
            DayAnswer::FormAgain(visit) => self.keep(*visit),
        }
        match self.ask_day(unit, date).await? {
            DayAnswer::Day(reading) => Ok(reading),
            DayAnswer::FormAgain(visit) => {
                let what = "the search page came back twice instead of the day \
                    (portal.profile.method_search, date_format)";
                Err(self.layout(&visit, what.to_owned()).await)
            }
        }
    }

    /// Asks for the address that logs out, or follows the link.
    pub(super) async fn try_logout(&mut self) -> Result<(), PortalError> {
        let Some(inside) = self.inside() else {
            return Ok(());
        };
        let path = &self.portal.config.profile.logout_path;
        let url = match (path.is_empty(), &inside.logout) {
            (false, _) => self.tab.address(path)?,
            (true, Some(url)) => url.clone(),
            (true, None) => {
                let what =
                    "no page has a link to log out (portal.profile.logout_path, logout_link)";
                return Err(PortalError::layout(what).delivery(Delivery::NotSent));
            }
        };
        let request = Request::get(Purpose::Logout, url.clone());
        let visit = self.tab.ask(request, true).await?;
        self.check_logout(&visit, &url).await
    }

    /// Whether whoever has left may see a page: none of inside, and none that says that the address is no more.
    async fn check_logout(&self, visit: &Visit, asked: &Url) -> Result<(), PortalError> {
        let page_kind = &visit.seen.page_kind;
        let status = visit.page.status;
        let is_refused = status.is_client_error() && status != StatusCode::UNAUTHORIZED;
        let has_left = match page_kind {
            PageKind::Captcha
            | PageKind::Result(_)
            | PageKind::Search(_)
            | PageKind::Dates(_)
            | PageKind::Choice(_) => false,
            // What it leads on to may be gone.
            PageKind::Unknown(_) | PageKind::Entry { .. } | PageKind::Expired => {
                !is_refused || visit.page.url != *asked
            }
            PageKind::AgendaLogin(_) | PageKind::Frames(_) | PageKind::Refresh(_) => true,
        };
        if has_left {
            return Ok(());
        }
        let (name, status) = (page_kind.name(), status.as_u16());
        let what = format!(
            "the portal has not logged out: it answers {status} with a {name} (portal.profile.logout_path)"
        );
        Err(self.layout(visit, what).await.delivery(Delivery::Declined))
    }

    async fn ask_day(&mut self, unit: &Unit, date: NaiveDate) -> Result<DayAnswer, PortalError> {
        let profile = &self.portal.config.profile;
        let offer = self.offers.get(&(unit.code.clone(), date));
        let (reference, value) = match offer {
            Some((reference, option)) => (*reference, option.value.clone()),
            None => (date, spell(date, &profile.date_format)?),
        };
        let date_offer = self.date_offer(unit, date);
        let mut visit = self.post_search(unit, reference, Some(value)).await?;
        if let PageKind::Result(result) = &mut visit.seen.page_kind {
            result.leave_out(&self.credentials.cpf);
            let profile = &self.portal.config.profile;
            return match parse::day(result, unit, date, date_offer, profile) {
                Ok(mut reading) => {
                    reading.profession = reading.profession.or(self.profession());
                    self.keep(visit);
                    Ok(DayAnswer::Day(reading))
                }
                Err(problem) => Err(self.layout(&visit, problem).await),
            };
        }
        let PageKind::Search(search) = &visit.seen.page_kind else {
            return Err(self.refuse(&visit, "the answer is no result page").await);
        };
        if self.says_empty(&visit, search, unit) {
            self.keep(visit);
            return Ok(DayAnswer::Day(DayReading::empty(date, &unit.code)));
        }
        Ok(DayAnswer::FormAgain(Box::new(visit)))
    }

    /// Whether a search page, as the answer to a search, says that there is nothing, and no error says otherwise.
    fn says_empty(&self, visit: &Visit, search: &SearchPage, unit: &Unit) -> bool {
        let empty = &self.portal.config.profile.empty_texts;
        let [errors, messages] = &visit.seen.outright;
        let same_unit = search.unit.as_ref().is_none_or(|shown| *shown == unit.code);
        let all_errors = errors.iter().all(|text| says(slice::from_ref(text), empty));
        same_unit && all_errors && (!errors.is_empty() || says(messages, empty))
    }

    /// Sends the search form: for the list of dates, or for one of them.
    async fn post_search(
        &mut self,
        unit: &Unit,
        reference: NaiveDate,
        date: Option<String>,
    ) -> Result<Visit, PortalError> {
        let profile = &self.portal.config.profile;
        let Some(Inside { search, .. }) = self.inside() else {
            return Err(PortalError::expired("there is no search form to send"));
        };
        let Some(action) = search.action.clone() else {
            return Err(PortalError::layout("the search form leads nowhere"));
        };
        let mut form = search.form.clone();
        form.set(&profile.unit_field, &unit.code);
        form.set(
            &profile.reference_field,
            spell(reference, &profile.reference_format)?,
        );
        let purpose = match date {
            Some(date) => {
                if !profile.method_search.is_empty() {
                    form.set(&profile.method_field, &profile.method_search);
                }
                form.set(&profile.date_field, date);
                Purpose::Day
            }
            None => {
                form.set(&profile.method_field, &profile.method_list_dates);
                form.keep_only(&profile.list_fields);
                Purpose::Dates
            }
        };
        let examiner = form.field(&profile.examiner_field);
        let examiner = examiner.map(|field| field.value.clone());
        let request = Request::submit(purpose, &form, action, search.charset, Password::None);
        let visit = self.tab.ask(request, true).await?;
        if examiner.is_some_and(|examiner| visit.is_of_another(&profile.examiner_field, &examiner))
        {
            let what = "the page is of another examiner than the one asked for";
            return Err(self.layout(&visit, what.to_owned()).await);
        }
        Ok(visit)
    }

    /// Keeps what a good page offers for the next step: the portal honours the session.
    fn keep(&mut self, visit: Visit) {
        let mut inside = match mem::replace(&mut self.state, State::Out) {
            State::Unverified(inside) => {
                self.reused = self.logins == 0;
                inside
            }
            State::In(inside) => inside,
            before @ (State::Out | State::LoggingIn(_)) => {
                self.state = before;
                return;
            }
        };
        if visit.seen.logout.is_some() {
            inside.logout = visit.seen.logout;
        }
        if let PageKind::Search(search) = visit.seen.page_kind {
            inside.search = *search;
        } else {
            let profile = &self.portal.config.profile;
            let named = [
                profile.method_field.as_str(),
                &profile.unit_field,
                &profile.examiner_field,
                &profile.reference_field,
                &profile.date_field,
            ];
            inside.search.form.renew(&visit.seen.hidden, &named);
        }
        self.state = State::In(inside);
    }
}

/// Pages that are not what was asked for.
impl PortalSession {
    /// The error of a page that is not the one asked for: what it is decides.
    pub(super) async fn refuse(&self, visit: &Visit, what: &str) -> PortalError {
        match &visit.seen.page_kind {
            PageKind::Captcha => {
                PortalError::new(PortalErrorKind::Captcha, "the portal shows a CAPTCHA")
            }
            PageKind::AgendaLogin(_)
            | PageKind::Entry { .. }
            | PageKind::Frames(_)
            | PageKind::Expired => PortalError::expired("the session is over"),
            PageKind::Unknown(why) => self.layout(visit, format!("{what}: {why}")).await,
            PageKind::Result(_)
            | PageKind::Search(_)
            | PageKind::Dates(_)
            | PageKind::Choice(_)
            | PageKind::Refresh(_) => {
                let found = visit.seen.page_kind.name();
                self.layout(visit, format!("{what}, but a {found}")).await
            }
        }
    }

    /// A layout error, with the page kept as evidence.
    pub(super) async fn layout(&self, visit: &Visit, what: String) -> PortalError {
        let secrets = self.secrets();
        let evidence = self.portal.evidence.save(&visit.page, &what, secrets).await;
        PortalError::layout(what).with_evidence(evidence)
    }
}

const REFUSED_LIST: &str = "the search form came back with an error instead of the list of dates \
    (portal.profile.method_list_dates, list_fields)";

/// A date as the profile spells it.
fn spell(date: NaiveDate, format: &str) -> Result<String, PortalError> {
    let mut text = String::new();
    write!(text, "{}", date.format(format)).map_err(|error| {
        PortalError::layout(format!("{format:?} (portal.profile) spells no date")).caused_by(error)
    })?;
    Ok(text)
}
