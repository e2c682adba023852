//! Ways to misbehave: what goes wrong, for whom, where, and how often. `text`, `json` and `kinds`
//! read and write them, `registry` decides which strike a request; what they do to an answer is the
//! portal's business.

mod json;
mod kinds;
mod registry;
mod text;

use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use registry::FaultReport;
pub(super) use registry::Faults;
pub use text::{GRAMMAR, InvalidFault, parse_faults};

/// One way to misbehave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "json::Wire", into = "json::Wire")]
pub struct Fault {
    /// What goes wrong.
    pub kind: FaultKind,
    /// For whom.
    pub scope: Scope,
    /// On which pages. A kind that makes no sense on a page never strikes there.
    pub place: Place,
    /// How often.
    pub times: Times,
}

impl Fault {
    /// Everywhere, for everybody, until cleared.
    #[must_use]
    pub fn always(kind: FaultKind) -> Self {
        Self {
            kind,
            scope: Scope::All,
            place: Place::Any,
            times: Times::Always,
        }
    }

    /// The next `count` requests that it fits.
    #[must_use]
    pub fn next(kind: FaultKind, count: u64) -> Self {
        Self {
            times: Times::Next(count),
            ..Self::always(kind)
        }
    }

    /// Any request that it fits, with a probability between 0 and 1.
    #[must_use]
    pub fn sometimes(kind: FaultKind, probability: f64) -> Self {
        Self {
            times: Times::Probability(probability),
            ..Self::always(kind)
        }
    }

    /// Whether there is any page that it can strike.
    fn is_possible(&self) -> bool {
        let mut visits = Visit::ALL.iter();
        visits.any(|visit| self.fits(*visit))
    }

    fn fits(&self, visit: Visit) -> bool {
        let here = self.place == Place::Any || self.place == visit.place();
        here && self.kind.fits(visit)
    }

    /// On this page only.
    #[must_use]
    pub fn at(self, place: Place) -> Self {
        Self { place, ..self }
    }

    /// For this examiner only.
    #[must_use]
    pub fn only(self, examiner: usize) -> Self {
        Self {
            scope: Scope::Examiner(examiner),
            ..self
        }
    }
}

/// For whom a fault is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Everybody.
    All,
    /// One examiner, by index: once logged in, or named by the CPF of a login.
    Examiner(usize),
}

/// On which pages a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// All of them, those without a name of their own here included.
    Any,
    /// The root, its frames and the page with the link to the agenda.
    Entry,
    /// The agenda's login page, and the login itself.
    Login,
    /// The search page asked for by itself.
    Search,
    /// The dates with appointments.
    Dates,
    /// The agenda of a date.
    Result,
}

/// How often a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Times {
    /// Until cleared.
    Always,
    /// So many more times.
    Next(u64),
    /// With this probability, until cleared.
    Probability(f64),
}

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultKind {
    /// The answer comes this much later.
    Latency(Duration),
    /// A bare error page with this status and, if given, `Retry-After` in seconds.
    Status {
        /// 400 to 599.
        code: u16,
        /// Seconds.
        retry_after: Option<u64>,
    },
    /// The connection is reset before any answer.
    Reset,
    /// The body ends after so many bytes (half of it, if not given) although more was announced.
    Truncated(Option<usize>),
    /// The page ends after so many bytes (half of it, if not given), in an answer that is whole.
    Cut(Option<usize>),
    /// The body comes at so many bytes per second.
    Slow(u32),
    /// The session dies with this request.
    Expired,
    /// The login is refused although CPF and password are right. Does not count towards the block.
    WrongPassword,
    /// The login is refused because the account is blocked, which it is not.
    Blocked,
    /// A CAPTCHA stands in place of the page.
    Captcha,
    /// A maintenance page stands in place of the page, with status 200.
    Maintenance,
    /// Login: fields have other names. Search, dates: the form is gone. Result: columns have other names.
    Layout,
    /// The result has a table without rows, and no word about it.
    EmptyTable,
    /// The result is that of another day, and says so.
    WrongDate,
    /// Every row of the result stands there twice.
    DuplicateRows,
    /// Rows with the hours `9h30` and `25:99` and with a CPF of ten digits.
    MalformedRows,
    /// The page is followed by filler up to so many bytes, without an announced length.
    Oversized(u64),
    /// A small gzip body that becomes so many bytes.
    GzipBomb(u64),
    /// Redirects without end.
    RedirectLoop,
    /// A redirect (307: method and body are kept) to this address.
    ForeignRedirect(String),
    /// The page comes after a page with a meta refresh. Harmless to whoever follows it.
    MetaRefresh,
}

impl FaultKind {
    /// Whether it makes sense on a page.
    fn fits(&self, visit: Visit) -> bool {
        match self {
            Self::Latency(_)
            | Self::Status { .. }
            | Self::Reset
            | Self::Truncated(_)
            | Self::Cut(_)
            | Self::Slow(_)
            | Self::Captcha
            | Self::Maintenance
            | Self::Oversized(_)
            | Self::GzipBomb(_)
            | Self::RedirectLoop
            | Self::ForeignRedirect(_)
            | Self::MetaRefresh => true,
            Self::Expired => matches!(visit, Visit::Search | Visit::Dates | Visit::Result),
            Self::WrongPassword | Self::Blocked => visit == Visit::LoginPost,
            Self::Layout => {
                matches!(
                    visit.place(),
                    Place::Login | Place::Search | Place::Dates | Place::Result
                )
            }
            Self::EmptyTable | Self::WrongDate | Self::DuplicateRows | Self::MalformedRows => {
                visit == Visit::Result
            }
        }
    }
}

/// What a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Visit {
    /// The frameset, its header, or the page with the link to the agenda.
    Entry,
    /// The agenda's login page.
    LoginPage,
    /// CPF and password.
    LoginPost,
    /// The search page.
    Search,
    /// The dates from a reference date.
    Dates,
    /// The agenda of a date.
    Result,
    /// The end of the session.
    Logout,
    /// Anything else: style sheets, unknown addresses, the target of a refresh.
    Other,
}

impl Visit {
    const ALL: [Self; 8] = [
        Self::Entry,
        Self::LoginPage,
        Self::LoginPost,
        Self::Search,
        Self::Dates,
        Self::Result,
        Self::Logout,
        Self::Other,
    ];

    /// Its name among faults.
    pub(super) fn place(self) -> Place {
        match self {
            Self::Entry => Place::Entry,
            Self::LoginPage | Self::LoginPost => Place::Login,
            Self::Search => Place::Search,
            Self::Dates => Place::Dates,
            Self::Result => Place::Result,
            Self::Logout | Self::Other => Place::Any,
        }
    }
}
