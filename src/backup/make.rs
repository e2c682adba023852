//! Making a backup.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, fchown};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use tokio::io::{AsyncWrite, BufWriter};

use super::error::{BackupError, file};
use super::room::Room;
use super::{Manifest, Writer};
use crate::private_postgres::{Snapshot, Tools};
use crate::vault::{Purpose, Vault};

/// Settings are of no user.
pub(crate) const NOBODY: i32 = 0;

/// What is backed up, and how.
#[derive(Debug, Clone)]
pub struct Source<'a> {
    /// A direct address of the database, not through a pooler.
    pub url: &'a str,
    /// Whether it is a private one.
    pub private: bool,
    /// What seals it; nothing: in clear text.
    pub vault: Option<&'a Vault>,
    /// The file of what was set in the browser, if that is to come along.
    pub settings: Option<&'a Path>,
}

/// Writes a backup of the database as it is now. Daemons may go on.
pub async fn write<W: AsyncWrite + Unpin>(
    source: &Source<'_>,
    now: DateTime<Utc>,
    to: W,
) -> Result<(Manifest, W), BackupError> {
    write_into(source, now, to, None).await
}

/// The same, as long as there is room.
async fn write_into<W: AsyncWrite + Unpin>(
    source: &Source<'_>,
    now: DateTime<Utc>,
    to: W,
    room: Option<&Room>,
) -> Result<(Manifest, W), BackupError> {
    let mut snapshot = Snapshot::take(source.url).await?;
    let tools = Tools::for_server(snapshot.major()).await?;
    let sealed = source.vault.map(Vault::stream_key).transpose()?;
    let manifest = Manifest {
        program: env!("CARGO_PKG_VERSION").to_owned(),
        made_at: now,
        server: snapshot.server(),
        private: source.private,
        database_bytes: snapshot.bytes(),
        sealed,
        settings: settings(source)?,
        tables: snapshot.tables().await?,
    };
    let mut writer = Writer::begin(to, &manifest, source.vault).await?;
    let mut dump = tools.dump(source.url, snapshot.id())?;
    writer.take(&mut dump.stream, room).await?;
    dump.end().await?;
    let to = writer.end().await?;
    snapshot.release().await?;
    Ok((manifest, to))
}

fn settings(source: &Source<'_>) -> Result<Option<String>, BackupError> {
    let (Some(path), Some(vault)) = (source.settings, source.vault) else {
        return Ok(None);
    };
    match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(file("read", path)(error)),
        // One that is damaged must not keep the database from being backed up: its digest betrays it later.
        Ok(bytes) => {
            let text = String::from_utf8_lossy(&bytes);
            Ok(Some(vault.seal(Purpose::Settings, NOBODY, &text)?))
        }
    }
}

/// The same to a file, which has its name only when it is whole and safely on the disk.
///
/// # Errors
/// [`BackupError`]; then nothing is left. There may be too little room for it.
pub async fn to_file(
    source: &Source<'_>,
    now: DateTime<Utc>,
    path: &Path,
    room: &Room,
) -> Result<Manifest, BackupError> {
    room.check()?;
    let partial = Partial::make(path)?;
    let opened = partial
        .file
        .try_clone()
        .map_err(file("write", &partial.path))?;
    let to = BufWriter::new(tokio::fs::File::from_std(opened));
    let (manifest, _) = write_into(source, now, to, Some(room)).await?;
    partial.become_whole(path)?;
    Ok(manifest)
}

/// A file under a name of its own, removed unless it becomes whole.
struct Partial {
    file: File,
    path: PathBuf,
    whole: bool,
}

/// The end of the name of what is being written.
pub(super) const PARTIAL: &str = ".partial";

impl Partial {
    fn make(path: &Path) -> Result<Self, BackupError> {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(PARTIAL);
        let partial = path.with_file_name(name);
        match fs::remove_file(&partial) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(file("remove", &partial)(error));
            }
            Ok(()) | Err(_) => {}
        }
        let mut options = OpenOptions::new();
        let opened = options
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&partial);
        let made = Self {
            file: opened.map_err(file("make", &partial))?,
            path: partial,
            whole: false,
        };
        give_to_owner(&made.file, directory(path)).map_err(file("hand over", &made.path))?;
        Ok(made)
    }

    fn become_whole(mut self, path: &Path) -> Result<(), BackupError> {
        self.file.sync_all().map_err(file("write", &self.path))?;
        fs::rename(&self.path, path).map_err(file("rename to", path))?;
        self.whole = true;
        let dir = directory(path);
        let synced = File::open(dir).and_then(|dir| dir.sync_all());
        synced.map_err(file("write", dir))
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        if !self.whole {
            fs::remove_file(&self.path).ok(); // a later backup removes what cannot be removed now
        }
    }
}

/// The directory in which a file lies.
pub(crate) fn directory(path: &Path) -> &Path {
    match path.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => dir,
        Some(_) | None => Path::new("."),
    }
}

/// Opens a file to be locked, or makes it. Never through a link: whoever owns the directory would have root give them what
/// it leads to.
pub(super) fn open_lock(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    let options = options.write(true).create(true).truncate(false);
    let lock = options.custom_flags(nix::libc::O_NOFOLLOW).open(path)?;
    give_to_owner(&lock, directory(path))?;
    Ok(lock)
}

/// What root makes, the daemon, which owns the directory, must be able to read and to remove.
pub(super) fn give_to_owner(file: &File, dir: &Path) -> io::Result<()> {
    if !nix::unistd::Uid::effective().is_root() {
        return Ok(());
    }
    let owner = dir.metadata()?;
    fchown(file, Some(owner.uid()), Some(owner.gid()))
}
