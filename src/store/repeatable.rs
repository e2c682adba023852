//! Statements that need no question whether their connection lives.
//!
//! A pooled connection may have died since it was used last, so the pool asks each one before it gives it
//! out: a round trip that a busy sync would pay for each day it reads. A statement that may be repeated takes a
//! connection used a moment ago as it is, and where that turns out to be dead, it is sent again on one that has
//! been asked. One idle for longer is asked all the same: a firewall may have dropped it without a word,
//! and then only the pool's own time-out finds out.

use std::future::Future;
use std::time::Duration;

use sqlx::postgres::{PgDatabaseError, PgPoolOptions, PgSeverity};
use sqlx::{Connection, PgConnection};

/// So long after its last use a connection is not asked by [`repeatable`].
const A_MOMENT: Duration = Duration::from_secs(1);

tokio::task_local! {
    /// Set while a statement is under way that may be repeated.
    static REPEATABLE: ();
}

/// A pool that asks a connection whether it lives before it is given out, but for [`repeatable`].
pub(super) fn asking_pool() -> PgPoolOptions {
    PgPoolOptions::new()
        .test_before_acquire(false)
        .before_acquire(|connection, used| {
            Box::pin(async move {
                let is_unasked = used.idle_for < A_MOMENT && REPEATABLE.try_with(|()| ()).is_ok();
                Ok(is_unasked || lives(connection).await)
            })
        })
}

async fn lives(connection: &mut PgConnection) -> bool {
    let answer = connection.ping().await;
    if let Err(error) = &answer {
        tracing::info!(%error, "a connection to the database was lost, another one takes its place");
    }
    answer.is_ok()
}

/// Sends a statement, and once more if its connection had died. Only for what may take effect twice: if the
/// connection broke between, nobody knows whether it did.
///
/// # Errors
/// Those of the statement; the second one's if it was repeated.
pub(super) async fn repeatable<T, S>(statement: impl Fn() -> S) -> sqlx::Result<T>
where
    S: Future<Output = sqlx::Result<T>>,
{
    match REPEATABLE.scope((), statement()).await {
        Err(error) if connection_died(&error) => {
            tracing::info!(%error, "the connection had died, the statement is sent on another one");
            statement().await
        }
        answer => answer,
    }
}

fn connection_died(error: &sqlx::Error) -> bool {
    let answer = error.as_database_error();
    let answer = answer.and_then(|answer| answer.try_downcast_ref::<PgDatabaseError>());
    // The server, or a pooler before it, says farewell with one of these.
    let is_farewell = answer
        .is_some_and(|answer| matches!(answer.severity(), PgSeverity::Fatal | PgSeverity::Panic));
    is_farewell || matches!(error, sqlx::Error::Io(_))
}
