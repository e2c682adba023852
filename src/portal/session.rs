//! One user's conversation with the portal: its public face and what it remembers. How it comes in is in
//! `login` and `reentry`, what it asks for in `steps`.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::Shared;
use super::blank::Secrets;
use super::browser::jar::SavedCookies;
use super::errors::PortalError;
use super::search::{self, DateOption, SearchPage};
use super::visit::{Observer, Window};
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

impl Credentials {
    /// What must never be written down.
    pub(super) fn secrets(&self) -> Vec<String> {
        vec![
            self.senha.expose_secret().to_owned(),
            self.cpf.digits().to_owned(),
            self.cpf.formatted(),
        ]
    }
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
    pub(super) state: State,
    pub(super) reused: bool,
    /// A new login did not help; another would not either, and could harm.
    pub(super) given_up: bool,
    /// Where the search page is.
    pub(super) agenda: Option<Url>,
    pub(super) logout: Option<Url>,
    /// The newest page that has the search form.
    pub(super) search: Option<SearchPage>,
    /// Which reference date offered a date of a unit, and how the form names it.
    pub(super) offers: HashMap<(String, NaiveDate), (NaiveDate, DateOption)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
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
        self.offers
            .retain(|(code, date), _| *code != unit.code || !dates.contains(date));
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

    /// The cookies to keep for the next run; `None` if nobody is logged in. Saved cookies that no answer
    /// has disproved yet (the portal could not be reached) are still worth keeping.
    #[must_use]
    pub fn cookies(&self) -> Option<SavedCookies> {
        match self.state {
            State::In | State::Hoping => self.window.save(self.agenda.as_ref()),
            State::Out => None,
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

impl PortalSession {
    fn units(&self) -> Vec<Unit> {
        let search = self.search.as_ref();
        search
            .map(|search| search.units.clone())
            .unwrap_or_default()
    }

    /// Shows every further page to `observer`.
    pub(super) fn observe(&mut self, observer: Observer) {
        self.window.observe(observer);
    }

    /// What must never be written down.
    pub(super) fn secrets(&self) -> Secrets {
        let own = self.credentials.secrets().into_iter();
        Secrets::new(own.chain(self.window.cookie_values()))
    }
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
