//! One user's conversation with the portal, from the search page to the days. What a dead session costs
//! is decided here: one new login, then the step at hand again.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;
use secrecy::SecretString;
use url::Url;

use super::Shared;
use super::browser::jar::{Jar, SavedCookies};
use super::classify::{self, Sight};
use super::errors::{PortalError, PortalErrorKind};
use super::parse;
use super::search::{self, DateOption, SearchPage};
use super::visit::{Password, Request, Visit, Window};
use crate::config::portal::DatesMode;
use crate::domain::{Cpf, DayReading, Unit};

/// What opens a user's agenda.
#[derive(Clone)]
pub struct Credentials {
    /// The examiner.
    pub cpf: Cpf,
    /// His password.
    pub senha: SecretString,
    /// Whether this very password was accepted before, so that posting it a second time, when the answer
    /// to the first was lost, cannot count as another wrong try.
    pub proven: bool,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials")
            .field("cpf", &self.cpf)
            .field("proven", &self.proven)
            .finish_non_exhaustive()
    }
}

/// What a session has cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SessionStats {
    /// HTTP requests, retries and redirects included.
    pub requests: u32,
    /// Requests that were repeated after a failure.
    pub retries: u32,
    /// Passwords posted.
    pub logins: u32,
    /// Whether saved cookies were still honoured.
    pub session_reused: bool,
}

/// One user's conversation; has its own cookies.
pub struct PortalSession {
    pub(super) portal: Arc<Shared>,
    pub(super) credentials: Credentials,
    pub(super) window: Arc<Window>,
    pub(super) logins: u32,
    state: State,
    reused: bool,
    /// A new login did not help; another would not either, and could harm.
    given_up: bool,
    /// Where the search page is.
    agenda: Option<Url>,
    logout: Option<Url>,
    /// The newest page that has the search form.
    search: Option<SearchPage>,
    /// Which reference date offered a date of a unit, and how the form names it.
    offers: HashMap<(String, NaiveDate), (NaiveDate, DateOption)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// No cookies worth anything.
    Out,
    /// Saved cookies, a hope.
    Hoping,
    /// The portal has shown an inner page.
    In,
}

/// The public face.
impl PortalSession {
    pub(super) fn new(
        portal: Arc<Shared>,
        credentials: Credentials,
        saved: Option<&SavedCookies>,
    ) -> Self {
        let window = Arc::new(Window::new(
            Arc::clone(&portal.http),
            Arc::clone(&portal.config),
            Arc::clone(&portal.retry),
        ));
        let (state, agenda) = match saved.and_then(SavedCookies::open) {
            Some((jar, agenda)) => {
                window.set_cookies(jar);
                (State::Hoping, agenda)
            }
            None => (State::Out, None),
        };
        Self {
            portal,
            credentials,
            window,
            logins: 0,
            state,
            reused: false,
            given_up: false,
            agenda,
            logout: None,
            search: None,
            offers: HashMap::new(),
        }
    }

    /// Asks for the search page, which is itself the proof that saved cookies are still good; logs in if
    /// there are none or they are dead. The units of the search form.
    ///
    /// # Errors
    /// Any kind; `session_expired` only right after a new login.
    pub async fn open(&mut self) -> Result<Vec<Unit>, PortalError> {
        let doing = "open the agenda's search page";
        match self.enter().await {
            Ok(()) => Ok(self.units()),
            Err(error) => Err(self.failed(error, doing)),
        }
    }

    /// The dates of `wanted` on which `unit` has appointments, in order.
    ///
    /// `listed`: as the search form says, one request per eight days. `direct`: all of them, no request.
    ///
    /// # Errors
    /// Any kind. Nothing may be concluded about dates then.
    pub async fn offered_dates(
        &mut self,
        unit: &Unit,
        wanted: &[NaiveDate],
    ) -> Result<Vec<NaiveDate>, PortalError> {
        let mut dates = wanted.to_vec();
        dates.sort_unstable();
        dates.dedup();
        if self.portal.config.dates == DatesMode::Direct {
            return Ok(dates);
        }
        for reference in search::references(&dates) {
            let listed = self.list_with_login(unit, reference).await;
            let options = listed
                .map_err(|error| self.failed(error, format!("list the dates from {reference}")))?;
            for option in options {
                let key = (unit.code.clone(), option.date);
                self.offers.insert(key, (reference, option));
            }
        }
        dates.retain(|date| self.offers.contains_key(&(unit.code.clone(), *date)));
        Ok(dates)
    }

    /// Reads one day of one unit: one request in the good case.
    ///
    /// # Errors
    /// Any kind. An empty reading is never an error in disguise.
    pub async fn read_day(
        &mut self,
        unit: &Unit,
        data: NaiveDate,
    ) -> Result<DayReading, PortalError> {
        let reading = self.read_with_login(unit, data).await;
        reading.map_err(|error| self.failed(error, format!("read the agenda of {data}")))
    }

