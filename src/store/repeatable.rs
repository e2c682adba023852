//! Statements that find out for themselves whether their connection lives.
//!
//! A pooled connection may have died since it was used last, so the pool asks each one before it gives it
//! out: a round trip that a sync would pay for each day it reads. A statement that may be repeated needs no such question:
//! where its connection turns out to be dead, it is sent again on one that has been asked.

use std::future::Future;

use sqlx::error::DatabaseError;
use sqlx::postgres::PgPoolOptions;
use sqlx::{Connection, PgConnection};

tokio::task_local! {
    /// Set while a statement is under way that may be repeated.
    static REPEATABLE: ();
}

/// A pool that asks a connection whether it lives before it is given out, but for [`repeatable`].
pub(super) fn asking_pool() -> PgPoolOptions {
    PgPoolOptions::new()
        .test_before_acquire(false)
        .before_acquire(|connection, _| Box::pin(async { Ok(lives(connection).await) }))
}

async fn lives(connection: &mut PgConnection) -> bool {
    if REPEATABLE.try_with(|()| ()).is_ok() {
        return true;
    }
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
        Err(error) if connection_died(&error) => statement().await,
        answer => answer,
    }
}

fn connection_died(error: &sqlx::Error) -> bool {
    // admin_shutdown, crash_shutdown, idle_session_timeout
    let ended = ["57P01", "57P02", "57P05"];
    let code = error.as_database_error().and_then(DatabaseError::code);
    matches!(error, sqlx::Error::Io(_)) || code.is_some_and(|code| ended.contains(&code.as_ref()))
}
