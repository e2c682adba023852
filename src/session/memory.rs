//! Sessions in this process's memory, each for at most the configured time. Sealed, so that a core
//! dump or a debugger's view of the cache shows no cookie.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use secrecy::SecretString;

use super::sealed;
use crate::clock::Clock;
use crate::domain::Cpf;
use crate::vault::{Vault, VaultError};

/// The sessions of all users of this process.
#[derive(Debug)]
pub(super) struct Memory {
    ttl: Mutex<Duration>,
    clock: Clock,
    vault: Vault,
    sessions: Mutex<HashMap<i32, Cached>>,
}

#[derive(Debug)]
struct Cached {
    sealed: String,
    dies_at: DateTime<Utc>,
}

impl Memory {
    /// An empty cache whose entries live for `ttl`.
    pub(super) fn new(ttl: Duration, clock: Clock, vault: Vault) -> Self {
        Self {
            ttl: Mutex::new(ttl),
            clock,
            vault,
            sessions: Mutex::default(),
        }
    }

    /// The cookies of a user who logs in with `cpf`, if they are young enough. What cannot be opened
    /// is forgotten.
    pub(super) fn get(&self, usuario_id: i32, cpf: &Cpf) -> Option<SecretString> {
        let now = self.clock.now();
        let mut sessions = lock(&self.sessions);
        let cached = sessions.get(&usuario_id)?;
        let opened = (cached.dies_at > now)
            .then(|| sealed::open(&self.vault, usuario_id, cpf, &cached.sealed))
            .flatten();
        if opened.is_none() {
            sessions.remove(&usuario_id);
        }
        opened
    }

    /// Keeps the cookies of a user, which a login with `cpf` has earned.
    ///
    /// # Errors
    /// [`VaultError`] if they cannot be sealed; then nothing is kept.
    pub(super) fn put(&self, usuario_id: i32, cpf: &Cpf, cookies: &str) -> Result<(), VaultError> {
        let sealed = sealed::seal(&self.vault, usuario_id, cpf, cookies)?;
        self.keep(usuario_id, sealed);
        Ok(())
    }

    /// Keeps what is sealed already.
    pub(super) fn keep(&self, usuario_id: i32, sealed: String) {
        let now = self.clock.now();
        let dies_at = now + self.ttl();
        let mut sessions = lock(&self.sessions);
        // Examiners who were removed must not stay for ever.
        sessions.retain(|_, cached| cached.dies_at > now);
        sessions.insert(usuario_id, Cached { sealed, dies_at });
    }

    /// Forgets the cookies of a user.
    pub(super) fn forget(&self, usuario_id: i32) {
        lock(&self.sessions).remove(&usuario_id);
    }

    /// How long sessions that are kept now live.
    pub(super) fn ttl(&self) -> Duration {
        *lock(&self.ttl)
    }

    /// How long sessions that are kept from now on live.
    pub(super) fn set_ttl(&self, ttl: Duration) {
        *lock(&self.ttl) = ttl;
    }

    /// How many sessions are kept.
    pub(super) fn kept(&self) -> usize {
        let now = self.clock.now();
        let sessions = lock(&self.sessions);
        sessions
            .values()
            .filter(|cached| cached.dies_at > now)
            .count()
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
    use super::*;
    use secrecy::ExposeSecret;

    fn cache(now: &str, vault: &Vault) -> Memory {
        let clock = Clock::fixed(chrono_tz::America::Sao_Paulo, now.parse().unwrap());
        Memory::new(Duration::from_secs(45 * 60), clock, vault.clone())
    }

    #[test]
    fn a_session_lives_for_its_ttl_and_belongs_to_one_user() {
        let dir = tempfile::tempdir().unwrap();
        let vault = Vault::open(None, dir.path()).unwrap();
        let mut cache = cache("2026-11-24T12:00:00Z", &vault);
        let [cpf, other] = ["52998224725", "11144477735"].map(|cpf| Cpf::parse(cpf).unwrap());
        cache.put(1, &cpf, "cookie").unwrap();
        assert_eq!(cache.get(1, &cpf).unwrap().expose_secret(), "cookie");
        assert!(cache.get(2, &cpf).is_none());
        assert_eq!(cache.kept(), 1);
        cache.clock = Clock::fixed(chrono_tz::UTC, "2026-11-24T12:45:00Z".parse().unwrap());
        assert!(cache.get(1, &cpf).is_none());
        cache.put(1, &cpf, "cookie").unwrap();
        cache.clear();
        assert!(cache.get(1, &cpf).is_none());
        assert!(!format!("{cache:?}").contains("cookie\""));

        cache.put(1, &cpf, "cookie").unwrap();
        assert!(cache.get(1, &other).is_none(), "another's account now");
        assert!(cache.get(1, &cpf).is_none(), "and forgotten");
    }
}
