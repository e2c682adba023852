//! Opening the database for a command, and closing it whatever became of the command.

use crate::app::{Database, Schema};
use crate::config::Config;
use crate::store::Store;

/// Does something with an up-to-date database.
pub(super) async fn store<T>(
    config: &Config,
    work: impl AsyncFnOnce(&Store) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let database = Database::open(config, Schema::Require).await?;
    let done = work(&database.store).await;
    close(database, done).await
}

/// Closes the database; the command's own failure counts more than one of closing.
pub(super) async fn close<T>(database: Database, done: anyhow::Result<T>) -> anyhow::Result<T> {
    let closed = database.close().await;
    let done = done?;
    closed?;
    Ok(done)
}
