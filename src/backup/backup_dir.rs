//! The directory of the nightly backups: which there are, and which are deleted.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use nix::unistd::{AccessFlags, Uid, access};
use tokio::io::BufReader;

use super::error::{BackupError, file};
use super::make::{PARTIAL, directory, give_to_owner, open_lock};
use super::{Manifest, Reader};
use crate::config::Config;
use crate::vault::{Vault, key_file};

const BEGINNING: &str = "agendad-";
const TIME: &str = "%Y%m%d-%H%M%SZ";
const END: &str = ".backup";
/// Beside a backup: it was put back into a throw-away server, and was what it should be.
const VERIFIED: &str = ".verified";
/// Instead of its end: it could not be put back.
const BAD: &str = ".bad";
/// Held by the process that makes backups here.
const LOCK: &str = ".lock";
/// Made when backups were begun here.
const SINCE: &str = ".since";
/// A time that lies further ahead was written under a clock that was wrong.
const AHEAD: TimeDelta = TimeDelta::days(1);

/// A backup in the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupFile {
    pub path: PathBuf,
    /// When it was made, by its name.
    pub made_at: DateTime<Utc>,
    /// Its length.
    pub bytes: u64,
    /// When it was last put back to see whether it can be.
    pub verified_at: Option<DateTime<Utc>>,
}

impl BackupFile {
    /// Whether its time says when it was made: one from the future was made under a clock that was ahead.
    #[must_use]
    pub fn is_dated(&self, now: DateTime<Utc>) -> bool {
        self.made_at <= now + AHEAD
    }
}

/// The directory.
#[derive(Debug, Clone)]
pub struct BackupDir {
    dir: PathBuf,
    /// Whether it is made where it does not exist.
    is_ours: bool,
}

