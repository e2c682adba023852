//! *With which cookies?* The cache of portal sessions between runs. A cached session is a hope, not a
//! fact: the portal decides at the first page whether it still honours it. So a cache that loses
//! sessions costs a login each and is never an error.

mod memory;
mod redis;
mod sealed;

use std::time::Duration;

use secrecy::SecretString;

use self::memory::Memory;
use self::redis::Redis;
use crate::clock::Clock;
use crate::config::Config;
use crate::config::sections::SessionStoreKind;
use crate::domain::Cpf;
use crate::vault::{Vault, VaultError};

pub use self::redis::{SessionListed, SharedSessions};

/// The sessions of all users. Sealed, wherever they are kept. What a store cannot do (it is down, say)
/// looks like an empty one.
#[derive(Debug)]
pub struct SessionCache(Place);

/// Where they are kept; one variant a store.
#[derive(Debug)]
enum Place {
    /// In this process: other processes, commands included, neither see nor clear them.
    Memory(Memory),
    /// In Redis, for all processes on it.
    Redis(Box<Redis>),
}

/// Why a shared store could not be used, for those who must know. Tells no password.
#[derive(Debug, thiserror::Error)]
pub enum SessionStoreError {
    /// The address is none.
    #[error("redis.url is not an address such as redis://:password@host:6379/0")]
    Address(#[source] ::redis::RedisError),
    /// It was asked in vain.
    #[error("Redis at {place} cannot be used")]
    NoAnswer {
        /// Host and port.
        place: String,
        /// Why.
        #[source]
        source: ::redis::RedisError,
    },
}

/// How a shared store does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SharedHealth {
    /// Whether it answered when it was last asked. If not, sessions are kept in this process's memory.
    pub answers: bool,
    /// How often it was lost since the start.
    pub losses: u64,
}

impl SessionCache {
    /// The configured store, empty if it is this process's memory. A shared one is not asked yet.
    ///
    /// # Errors
    /// [`SessionStoreError::Address`].
    pub fn new(config: &Config, clock: Clock, vault: Vault) -> Result<Self, SessionStoreError> {
        let ttl = config.session.ttl;
        match (config.session.store, &config.secrets.redis_url) {
            (SessionStoreKind::Redis, Some(url)) => {
                let redis = Redis::new(url, ttl, clock, vault)?;
                Ok(Self(Place::Redis(Box::new(redis))))
            }
            // Redis without an address is refused with the configuration.
            (SessionStoreKind::Memory | SessionStoreKind::Redis, _) => {
                Ok(Self::in_memory(ttl, clock, vault))
            }
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
            Place::Redis(_) => "redis",
        }
    }

    /// How many sessions this process keeps in its memory, copies of shared ones included.
    #[must_use]
    pub fn kept(&self) -> usize {
        match &self.0 {
            Place::Memory(memory) => memory.kept(),
            Place::Redis(redis) => redis.kept(),
        }
    }

    /// Looks whether a shared store can be used, and logs it if not.
    pub async fn look(&self) {
        match &self.0 {
            Place::Memory(_) => {}
            Place::Redis(redis) => Box::pin(redis.look()).await,
        }
    }

    /// How a shared store does; `None` if sessions are kept in this process's memory alone.
    #[must_use]
    pub fn shared(&self) -> Option<SharedHealth> {
        match &self.0 {
            Place::Memory(_) => None,
            Place::Redis(redis) => Some(redis.health()),
        }
    }

    /// The cookies of a user who logs in with `cpf`, if they are young enough. What cannot be opened is
    /// forgotten.
    pub async fn get(&self, usuario_id: i32, cpf: &Cpf) -> Option<SecretString> {
        match &self.0 {
            Place::Memory(memory) => memory.get(usuario_id, cpf),
            Place::Redis(redis) => Box::pin(redis.get(usuario_id, cpf)).await,
        }
    }

    /// Keeps the cookies of a user.
    ///
    /// # Errors
    /// [`VaultError`] if they cannot be sealed; then nothing is kept.
    pub async fn put(&self, usuario_id: i32, cpf: &Cpf, cookies: &str) -> Result<(), VaultError> {
        match &self.0 {
            Place::Memory(memory) => memory.put(usuario_id, cpf, cookies),
            Place::Redis(redis) => Box::pin(redis.put(usuario_id, cpf, cookies)).await,
        }
    }

    /// How long sessions that are kept from now on live.
    pub fn set_ttl(&self, ttl: Duration) {
        match &self.0 {
            Place::Memory(memory) => memory.set_ttl(ttl),
            Place::Redis(redis) => redis.set_ttl(ttl),
        }
    }

    /// Forgets the cookies of a user.
    pub async fn forget(&self, usuario_id: i32) {
        match &self.0 {
            Place::Memory(memory) => memory.forget(usuario_id),
            Place::Redis(redis) => Box::pin(redis.forget(usuario_id)).await,
        }
    }
}
