//! The pool as the store uses it: no statement waits for ever, and when the server has changed or takes no
//! writes any more, its connections are left behind.
//!
//! A failover may leave living connections on a server that only reads, or that is no longer the one to which
//! the address leads. The driver's pool would keep them until their age ends them. So a pool is *renewed*:
//! whatever connection is older than the renewal is closed as soon as it is idle, given out or given back.

use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use futures::stream::{self, BoxStream};
use futures::{FutureExt, StreamExt};
use sqlx::postgres::{PgQueryResult, PgRow, PgStatement, PgTypeInfo};
use sqlx::{Describe, Either, Execute, Executor, PgPool, Postgres, SqlStr};
use tokio::sync::Notify;

use super::address::Address;
use super::connect::{no_answer, within};

/// Longer than any statement outside a transaction takes. Whoever waits longer waits for a server that has
/// gone without a word.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(60);

/// The SQLSTATE of a server that takes no writes.
pub(super) const READ_ONLY: &str = "25006";
/// The SQLSTATE of a full disk.
pub(super) const DISK_FULL: &str = "53100";

/// A pool of the driver's, and what is known of its servers. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Pool {
    driver: PgPool,
    renewal: Renewal,
    /// Where new connections may lead; `None`: always to the same host.
    address: Option<Arc<Address>>,
}

/// When the pool was last renewed, shared with the driver's pool. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct Renewal(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    renewed: Mutex<Option<Instant>>,
    /// A statement met a server that takes no writes, or has no room.
    refused: Notify,
}

impl Renewal {
    /// Whether a connection of this age is older than the last renewal.
    pub(super) fn is_outdated(&self, age: Duration) -> bool {
        let renewed = *self
            .0
            .renewed
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        renewed.is_some_and(|renewed| age >= renewed.elapsed())
    }

    fn renew(&self) {
        let now = Some(Instant::now());
        *self
            .0
            .renewed
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = now;
    }
}

impl Pool {
    pub(super) fn new(driver: PgPool, renewal: Renewal, address: Option<Address>) -> Self {
        Self {
            driver,
            renewal,
            address: address.map(Arc::new),
        }
    }

    pub(super) fn address(&self) -> Option<&Address> {
        self.address.as_deref()
    }

    /// The driver's pool, for statements that may take as long as they like.
    pub(super) fn unlimited(&self) -> &PgPool {
        &self.driver
    }

    /// Leaves the present connections behind.
    pub(super) fn renew(&self) {
        self.renewal.renew();
        // Idle ones go at once; those in use when they are given back.
        while let Some(idle) = self.driver.try_acquire() {
            drop(idle.detach());
        }
    }

    /// Waits until a statement was refused for a reason that concerns all: look at once.
    pub(super) async fn refused(&self) {
        self.renewal.0.refused.notified().await;
    }

    fn observe<T>(&self, answer: Result<T, sqlx::Error>) -> Result<T, sqlx::Error> {
        let code = match &answer {
            Err(sqlx::Error::Database(error)) => error.code(),
            Ok(_) | Err(_) => None,
        };
        match code.as_deref() {
            Some(READ_ONLY) => {
                self.renew();
                self.renewal.0.refused.notify_one();
            }
            Some(DISK_FULL) => self.renewal.0.refused.notify_one(),
            Some(_) | None => {}
        }
        answer
    }
}

impl Deref for Pool {
    type Target = PgPool;

    fn deref(&self) -> &PgPool {
        &self.driver
    }
}

impl<'p> Executor<'p> for &'_ Pool {
    type Database = Postgres;

    fn fetch_many<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxStream<'e, Result<Either<PgQueryResult, PgRow>, sqlx::Error>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let pool = self.clone();
        let rows = (&self.driver).fetch_many(query);
        let next = |(pool, mut rows): (Pool, BoxStream<'e, _>)| async move {
            match tokio::time::timeout(STATEMENT_TIMEOUT, rows.next()).await {
                Ok(Some(row)) => Some((pool.observe(row), Some((pool, rows)))),
                Ok(None) => None,
                Err(_) => Some((Err(no_answer(STATEMENT_TIMEOUT)), None)),
            }
        };
        stream::unfold(Some((pool, rows)), move |state| async move {
            match state {
                Some(state) => next(state).await,
                None => None,
            }
        })
        .boxed()
    }

    fn fetch_optional<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxFuture<'e, Result<Option<PgRow>, sqlx::Error>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let pool = self.clone();
        let row = (&self.driver).fetch_optional(query);
        async move { pool.observe(within(STATEMENT_TIMEOUT, row).await) }.boxed()
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [PgTypeInfo],
    ) -> BoxFuture<'e, Result<PgStatement, sqlx::Error>>
    where
        'p: 'e,
    {
        let statement = (&self.driver).prepare_with(sql, parameters);
        within(STATEMENT_TIMEOUT, statement).boxed()
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<Postgres>, sqlx::Error>>
    where
        'p: 'e,
    {
        within(STATEMENT_TIMEOUT, (&self.driver).describe(sql)).boxed()
    }
}
