//! Sessions in Redis, shared by all daemons on it, each for as long as it is of use: Redis lets them
//! expire. Sealed before they leave the process.
//!
//! Redis is never needed. While it cannot be used, the database keeps the sessions, for all processes; and what this
//! process keeps it also keeps in its own memory: the copy serves where Redis has lost what it held. It does not
//! serve after all sessions were forgotten on purpose: that leaves a mark in Redis, seen by every process
//! at its next command.

mod administration;
mod keys;
mod link;

use std::sync::{Mutex, PoisonError};

use secrecy::SecretString;

use super::cached::CachedSession;
use super::memory::Memory;
use super::sealed::{self, Login, SessionLifetimes};
use super::shared::{SessionStoreError, SharedHealth};
use crate::clock::Clock;
use crate::domain::Cpf;
use crate::vault::Vault;
use keys::{Found, Kept};
use link::Link;

pub use administration::SharedSessions;

/// The sessions of all users, in one Redis.
#[derive(Debug)]
pub(super) struct Redis {
    link: Link,
    /// What this process has kept.
    copies: Memory,
    /// The mark of the last clearing that this process has seen.
    cleared: Mutex<Option<Vec<u8>>>,
    clock: Clock,
    vault: Vault,
}

impl Redis {
    /// Not connected yet.
    ///
    /// # Errors
    /// [`SessionStoreError::Address`].
    pub(super) fn new(
        url: &SecretString,
        clock: Clock,
        vault: Vault,
    ) -> Result<Self, SessionStoreError> {
        Ok(Self {
            link: Link::new(url)?,
            copies: Memory::new(clock.clone(), vault.clone()),
            cleared: Mutex::default(),
            clock,
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

    pub(super) async fn get(
        &self,
        usuario_id: i32,
        cpf: &Cpf,
        lives: SessionLifetimes,
    ) -> Option<CachedSession> {
        let found = self.link.ask::<Found>(&keys::get(usuario_id)).await;
        if let Some(((shared, cleared),)) = found {
            self.see(cleared);
            if let Some(kept) = shared.and_then(|bytes| self.open(usuario_id, cpf, bytes, lives)) {
                return Some(kept);
            }
        }
        None
    }

    /// What this process has kept by itself.
    pub(super) fn copy(
        &self,
        usuario_id: i32,
        cpf: &Cpf,
        lives: SessionLifetimes,
    ) -> Option<CachedSession> {
        self.copies.get(usuario_id, cpf, lives)
    }

    fn open(
        &self,
        usuario_id: i32,
        cpf: &Cpf,
        bytes: Vec<u8>,
        lives: SessionLifetimes,
    ) -> Option<CachedSession> {
        let text = String::from_utf8(bytes).ok()?;
        let opened = sealed::open(&self.vault, usuario_id, cpf, &text)?;
        let expired = opened.login.is_over(self.clock.now(), lives);
        Some(opened.kept(expired))
    }

    /// Keeps what a login has earned, sealed already. Returns whether Redis has it too.
    pub(super) async fn keep(
        &self,
        usuario_id: i32,
        sealed: String,
        login: Login,
        lives: SessionLifetimes,
    ) -> bool {
        let put = keys::put(
            usuario_id,
            &sealed,
            login.worth_keeping(self.clock.now(), lives),
        );
        let kept = self.link.ask::<Kept>(&put).await;
        let shared = kept.is_some();
        if let Some(((cleared,),)) = kept {
            self.see(cleared);
        }
        self.copies.keep(usuario_id, sealed, login, lives);
        shared
    }

    pub(super) async fn forget(&self, usuario_id: i32) {
        self.copies.forget(usuario_id);
        // What is left there now is a hope that the portal will disappoint.
        self.link.ask::<()>(&keys::delete(usuario_id)).await;
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
