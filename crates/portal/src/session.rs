//! One user's conversation with the portal: its public face and what it remembers. How it comes in is in
//! `login`, what it asks for in `steps`. It logs in when it is told to and not by itself: whether a password may
//! be posted, and whose session may be ended, is not decided here.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use chrono::NaiveDate;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::browser::jar::Jar;
use super::errors::{PortalError, PortalErrorKind};
use super::http::Connection;
use super::login_page::LoginPage;
use super::parse::DateOffer;
use super::redact::Secrets;
use super::saved::SavedSession;
use super::search::{self, DateOption, SearchPage};
use super::shared::Shared;
use super::tab::{Observer, Tab};
use agendad_config::portal::DatesMode;
use agendad_domain::{Cpf, DayReading, Profession, Unit};

/// What opens a user's agenda.
#[derive(Clone)]
pub struct Credentials {
    /// The examiner.
    pub cpf: Cpf,
    pub password: SecretString,
    /// Whether this very password was accepted before, so that posting it a second time, when the answer
    /// to the first was lost, cannot count as another wrong try.
    pub proven: bool,
}

impl Credentials {
    /// What must never be written down.
    pub(super) fn secrets(&self) -> Vec<String> {
        vec![
            self.password.expose_secret().to_owned(),
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
    /// Logins in which a password was posted; ending another session and choosing a unit are part of one.
    pub logins: u32,
    /// Whether a saved session was still honoured.
    pub session_reused: bool,
}

/// What is known of some dates of a unit.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// To be read: they have appointments, or nobody has said that they have none.
    pub to_read: Vec<NaiveDate>,
    /// Positively without appointments.
    pub vacant: Vec<NaiveDate>,
    /// The same, by a list without any date, which may be less than it seems.
    pub doubtful: Vec<NaiveDate>,
}

/// One user's conversation; has its own cookies and its own connection.
pub struct PortalSession {
    pub(super) portal: Arc<Shared>,
    pub(super) credentials: Credentials,
    pub(super) tab: Arc<Tab>,
    pub(super) logins: u32,
    pub(super) state: State,
    pub(super) reused: bool,
    /// Whether the examiner has units beside those of the search form.
    pub(super) several_units: bool,
    /// The choice of a unit with which it was logged in. Outlives the login: a new one makes the same choice.
    pub(super) choice: Option<String>,
    /// The dates that the list offers of a unit: from which reference date, and by which name.
    pub(super) offers: HashMap<(String, NaiveDate), (NaiveDate, DateOption)>,
}

/// How far it is in, with what is known there and only there.
pub(super) enum State {
    /// Nobody is logged in.
    Out,
    /// On the page on which the password is posted.
    LoggingIn(Box<LoginPage>),
    /// A saved session, which the portal has not confirmed yet.
    Unverified(Box<Inside>),
    /// The portal has shown an inner page.
    In(Box<Inside>),
}

/// What is known inside.
pub(super) struct Inside {
    /// The newest page that has the search form.
    pub(super) search: SearchPage,
    pub(super) logout: Option<Url>,
    /// A day that had to be read to know whether an empty list can be believed.
    pub(super) read_ahead: Option<DayReading>,
}

/// The public face.
impl PortalSession {
    pub(super) fn new(
        portal: Arc<Shared>,
        connection: Connection,
        credentials: Credentials,
        saved: Option<&SavedSession>,
    ) -> Self {
        let tab = Arc::new(Tab::new(
            Arc::clone(&portal.http),
            connection,
            Arc::clone(&portal.config),
            Arc::clone(&portal.retry),
        ));
        let mut session = Self {
            portal,
            credentials,
            tab,
            logins: 0,
            state: State::Out,
            reused: false,
            several_units: false,
            choice: None,
            offers: HashMap::new(),
        };
        if let Some((jar, search, saved)) = saved.and_then(SavedSession::open) {
            session.tab.set_cookies(jar);
            session.choice = saved.choice;
            session.state = State::Unverified(Box::new(Inside {
                search,
                logout: saved.logout,
                read_ahead: None,
            }));
        }
        session
    }

