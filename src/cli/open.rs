//! Closing what a command opened, whatever became of the command.

use crate::app::Database;

/// Closes the database; the command's own failure counts more than one of closing.
pub(super) async fn close<T>(database: Database, done: anyhow::Result<T>) -> anyhow::Result<T> {
    let closed = database.close().await;
    let done = done?;
    closed?;
    Ok(done)
}
