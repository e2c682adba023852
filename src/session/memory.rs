//! Sessions in this process's memory, each for at most the configured time. Sealed, so that a core
//! dump or a debugger's view of the cache shows no cookie.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use super::cached::CachedSession;
use super::sealed::{self, Login, SessionLifetimes};
use crate::clock::Clock;
use crate::domain::Cpf;
use crate::vault::Vault;

/// The sessions of all users of this process.
#[derive(Debug)]
pub(super) struct Memory {
    clock: Clock,
    vault: Vault,
    sessions: Mutex<HashMap<i32, Cached>>,
}

#[derive(Debug)]
struct Cached {
    sealed: String,
    forgotten_at: DateTime<Utc>,
}

impl Memory {
    /// An empty cache.
    pub(super) fn new(clock: Clock, vault: Vault) -> Self {
        Self {
            clock,
            vault,
            sessions: Mutex::default(),
        }
    }

    /// The session of a user who logs in with `cpf`. What cannot be opened is forgotten.
    pub(super) fn get(
        &self,
        usuario_id: i32,
        cpf: &Cpf,
        lives: SessionLifetimes,
    ) -> Option<CachedSession> {
        let now = self.clock.now();
        let mut sessions = lock(&self.sessions);
        let cached = sessions.get(&usuario_id)?;
        let opened = (cached.forgotten_at > now)
            .then(|| sealed::open(&self.vault, usuario_id, cpf, &cached.sealed))
            .flatten();
        if opened.is_none() {
            sessions.remove(&usuario_id);
        }
        opened.map(|opened| {
            let expired = opened.login.is_over(now, lives);
            opened.kept(expired)
        })
    }

    /// Keeps what a login has earned, sealed already.
    pub(super) fn keep(
        &self,
        usuario_id: i32,
        sealed: String,
        login: Login,
        lives: SessionLifetimes,
    ) {
        let now = self.clock.now();
        let keep_for = TimeDelta::from_std(login.worth_keeping(now, lives));
        let forgotten_at = now + keep_for.unwrap_or(TimeDelta::days(1));
        let mut sessions = lock(&self.sessions);
        // Examiners who were removed must not stay for ever.
        sessions.retain(|_, cached| cached.forgotten_at > now);
        sessions.insert(
            usuario_id,
            Cached {
                sealed,
                forgotten_at,
            },
        );
    }

    /// Forgets the session of a user.
    pub(super) fn forget(&self, usuario_id: i32) {
        lock(&self.sessions).remove(&usuario_id);
    }

    /// How many sessions are kept.
    pub(super) fn kept(&self) -> usize {
        let now = self.clock.now();
        let sessions = lock(&self.sessions);
        let kept = sessions.values().filter(|cached| cached.forgotten_at > now);
        kept.count()
    }

    /// Forgets all sessions.
    pub(super) fn clear(&self) {
        lock(&self.sessions).clear();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic elsewhere cannot leave these half-changed: each change is one call.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use secrecy::ExposeSecret;

    const LIVES: SessionLifetimes = SessionLifetimes {
        ttl: Duration::from_secs(45 * 60),
        portal_idle: Duration::from_secs(30 * 60),
        credentials_since: DateTime::<Utc>::MIN_UTC,
    };

    fn at(time: &str) -> Clock {
        Clock::fixed(chrono_tz::America::Sao_Paulo, time.parse().unwrap())
    }

    fn keep(cache: &Memory, cpf: &Cpf, opened_at: &str) {
        let login = Login {
            generation: 3,
            opened_at: opened_at.parse().unwrap(),
        };
        let sealed = sealed::seal(&cache.vault, 1, cpf, login, "cookie\n2").unwrap();
        cache.keep(1, sealed, login, LIVES);
    }

    #[test]
    fn a_session_lives_for_its_ttl_from_the_login_and_belongs_to_one_user() {
        let dir = tempfile::tempdir().unwrap();
        let vault = Vault::open(None, dir.path()).unwrap();
        let mut cache = Memory::new(at("2026-11-24T12:00:00Z"), vault);
        let [cpf, other] = ["52998224725", "11144477735"].map(|cpf| Cpf::parse(cpf).unwrap());
        let login = "2026-11-24T12:00:00Z";
        keep(&cache, &cpf, login);
        let kept = cache.get(1, &cpf, LIVES).unwrap();
        assert_eq!(kept.cookies.expose_secret(), "cookie\n2");
        assert_eq!((kept.generation, kept.expired), (3, false));
        assert!(cache.get(2, &cpf, LIVES).is_none());
        assert_eq!(cache.kept(), 1);

        // Used again and again: that makes it no younger.
        cache.clock = at("2026-11-24T12:44:00Z");
        keep(&cache, &cpf, login);
        cache.clock = at("2026-11-24T12:45:00Z");
        assert!(cache.get(1, &cpf, LIVES).unwrap().expired, "to be ended");
        cache.clock = at("2026-11-24T13:15:00Z");
        assert!(
            cache.get(1, &cpf, LIVES).is_none(),
            "the portal has ended it"
        );

        cache.clock = at(login);
        keep(&cache, &cpf, login);
        cache.clear();
        assert!(cache.get(1, &cpf, LIVES).is_none());
        assert!(!format!("{cache:?}").contains("cookie\n"));

        keep(&cache, &cpf, login);
        assert!(
            cache.get(1, &other, LIVES).is_none(),
            "another's account now"
        );
        assert!(cache.get(1, &cpf, LIVES).is_none(), "and forgotten");
    }

    #[test]
    fn a_login_from_the_future_is_not_trusted_and_one_of_a_clock_that_differs_a_little_is() {
        let dir = tempfile::tempdir().unwrap();
        let vault = Vault::open(None, dir.path()).unwrap();
        let cache = Memory::new(at("2026-11-24T12:00:00Z"), vault);
        let cpf = Cpf::parse("52998224725").unwrap();
        for (opened_at, expired) in [
            ("2026-11-24T12:00:59Z", false),
            ("2026-11-24T12:02:00Z", true),
            ("2027-11-24T12:00:00Z", true),
        ] {
            keep(&cache, &cpf, opened_at);
            assert_eq!(
                cache.get(1, &cpf, LIVES).unwrap().expired,
                expired,
                "{opened_at}"
            );
        }
    }
    #[test]
    fn a_session_of_a_login_with_earlier_credentials_is_to_be_ended() {
        let dir = tempfile::tempdir().unwrap();
        let vault = Vault::open(None, dir.path()).unwrap();
        let cache = Memory::new(at("2026-11-24T12:10:00Z"), vault);
        let cpf = Cpf::parse("52998224725").unwrap();
        keep(&cache, &cpf, "2026-11-24T12:00:00Z");
        for (since, expired) in [
            ("2026-11-24T11:59:59Z", false),
            ("2026-11-24T12:00:01Z", true),
            ("2026-11-24T12:10:30Z", true),
            ("2027-11-24T12:00:00Z", false),
        ] {
            let lives = SessionLifetimes {
                credentials_since: since.parse().unwrap(),
                ..LIVES
            };
            let kept = cache.get(1, &cpf, lives).unwrap();
            assert_eq!(kept.expired, expired, "{since}");
        }
    }
}
