//! A backup, put into a database: for good, or only to see that it can be.

use std::path::Path;

use tokio::io::{AsyncRead, AsyncWriteExt};

use super::{BackupError, Manifest, Reader};
use crate::private_postgres::{
    Durability, PrivatePostgres, Snapshot, Tools, analyze, destroy, differences, figures,
};

/// Fills an empty database, and compares every table with what the backup says of itself.
///
/// # Errors
/// [`BackupError`].
pub async fn fill<R: AsyncRead + Unpin>(
    reader: &mut Reader<R>,
    url: &str,
) -> Result<Manifest, BackupError> {
    let mut empty = Snapshot::take(url).await?;
    let tables = empty.tables().await?.len();
    let here = empty.major();
    empty.release().await?;
    if tables > 0 {
        return Err(BackupError::NotEmpty { tables });
    }
    let manifest = reader.manifest().clone();
    if manifest.major() > here {
        let backup = manifest.major();
        return Err(BackupError::NewerServer { backup, here });
    }
    let mut restore = Tools::for_server(here).await?.restore(url)?;
    let mut is_taken = true;
    // The whole file is read, even if nobody takes it: a damaged one is the better reason.
    while let Some(part) = reader.next().await? {
        is_taken = is_taken && restore.stream.write_all(&part).await.is_ok();
    }
    restore.finish().await?;
    let differ = differences(&manifest.tables, &figures(url).await?);
    if !differ.is_empty() {
        return Err(BackupError::Differs(differ));
    }
    analyze(url).await?;
    Ok(manifest)
}

/// Restores a backup into a throw-away server in `dir`, which must not exist, compares, and clears it away.
///
/// # Errors
/// [`BackupError`]: it could not be put back.
pub async fn verify<R: AsyncRead + Unpin>(
    reader: &mut Reader<R>,
    dir: &Path,
) -> Result<Manifest, BackupError> {
    // What a killed process has left.
    destroy(dir).await?;
    let server = PrivatePostgres::start_with(dir, Durability::Throwaway).await?;
    let filled = fill(reader, server.url()).await;
    server.stop().await?;
    destroy(dir).await?;
    filled
}
