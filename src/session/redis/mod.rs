//! Sessions in Redis, shared by all daemons on it, each for at most the configured time: Redis lets them
//! expire. Sealed before they leave the process.
//!
//! Redis is never needed. What this process keeps there it also keeps in its own memory, so that an outage
//! costs no logins: the copy serves while Redis cannot be asked, or has lost what it held. It does not
//! serve after all sessions were forgotten on purpose: that leaves a mark in Redis, seen by every process
//! at its next command.

mod desk;
mod keys;
mod link;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use secrecy::SecretString;

use super::memory::Memory;
use super::{SessionStoreError, SharedHealth, sealed};
use crate::clock::Clock;
use crate::domain::Cpf;
use crate::vault::{Vault, VaultError};
use keys::{Found, Kept};
use link::Link;

pub use desk::{SessionListed, SharedSessions};

/// The sessions of all users, in one Redis.
#[derive(Debug)]
pub(super) struct Redis {
    link: Link,
    /// What this process has kept.
    copies: Memory,
    /// The mark of the last clearing that this process has seen.
    cleared: Mutex<Option<Vec<u8>>>,
    vault: Vault,
}

impl Redis {
    /// Not connected yet.
    ///
    /// # Errors
    /// [`SessionStoreError::Address`].
    pub(super) fn new(
        url: &SecretString,
        ttl: Duration,
        clock: Clock,
        vault: Vault,
    ) -> Result<Self, SessionStoreError> {
        Ok(Self {
            link: Link::new(url)?,
            copies: Memory::new(ttl, clock, vault.clone()),
            cleared: Mutex::default(),
            vault,
        })
    }

    /// Finds out whether Redis can be used, and logs it if not.
    pub(super) async fn look(&self) {
        self.link.is_worth_asking().await;
    }

    /// How many sessions there are copies of.
    pub(super) fn kept(&self) -> usize {
        self.copies.kept()
    }

    pub(super) fn health(&self) -> SharedHealth {
        self.link.health()
    }

    pub(super) async fn get(&self, usuario_id: i32, cpf: &Cpf) -> Option<SecretString> {
        let found = self.link.ask::<Found>(&keys::get(usuario_id)).await;
        if let Some(((shared, cleared),)) = found {
            self.see(cleared);
            if let Some(cookies) = shared.and_then(|bytes| self.open(usuario_id, cpf, bytes)) {
                return Some(cookies);
            }
        }
        self.copies.get(usuario_id, cpf)
    }

    fn open(&self, usuario_id: i32, cpf: &Cpf, bytes: Vec<u8>) -> Option<SecretString> {
        let text = String::from_utf8(bytes).ok()?;
        sealed::open(&self.vault, usuario_id, cpf, &text)
    }

    /// # Errors
    /// [`VaultError`]; then nothing is kept.
    pub(super) async fn put(
        &self,
        usuario_id: i32,
        cpf: &Cpf,
        cookies: &str,
    ) -> Result<(), VaultError> {
        let sealed = sealed::seal(&self.vault, usuario_id, cpf, cookies)?;
        let put = keys::put(usuario_id, &sealed, self.copies.ttl());
        if let Some(((cleared,),)) = self.link.ask::<Kept>(&put).await {
            self.see(cleared);
        }
        self.copies.keep(usuario_id, sealed);
        Ok(())
    }

    pub(super) async fn forget(&self, usuario_id: i32) {
        self.copies.forget(usuario_id);
        // What is left there now is a hope that the portal will disappoint.
        self.link.ask::<()>(&keys::delete(usuario_id)).await;
    }

    pub(super) fn set_ttl(&self, ttl: Duration) {
        self.copies.set_ttl(ttl);
    }

    /// Forgets this process's copies if all sessions were forgotten since it last looked.
    fn see(&self, cleared: Option<Vec<u8>>) {
        let Some(mark) = cleared else { return };
        let mut seen = self.cleared.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.as_ref() != Some(&mark) {
            *seen = Some(mark);
            self.copies.clear();
        }
    }
}
