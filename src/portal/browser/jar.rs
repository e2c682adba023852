//! The cookies of one session, and their saved form.

use std::fmt;

use cookie_store::CookieStore;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use url::Url;

/// The cookies of one session; session cookies are kept like all others.
#[derive(Default)]
pub(crate) struct Jar {
    store: CookieStore,
}

impl Jar {
    /// The `Cookie` header for `url`.
    pub(crate) fn header(&self, url: &Url) -> Option<String> {
        let pairs: Vec<String> = self
            .store
            .get_request_values(url)
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    /// Takes in the `Set-Cookie` headers of an answer; odd ones are passed over.
    pub(crate) fn take(&mut self, url: &Url, set_cookies: &[String]) {
        for set_cookie in set_cookies {
            if self.store.parse(set_cookie, url).is_err() {
                tracing::debug!("the portal set a cookie that does not parse");
            }
        }
    }

    /// The values, for blanking.
    pub(crate) fn values(&self) -> Vec<String> {
        self.store
            .iter_any()
            .map(|cookie| cookie.value().to_owned())
            .collect()
    }

    fn to_json(&self) -> Option<String> {
        let mut json = Vec::new();
        // The plain `save` drops session cookies, which are the only ones that matter here.
        cookie_store::serde::json::save_incl_expired_and_nonpersistent(&self.store, &mut json)
            .ok()?;
        String::from_utf8(json).ok()
    }
}

/// The cookies of a session that was logged in, for the next run. Secret: `Debug` shows nothing, and
/// they are to be sealed where they are kept.
#[derive(Clone)]
pub struct SavedCookies(SecretString);

/// Saved cookies that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("read the saved cookies of a session")]
pub struct InvalidCookies(#[source] serde_json::Error);

#[derive(Serialize, Deserialize)]
struct Saved {
    /// Where the search page was found, if not at the profile's `agenda_path`.
    search_page: Option<Url>,
    cookies: serde_json::Value,
}

impl SavedCookies {
    /// Reads what [`SavedCookies::expose_json`] gave.
    ///
    /// # Errors
    /// [`InvalidCookies`] if it is something else.
    pub fn from_json(json: &str) -> Result<Self, InvalidCookies> {
        serde_json::from_str::<Saved>(json).map_err(InvalidCookies)?;
        Ok(Self(json.into()))
    }

    /// The cookies as JSON. Secret.
    #[must_use]
    pub fn expose_json(&self) -> &str {
        self.0.expose_secret()
    }

    pub(crate) fn new(jar: &Jar, search_page: Option<&Url>) -> Option<Self> {
        let saved = Saved {
            search_page: search_page.cloned(),
            cookies: serde_json::from_str(&jar.to_json()?).ok()?,
        };
        let json = serde_json::to_string(&saved).ok()?;
        Some(Self(json.into()))
    }

    /// Jar and search page again; `None` if they cannot be read, which only costs a login.
    pub(crate) fn open(&self) -> Option<(Jar, Option<Url>)> {
        let saved: Saved = serde_json::from_str(self.expose_json()).ok()?;
        let cookies = saved.cookies.to_string();
        let store = cookie_store::serde::json::load_all(cookies.as_bytes()).ok()?;
        Some((Jar { store }, saved.search_page))
    }
}

impl fmt::Debug for SavedCookies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SavedCookies(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn session_cookies_survive_and_show_nowhere() {
        let url: Url = "https://portal.example.com/gefor/x.do".parse().unwrap();
        let mut jar = Jar::default();
        jar.take(
            &url,
            &[
                "JSESSIONID=abc.1; Path=/gefor; Secure; HttpOnly".into(),
                ";;".into(),
            ],
        );
        let saved = SavedCookies::new(&jar, Some(&url)).unwrap();
        assert_eq!(format!("{saved:?}"), "SavedCookies(…)");

        let saved = SavedCookies::from_json(saved.expose_json()).unwrap();
        let (jar, search_page) = saved.open().unwrap();
        assert_eq!(jar.header(&url).unwrap(), "JSESSIONID=abc.1");
        assert_eq!(search_page, Some(url));
        let elsewhere = "https://portal.example.com/other".parse().unwrap();
        assert_eq!(jar.header(&elsewhere), None, "the path binds");
        assert!(SavedCookies::from_json("{}").is_err());
    }
}