    /// Logs out and forgets the cookies, whatever the portal says to it.
    ///
    /// # Errors
    /// Network kinds, and `layout` if no link to log out is found. The cookies are forgotten all the same.
    pub async fn logout(&mut self) -> Result<(), PortalError> {
        let outcome = self.try_logout().await;
        self.forget();
        outcome.map_err(|error| error.during("log out"))
    }

    /// The cookies to keep for the next run; `None` if nobody is logged in.
    #[must_use]
    pub fn cookies(&self) -> Option<SavedCookies> {
        match self.state {
            State::In => self.window.save(self.agenda.as_ref()),
            State::Hoping | State::Out => None,
        }
    }

    /// What it has cost so far.
    #[must_use]
    pub fn stats(&self) -> SessionStats {
        let counts = self.window.counts();
        SessionStats {
            requests: counts.requests,
            retries: counts.retries,
            logins: self.logins,
            session_reused: self.reused,
        }
    }
}

/// Coming in, and in again.
impl PortalSession {
    async fn enter(&mut self) -> Result<(), PortalError> {
        if self.given_up {
            return Err(PortalError::expired("a new login did not help before"));
        }
        if self.state != State::Out {
            match self.search_page().await {
                Ok(()) => {
                    self.reused = self.logins == 0;
                    return Ok(());
                }
                Err(error) if is_expired(&error) => tracing::debug!("the saved session is over"),
                Err(error) => return Err(error),
            }
        }
        self.log_in_and_take().await
    }

    async fn log_in_and_take(&mut self) -> Result<(), PortalError> {
        let visit = self.log_in().await?;
        self.take_search(visit).await
    }

    /// The session died: one new login, unless that has been in vain before.
    async fn again(&mut self, error: PortalError) -> Result<(), PortalError> {
        if self.given_up {
            return Err(error);
        }
        tracing::info!("the session is over; logging in again");
        self.log_in_and_take().await
    }

    async fn ready(&mut self) -> Result<(), PortalError> {
        if self.search.is_none() || self.state != State::In {
            self.enter().await?;
        }
        Ok(())
    }

    async fn list_with_login(
        &mut self,
        unit: &Unit,
        reference: NaiveDate,
    ) -> Result<Vec<DateOption>, PortalError> {
        self.ready().await?;
        match self.list(unit, reference).await {
            Err(error) if is_expired(&error) => {
                self.again(error).await?;
                self.list(unit, reference).await
            }
            other => other,
        }
    }

    async fn read_with_login(
        &mut self,
        unit: &Unit,
        data: NaiveDate,
    ) -> Result<DayReading, PortalError> {
        self.ready().await?;
        match self.read(unit, data).await {
            Err(error) if is_expired(&error) => {
                self.again(error).await?;
                self.read(unit, data).await
            }
            other => other,
        }
    }

    /// The way out of every failed operation: a dropped session is forgotten here.
    fn failed(
        &mut self,
        error: PortalError,
        doing: impl Into<std::borrow::Cow<'static, str>>,
    ) -> PortalError {
        if error.session_is_dropped() {
            self.given_up |= is_expired(&error);
            self.forget();
        }
        error.during(doing)
    }

    /// Drops cookies and everything that was seen with them.
    pub(super) fn forget(&mut self) {
        self.window.set_cookies(Jar::default());
        self.state = State::Out;
        self.search = None;
        self.logout = None;
    }

    pub(super) fn logged_in(&mut self, agenda: Url) {
        self.state = State::In;
        self.agenda = Some(agenda);
    }

    fn units(&self) -> Vec<Unit> {
        self.search
            .as_ref()
            .map(|search| search.units.clone())
            .unwrap_or_default()
    }
}

/// The pages.
impl PortalSession {
    /// Asks for the search page, as VOLTAR does.
    async fn search_page(&mut self) -> Result<(), PortalError> {
        let url = match &self.agenda {
            Some(url) => url.clone(),
            None => self
                .window
                .address(&self.portal.config.profile.agenda_path)?,
        };
        let visit = self.window.ask(Request::get(url), true).await?;
        self.take_search(visit).await
    }

    async fn take_search(&mut self, visit: Visit) -> Result<(), PortalError> {
        match &visit.seen.sight {
            Sight::Search(search) if search.units.is_empty() => Err(self
                .refuse(
                    &visit,
                    "the search form names no unit (portal.profile.unit_field)",
                )
                .await),
            Sight::Search(_) => {
                self.state = State::In;
                self.keep(visit);
                Ok(())
            }
            _ => Err(self.refuse(&visit, "the page is not the search page").await),
        }
    }

