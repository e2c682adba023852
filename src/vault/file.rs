//! The key file under the state directory: readable by its owner only, never overwritten in place.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, fchown};
use std::path::Path;

use zeroize::Zeroizing;

use super::error::VaultError;
use crate::domain::secret_text;

/// The file's text; `None` if there is no such file.
pub(super) fn read(path: &Path) -> Result<Option<Zeroizing<String>>, VaultError> {
    match std::fs::read(path) {
        Ok(bytes) => match secret_text::of_file(bytes) {
            Some(text) => Ok(Some(Zeroizing::new(text))),
            None => Err(VaultError::BadKey),
        },
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(path, "read", error)),
    }
}

/// Makes the file; false if another process has just made it.
pub(super) fn make(path: &Path, text: &str) -> Result<bool, VaultError> {
    let attempt = || -> io::Result<()> {
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        write_new(path, text)
    };
    match attempt() {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(failed(path, "made", error)),
    }
}

/// Replaces the file whole: whoever reads it meanwhile finds the old text or the new one.
pub(super) fn replace(path: &Path, text: &str) -> Result<(), VaultError> {
    let beside = path.with_extension("key.new");
    let attempt = || -> io::Result<()> {
        match std::fs::remove_file(&beside) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        write_new(&beside, text)?;
        std::fs::rename(&beside, path)?;
        sync_directory(path)
    };
    attempt().map_err(|error| failed(path, "replaced", error))
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    give_to_owner(&file, path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    sync_directory(path)
}

/// What root makes, the daemon, which owns the directory, must be able to read.
fn give_to_owner(file: &File, path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(parent) if nix::unistd::Uid::effective().is_root() => {
            let owner = parent.metadata()?;
            fchown(file, Some(owner.uid()), Some(owner.gid()))
        }
        Some(_) | None => Ok(()),
    }
}

/// Without this a power cut may forget the file's name, and with it every stored password.
fn sync_directory(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(parent) => File::open(parent)?.sync_all(),
        None => Ok(()),
    }
}

fn failed(path: &Path, action: &'static str, source: io::Error) -> VaultError {
    VaultError::KeyFile {
        path: path.to_owned(),
        action,
        source,
    }
}
