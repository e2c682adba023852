//! The place of the throw-away server into which backups are put back: one at a time, and what a killed process has left
//! in it (a server that still runs, with everything in clear text) goes at the next occasion.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use super::error::{BackupError, file};
use super::make::open_lock;
use crate::private_postgres::{Durability, PrivatePostgres, destroy};

const NAME: &str = "verify";
const LOCK: &str = "verify.lock";

/// The place, to oneself. The kernel gives it back when the process dies.
#[derive(Debug)]
pub struct Throwaway {
    dir: PathBuf,
    _lock: File,
}

impl Throwaway {
    /// Takes the place below `above`, and clears it; `None`: another process is at work there.
    pub async fn take(above: &Path) -> Result<Option<Self>, BackupError> {
        let path = above.join(LOCK);
        let lock = open_lock(&path).map_err(file("make", &path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(file("lock", &path)(error)),
        }
        let dir = above.join(NAME);
        destroy(&dir).await?;
        Ok(Some(Self { dir, _lock: lock }))
    }

    /// Clears what a killed process has left below `above`, unless somebody is at work there.
    pub async fn clear(above: &Path) -> Result<(), BackupError> {
        if above.join(NAME).exists() {
            Self::take(above).await?;
        }
        Ok(())
    }

    /// The directory in which the place is.
    pub(super) fn above(&self) -> &Path {
        self.dir.parent().unwrap_or(&self.dir)
    }

    /// An empty server; one that does not start leaves nothing.
    pub(super) async fn start(&self) -> Result<PrivatePostgres, BackupError> {
        let started = PrivatePostgres::start_with(&self.dir, Durability::Throwaway).await;
        if started.is_err() {
            destroy(&self.dir).await.ok(); // why it did not start says more; what is left goes at the next occasion
        }
        Ok(started?)
    }

    /// Stops it, and leaves nothing.
    pub(super) async fn end(self, server: PrivatePostgres) -> Result<(), BackupError> {
        server.stop().await?;
        Ok(destroy(&self.dir).await?)
    }
}
