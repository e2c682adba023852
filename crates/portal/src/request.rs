//! What a session asks for: an address, or a form that is sent, perhaps with a password in it.

use url::Url;

use super::browser::charset::Charsets;
use super::browser::form::Form;
use super::errors::PortalError;
use super::verdict::PasswordAnswer;
use super::words::Words;
use agendad_config::portal::Profile;

/// A request for a page.
#[derive(Clone)]
pub(crate) struct Request {
    pub(super) purpose: Purpose,
    pub(super) url: Url,
    pub(super) form: Option<String>,
    pub(super) password: Password,
    /// What has come of the password, if this request or one before it carried one.
    pub(super) answer: Option<PasswordAnswer>,
}

/// What is asked for; redirects and frames on the way to it included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The front door.
    Entry,
    /// The agenda, where its login is expected.
    Agenda,
    /// The verdict on a password.
    Login,
    /// The units to choose from.
    Choice,
    /// The search page.
    Search,
    /// The list of dates.
    Dates,
    Day,
    /// The way out.
    Logout,
}

impl Purpose {
    /// As metrics name it.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Entry => "entry",
            Self::Agenda => "agenda",
            Self::Login => "login",
            Self::Choice => "choice",
            Self::Search => "search",
            Self::Dates => "dates",
            Self::Day => "day",
            Self::Logout => "logout",
        }
    }
}

/// Whether a request carries a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Password {
    None,
    /// This very password was accepted before, or not.
    Carried {
        proven: bool,
    },
}

impl Request {
    pub(crate) fn get(purpose: Purpose, url: Url) -> Self {
        Self {
            purpose,
            url,
            form: None,
            password: Password::None,
            answer: None,
        }
    }

    /// The refusal of a password, if what has led to this request says so.
    pub(crate) fn refusal(&self, profile: &Profile) -> Option<PortalError> {
        self.answer.as_ref()?.refusal_on_the_way(profile)
    }

    /// What is asked next, where the answer leads on to `url` and `says` something by the way.
    pub(crate) fn onward(self, url: Url, says: impl FnOnce() -> Words) -> Self {
        let answer = self.answer.map(|mut answer| {
            answer.leads_on(says());
            answer
        });
        Self {
            answer,
            ..Self::get(self.purpose, url)
        }
    }

    /// Submits a form to its resolved action.
    pub(crate) fn submit(
        purpose: Purpose,
        form: &Form,
        action: Url,
        charset: Charsets,
        password: Password,
    ) -> Self {
        let content = form.encode(charset);
        let mut url = action;
        let form = if form.post {
            Some(content)
        } else {
            url.set_query(Some(&content));
            None
        };
        Self {
            purpose,
            url,
            form,
            password,
            answer: None,
        }
    }
}
