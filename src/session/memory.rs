//! Sessions in this process's memory, each for at most the configured time. Sealed, so that a core
//! dump or a debugger's view of the cache shows no cookie.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use secrecy::SecretString;

use super::SessionListed;
use crate::clock::Clock;
use crate::domain::Cpf;
use crate::vault::{Purpose, Vault, VaultError};

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
    /// Whose login it was: an account may be given another CPF.
    cpf: Cpf,
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
        let opened = (cached.dies_at > now && cached.cpf == *cpf)
            .then(|| {
                self.vault
                    .unseal(Purpose::Cookies, usuario_id, &cached.sealed)
                    .ok()
            })
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
        let sealed = self.vault.seal(Purpose::Cookies, usuario_id, cookies)?;
        let now = self.clock.now();
        let dies_at = now + *lock(&self.ttl);
        let mut sessions = lock(&self.sessions);
        // Examiners who were removed must not stay for ever.
        sessions.retain(|_, cached| cached.dies_at > now);
        let cpf = cpf.clone();
        sessions.insert(
            usuario_id,
            Cached {
                cpf,
                sealed,
                dies_at,
            },
        );
        Ok(())
    }

    /// Forgets the cookies of a user.
    pub(super) fn forget(&self, usuario_id: i32) {
        lock(&self.sessions).remove(&usuario_id);
    }

    /// How long sessions that are kept from now on live.
    pub(super) fn set_ttl(&self, ttl: Duration) {
        *lock(&self.ttl) = ttl;
    }

    /// The sessions that are kept, by user.
    pub(super) fn list(&self) -> Vec<SessionListed> {
        let now = self.clock.now();
        let mut list: Vec<SessionListed> = lock(&self.sessions)
            .iter()
            .filter(|(_, cached)| cached.dies_at > now)
            .map(|(&usuario_id, cached)| SessionListed {
                usuario_id,
                dies_at: cached.dies_at,
            })
            .collect();
        list.sort_by_key(|session| session.usuario_id);
        list
    }

    /// Forgets all sessions; how many there were.
    pub(super) fn clear(&self) -> usize {
        let mut sessions = lock(&self.sessions);
        let count = sessions.len();
        sessions.clear();
        count
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
        assert_eq!(cache.list().len(), 1);
        cache.clock = Clock::fixed(chrono_tz::UTC, "2026-11-24T12:45:00Z".parse().unwrap());
        assert!(cache.list().is_empty());
        assert!(cache.get(1, &cpf).is_none());
        cache.put(1, &cpf, "cookie").unwrap();
        assert_eq!((cache.clear(), cache.clear()), (1, 0));
        assert!(!format!("{cache:?}").contains("cookie\""));

        cache.put(1, &cpf, "cookie").unwrap();
        assert!(cache.get(1, &other).is_none(), "another's account now");
        assert!(cache.get(1, &cpf).is_none(), "and forgotten");
    }
}
