//! *With which cookies?* The cache of portal sessions between runs. A cached session is a hope, not a
//! fact: the portal decides at the first page whether it still honours it. So a cache that loses
//! sessions costs a login each and is never an error.

mod memory;

use std::time::Duration;

use chrono::{DateTime, Utc};
use secrecy::SecretString;

use crate::clock::Clock;
use crate::config::sections::{SessionConfig, SessionStoreKind};
use crate::domain::Cpf;
use crate::vault::{Vault, VaultError};
use memory::Memory;

/// The sessions of all users. Sealed, wherever they are kept. What a store cannot do (it is down, say)
/// looks like an empty one.
#[derive(Debug)]
pub struct SessionCache(Place);

/// Where they are kept; one variant a store.
#[derive(Debug)]
enum Place {
    /// In this process: other processes, commands included, neither see nor clear them.
    Memory(Memory),
}

/// A session that is kept, without its cookies.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SessionListed {
    /// The examiner.
    pub usuario_id: i32,
    /// When it will no longer be trusted.
    pub dies_at: DateTime<Utc>,
}

impl SessionCache {
    /// The configured store, empty if it is this process's memory.
    #[must_use]
    pub fn new(config: &SessionConfig, clock: Clock, vault: Vault) -> Self {
        match config.store {
            SessionStoreKind::Memory => Self::in_memory(config.ttl, clock, vault),
        }
    }

    /// A cache in this process whose entries live for `ttl`.
    #[must_use]
    pub fn in_memory(ttl: Duration, clock: Clock, vault: Vault) -> Self {
        Self(Place::Memory(Memory::new(ttl, clock, vault)))
    }

    /// The store's name, as the configuration has it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match &self.0 {
            Place::Memory(_) => "memory",
        }
    }

    /// Whether other processes share it, so that commands can look into it.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        match &self.0 {
            Place::Memory(_) => false,
        }
    }

    /// The cookies of a user who logs in with `cpf`, if they are young enough. What cannot be opened is
    /// forgotten.
    pub async fn get(&self, usuario_id: i32, cpf: &Cpf) -> Option<SecretString> {
        match &self.0 {
            Place::Memory(memory) => memory.get(usuario_id, cpf),
        }
    }

    /// Keeps the cookies of a user.
    ///
    /// # Errors
    /// [`VaultError`] if they cannot be sealed; then nothing is kept.
    pub async fn put(&self, usuario_id: i32, cpf: &Cpf, cookies: &str) -> Result<(), VaultError> {
        match &self.0 {
            Place::Memory(memory) => memory.put(usuario_id, cpf, cookies),
        }
    }

    /// How long sessions that are kept from now on live.
    pub fn set_ttl(&self, ttl: Duration) {
        match &self.0 {
            Place::Memory(memory) => memory.set_ttl(ttl),
        }
    }

    /// Forgets the cookies of a user.
    pub async fn forget(&self, usuario_id: i32) {
        match &self.0 {
            Place::Memory(memory) => memory.forget(usuario_id),
        }
    }

    /// The sessions that are kept, by user.
    pub async fn list(&self) -> Vec<SessionListed> {
        match &self.0 {
            Place::Memory(memory) => memory.list(),
        }
    }

    /// Forgets all sessions; how many there were.
    pub async fn clear(&self) -> usize {
        match &self.0 {
            Place::Memory(memory) => memory.clear(),
        }
    }
}
