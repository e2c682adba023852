//! What goes wrong, for whom, on which pages, and how often.

use std::time::Duration;

use strum::{Display, EnumString, IntoStaticStr, VariantArray, VariantNames};

/// One way to misbehave.
#[derive(Debug, Clone, PartialEq)]
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
    pub(super) fn is_possible(&self) -> bool {
        let mut visits = Visit::VARIANTS.iter();
        visits.any(|visit| self.fits(*visit))
    }

    pub(super) fn fits(&self, visit: Visit) -> bool {
        let here = self.place == Place::Any || self.place == visit.place();
        here && self.kind.fits(visit)
    }

    /// On this page only.
    #[must_use]
    pub fn at(self, place: Place) -> Self {
        Self { place, ..self }
    }

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Display, EnumString, VariantNames)]
#[strum(serialize_all = "kebab-case")]
pub enum Place {
    /// All of them, those without a name of their own here included.
    Any,
    /// The root, its frames and the entry page.
    Entry,
    /// The agenda login page.
    Agenda,
    /// A post of CPF and password, the ones that end a session elsewhere or choose a unit included.
    Login,
    /// The choice of a unit.
    Choice,
    /// The list of dates with appointments.
    Dates,
    /// The agenda of a date.
    Result,
    /// The end of the session.
    Logout,
    /// A script file.
    Script,
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

/// What goes wrong. The names are those of the [grammar](super::GRAMMAR).
#[derive(Debug, Clone, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "kebab-case")]
pub enum FaultKind {
    /// The answer comes this much later.
    Latency(Duration),
    /// A bare error page with this status and, if given, `Retry-After` in seconds. Its name is the status.
    #[strum(serialize = "500")]
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
    /// Agenda login page: fields have other names. Login: the search page has no form. Result: columns have
    /// other names.
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
    /// The request takes effect, but the connection is reset before any answer.
    AnswerLost,
    /// The examiner logs in at a browser of their own just before the request.
    Taken,
    /// The firewall's page in place of the page, with this status.
    Firewall(u16),
    /// A page that is nothing but the firewall's frame.
    FirewallFrame,
    /// A page that is nothing but the firewall's script.
    FirewallScript,
    /// The login is refused without a word.
    RefusedSilently,
    /// The login is refused by a redirect whose address holds the text.
    RefusedRedirect,
    /// The login is refused by a call of `alert`.
    RefusedAlert,
    /// The login is refused until the password is changed.
    ChangePassword,
    /// A page that nobody knows answers the login.
    UnknownAfterPassword,
    /// After the login a call that opens a dialog is written in an odd way, if there is one.
    OddDialog(DialogSpelling),
    /// Two forms of one name in the agenda login page and in the search page; the first is not the one.
    TwinForms,
    /// The choice of a unit has none.
    ChoiceEmpty,
    /// The choice of a unit asks for a profile too.
    ChoiceProfiles,
    /// The list is the one around today, whatever is asked.
    ListIgnoresReference,
    EmptyList,
    /// The list is no JSON.
    NotJson,
    /// The list is JSON, but no list.
    NotAList,
    /// The list holds a date a month after the reference date.
    FarDate,
    /// A page of so many bytes in place of the list.
    PageAsList(u64),
    /// The list holds the dates of all units of the examiner.
    DatesForAllUnits,
    /// The result does not say its date.
    NoDate,
    /// The first row of the result has a status that nobody has heard of.
    UnknownStatus,
}

/// How a call that opens a dialog is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Display, EnumString, VariantNames)]
#[strum(serialize_all = "kebab-case")]
pub enum DialogSpelling {
    /// As recorded: single quotes, one line.
    #[default]
    Plain,
    /// Double quotes.
    Double,
    /// Every character of the arguments as an escape such as `\x27`.
    Hex,
    /// In an attribute of the page's body, with `&#39;` for quotes.
    Attribute,
    /// White space wherever it may stand.
    Spaces,
    /// One argument a line.
    Lines,
    /// After the definitions of the functions, in the same script.
    Defined,
}

impl FaultKind {
    /// Whether it makes sense on a page.
    pub(super) fn fits(&self, visit: Visit) -> bool {
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
            | Self::MetaRefresh
            | Self::AnswerLost
            | Self::Firewall(_)
            | Self::FirewallFrame
            | Self::FirewallScript => true,
            Self::Expired | Self::Taken => {
                matches!(visit, Visit::Search | Visit::Dates | Visit::Result)
            }
            Self::WrongPassword | Self::Blocked => visit.is_login(),
            Self::Layout => {
                visit.is_login() || matches!(visit, Visit::Agenda | Visit::Search | Visit::Result)
            }
            Self::EmptyTable
            | Self::WrongDate
            | Self::DuplicateRows
            | Self::MalformedRows
            | Self::NoDate
            | Self::UnknownStatus => visit == Visit::Result,
            Self::RefusedSilently
            | Self::RefusedRedirect
            | Self::RefusedAlert
            | Self::ChangePassword
            | Self::UnknownAfterPassword
            | Self::OddDialog(_) => visit.is_login(),
            Self::TwinForms => visit.is_login() || visit == Visit::Agenda,
            Self::ChoiceEmpty | Self::ChoiceProfiles => visit == Visit::Choice,
            Self::ListIgnoresReference
            | Self::EmptyList
            | Self::NotJson
            | Self::NotAList
            | Self::FarDate
            | Self::PageAsList(_)
            | Self::DatesForAllUnits => visit == Visit::Dates,
        }
    }
}

/// What a request asks for; it is counted by this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Display, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub(crate) enum Visit {
    /// The frameset, its header, or the entry page.
    Entry,
    /// The agenda login page.
    Agenda,
    /// CPF and password.
    Login,
    /// CPF and password, to end a session elsewhere.
    Force,
    /// The choice of a unit.
    Choice,
    /// The search page by itself.
    Search,
    /// The dates from a reference date.
    Dates,
    /// The agenda of a date.
    Result,
    /// The end of the session.
    Logout,
    /// A script file.
    Script,
    /// Anything else: style sheets, unknown addresses, the target of a refresh.
    Other,
}

impl Visit {
    pub(crate) fn is_login(self) -> bool {
        matches!(self, Self::Login | Self::Force)
    }

    /// Its name among faults.
    pub(crate) fn place(self) -> Place {
        match self {
            Self::Entry => Place::Entry,
            Self::Agenda => Place::Agenda,
            Self::Login | Self::Force => Place::Login,
            Self::Choice => Place::Choice,
            Self::Dates => Place::Dates,
            Self::Result => Place::Result,
            Self::Logout => Place::Logout,
            Self::Script => Place::Script,
            Self::Search | Self::Other => Place::Any,
        }
    }
}
