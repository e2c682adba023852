//! A session of the dashboard, as the browser keeps it. Of somebody with a name it is a random token, which the database
//! knows by its hash. With the shared key it is a cookie that the vault has sealed, so that every daemon on the database
//! knows it and no restart ends it: it holds no token, and ends with its time, with a log-out, with a change of the key,
//! and when an operator has a name.

use std::net::IpAddr;

use axum::http::header::{HOST, HeaderName, ORIGIN};
use axum::http::{HeaderMap, HeaderValue};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::{DateTime, TimeDelta, Utc};
use secrecy::ExposeSecret;

use super::cookies;
use crate::store::staff::SessionTimeouts;
use crate::vault::{Purpose, Token, Vault, VaultError};

/// How long a session lasts.
const LASTS: TimeDelta = TimeDelta::hours(12);
/// Over https only, and bound to this very host by the browser.
const COOKIE: &str = "__Host-agendad";
/// Over http on this machine.
const LOCAL_COOKIE: &str = "agendad";
/// Before the token of somebody with a name; a sealed session begins with `v1.`.
const PERSONAL: &str = "p1.";
/// A sealed session is shorter.
const LONGEST: usize = 500;
/// Sessions are of no examiner.
const NOBODY: i32 = 0;

/// Whoever has logged in with the shared key.
#[derive(Clone)]
pub(super) struct Session {
    /// Recognises it when it is logged out; opens nothing.
    pub(super) id: String,
    /// Must come back with every form.
    pub(super) form_token: String,
    /// When it ends by itself.
    pub(super) until: DateTime<Utc>,
}

impl Session {
    /// A new one.
    ///
    /// # Errors
    /// [`VaultError::NoRandomness`].
    pub(super) fn new(now: DateTime<Utc>) -> Result<Self, VaultError> {
        let random = || {
            let mut bytes = [0_u8; 16];
            getrandom::fill(&mut bytes).map_err(|_| VaultError::NoRandomness)?;
            Ok(BASE64.encode(bytes))
        };
        Ok(Self {
            id: random()?,
            form_token: random()?,
            until: now + LASTS,
        })
    }

    /// As text, bound to the operator token that let it in.
    fn seal(&self, vault: &Vault, token: &str) -> Result<String, VaultError> {
        let Self {
            id,
            form_token,
            until,
        } = self;
        let text = format!("{id} {form_token} {} {token}", until.timestamp());
        vault.seal(Purpose::Dashboard, NOBODY, &text)
    }

    /// The session that a browser's cookie holds, if its time is not over and the operator token is still
    /// the same.
    pub(super) fn of(
        headers: &HeaderMap,
        vault: &Vault,
        token: &str,
        now: DateTime<Utc>,
    ) -> Option<Self> {
        let sealed = value(headers)?;
        if sealed.len() > LONGEST {
            return None;
        }
        let text = vault.unseal(Purpose::Dashboard, NOBODY, sealed).ok()?;
        let mut parts = text.expose_secret().split(' ');
        let session = Self {
            id: parts.next()?.to_owned(),
            form_token: parts.next()?.to_owned(),
            until: DateTime::from_timestamp(parts.next()?.parse().ok()?, 0)?,
        };
        (parts.next()? == token && now < session.until).then_some(session)
    }

    /// The cookie that keeps it in the browser.
    ///
    /// # Errors
    /// [`VaultError::NoRandomness`].
    pub(super) fn cookie(
        &self,
        way: Way,
        vault: &Vault,
        token: &str,
    ) -> Result<HeaderValue, VaultError> {
        let value = self.seal(vault, token)?;
        let cookie = way.cookie(&value, LASTS.num_seconds());
        // Base64 and dots only.
        HeaderValue::from_str(&cookie).map_err(|_| VaultError::Damaged)
    }
}

/// What a browser keeps of a session.
fn value(headers: &HeaderMap) -> Option<&str> {
    cookies::value(headers, COOKIE).or_else(|| cookies::value(headers, LOCAL_COOKIE))
}

/// The token of somebody with a name.
pub(super) fn personal(headers: &HeaderMap) -> Option<Token> {
    Token::read(value(headers)?.strip_prefix(PERSONAL)?)
}

/// The cookie that keeps such a token in the browser.
pub(super) fn personal_cookie(
    way: Way,
    token: &Token,
    lasting: SessionTimeouts,
) -> Option<HeaderValue> {
    let seconds = i64::try_from(lasting.longest.as_secs()).unwrap_or(i64::MAX);
    let cookie = way.cookie(&format!("{PERSONAL}{}", token.text()), seconds);
    HeaderValue::from_str(&cookie).ok()
}

