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

use super::pool::{Renewal, is_outdated_statement};
use super::session_settings;
use super::waiting::{is_silence, within};

/// So long after its last use a connection is not asked by [`repeatable`].
const A_MOMENT: Duration = Duration::from_secs(1);

tokio::task_local! {
    /// Set while a statement is under way that may be repeated.
    static REPEATABLE: ();
}

/// How long a pooled connection may take to say that it lives.
const ALIVE_WITHIN: Duration = Duration::from_secs(3);

/// A pool that asks a connection whether it lives before it is given out, but for [`repeatable`], and that
/// leaves behind those that are older than its last renewal.
pub(super) fn asking_pool(renewal: &Renewal) -> PgPoolOptions {
    let (before, after) = (renewal.clone(), renewal.clone());
    PgPoolOptions::new()
        // With either, the driver has a task that looks after idle connections; it counts them, and where another thread
        // takes one before it is counted, that count is below nothing and the task turns for ever (sqlx 0.9.0,
        // github.com/launchbadge/sqlx/issues/3645). `Renewal::is_outdated` and `Pool::rest` do its work.
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .after_connect(|connection, _| {
            Box::pin(within(ALIVE_WITHIN, session_settings::tell(connection)))
        })
        .before_acquire(move |connection, used| {
            let renewal = before.clone();
            Box::pin(async move {
                if renewal.is_outdated(used.age) {
                    return Ok(false);
                }
                let is_unchecked = used.idle_for < A_MOMENT && REPEATABLE.try_with(|()| ()).is_ok();
                Ok(is_unchecked || lives(connection, used.age, &renewal).await)
            })
        })
        .after_release(move |connection, used| {
            let renewal = after.clone();
            // The driver asks too, but would wait for the answer for ever, and the connection's place with it. Silence
            // condemns no other connection here: a statement that nobody waits for any more may still be under way.
            Box::pin(
                async move { Ok(!renewal.is_outdated(used.age) && ask(connection).await.is_ok()) },
            )
        })
}

/// Whether an idle connection lives.
async fn lives(connection: &mut PgConnection, age: Duration, renewal: &Renewal) -> bool {
    let answer = ask(connection).await;
    if answer.as_ref().is_err_and(is_silence) {
        renewal.fell_silent(age + ALIVE_WITHIN);
    }
    answer.is_ok()
}

async fn ask(connection: &mut PgConnection) -> sqlx::Result<()> {
    let answer = within(ALIVE_WITHIN, connection.ping()).await;
    if let Err(error) = &answer {
        tracing::info!(%error, "a connection to the database was lost, another one takes its place");
    }
    answer
}

/// Sends a statement, and once more if its connection had died, or knows its tables as they were. Only for what may take
/// effect twice: if the connection broke between, nobody knows whether it did.
///
/// # Errors
/// Those of the statement; the second one's if it was repeated.
pub(super) async fn repeatable<T, S>(statement: impl Fn() -> S) -> sqlx::Result<T>
where
    S: Future<Output = sqlx::Result<T>>,
{
    match REPEATABLE.scope((), statement()).await {
        Err(error) if connection_died(&error) || is_outdated_statement(&error) => {
            tracing::info!(%error, "the connection was of no use, the statement is sent on another one");
            statement().await
        }
        answer => answer,
    }
}

fn connection_died(error: &sqlx::Error) -> bool {
    let answer = error.as_database_error();
    let answer = answer.and_then(|answer| answer.try_downcast_ref::<PgDatabaseError>());
    // The server, or a pooler before it, closes the connection with one of these.
    let is_server_terminated = answer
        .is_some_and(|answer| matches!(answer.severity(), PgSeverity::Fatal | PgSeverity::Panic));
    is_server_terminated || matches!(error, sqlx::Error::Io(_))
}
