//! What a page may be.

use url::Url;

use super::browser::form::Form;
use super::page_name::PageName;
use super::parse::result::ResultPage;
use super::search::{DateList, SearchPage};
use agendad_domain::Unit;

pub(crate) enum PageKind {
    /// A CAPTCHA is on it, whatever else is.
    Captcha,
    /// A day's agenda.
    Result(Box<ResultPage>),
    /// The search form.
    Search(Box<SearchPage>),
    /// A bare list of dates.
    Dates(DateList),
    /// The agenda's own login; `Err` says why its form cannot be told from others.
    AgendaLogin(Result<Box<Form>, String>),
    /// The choice of a unit; `Err` says what is wrong with it.
    Choice(Result<Vec<Unit>, String>),
    /// The portal's front door: the form and the link that lead to the agenda, where there are such. `login`: a form
    /// for CPF and password beside that link, as on an agenda's login that links to itself.
    Entry {
        form: Option<Box<Form>>,
        agenda: Option<Url>,
        login: Option<Box<Form>>,
    },
    /// Frames; the address is that of the content.
    Frames(Url),
    /// A page that leads on by itself.
    Refresh(Url),
    /// Says only that the session is over.
    Expired,
    /// None of these; why.
    Unknown(String),
}

impl Default for PageKind {
    fn default() -> Self {
        Self::Unknown(String::new())
    }
}

/// What a script of the answer to a login asks the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Dialog {
    /// Whether the session that the person has elsewhere is to be ended.
    Elsewhere,
    /// Which unit is meant; with what the call says of the way of login.
    Choice { cyberark: Option<String> },
}

impl PageKind {
    pub(crate) const fn name(&self) -> PageName {
        match self {
            Self::Captcha => PageName::Captcha,
            Self::Result(_) => PageName::Result,
            Self::Search(_) => PageName::Search,
            Self::Dates(_) => PageName::Dates,
            Self::AgendaLogin(_) => PageName::AgendaLogin,
            Self::Choice(_) => PageName::Choice,
            Self::Entry { .. } => PageName::Entry,
            Self::Frames(_) => PageName::Frames,
            Self::Refresh(_) => PageName::Refresh,
            Self::Expired => PageName::Expired,
            Self::Unknown(_) => PageName::Unknown,
        }
    }
}