/// How a browser reaches this daemon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// Over http, from the same machine: the only way on which a cookie may travel in clear.
    Local,
    /// Any other; https is demanded of the browser.
    Remote,
}

impl Way {
    pub(super) fn of(peer: IpAddr, headers: &HeaderMap) -> Self {
        const FORWARDED: [HeaderName; 3] = [
            HeaderName::from_static("x-forwarded-for"),
            HeaderName::from_static("x-forwarded-proto"),
            HeaderName::from_static("forwarded"),
        ];
        let host = headers.get(HOST).and_then(|host| host.to_str().ok());
        let here = peer.to_canonical().is_loopback() && host.is_some_and(is_this_machine);
        // A proxy that tells nothing of itself leaves what the browser says.
        let from_https = headers
            .get(ORIGIN)
            .is_some_and(|origin| origin.as_bytes().starts_with(b"https://"));
        let behind_proxy = from_https || FORWARDED.iter().any(|name| headers.contains_key(name));
        if here && !behind_proxy {
            Self::Local
        } else {
            Self::Remote
        }
    }

    fn cookie(self, value: &str, seconds: i64) -> String {
        let (name, secure) = match self {
            Self::Local => (LOCAL_COOKIE, ""),
            Self::Remote => (COOKIE, "; Secure"),
        };
        format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}")
    }

    /// Takes the cookie away.
    pub(super) fn forget(self) -> HeaderValue {
        let cookie = self.cookie("", 0);
        HeaderValue::from_str(&cookie).unwrap_or(HeaderValue::from_static(""))
    }
}

fn is_this_machine(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        Some(_) | None => host,
    };
    let address = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost")
        || address.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::header::COOKIE as COOKIES;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn headers(pairs: &[(HeaderName, &str)]) -> HeaderMap {
        let pairs = pairs.iter();
        pairs
            .map(|(name, value)| (name.clone(), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn a_session_ends_with_its_time_and_with_the_token_that_let_it_in() {
        let dir = tempfile::tempdir().unwrap();
        let vault = Vault::open(None, dir.path()).unwrap();
        let now = at("2026-11-24T12:00:00Z");
        let session = Session::new(now).unwrap();
        let cookie = session.cookie(Way::Local, &vault, "token").unwrap();
        let cookie = cookie.to_str().unwrap();
        assert!(cookie.ends_with("; HttpOnly; SameSite=Strict"), "{cookie}");
        let sent = headers(&[(COOKIES, cookie.split(';').next().unwrap())]);
        let found = |token, now| Session::of(&sent, &vault, token, at(now)).map(|s| s.id);
        assert_eq!(
            found("token", "2026-11-24T23:59:59Z"),
            Some(session.id.clone())
        );
        assert_eq!(found("token", "2026-11-25T00:00:00Z"), None);
        assert_eq!(found("another", "2026-11-24T12:00:00Z"), None);
        let other = tempfile::tempdir().unwrap();
        let other = Vault::open(None, other.path()).unwrap();
        assert!(Session::of(&sent, &other, "token", now).is_none());
    }

    #[test]
    fn only_a_browser_on_this_machine_may_do_without_https() {
        let loopback: IpAddr = "127.0.0.1".parse().unwrap();
        let way = |peer, pairs: &[(HeaderName, &str)]| Way::of(peer, &headers(pairs));
        for host in [
            "127.0.0.1:8787",
            "localhost:8787",
            "[::1]:8787",
            "localhost",
        ] {
            assert_eq!(way(loopback, &[(HOST, host)]), Way::Local, "{host}");
        }
        assert_eq!(way(loopback, &[(HOST, "agenda.example.org")]), Way::Remote);
        let proto = HeaderName::from_static("x-forwarded-proto");
        let proxied = [(HOST, "127.0.0.1:8787"), (proto, "https")];
        assert_eq!(way(loopback, &proxied), Way::Remote);
        // A proxy may say nothing of itself.
        let silent = [
            (HOST, "127.0.0.1:8787"),
            (ORIGIN, "https://agenda.example.org"),
        ];
        assert_eq!(way(loopback, &silent), Way::Remote);
        let here = [(HOST, "127.0.0.1:8787"), (ORIGIN, "http://127.0.0.1:8787")];
        assert_eq!(way(loopback, &here), Way::Local);
        let far = "192.0.2.1".parse().unwrap();
        assert_eq!(way(far, &[(HOST, "localhost:8787")]), Way::Remote);
        assert_eq!(way(loopback, &[]), Way::Remote);
        assert!(Way::Remote.cookie("x", 1).contains("; Secure"));
    }
}