impl BackupDir {
    /// That directory, of our own. Nothing is made yet.
    #[must_use]
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self {
            dir: dir.into(),
            is_ours: true,
        }
    }

    /// That directory, which somebody else has to make: where it does not exist, the disk that it lies on is away.
    #[must_use]
    pub fn given(dir: impl Into<PathBuf>) -> Self {
        Self {
            dir: dir.into(),
            is_ours: false,
        }
    }

    /// The directory of `[backup]`.
    #[must_use]
    pub fn of(config: &Config) -> Self {
        let dir = &config.backup.directory;
        if dir.as_os_str().is_empty() {
            return Self::new(config.state_dir.join("backups"));
        }
        Self::given(dir)
    }

    /// The directory.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Whether the directory does not exist, and is not made by itself.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        !self.is_ours && matches!(self.dir.try_exists(), Ok(false))
    }

    /// Whether this process may write there, or make it if it does not exist.
    #[must_use]
    pub fn can_be_written(&self) -> bool {
        if self.is_missing() {
            return false;
        }
        let may = AccessFlags::W_OK | AccessFlags::X_OK;
        let exists = |dir: &&Path| dir.symlink_metadata().is_ok();
        let nearest = self.dir.ancestors().find(exists);
        nearest.is_some_and(|dir| dir.is_dir() && access(dir, may).is_ok())
    }

    /// Whether root, who may write anywhere, can tell that the daemon, which owns the state directory, may not write there.
    #[must_use]
    pub fn is_closed_to_owner_of(&self, state_dir: &Path) -> bool {
        let (Ok(found), Ok(state)) = (self.dir.metadata(), state_dir.metadata()) else {
            return false;
        };
        let is_owners = state.uid() == 0 || found.uid() == state.uid();
        // Where others may write, as on a disk that knows no owners, it is nobody's.
        Uid::effective().is_root() && !is_owners && found.mode() & 0o022 == 0
    }

    /// Makes the directory, for its owner only, and remembers since when.
    ///
    /// # Errors
    /// [`BackupError::File`]; [`BackupError::NoDirectory`] if it is for somebody else to make.
    pub fn prepare(&self) -> Result<(), BackupError> {
        let dir = &self.dir;
        if self.is_missing() {
            return Err(BackupError::NoDirectory(dir.clone()));
        }
        let mut builder = DirBuilder::new();
        builder.mode(0o700);
        let above = directory(dir);
        let ready = builder.recursive(true).create(above);
        ready.map_err(file("make", above))?;
        match builder.recursive(false).create(dir) {
            Ok(()) => {
                // Not a link by which whoever owns the directory above has just replaced it.
                let flags = nix::libc::O_DIRECTORY | nix::libc::O_NOFOLLOW;
                let made = OpenOptions::new().read(true).custom_flags(flags).open(dir);
                let handed = made.and_then(|made| give_to_owner(&made, above));
                handed.map_err(file("hand over", dir))?;
            }
            // Somebody has made it, and said whose it is.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(file("make", dir)(error)),
        }
        let since = dir.join(SINCE);
        if since.exists() {
            return Ok(());
        }
        match File::create_new(&since).and_then(|file| give_to_owner(&file, dir)) {
            // By another process meanwhile; or it is a link that leads nowhere.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            made => made.map_err(file("make", &since)),
        }
    }

    /// Keeps other processes from making backups here meanwhile; `None`: another one does.
    ///
    /// # Errors
    /// [`BackupError::File`].
    pub fn lock(&self) -> Result<Option<File>, BackupError> {
        let path = self.dir.join(LOCK);
        let lock = open_lock(&path).map_err(file("make", &path))?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(lock)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(file("lock", &path)(error)),
        }
    }

    /// Since when backups are made here.
    #[must_use]
    pub fn since(&self) -> Option<DateTime<Utc>> {
        Some(
            fs::metadata(self.dir.join(SINCE))
                .ok()?
                .modified()
                .ok()?
                .into(),
        )
    }

    /// The name of a backup of that time.
    #[must_use]
    pub fn path(&self, made_at: DateTime<Utc>) -> PathBuf {
        self.dir
            .join(format!("{BEGINNING}{}{END}", made_at.format(TIME)))
    }

    /// The backups, newest first; none if there is no directory of our own yet.
    ///
    /// # Errors
    /// [`BackupError::File`], [`BackupError::NoDirectory`].
    pub fn list(&self) -> Result<Vec<BackupFile>, BackupError> {
        if self.is_missing() {
            return Err(BackupError::NoDirectory(self.dir.clone()));
        }
        let entries = match fs::read_dir(&self.dir) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(file("look into", &self.dir)(error)),
        };
        let mut kept: Vec<BackupFile> =
            entries.flatten().filter_map(|entry| kept(&entry)).collect();
        kept.sort_by_key(|kept| std::cmp::Reverse(kept.made_at));
        Ok(kept)
    }

    /// The newest backup whose time can be believed.
    ///
    /// # Errors
    /// [`BackupError::File`].
    pub fn newest(&self, now: DateTime<Utc>) -> Result<Option<BackupFile>, BackupError> {
        Ok(self.list()?.into_iter().find(|kept| kept.is_dated(now)))
    }

    /// When a backup was last put back to see whether it can be.
    ///
    /// # Errors
    /// [`BackupError::File`].
    pub fn last_verified(&self, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, BackupError> {
        let kept = self.list()?;
        let verified = kept.iter().filter_map(|kept| kept.verified_at);
        Ok(verified.filter(|at| *at <= now + AHEAD).max())
    }

    /// Removes all but the newest, and what was left half-written. Those from the future are the first to go.
    ///
    /// # Errors
    /// [`BackupError::File`].
    pub fn prune(&self, keep: usize, now: DateTime<Utc>) -> Result<usize, BackupError> {
        let mut removed = 0;
        let mut kept = self.list()?;
        kept.sort_by_key(|kept| !kept.is_dated(now));
        for old in kept.iter().skip(keep.max(1)) {
            fs::remove_file(&old.path).map_err(file("remove", &old.path))?;
            fs::remove_file(beside(&old.path, VERIFIED)).ok(); // only where it was verified
            removed += 1;
        }
        self.clear_partial()?;
        let mut bad = self.that_end_in(BAD)?;
        bad.sort();
        for old in bad.iter().rev().skip(keep.max(1)) {
            fs::remove_file(old).map_err(file("remove", old))?;
        }
        Ok(removed)
    }

    /// Removes what was left half-written. Call it under the [lock](Self::lock): nobody writes meanwhile.
    ///
    /// # Errors
    /// [`BackupError::File`].
    pub fn clear_partial(&self) -> Result<(), BackupError> {
        for half in self.that_end_in(PARTIAL)? {
            fs::remove_file(&half).map_err(file("remove", &half))?;
        }
        Ok(())
    }

    fn that_end_in(&self, end: &str) -> Result<Vec<PathBuf>, BackupError> {
        let entries = fs::read_dir(&self.dir).map_err(file("look into", &self.dir))?;
        let ours = entries.flatten().filter(|entry| {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            name.starts_with(BEGINNING) && name.ends_with(end)
        });
        Ok(ours.map(|entry| entry.path()).collect())
    }

    /// Notes that a backup can be put back.
    ///
    /// # Errors
    /// [`BackupError::File`].
    pub fn note_verified(&self, path: &Path, at: DateTime<Utc>) -> Result<(), BackupError> {
        let note = beside(path, VERIFIED);
        let write = || {
            match fs::remove_file(&note) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                Ok(()) | Err(_) => {}
            }
            // Anew, so that nothing is written where a link leads.
            let mut made = File::create_new(&note)?;
            give_to_owner(&made, &self.dir)?;
            made.write_all(at.to_rfc3339().as_bytes())
        };
        write().map_err(file("write", &note))
    }

    /// Renames a backup that could not be restored; it no longer counts.
    ///
    /// # Errors
    /// [`BackupError::File`].
    pub fn put_aside(&self, path: &Path) -> Result<PathBuf, BackupError> {
        let aside = beside(path, BAD);
        fs::rename(path, &aside).map_err(file("rename", path))?;
        Ok(aside)
    }
}

