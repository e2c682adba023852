//! What pages are called.

use std::fmt;

use serde::{Serialize, Serializer};

/// What a page is, without what is on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageName {
    /// A CAPTCHA is on it, whatever else is.
    Captcha,
    /// A day's agenda.
    Result,
    /// The search form.
    Search,
    /// A bare list of dates.
    Dates,
    /// The agenda's own login, from which a password is posted.
    AgendaLogin,
    /// The choice of a unit.
    Choice,
    /// The portal's front door.
    Entry,
    Frames,
    /// A page that leads on by itself.
    Refresh,
    /// Says only that the session is over.
    Expired,
    /// None of these.
    Unknown,
    /// There was none.
    NoPage,
}

impl PageName {
    /// In English, for logs and programs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Captcha => "captcha",
            Self::Result => "result page",
            Self::Search => "search page",
            Self::Dates => "list of dates",
            Self::AgendaLogin => "login of the agenda",
            Self::Choice => "choice of a unit",
            Self::Entry => "front door",
            Self::Frames => "frameset",
            Self::Refresh => "page that leads on",
            Self::Expired => "session over",
            Self::Unknown => "unknown page",
            Self::NoPage => "no page",
        }
    }
}

impl fmt::Display for PageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for PageName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
