//! Room for what is written: a database that is in use may lie on the same disk, and must not find it full.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::error::BackupError;
use crate::private_postgres::{PrivatePostgresError, free_bytes};

/// What must stay free on a database's disk: the journal of the one that is in use, and of the one that is filled.
const SPARE: u64 = 400_000_000;

/// What is to be free in a directory.
#[derive(Debug, Clone)]
pub struct Room {
    dir: PathBuf,
    /// What is likely to be written.
    needed: u64,
    /// What must stay free beside it.
    spare: u64,
}

impl Room {
    /// Where the disk is a database's.
    #[must_use]
    pub fn on_disk_of_database(dir: &Path, needed: u64) -> Self {
        Self {
            dir: dir.to_owned(),
            needed,
            spare: SPARE,
        }
    }

    /// The same, if the state directory is on that disk, too; another one may be full afterwards.
    #[must_use]
    pub fn beside(state_dir: &Path, dir: &Path, needed: u64) -> Self {
        let disk = |dir: &Path| dir.metadata().ok().map(|found| found.dev());
        let spare = if disk(dir) == disk(state_dir) {
            SPARE
        } else {
            0
        };
        Self {
            spare,
            ..Self::on_disk_of_database(dir, needed)
        }
    }

    /// Before anything is written. The directory must exist.
    ///
    /// # Errors
    /// [`PrivatePostgresError::NoRoom`], or if it cannot be measured.
    pub(super) fn check(&self) -> Result<(), BackupError> {
        self.is_free(self.needed.saturating_add(self.spare))
    }

    /// While it is written: the last backup may have told too little, or there is none.
    ///
    /// # Errors
    /// As [`check`](Self::check).
    pub(super) fn check_again(&self) -> Result<(), BackupError> {
        self.is_free(self.spare / 2)
    }

    fn is_free(&self, needed: u64) -> Result<(), BackupError> {
        let free = free_bytes(&self.dir)?;
        if free >= needed {
            return Ok(());
        }
        Err(BackupError::from(PrivatePostgresError::NoRoom {
            dir: self.dir.clone(),
            needed: needed.div_ceil(1_000_000),
            free: free / 1_000_000,
        }))
    }

    /// More than any disk has.
    #[cfg(test)]
    pub(super) fn of_no_disk(dir: &Path) -> Self {
        Self {
            spare: u64::MAX,
            ..Self::on_disk_of_database(dir, 0)
        }
    }
}
