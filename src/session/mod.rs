//! *With which cookies?* The cache of portal sessions between runs. A cached session is a hope, not a
//! fact: the portal decides at the first page whether it still honours it. So a cache that loses
//! sessions costs a login each and is never an error. Whose session the portal has, is not decided by cookies:
//! that is written in PostgreSQL wherever they are kept, see [`store::ownership`](crate::store::ownership).

mod cached;
mod memory;
mod postgres;
mod redis;
mod sealed;
mod shared;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};

use self::memory::Memory;
use self::postgres::Postgres;
use self::redis::Redis;
use self::sealed::{Login, SessionLifetimes};
use crate::clock::Clock;
use crate::config::Config;
use crate::config::sections::{SessionConfig, SessionStoreKind};
use crate::domain::Cpf;
use crate::domain::causes::in_a_line;
use crate::store::Store;
use crate::store::kept_sessions::KeptHere;
use crate::store::runs::SessionUsed;
use crate::vault::Vault;

pub use self::cached::{CachedSession, KeepError, SessionMark};
pub use self::redis::SharedSessions;
pub use self::shared::{SessionStoreError, SharedHealth};

/// The sessions of all users. Sealed, wherever they are kept. What a store cannot do (it is down, say)
/// looks like an empty one.
#[derive(Debug)]
pub struct SessionCache {
    place: Place,
    postgres: Postgres,
    store: Store,
    vault: Vault,
    lives: Mutex<SessionLifetimes>,
}

/// Where they are kept; one variant a store.
#[derive(Debug)]
enum Place {
    /// In PostgreSQL, for all processes on it.
    Postgres,
    /// In this process: other processes, commands included, neither see nor clear them.
    Memory(Memory),
    /// In Redis, for all processes on it; in PostgreSQL while that cannot be used.
    Redis(Box<Redis>),
}

impl SessionCache {
    /// The configured store, empty if it is this process's memory. A shared one is not asked yet.
    ///
    /// # Errors
    /// [`SessionStoreError::Address`].
    pub fn new(
        config: &Config,
        clock: Clock,
        vault: Vault,
        store: Store,
    ) -> Result<Self, SessionStoreError> {
        let place = match (config.session.store, &config.secrets.redis_url) {
            (SessionStoreKind::Postgres, _) => Place::Postgres,
            (SessionStoreKind::Redis, Some(url)) => {
                Place::Redis(Box::new(Redis::new(url, clock, vault.clone())?))
            }
            // Redis without an address is refused with the configuration.
            (SessionStoreKind::Memory | SessionStoreKind::Redis, _) => {
                Place::Memory(Memory::new(clock, vault.clone()))
            }
        };
        Ok(Self {
            place,
            postgres: Postgres::new(store.clone(), vault.clone()),
            store,
            vault,
            lives: Mutex::new(lives(&config.session)),
        })
    }

