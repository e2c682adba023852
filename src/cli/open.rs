//! Opening the database for a command, and closing it whatever became of the command.

use crate::app::{Database, Schema};
use crate::config::Config;
use crate::credentials;
use crate::store::Store;
use crate::vault::Vault;

/// Does something with an up-to-date database.
pub(super) async fn store<T>(
    config: &Config,
    work: impl AsyncFnOnce(&Store) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let database = Database::open(config, Schema::Require).await?;
    let done = work(&database.store).await;
    close(database, done).await
}

/// The vault whose passwords this database holds.
pub(super) async fn vault(store: &Store, config: &Config) -> anyhow::Result<Vault> {
    let key = config.secrets.vault_key.as_ref();
    Ok(credentials::open_vault(key, &config.state_dir, store).await?)
}

/// Closes the database; the command's own failure counts more than one of closing.
pub(super) async fn close<T>(database: Database, done: anyhow::Result<T>) -> anyhow::Result<T> {
    let closed = database.close().await;
    let done = done?;
    closed?;
    Ok(done)
}
