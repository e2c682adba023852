//! Sessions in this process's memory, each for at most the configured time. Sealed, so that a core
//! dump or a debugger's view of the cache shows no cookie.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use chrono::{DateTime, Utc};
use secrecy::SecretString;

use super::SessionListed;
use crate::clock::Clock;
use crate::vault::{Purpose, Vault, VaultError};

/// The sessions of all users of this process.
#[derive(Debug)]
pub(super) struct Memory {
    ttl: Duration,
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
            ttl,
            clock,
            vault,
            sessions: Mutex::default(),
        }
    }

    /// The cookies of a user, if they are young enough. What cannot be opened is forgotten.
    pub(super) fn get(&self, usuario_id: i32) -> Option<SecretString> {
        let now = self.clock.now();
        let mut sessions = self.lock();
        let cached = sessions.get(&usuario_id)?;
        let opened = (cached.dies_at > now)
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

    /// Keeps the cookies of a user.
    ///
    /// # Errors
    /// [`VaultError`] if they cannot be sealed; then nothing is kept.
    pub(super) fn put(&self, usuario_id: i32, cookies: &str) -> Result<(), VaultError> {
        let sealed = self.vault.seal(Purpose::Cookies, usuario_id, cookies)?;
        let now = self.clock.now();
        let dies_at = now + self.ttl;
        let mut sessions = self.lock();
        // Examiners who were removed must not stay for ever.
        sessions.retain(|_, cached| cached.dies_at > now);
        sessions.insert(usuario_id, Cached { sealed, dies_at });
        Ok(())
    }

    /// Forgets the cookies of a user.
    pub(super) fn forget(&self, usuario_id: i32) {
        self.lock().remove(&usuario_id);
    }

    /// The sessions that are kept, by user.
    pub(super) fn list(&self) -> Vec<SessionListed> {
        let now = self.clock.now();
        let mut list: Vec<SessionListed> = self
            .lock()
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
        let mut sessions = self.lock();
        let count = sessions.len();
        sessions.clear();
        count
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<i32, Cached>> {
        // A panic elsewhere cannot leave the map half-changed: each change is one call.
        self.sessions
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
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
        cache.put(1, "cookie").unwrap();
        assert_eq!(cache.get(1).unwrap().expose_secret(), "cookie");
        assert!(cache.get(2).is_none());
        assert_eq!(cache.list().len(), 1);
        cache.clock = Clock::fixed(chrono_tz::UTC, "2026-11-24T12:45:00Z".parse().unwrap());
        assert!(cache.list().is_empty());
        assert!(cache.get(1).is_none());
        cache.put(1, "cookie").unwrap();
        assert_eq!((cache.clear(), cache.clear()), (1, 0));
        assert!(!format!("{cache:?}").contains("cookie\""));
    }
}
