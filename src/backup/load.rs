//! A backup, put into a database: for good, or only to see that it can be.

use std::path::Path;

use tokio::io::{AsyncRead, AsyncWriteExt};

use super::throwaway::Throwaway;
use super::{BackupError, Manifest, Reader};
use crate::private_postgres::{
    PrivatePostgresError, Snapshot, Tools, analyze, differences, figures, free_bytes,
};

/// What must stay free on a disk: the journal of the database that is in use, and of the one that is filled.
const SPARE: u64 = 400_000_000;

/// Whether so many bytes may be written to the disk of a directory, which must exist, without filling it.
///
/// # Errors
/// [`PrivatePostgresError::NoRoom`], or if it cannot be measured.
pub(super) fn check_room(dir: &Path, needed: u64) -> Result<(), BackupError> {
    let (free, needed) = (free_bytes(dir)?, needed.saturating_add(SPARE));
    if free >= needed {
        return Ok(());
    }
    Err(BackupError::from(PrivatePostgresError::NoRoom {
        dir: dir.to_owned(),
        needed: needed.div_ceil(1_000_000),
        free: free / 1_000_000,
    }))
}

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
/// [`BackupError`]: it could not be put back. [`PrivatePostgresError::NoRoom`] when it would fill the disk, on which the
/// database may lie that is in use.
pub async fn verify<R: AsyncRead + Unpin>(
    reader: &mut Reader<R>,
    place: Throwaway,
) -> Result<Manifest, BackupError> {
    check_room(
        place.above(),
        reader.manifest().database_bytes.unsigned_abs(),
    )?;
    let server = place.start().await?;
    let filled = fill(reader, server.url()).await;
    place.end(server).await?;
    filled
}
