//! What people may ask of the sessions in Redis. Needs neither the database nor the key.

use std::time::Duration;

use super::super::shared::SessionStoreError;
use super::keys::{self, Scanned};
use super::link::Link;
use crate::clock::Clock;
use crate::config::Config;
use crate::config::sections::SessionStoreKind;

/// The sessions of all daemons on the configured Redis, without their cookies.
#[derive(Debug)]
pub struct SharedSessions {
    link: Link,
    /// How long a copy of one could live.
    lives: Duration,
    clock: Clock,
}

impl SharedSessions {
    /// Those of the configured store; `None` if it is not shared. Not connected yet.
    ///
    /// # Errors
    /// [`SessionStoreError::Address`].
    pub fn of(config: &Config, clock: Clock) -> Result<Option<Self>, SessionStoreError> {
        match (config.session.store, &config.secrets.redis_url) {
            (SessionStoreKind::Redis, Some(url)) => Ok(Some(Self {
                link: Link::new(url)?,
                lives: config.session.ttl + config.session.portal_idle,
                clock,
            })),
            (
                SessionStoreKind::Postgres | SessionStoreKind::Memory | SessionStoreKind::Redis,
                _,
            ) => Ok(None),
        }
    }

    /// Host and port.
    #[must_use]
    pub fn place(&self) -> String {
        self.link.place()
    }

    /// Whether Redis can be used.
    ///
    /// # Errors
    /// [`SessionStoreError::NoAnswer`].
    pub async fn try_out(&self) -> Result<(), SessionStoreError> {
        self.link.try_out().await
    }

    /// Forgets all sessions, the copies that daemons have of them too; how many there were. A run that is
    /// under way keeps its own and leaves it behind.
    ///
    /// # Errors
    /// [`SessionStoreError::NoAnswer`]; then some may be left.
    pub async fn clear(&self) -> Result<usize, SessionStoreError> {
        let mark = format!("{:?}", self.clock.now());
        // First, so that no process brings a copy back while the sessions are deleted.
        let marking = keys::mark_cleared(&mark, self.lives);
        self.link.demand::<()>(&marking).await?;
        let mut count = 0;
        let mut scan = Scan::default();
        while let Some(keys) = scan.next(&self.link).await? {
            let deleted: Vec<usize> = self.link.demand(&keys::delete_all(&keys)).await?;
            count += deleted.iter().sum::<usize>();
        }
        Ok(count)
    }
}

/// A walk through the keys of all sessions, some at a time; may meet a key twice.
#[derive(Default)]
struct Scan {
    cursor: u64,
    over: bool,
}

impl Scan {
    /// The next keys, never none; `None` after the last.
    async fn next(&mut self, link: &Link) -> Result<Option<Vec<String>>, SessionStoreError> {
        while !self.over {
            let scan = keys::scan(self.cursor);
            let ((cursor, keys),) = link.demand::<Scanned>(&scan).await?;
            self.cursor = cursor;
            self.over = cursor == 0;
            if !keys.is_empty() {
                return Ok(Some(keys));
            }
        }
        Ok(None)
    }
}