    /// The store's name, as the configuration has it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match &self.place {
            Place::Postgres => "postgres",
            Place::Memory(_) => "memory",
            Place::Redis(_) => "redis",
        }
    }

    /// How many sessions this process keeps in its memory, copies of shared ones included.
    #[must_use]
    pub fn kept(&self) -> usize {
        match &self.place {
            Place::Postgres => 0,
            Place::Memory(memory) => memory.kept(),
            Place::Redis(redis) => redis.kept(),
        }
    }

    /// Whether every process that works on this database has the same sessions: what is not here is nowhere.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        match &self.place {
            Place::Postgres | Place::Redis(_) => true,
            Place::Memory(_) => false,
        }
    }

    /// Whether they are kept in PostgreSQL, and written with the records of runs.
    #[must_use]
    pub fn is_in_database(&self) -> bool {
        matches!(self.place, Place::Postgres)
    }

    /// Looks whether a shared store can be used, and logs it if not.
    pub async fn look(&self) {
        match &self.place {
            Place::Postgres | Place::Memory(_) => {}
            Place::Redis(redis) => Box::pin(redis.look()).await,
        }
    }

    /// How a store that is neither the database nor this process's memory does.
    #[must_use]
    pub fn shared(&self) -> Option<SharedHealth> {
        match &self.place {
            Place::Postgres | Place::Memory(_) => None,
            Place::Redis(redis) => Some(redis.health()),
        }
    }

    /// The session of a user who logs in with `cpf`, if one is kept; `since`: when the account was given its credentials.
    /// What cannot be opened is none.
    pub async fn get(
        &self,
        usuario_id: i32,
        cpf: &Cpf,
        since: DateTime<Utc>,
    ) -> Option<CachedSession> {
        let ttl = self.lives().ttl;
        let here = match &self.place {
            Place::Postgres | Place::Redis(_) => self.postgres.read(usuario_id, cpf, ttl).await,
            Place::Memory(_) => None,
        };
        self.find(usuario_id, cpf, since, here.as_ref()).await
    }

    /// The same, where it is known what is kept in PostgreSQL.
    pub async fn find(
        &self,
        usuario_id: i32,
        cpf: &Cpf,
        since: DateTime<Utc>,
        here: Option<&KeptHere>,
    ) -> Option<CachedSession> {
        let lives = SessionLifetimes {
            credentials_since: since,
            ..self.lives()
        };
        let here = || here.and_then(|here| self.postgres.open(usuario_id, cpf, here));
        match &self.place {
            Place::Postgres => here(),
            Place::Memory(memory) => memory.get(usuario_id, cpf, lives),
            Place::Redis(redis) => {
                let shared = Box::pin(redis.get(usuario_id, cpf, lives)).await;
                let copy = redis.copy(usuario_id, cpf, lives);
                // While Redis could not be used, a newer login was kept in PostgreSQL. Of one login, the shared one counts.
                let kept = [copy, here(), shared].into_iter().flatten();
                kept.max_by_key(|kept| kept.generation)
            }
        }
    }

    /// What is to be written with a run's record so that its session is kept ([`Noted`](crate::store::runs::Noted)),
    /// where sessions are kept in PostgreSQL; elsewhere it is kept at once, as by [`SessionCache::put`].
    ///
    /// # Errors
    /// [`KeepError`]; then nothing is kept.
    pub async fn put_with_record(
        &self,
        usuario_id: i32,
        cpf: &Cpf,
        generation: i64,
        cookies: &str,
    ) -> Result<Option<SessionUsed>, KeepError> {
        if matches!(self.place, Place::Postgres) {
            let used = self.postgres.seal(usuario_id, cpf, generation, cookies)?;
            return Ok(Some(used));
        }
        self.put(usuario_id, cpf, generation, cookies).await?;
        Ok(None)
    }

    /// Keeps the session of a user at the end of a run, and writes that the portal has served us in it. If another
    /// login has taken its place meanwhile, nothing is kept.
    ///
    /// # Errors
    /// [`KeepError`]; then nothing is kept.
    pub async fn put(
        &self,
        usuario_id: i32,
        cpf: &Cpf,
        generation: i64,
        cookies: &str,
    ) -> Result<(), KeepError> {
        if matches!(self.place, Place::Postgres) {
            let put = self.postgres.put(usuario_id, cpf, generation, cookies);
            return put.await;
        }
        let opened_at = self.store.session_used(cpf, generation, None).await?;
        let Some(opened_at) = opened_at else {
            self.forget(usuario_id).await;
            return Ok(());
        };
        let login = Login {
            generation,
            opened_at,
        };
        let sealed = sealed::seal(&self.vault, usuario_id, cpf, login, cookies)?;
        match &self.place {
            Place::Postgres => {}
            Place::Memory(memory) => memory.keep(usuario_id, sealed, login, self.lives()),
            Place::Redis(redis) => {
                let keep = redis.keep(usuario_id, sealed, login, self.lives());
                if !Box::pin(keep).await {
                    let put = self.postgres.put(usuario_id, cpf, generation, cookies);
                    put.await?;
                }
            }
        }
        Ok(())
    }

    /// What applies from now on.
    pub fn set(&self, config: &SessionConfig) {
        *self.lives.lock().unwrap_or_else(PoisonError::into_inner) = lives(config);
    }

    /// How long a session may rest before the portal may have ended it.
    #[must_use]
    pub fn portal_idle(&self) -> Duration {
        self.lives().portal_idle
    }

    /// How long a session is used, counted from its login.
    #[must_use]
    pub fn ttl(&self) -> Duration {
        self.lives().ttl
    }

    /// Forgets the cookies of a user.
    pub async fn forget(&self, usuario_id: i32) {
        match &self.place {
            Place::Postgres => {
                if let Err(error) = self.store.forget_sessions(usuario_id).await {
                    tracing::warn!(error = in_a_line(&error), "session not forgotten");
                }
            }
            Place::Memory(memory) => memory.forget(usuario_id),
            Place::Redis(redis) => Box::pin(redis.forget(usuario_id)).await,
        }
    }

    fn lives(&self) -> SessionLifetimes {
        *self.lives.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn lives(config: &SessionConfig) -> SessionLifetimes {
    SessionLifetimes {
        ttl: config.ttl,
        portal_idle: config.portal_idle,
        credentials_since: DateTime::<Utc>::MIN_UTC,
    }
}
