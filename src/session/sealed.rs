//! The form in which a session is kept, wherever that is: sealed for one user, and with it the CPF whose
//! login has earned it, because an account may be given another CPF; which login that was, and when.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::cached::CachedSession;
use crate::domain::Cpf;
use crate::vault::{Purpose, Vault, VaultError};

/// How far ahead of this process's clock a login may lie: the database's clock has stamped it.
const CLOCKS_DIFFER: TimeDelta = TimeDelta::minutes(1);

/// Which login has earned a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Login {
    pub(super) generation: i64,
    pub(super) opened_at: DateTime<Utc>,
}

impl Login {
    /// Whether its session is too old at `now`, was opened with other credentials than the account has, or is from a time
    /// that has not come yet.
    pub(super) fn is_over(self, now: DateTime<Utc>, lives: SessionLifetimes) -> bool {
        let age = now - self.opened_at;
        let ttl = TimeDelta::from_std(lives.ttl).unwrap_or(TimeDelta::MAX);
        // Those of a time to come were stored by a clock that was ahead: nobody knows whether it was before.
        let since = lives.credentials_since;
        let opened_with_others = self.opened_at < since && since - now <= CLOCKS_DIFFER;
        opened_with_others || age < -CLOCKS_DIFFER || age >= ttl
    }

    /// How long from `now` on its session is worth keeping: to be used, and then to be ended.
    pub(super) fn worth_keeping(self, now: DateTime<Utc>, lives: SessionLifetimes) -> Duration {
        let age = (now - self.opened_at).to_std().unwrap_or_default();
        (lives.ttl + lives.portal_idle).saturating_sub(age)
    }
}

/// How long sessions live.
#[derive(Debug, Clone, Copy)]
pub(super) struct SessionLifetimes {
    /// Counted from the login.
    pub(super) ttl: Duration,
    /// Counted from the last use.
    pub(super) portal_idle: Duration,
    /// Since when the account has the credentials that it has.
    pub(super) credentials_since: DateTime<Utc>,
}

/// A session that was opened.
pub(super) struct Opened {
    pub(super) login: Login,
    cookies: SecretString,
}

impl Opened {
    pub(super) fn kept(self, expired: bool) -> CachedSession {
        CachedSession {
            cookies: self.cookies,
            generation: self.login.generation,
            expired,
            mark: None,
        }
    }
}

/// Seals the cookies of a user who logged in with `cpf`.
pub(super) fn seal(
    vault: &Vault,
    usuario_id: i32,
    cpf: &Cpf,
    login: Login,
    cookies: &str,
) -> Result<String, VaultError> {
    let text = Zeroizing::new(format!(
        "{}\n{} {}\n{cookies}",
        cpf.digits(),
        login.generation,
        login.opened_at.timestamp_millis(),
    ));
    vault.seal(Purpose::Cookies, usuario_id, &text)
}

/// The session; `None` if this is anything else than a session of this user and CPF, sealed with a key
/// at hand.
pub(super) fn open(vault: &Vault, usuario_id: i32, cpf: &Cpf, sealed: &str) -> Option<Opened> {
    let text = vault.unseal(Purpose::Cookies, usuario_id, sealed).ok()?;
    let (owner, rest) = text.expose_secret().split_once('\n')?;
    let (login, cookies) = rest.split_once('\n')?;
    let (generation, opened_at) = login.split_once(' ')?;
    let login = Login {
        generation: generation.parse().ok()?,
        opened_at: DateTime::from_timestamp_millis(opened_at.parse().ok()?)?,
    };
    (owner == cpf.digits()).then(|| Opened {
        login,
        cookies: cookies.to_owned().into(),
    })
}