    /// Keeps what a good page offers for the next step.
    fn keep(&mut self, visit: Visit) {
        if visit.seen.logout.is_some() {
            self.logout = visit.seen.logout;
        }
        match visit.seen.sight {
            Sight::Search(search) => self.search = Some(*search),
            Sight::Result(result) => {
                if let (Some(search), Some(newer)) = (&mut self.search, &result.form) {
                    search.form.renew(newer);
                }
            }
            _ => {}
        }
    }

    async fn list(
        &mut self,
        unit: &Unit,
        reference: NaiveDate,
    ) -> Result<Vec<DateOption>, PortalError> {
        let profile = &self.portal.config.profile;
        let method = profile.method_list_dates.clone();
        let visit = self.post_search(unit, reference, None, &method).await?;
        let listed = match &visit.seen.sight {
            Sight::Search(search) => search::offered(search, unit, reference),
            Sight::Dates(dates) => search::in_reach(dates, reference),
            _ => return Err(self.refuse(&visit, "the answer is no list of dates").await),
        };
        match listed {
            Ok(options) => {
                self.keep(visit);
                Ok(options)
            }
            Err(problem) => Err(self.layout(&visit, problem).await),
        }
    }

    async fn read(&mut self, unit: &Unit, data: NaiveDate) -> Result<DayReading, PortalError> {
        if let Some(reading) = self.read_once(unit, data).await? {
            return Ok(reading);
        }
        // The form came back instead of a day: perhaps its token was used up. Ask for it afresh.
        self.search_page().await?;
        match self.read_once(unit, data).await? {
            Some(reading) => Ok(reading),
            None => Err(PortalError::layout(
                "the search page came back twice instead of the day",
            )),
        }
    }

    /// `None` if the search page came back without a word on the day.
    async fn read_once(
        &mut self,
        unit: &Unit,
        data: NaiveDate,
    ) -> Result<Option<DayReading>, PortalError> {
        let offer = self.offers.get(&(unit.code.clone(), data)).cloned();
        let reference = offer.as_ref().map_or(data, |(reference, _)| *reference);
        let profile = &self.portal.config.profile;
        let value = match offer {
            Some((_, option)) => option.value,
            None => data.format(&profile.date_format).to_string(),
        };
        let method = profile.method_search.clone();
        let visit = self
            .post_search(unit, reference, Some(value), &method)
            .await?;
        match &visit.seen.sight {
            Sight::Result(result) => match parse::day(result, unit, data) {
                Ok(reading) => {
                    self.keep(visit);
                    Ok(Some(reading))
                }
                Err(problem) => Err(self.layout(&visit, problem).await),
            },
            Sight::Search(search) => {
                let texts = [visit.seen.errors.as_slice(), &visit.seen.messages].concat();
                let same_unit = search.unit.as_ref().is_none_or(|shown| *shown == unit.code);
                if same_unit && classify::says(&texts, &self.portal.config.profile.empty_texts) {
                    self.keep(visit);
                    return Ok(Some(DayReading::empty(data, &unit.code)));
                }
                Ok(None)
            }
            _ => Err(self.refuse(&visit, "the answer is no result page").await),
        }
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
        let mut form = search.form.clone();
        form.set(&profile.method_field, method);
        form.set(&profile.unit_field, &unit.code);
        form.set(
            &profile.reference_field,
            reference.format(&profile.reference_format).to_string(),
        );
        form.set(&profile.date_field, date.unwrap_or_default());
        let Some(action) = search.action.clone() else {
            return Err(PortalError::layout("the search form leads nowhere"));
        };
        let request = Request::submit(&form, action, search.charset, Password::None);
        self.window.ask(request, true).await
    }

    async fn try_logout(&mut self) -> Result<(), PortalError> {
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
            return Err(PortalError::layout(
                "the search page has no link to log out (portal.profile.logout_link)",
            ));
        };
        self.window.ask(Request::get(url), true).await?;
        Ok(())
    }
}

/// Pages that are not what was asked for.
impl PortalSession {
    /// The error of a page that is not the one asked for: what it is decides.
    pub(super) async fn refuse(&self, visit: &Visit, what: &'static str) -> PortalError {
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
        let _ = visit;
        PortalError::layout(what)
    }
}

fn is_expired(error: &PortalError) -> bool {
    *error.kind() == PortalErrorKind::SessionExpired
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_show_no_secret() {
        let credentials = Credentials {
            cpf: Cpf::parse("52998224725").unwrap(),
            senha: "s3nha-secreta".into(),
            proven: true,
        };
        let shown = format!("{credentials:?}");
        assert!(
            !shown.contains("s3nha") && !shown.contains("52998224725"),
            "{shown}"
        );
    }
}