/// Opens a backup with the keys at hand; `-` is standard input.
pub async fn open(
    path: &Path,
    vault: Option<&Vault>,
    state_dir: &Path,
) -> Result<Reader<BufReader<tokio::fs::File>>, BackupError> {
    let opened = if path == Path::new("-") {
        standard_input()
    } else {
        tokio::fs::File::open(path).await
    };
    let opened = opened.map_err(file("open", path))?;
    Reader::begin(BufReader::with_capacity(1 << 20, opened), |key| {
        vault.cloned().ok_or_else(|| BackupError::NoKey {
            key: key.to_owned(),
            path: key_file(state_dir),
        })
    })
    .await
}

/// Opened by whoever called: this user may not be able to.
fn standard_input() -> io::Result<tokio::fs::File> {
    let handle = io::stdin().as_fd().try_clone_to_owned()?;
    Ok(tokio::fs::File::from_std(handle.into()))
}

/// What a backup says of itself; needs no key.
pub async fn manifest(path: &Path) -> Result<Manifest, BackupError> {
    let opened = tokio::fs::File::open(path)
        .await
        .map_err(file("open", path))?;
    match super::file::manifest(BufReader::new(opened)).await {
        Err(BackupError::Stream(source)) => Err(file("read", path)(source)),
        read @ (Ok(_) | Err(_)) => read,
    }
}

fn kept(entry: &fs::DirEntry) -> Option<BackupFile> {
    let name = entry.file_name().into_string().ok()?;
    let time = name.strip_prefix(BEGINNING)?.strip_suffix(END)?;
    let made_at = NaiveDateTime::parse_from_str(time, TIME).ok()?.and_utc();
    let found = entry.metadata().ok().filter(fs::Metadata::is_file)?;
    let verified = fs::read_to_string(beside(&entry.path(), VERIFIED)).ok();
    let verified = verified.and_then(|text| DateTime::parse_from_rfc3339(text.trim()).ok());
    Some(BackupFile {
        path: entry.path(),
        made_at,
        bytes: found.len(),
        verified_at: verified.map(|at| at.to_utc()),
    })
}

fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

#[cfg(test)]
mod tests;
