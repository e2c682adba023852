//! What is kept of a session between runs: cookies, and the search form, because no address is known at which
//! that page could be had again.

use std::fmt;

use encoding_rs::Encoding;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use url::Url;

use super::browser::charset::Charsets;
use super::browser::form::Form;
use super::browser::jar::Jar;
use super::search::{Reference, SearchPage};
use agendad_domain::{Profession, Unit};

/// A session that was logged in, for the next run. Secret: `Debug` shows nothing, and it is to be sealed where it
/// is kept.
#[derive(Clone)]
pub struct SavedSession(SecretString);

/// A saved session that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("read a saved session of the portal")]
pub struct InvalidSession(#[source] serde_json::Error);

/// The same, readable.
#[derive(Serialize, Deserialize)]
pub(super) struct Saved {
    pub cookies: serde_json::Value,
    form: Form,
    action: Option<Url>,
    charset: String,
    /// In which the page was read; an older release has kept the one charset only.
    read_charset: Option<String>,
    units: Vec<(String, String)>,
    unit: Option<String>,
    profession: Option<Profession>,
    /// With which choice of a unit it was logged in.
    pub choice: Option<String>,
    pub logout: Option<Url>,
}

impl SavedSession {
    /// Reads what [`SavedSession::expose_json`] gave.
    ///
    /// # Errors
    /// [`InvalidSession`] if it is something else, such as what an older release has kept.
    pub fn from_json(json: &str) -> Result<Self, InvalidSession> {
        serde_json::from_str::<Saved>(json).map_err(InvalidSession)?;
        Ok(Self(json.into()))
    }

    /// The session as JSON. Secret.
    #[must_use]
    pub fn expose_json(&self) -> &str {
        self.0.expose_secret()
    }

    pub(super) fn of(
        cookies: serde_json::Value,
        search: &SearchPage,
        choice: Option<&String>,
        logout: Option<&Url>,
    ) -> Option<Self> {
        let units = search.units.iter();
        let saved = Saved {
            cookies,
            form: search.form.clone(),
            action: search.action.clone(),
            charset: search.charset.declared.name().to_owned(),
            read_charset: Some(search.charset.read.name().to_owned()),
            units: units.map(|u| (u.code.clone(), u.name.clone())).collect(),
            unit: search.unit.clone(),
            profession: search.profession,
            choice: choice.cloned(),
            logout: logout.cloned(),
        };
        let json = serde_json::to_string(&saved).ok()?;
        Some(Self(json.into()))
    }

    /// Jar, search page and the rest again; `None` if they cannot be read, which only costs a login.
    pub(super) fn open(&self) -> Option<(Jar, SearchPage, Saved)> {
        let saved: Saved = serde_json::from_str(self.expose_json()).ok()?;
        let jar = Jar::from_json(&saved.cookies)?;
        let read = saved.read_charset.as_ref().unwrap_or(&saved.charset);
        let charset = Charsets {
            declared: Encoding::for_label(saved.charset.as_bytes())?,
            read: Encoding::for_label(read.as_bytes())?,
        };
        let units = saved.units.iter().cloned();
        let search = SearchPage {
            form: saved.form.clone(),
            action: saved.action.clone(),
            charset,
            units: units.map(|(code, name)| Unit { code, name }).collect(),
            unit: saved.unit.clone(),
            profession: saved.profession,
            reference: Reference::Empty,
            dates: Ok(Vec::new()),
            is_closed: true,
        };
        Some((jar, search, saved))
    }
}

impl fmt::Debug for SavedSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SavedSession(…)")
    }
}
