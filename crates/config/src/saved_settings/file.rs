//! The file: sealed by a digest in its first line, written whole, by one at a time.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, fchown};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest, Sha256};
use toml::{Table, Value};

use crate::ConfigError;
use crate::layers::{self, Layer};

const NAME: &str = "settings.toml";
const LOCK: &str = "settings.lock";
/// What stands before the digest of the rest.
const SEAL: &str = "# sha256 of what follows: ";
const HEAD: &str = "# Written by agendad, as set in the browser or by agendad config set. Do not edit it: it would be refused.\n";
/// How often, and with which pause, a lock that somebody holds is tried.
const TRIES: u32 = 100;
const PAUSE: Duration = Duration::from_millis(50);

/// The file as it was read.
pub(super) struct Read {
    pub(super) layer: Layer,
    pub(super) version: String,
}

/// Where it lies.
#[must_use]
pub fn path_in(state_dir: &Path) -> PathBuf {
    state_dir.join(NAME)
}

/// Names the file as it is now, whatever is in it; empty: there is none, or it may not be read.
#[must_use]
pub fn fingerprint(path: &Path) -> String {
    std::fs::read(path).map_or_else(|_| String::new(), |bytes| digest(&bytes))
}

/// The file, if there is one.
pub(super) fn read(path: &Path) -> Result<Option<Read>, ConfigError> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(source) => {
            let path = path.to_owned();
            return Err(ConfigError::Unreadable { path, source });
        }
    };
    let text = String::from_utf8(bytes).map_err(|_| damaged(path))?;
    parse(&path.display().to_string(), path, &text).map(Some)
}

/// A text that is whole.
pub(super) fn parse(name: &str, path: &Path, text: &str) -> Result<Read, ConfigError> {
    let (seal, rest) = text.split_once('\n').ok_or_else(|| damaged(path))?;
    if seal.strip_prefix(SEAL) != Some(&digest(rest.as_bytes())) {
        return Err(damaged(path));
    }
    let layer = layers::parse(name, rest)?;
    let version = digest(text.as_bytes());
    Ok(Read { layer, version })
}

/// The text of these settings.
pub(super) fn text(values: &BTreeMap<String, Value>) -> String {
    let mut table = Table::new();
    for (key, value) in values {
        let path: Vec<String> = key.split('.').map(str::to_owned).collect();
        layers::insert(&mut table, &path, value.clone());
    }
    let rest = format!("{HEAD}{table}");
    format!("{SEAL}{}\n{rest}", digest(rest.as_bytes()))
}

/// Keeps other writers out until it is dropped.
pub(super) fn lock(state_dir: &Path) -> io::Result<File> {
    std::fs::create_dir_all(state_dir)?;
    let path = state_dir.join(LOCK);
    let mut options = OpenOptions::new();
    // Never through a link: whoever owns the directory would have root give them what it leads to.
    let options = options.write(true).create(true).truncate(false);
    let options = options.mode(0o600).custom_flags(nix::libc::O_NOFOLLOW);
    let file = options.open(&path)?;
    give_to_owner(&file, &path)?;
    for _ in 0..TRIES {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => std::thread::sleep(PAUSE),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
    Err(io::Error::new(
        ErrorKind::TimedOut,
        "another process is changing settings",
    ))
}

/// Replaces the file whole: whoever reads it meanwhile finds the old text or the new one.
pub(super) fn write(path: &Path, text: &str) -> io::Result<()> {
    let beside = path.with_extension("toml.new");
    match std::fs::remove_file(&beside) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut options = OpenOptions::new();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&beside)?;
    give_to_owner(&file, path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&beside, path)?;
    match path.parent() {
        Some(parent) => File::open(parent)?.sync_all(),
        None => Ok(()),
    }
}

/// What root makes, the daemon, which owns the directory, must be able to read.
fn give_to_owner(file: &File, path: &Path) -> io::Result<()> {
    let Some(parent) = path.parent() else {
        return Ok(());
    };
    let (owner, ours) = (parent.metadata()?, file.metadata()?);
    if owner.uid() == ours.uid() {
        return Ok(());
    }
    fchown(file, Some(owner.uid()), Some(owner.gid()))
}

fn damaged(path: &Path) -> ConfigError {
    ConfigError::Damaged {
        path: path.to_owned(),
    }
}

fn digest(bytes: &[u8]) -> String {
    let digest: [u8; 32] = Sha256::digest(bytes).into();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
