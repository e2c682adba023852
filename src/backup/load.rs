//! A backup, put into a database: for good, or only to see that it can be.

use tokio::io::{AsyncRead, AsyncWriteExt};

use super::room::Room;
use super::throwaway::Throwaway;
use super::{BackupError, Manifest, Reader};
use crate::private_postgres::{Snapshot, Tools, analyze, differences, figures};

/// Fills an empty database, and compares every table with what the backup says of itself.
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
    // Read to the end, even if pg_restore has stopped: that the file is damaged is the more useful error.
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

/// Restores a backup into a throw-away server, compares, and clears it away.
///
/// # Errors
/// [`BackupError`]: it could not be put back, or would fill the disk, on which the database may lie that is in use.
pub async fn verify<R: AsyncRead + Unpin>(
    reader: &mut Reader<R>,
    place: Throwaway,
) -> Result<Manifest, BackupError> {
    let needed = reader.manifest().database_bytes.unsigned_abs();
    Room::on_disk_of_database(place.above(), needed).check()?;
    let server = place.start().await?;
    let filled = fill(reader, server.url()).await;
    place.end(server).await?;
    filled
}
