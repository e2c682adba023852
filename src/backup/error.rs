//! Why there is no backup, or why it cannot be put back.

use std::io;
use std::path::{Path, PathBuf};

use crate::private_postgres::{PrivatePostgresError, StorageFault, is_damaged};
use crate::vault::VaultError;

/// A failure of a backup. Contains nothing of the database's content.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A file operation failed.
    #[error("cannot {doing} {}", path.display())]
    File {
        /// The verb.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The configured directory is not there: made by itself, it would lie on the disk of the system.
    #[error(
        "backup.directory, {}, is not there: is its disk mounted? If it is to be a new one, make it (mkdir -m 700 {}) and give it \
         to the daemon's user",
        .0.display(),
        .0.display()
    )]
    NoDirectory(PathBuf),
    /// The directory's disk stands still.
    #[error(
        "backup.directory, {}, does not answer: is its disk still reached?",
        .0.display()
    )]
    NoAnswer(PathBuf),
    /// The dump could not be passed on.
    #[error("the dump was cut short on its way")]
    Stream(#[source] io::Error),
    /// Not a backup of agendad.
    #[error("this is no backup of agendad's, or of a later version of it")]
    NotABackup,
    /// It ends too early, or something follows it.
    #[error(
        "the backup is not whole: its end is missing, or something follows it; take another one"
    )]
    NotWhole,
    /// It was changed.
    #[error("the backup is damaged: its content is not what was written; take another one")]
    Damaged,
    /// It is sealed, and there is no key.
    #[error(
        "the backup is sealed with key {key}, and this machine has no key: put the copy of the key into {} (mode 600), or set \
         vault.key (AGENDAD_VAULT__KEY)",
        path.display()
    )]
    NoKey {
        /// The key's id.
        key: String,
        /// Where the key file would lie.
        path: PathBuf,
    },
    /// It is sealed with another key.
    #[error(
        "the backup is sealed with key {sealed}, and the key at hand is {ours}: configure that key beside it (vault.key takes \
         several, with spaces between them)"
    )]
    OtherKey {
        /// Id of the key that sealed it.
        sealed: String,
        /// Id of ours.
        ours: String,
    },
    /// The vault failed otherwise.
    #[error(transparent)]
    Vault(VaultError),
    /// Made by a newer server than there is here.
    #[error(
        "the backup is of a database of PostgreSQL {backup}, and the server here is {here}, which is older and cannot take it: \
         install PostgreSQL {backup} or newer (Debian: apt-get install postgresql-{backup})"
    )]
    NewerServer {
        /// Its major version.
        backup: u32,
        /// Ours.
        here: u32,
    },
    /// The copy is not what was copied.
    #[error("the copy is not what was copied: {}", .0.join("; "))]
    Differs(Vec<String>),
    /// The database to be filled has something in it.
    #[error(
        "the database is not empty ({tables} tables): give an empty one (createdb), so that nothing there is lost"
    )]
    NotEmpty {
        /// How many.
        tables: usize,
    },
    /// A page of the database is damaged.
    #[error("{table}: {}", StorageFault::Damaged)]
    DamagedPage {
        /// What was being read.
        table: String,
        /// What the server said.
        source: Box<PrivatePostgresError>,
    },
    /// PostgreSQL or one of its programs failed.
    #[error("failed to {0}")]
    Postgres(#[source] Box<PrivatePostgresError>),
}

impl BackupError {
    /// Whether it lies with the file, and another backup may do.
    #[must_use]
    pub fn is_of_the_file(&self) -> bool {
        match self {
            Self::NotABackup | Self::NotWhole | Self::Damaged | Self::Differs(_) => true,
            Self::File { .. }
            | Self::NoDirectory(_)
            | Self::NoAnswer(_)
            | Self::Stream(_)
            | Self::NoKey { .. }
            | Self::OtherKey { .. }
            | Self::Vault(_)
            | Self::NewerServer { .. }
            | Self::NotEmpty { .. }
            | Self::DamagedPage { .. }
            | Self::Postgres(_) => false,
        }
    }
}

impl From<PrivatePostgresError> for BackupError {
    fn from(error: PrivatePostgresError) -> Self {
        let all = crate::domain::causes::in_a_line(&error);
        let source = Box::new(error);
        if is_damaged(&all) {
            let table = "the database cannot be read whole".to_owned();
            return Self::DamagedPage { table, source };
        }
        Self::Postgres(source)
    }
}

impl From<VaultError> for BackupError {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::OtherKey { sealed, ours } => Self::OtherKey { sealed, ours },
            VaultError::Damaged => Self::Damaged,
            other @ (VaultError::BadKey
            | VaultError::BadKeyFile { .. }
            | VaultError::KeyFile { .. }
            | VaultError::NoRandomness) => Self::Vault(other),
        }
    }
}

/// Turns an io error into ours, with the verb and the path.
pub(super) fn file(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> BackupError {
    move |source| BackupError::File {
        doing,
        path: path.to_owned(),
        source,
    }
}