    /// Whether there is a session: one that the portal has confirmed, or a saved one that it has not denied yet.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.inside().is_some()
    }

    /// Whether it is a saved session in which the portal has shown us nothing: only then has its rest not begun anew.
    #[must_use]
    pub fn is_unused(&self) -> bool {
        matches!(self.state, State::Unverified(_)) && !self.tab.was_shown_anything()
    }

    /// The units of the search form.
    #[must_use]
    pub fn units(&self) -> Vec<Unit> {
        let inside = self.inside();
        inside.map_or_else(Vec::new, |inside| inside.search.units.clone())
    }

    /// The choice of a unit with which it was logged in; `None` where there was none to make.
    #[must_use]
    pub fn choice(&self) -> Option<&str> {
        self.choice.as_deref()
    }

    /// Says whether the examiner has more units than the search form: then an offered date may be another's.
    pub fn set_several_units(&mut self, several: bool) {
        self.several_units = several;
    }

    /// What is known of `wanted`, some dates of `unit`. `stored` are those for which slots are stored, wanted or not: a
    /// list that says that there are none at all is not believed by itself where it reaches one of them.
    ///
    /// `listed`: as the portal's list says, one request per eight days. `direct`: no request, all are to be read.
    ///
    /// # Errors
    /// Any kind. Nothing may be concluded about dates then.
    pub async fn offered_dates(
        &mut self,
        unit: &Unit,
        wanted: &[NaiveDate],
        stored: &BTreeSet<NaiveDate>,
    ) -> Result<Listed, PortalError> {
        let mut dates = wanted.to_vec();
        dates.sort_unstable();
        dates.dedup();
        self.offers
            .retain(|(code, date), _| *code != unit.code || !dates.contains(date));
        let mut listed = Listed::default();
        let proven = self.prove().await;
        proven.map_err(|error| self.failed(error).during("open the search page"))?;
        if self.portal.config.dates == DatesMode::Direct {
            listed.to_read = dates;
            return Ok(listed);
        }
        for reference in search::references(&dates) {
            let reached: Vec<NaiveDate> = dates
                .iter()
                .copied()
                .filter(|date| search::reaches(reference, *date))
                .collect();
            dates.retain(|date| !reached.contains(date));
            let doing = format!("list the dates from {reference}");
            // Apart, as a day is: what waits for pages stays small.
            let known = Box::pin(self.list_reached(unit, reference, &reached, stored)).await;
            let known = known.map_err(|error| self.failed(error).during(doing))?;
            listed.to_read.extend(known.to_read);
            listed.vacant.extend(known.vacant);
            listed.doubtful.extend(known.doubtful);
        }
        Ok(listed)
    }

    /// Reads one day of one unit: one request in the good case.
    ///
    /// # Errors
    /// Any kind. An empty reading is never an error in disguise.
    pub async fn read_day(
        &mut self,
        unit: &Unit,
        date: NaiveDate,
    ) -> Result<DayReading, PortalError> {
        let inside = self.inside_mut();
        let ahead = inside.and_then(|inside| inside.read_ahead.take());
        if let Some(reading) = ahead.filter(|r| r.date == date && r.unit == unit.code) {
            return Ok(reading);
        }
        let reading = Box::pin(self.read(unit, date)).await;
        reading.map_err(|error| {
            self.failed(error)
                .during(format!("read the agenda of {date}"))
        })
    }

    /// Logs out and forgets the cookies; where the portal says nothing to it, or shows that it has not done it, the session
    /// may still be there, and stays.
    ///
    /// # Errors
    /// Network kinds, and `layout` if nothing says how to log out, or the answer shows that it was not that.
    pub async fn logout(&mut self) -> Result<(), PortalError> {
        let outcome = self.try_logout().await;
        if outcome.as_ref().err().is_none_or(was_answered) {
            self.forget();
        }
        outcome.map_err(|error| error.during("log out"))
    }

