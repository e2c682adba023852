//! The pool as the store uses it: no statement waits for ever, and when the server has changed or takes no
//! writes any more, its connections are left behind.
//!
//! A failover may leave living connections on a server that only reads, or that is no longer the one to which
//! the address leads. The driver's pool would keep them until their age ends them. So a pool is *renewed*:
//! whatever connection is older than the renewal is closed as soon as it is idle, given out or given back, and
//! what still waits for an answer on one is given up.

use std::ops::Deref;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use futures::stream::{self, BoxStream};
use futures::{FutureExt, StreamExt, TryStreamExt};
use sqlx::postgres::{PgDatabaseError, PgQueryResult, PgRow, PgStatement, PgTypeInfo};
use sqlx::{Describe, Either, Execute, Executor, PgPool, Postgres, SqlStr};
use tokio::sync::{Notify, watch};

use super::address::Address;
use super::waiting::{self, within};

/// Longer than any statement outside a transaction takes. Whoever waits longer waits for a row that somebody holds, or
/// for a server that has gone without a word.
pub const STATEMENT_TIMEOUT: Duration = Duration::from_secs(60);
/// How long a statement that is under way when the pool is renewed may still take: the server that was left may be
/// answering.
const LEFT_BEHIND_AFTER: Duration = Duration::from_secs(5);
/// So many connections stay while there is little to do: what goes round in step asks on as many at once, and a new one
/// costs more than one that waits.
const AT_REST: usize = 4;
/// A server process keeps what it has learnt of the tables, and grows.
const LONGEST_LIFE: Duration = Duration::from_secs(30 * 60);
/// How long one that is closed may take for its farewell.
const GOODBYE_WITHIN: Duration = Duration::from_secs(1);

/// The SQLSTATE of a server that takes no writes.
pub(super) const READ_ONLY: &str = "25006";
/// The SQLSTATE of a full disk.
pub(super) const DISK_FULL: &str = "53100";

/// Whether a connection's prepared statement no longer fits its tables: somebody has changed a column's type. Nothing was
/// executed. The driver keeps the statement, so it fails again and again on this connection, though on no new one.
pub(super) fn is_outdated_statement(error: &sqlx::Error) -> bool {
    let answer = error.as_database_error();
    let answer = answer.and_then(|answer| answer.try_downcast_ref::<PgDatabaseError>());
    // The code alone is that of all that PostgreSQL does not support.
    answer.is_some_and(|answer| {
        answer.code() == "0A000" && answer.routine() == Some("RevalidateCachedQuery")
    })
}

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
    renewed: watch::Sender<Option<Instant>>,
    /// Since then plans are worth having; see [`Pool::plan_anew`].
    planned: watch::Sender<Option<Instant>>,
    /// A statement met a server that takes no writes, or has no room.
    refused: Notify,
    /// A connection fell silent, and all were left behind.
    fell_silent: Notify,
}

impl Renewal {
    /// Whether a connection of this age is to be closed: it is old, or older than the last renewal, or than what its
    /// plans should know.
    pub(super) fn is_outdated(&self, age: Duration) -> bool {
        let planned = *self.0.planned.borrow();
        age > LONGEST_LIFE
            || self.is_left_behind(age)
            || planned.is_some_and(|planned| age >= planned.elapsed())
    }

    fn is_left_behind(&self, age: Duration) -> bool {
        let renewed = *self.0.renewed.borrow();
        renewed.is_some_and(|renewed| age >= renewed.elapsed())
    }

    fn renew(&self) {
        self.0.renewed.send_replace(Some(Instant::now()));
    }

    /// A connection of this age does not answer, though nobody has told its end. It is seldom the only one.
    pub(super) fn fell_silent(&self, age: Duration) {
        if !self.is_left_behind(age) {
            self.renew();
            self.0.fell_silent.notify_one();
        }
    }

    /// `work`, which waits for the server: until it is done, `STATEMENT_TIMEOUT` is over, or the pool was renewed
    /// meanwhile.
    async fn bounded<T>(
        &self,
        work: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, sqlx::Error> {
        let mut renewed = self.0.renewed.subscribe();
        let left_behind = async {
            // The sender lives as long as `self`.
            renewed.changed().await.ok();
            tokio::time::sleep(LEFT_BEHIND_AFTER).await;
        };
        tokio::select! {
            biased;
            answer = within(STATEMENT_TIMEOUT, work) => answer,
            () = left_behind => Err(waiting::left_behind(LEFT_BEHIND_AFTER)),
        }
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

    /// Has statements planned anew, by other connections: the present ones are closed when they are next idle.
    ///
    /// A connection keeps one plan of a statement for all values unless planning for the values at hand has come out
    /// cheaper, and compares with what the kept plan was thought to cost when it was made. Made while tables had no
    /// statistics, it is thought so dear that each later execution is planned for itself as long as the connection
    /// lives, though all plans are the same by then: more than half of the server's work for a new installation.
    pub(super) fn plan_anew(&self) {
        self.renewal.0.planned.send_replace(Some(Instant::now()));
    }

    /// Closes idle connections but for [`AT_REST`], at most so many. The driver closes none by itself: a burst would leave a
    /// server process and its prepared statements behind for each.
    pub(super) async fn rest(&self, most: usize) {
        for _ in 0..most {
            if self.driver.num_idle() <= AT_REST {
                return;
            }
            let Some(idle) = self.driver.try_acquire() else {
                return;
            };
            if let Err(error) = within(GOODBYE_WITHIN, idle.close()).await {
                tracing::debug!(%error, "an idle connection did not close in good order");
            }
        }
    }

    /// Waits until a statement was refused for a reason that concerns all: look at once.
    pub(super) async fn refused(&self) {
        self.renewal.0.refused.notified().await;
    }

    /// Waits until a connection does not answer any more and all were left behind: whoever waits on one of theirs must
    /// give it up.
    pub(super) async fn fell_silent(&self) {
        self.renewal.0.fell_silent.notified().await;
    }

    fn observe<T>(&self, answer: Result<T, sqlx::Error>) -> Result<T, sqlx::Error> {
        let code = match &answer {
            Err(error) if is_outdated_statement(error) => {
                self.plan_anew();
                None
            }
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
            let row = pool.renewal.bounded(rows.try_next()).await;
            let is_over = row.is_err();
            let row = pool.observe(row).transpose()?;
            Some((row, (!is_over).then_some((pool, rows))))
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
        async move { pool.observe(pool.renewal.bounded(row).await) }.boxed()
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [PgTypeInfo],
    ) -> BoxFuture<'e, Result<PgStatement, sqlx::Error>>
    where
        'p: 'e,
    {
        let pool = self.clone();
        let statement = (&self.driver).prepare_with(sql, parameters);
        async move { pool.renewal.bounded(statement).await }.boxed()
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<Postgres>, sqlx::Error>>
    where
        'p: 'e,
    {
        let pool = self.clone();
        let described = (&self.driver).describe(sql);
        async move { pool.renewal.bounded(described).await }.boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_of_half_an_hour_is_closed_without_a_renewal() {
        let renewal = Renewal::default();
        assert!(!renewal.is_outdated(LONGEST_LIFE));
        assert!(renewal.is_outdated(LONGEST_LIFE + Duration::from_secs(1)));
    }
}
