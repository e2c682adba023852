//! Every wait for the server has an end.

use std::io;
use std::time::Duration;

/// Waits for the server, but not for ever.
///
/// # Errors
/// Those of `work`; [`sqlx::Error::Io`] if it took longer.
pub(super) async fn within<T>(
    timeout: Duration,
    work: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, sqlx::Error> {
    match tokio::time::timeout(timeout, work).await {
        Ok(answer) => answer,
        Err(_) => Err(no_answer(timeout)),
    }
}

/// The server is silent.
pub(super) fn no_answer(timeout: Duration) -> sqlx::Error {
    let said = format!("no answer within {} s", timeout.as_secs());
    sqlx::Error::Io(io::Error::new(io::ErrorKind::TimedOut, said))
}

/// What waited for an answer on a connection that was left behind, for longer than it was given.
pub(super) fn left_behind(after: Duration) -> sqlx::Error {
    let said = format!(
        "the connection was left behind, and no answer came within {} s",
        after.as_secs()
    );
    sqlx::Error::Io(io::Error::new(io::ErrorKind::ConnectionAborted, said))
}

/// Whether the server did not answer in time, or its machine does not.
pub(super) fn is_silence(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Io(error) if error.kind() == io::ErrorKind::TimedOut)
}
