//! The steps of a session that is logged in, one page each: search page, list of dates, day, logout.
//! None of them logs in (see `reentry`).

use std::fmt::Write;

use chrono::NaiveDate;

use super::classify::{self, Sight};
use super::errors::{PortalError, PortalErrorKind};
use super::parse;
use super::reentry::is_expired;
use super::request::{Password, Purpose, Request};
use super::search::{self, DateOption, SearchPage};
use super::session::{PortalSession, State};
use super::visit::Visit;
use crate::domain::{DayReading, Unit};

/// What came of asking for a day.
enum Asked {
    Day(DayReading),
    /// The form came back without a word on the day.
    FormAgain(Box<Visit>),
}

impl PortalSession {
    /// Asks for the search page, as VOLTAR does.
    pub(super) async fn search_page(&mut self) -> Result<(), PortalError> {
        let url = match &self.agenda {
            Some(url) => url.clone(),
            None => self
                .window
                .address(&self.portal.config.profile.agenda_path)?,
        };
        let asked = Request::get(Purpose::Search, url);
        let visit = self.window.ask(asked, true).await?;
        self.take_search(visit).await
    }

    /// Takes a page for the search page, if it is.
    pub(super) async fn take_search(&mut self, visit: Visit) -> Result<(), PortalError> {
        let Sight::Search(search) = &visit.seen.sight else {
            return Err(self.refuse(&visit, "the page is not the search page").await);
        };
        if search.units.is_empty() {
            let what = "the search form names no unit (portal.profile.unit_field)";
            return Err(self.layout(&visit, what.to_owned()).await);
        }
        self.state = State::In;
        self.keep(visit);
        Ok(())
    }

    /// Lists the dates that have appointments, from `reference` on.
    pub(super) async fn list(
        &mut self,
        unit: &Unit,
        reference: NaiveDate,
    ) -> Result<Vec<DateOption>, PortalError> {
        let method = self.portal.config.profile.method_list_dates.clone();
        let visit = self.post_search(unit, reference, None, &method).await?;
        let listed = if let Sight::Search(search) = &visit.seen.sight {
            search::offered(search, unit, reference)
        } else if let Sight::Dates(dates) = &visit.seen.sight {
            search::in_reach(dates, reference)
        } else {
            return Err(self.refuse(&visit, "the answer is no list of dates").await);
        };
        match listed {
            Ok(options) => {
                self.keep(visit);
                Ok(options)
            }
            Err(problem) => Err(self.layout(&visit, problem).await),
        }
    }

    /// Reads a day. If the form comes back instead, perhaps because its token was used up, it is asked
    /// for afresh and sent once more.
    pub(super) async fn read(
        &mut self,
        unit: &Unit,
        data: NaiveDate,
    ) -> Result<DayReading, PortalError> {
        if let Asked::Day(reading) = self.ask_day(unit, data).await? {
            return Ok(reading);
        }
        self.search_page().await?;
        match self.ask_day(unit, data).await? {
            Asked::Day(reading) => Ok(reading),
            Asked::FormAgain(visit) => {
                let what = "the search page came back twice instead of the day \
                    (portal.profile.method_search, date_format)";
                Err(self.layout(&visit, what.to_owned()).await)
            }
        }
    }

    /// Follows the link that logs out.
    pub(super) async fn try_logout(&mut self) -> Result<(), PortalError> {
        if self.state == State::Out {
            return Ok(());
        }
        if self.logout.is_none() {
            match self.search_page().await {
                Err(error) if is_expired(&error) => return Ok(()),
                other => other?,
            }
        }
        let Some(url) = self.logout.clone() else {
            let what = "the search page has no link to log out (portal.profile.logout_link)";
            return Err(PortalError::layout(what));
        };
        let asked = Request::get(Purpose::Logout, url);
        self.window.ask(asked, true).await?;
        Ok(())
    }