    /// What to keep for the next run; `None` if nobody is logged in. A saved session that no answer has disproved
    /// yet (the portal could not be reached) is still worth keeping.
    #[must_use]
    pub fn save(&self) -> Option<SavedSession> {
        let inside = self.inside()?;
        let (choice, logout) = (self.choice.as_ref(), inside.logout.as_ref());
        SavedSession::of(self.tab.save()?, &inside.search, choice, logout)
    }

    /// What it has cost so far.
    #[must_use]
    pub fn stats(&self) -> SessionStats {
        let counts = self.tab.counts();
        SessionStats {
            requests: counts.requests,
            retries: counts.retries,
            logins: self.logins,
            session_reused: self.reused,
        }
    }
}

/// Whether the portal has answered a logout, and may have done it.
fn was_answered(error: &PortalError) -> bool {
    match error.kind() {
        PortalErrorKind::Network
        | PortalErrorKind::Timeout
        | PortalErrorKind::Unavailable { .. }
        | PortalErrorKind::Firewall => false,
        PortalErrorKind::SessionExpired
        | PortalErrorKind::Auth(_)
        | PortalErrorKind::Captcha
        | PortalErrorKind::InUse => true,
        PortalErrorKind::Layout => error.may_have_arrived(),
    }
}

impl PortalSession {
    pub(super) fn inside(&self) -> Option<&Inside> {
        match &self.state {
            State::Unverified(inside) | State::In(inside) => Some(inside),
            State::Out | State::LoggingIn(_) => None,
        }
    }

    pub(super) fn inside_mut(&mut self) -> Option<&mut Inside> {
        match &mut self.state {
            State::Unverified(inside) | State::In(inside) => Some(inside),
            State::Out | State::LoggingIn(_) => None,
        }
    }

    pub(super) fn login_page(&self) -> Option<&LoginPage> {
        match &self.state {
            State::LoggingIn(login) => Some(login),
            State::Out | State::Unverified(_) | State::In(_) => None,
        }
    }

    pub(super) fn login_page_mut(&mut self) -> Option<&mut LoginPage> {
        match &mut self.state {
            State::LoggingIn(login) => Some(login),
            State::Out | State::Unverified(_) | State::In(_) => None,
        }
    }

    /// Whose exams these are, as the search page says.
    pub(super) fn profession(&self) -> Option<Profession> {
        self.inside().and_then(|inside| inside.search.profession)
    }

    /// What an empty table of a date means.
    pub(super) fn date_offer(&self, unit: &Unit, date: NaiveDate) -> DateOffer {
        let fields = &self.portal.config.profile.list_fields;
        let names_unit =
            fields.is_empty() || fields.contains(&self.portal.config.profile.unit_field);
        if !self.offers.contains_key(&(unit.code.clone(), date)) {
            DateOffer::Unlisted
        } else if self.several_units && !names_unit {
            DateOffer::OfferedForSomeUnit
        } else {
            DateOffer::Offered
        }
    }

    /// The way out of every failed operation: a dropped session is forgotten here.
    pub(super) fn failed(&mut self, error: PortalError) -> PortalError {
        if error.session_is_dropped() {
            self.forget();
        }
        error
    }

    /// Drops cookies and everything that was seen with them.
    pub(super) fn forget(&mut self) {
        self.tab.set_cookies(Jar::default());
        self.state = State::Out;
    }

    /// Shows every further page to `observer`.
    pub(super) fn observe(&mut self, observer: Observer) {
        self.tab.observe(observer);
    }

    /// What must never be written down.
    pub(super) fn secrets(&self) -> Secrets {
        let own = self.credentials.secrets().into_iter();
        Secrets::new(own.chain(self.tab.cookie_values()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_show_no_secret() {
        let credentials = Credentials {
            cpf: Cpf::parse("52998224725").unwrap(),
            password: "s3nha-secreta".into(),
            proven: true,
        };
        let shown = format!("{credentials:?}");
        assert!(
            !shown.contains("s3nha") && !shown.contains("52998224725"),
            "{shown}"
        );
    }
}