    async fn ask_day(&mut self, unit: &Unit, data: NaiveDate) -> Result<Asked, PortalError> {
        let profile = &self.portal.config.profile;
        let method = profile.method_search.clone();
        let offer = self.offers.get(&(unit.code.clone(), data));
        let (reference, value) = match offer {
            Some((reference, option)) => (*reference, option.value.clone()),
            None => (data, spell(data, &profile.date_format)?),
        };
        let visit = self
            .post_search(unit, reference, Some(value), &method)
            .await?;
        if let Sight::Result(result) = &visit.seen.sight {
            return match parse::day(result, unit, data) {
                Ok(reading) => {
                    self.keep(visit);
                    Ok(Asked::Day(reading))
                }
                Err(problem) => Err(self.layout(&visit, problem).await),
            };
        }
        let Sight::Search(search) = &visit.seen.sight else {
            return Err(self.refuse(&visit, "the answer is no result page").await);
        };
        if self.says_empty(&visit, search, unit) {
            self.keep(visit);
            return Ok(Asked::Day(DayReading::empty(data, &unit.code)));
        }
        Ok(Asked::FormAgain(Box::new(visit)))
    }

    /// Whether a search page, as the answer to a search, says that there is nothing.
    fn says_empty(&self, visit: &Visit, search: &SearchPage, unit: &Unit) -> bool {
        let texts = [visit.seen.errors.as_slice(), &visit.seen.messages].concat();
        let same_unit = search.unit.as_ref().is_none_or(|shown| *shown == unit.code);
        same_unit && classify::says(&texts, &self.portal.config.profile.empty_texts)
    }

    async fn post_search(
        &mut self,
        unit: &Unit,
        reference: NaiveDate,
        date: Option<String>,
        method: &str,
    ) -> Result<Visit, PortalError> {
        let profile = &self.portal.config.profile;
        let Some(search) = &self.search else {
            return Err(PortalError::layout("there is no search form to send"));
        };
        let Some(action) = search.action.clone() else {
            return Err(PortalError::layout("the search form leads nowhere"));
        };
        let mut form = search.form.clone();
        let reference = spell(reference, &profile.reference_format)?;
        let purpose = match &date {
            Some(_) => Purpose::Day,
            None => Purpose::Dates,
        };
        form.set(&profile.method_field, method);
        form.set(&profile.unit_field, &unit.code);
        form.set(&profile.reference_field, reference);
        if let Some(date) = date {
            form.set(&profile.date_field, date);
        }
        let request = Request::submit(purpose, &form, action, search.charset, Password::None);
        self.window.ask(request, true).await
    }

    /// Keeps what a good page offers for the next step.
    fn keep(&mut self, visit: Visit) {
        if visit.seen.logout.is_some() {
            self.logout = visit.seen.logout;
        }
        if let Sight::Search(search) = visit.seen.sight {
            self.search = Some(*search);
        } else if let Sight::Result(result) = visit.seen.sight
            && let (Some(search), Some(newer)) = (&mut self.search, &result.form)
        {
            search.form.renew(newer);
        }
    }
}

/// Pages that are not what was asked for.
impl PortalSession {
    /// The error of a page that is not the one asked for: what it is decides.
    pub(super) async fn refuse(&self, visit: &Visit, what: &str) -> PortalError {
        match &visit.seen.sight {
            Sight::Captcha => {
                PortalError::new(PortalErrorKind::Captcha, "the portal shows a CAPTCHA")
            }
            Sight::AgendaLogin(_) | Sight::Entry { .. } | Sight::Frames(_) | Sight::Expired => {
                PortalError::expired("the session is over")
            }
            Sight::Unknown(why) => self.layout(visit, format!("{what}: {why}")).await,
            Sight::Result(_) | Sight::Search(_) | Sight::Dates(_) | Sight::Refresh(_) => {
                let found = visit.seen.sight.name();
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

/// A date as the profile spells it.
fn spell(date: NaiveDate, format: &str) -> Result<String, PortalError> {
    let mut text = String::new();
    write!(text, "{}", date.format(format)).map_err(|error| {
        PortalError::layout(format!("{format:?} (portal.profile) spells no date")).caused_by(error)
    })?;
    Ok(text)
}
