//! Where a cluster's files lie, and how files beside the data are made. What is in them is the
//! business of the other modules.
//!
//! The directory and the files directly in it belong to whoever made the directory. When root did,
//! the server's user owns only `data` and `socket`: nothing that root writes can then be swapped
//! for a link by that user.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{
    DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, fchown, lchown,
};
use std::path::{Path, PathBuf};

use nix::unistd::Uid;

use super::error::{PrivatePostgresError, file};

/// The database that [`PrivatePostgres::url`](super::PrivatePostgres::url) leads to, and the name of its superuser.
pub(super) const NAME: &str = "agendad";

/// The port in the socket's name. Written down everywhere, so that `PGPORT` has no say.
pub(super) const PORT: u16 = 5432;

/// The name of what is about to become `data`.
const NEXT: &str = "data.next";
/// How its name begins where it is one that was kept: it goes back to its name if nothing comes of it.
const NEXT_OF_KEPT: &str = "data.next-";
/// How the names of clusters begin that made way for another.
pub(super) const KEPT: &str = "data.kept-";

/// Paths below one cluster's directory.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    root: PathBuf,
}

impl Layout {
    /// Makes the directory if it does not exist. It is passable for others only when root makes it,
    /// because then the server, which is another user, must pass.
    pub(super) fn create(dir: &Path) -> Result<Self, PrivatePostgresError> {
        let mode = if Uid::effective().is_root() {
            0o711
        } else {
            0o700
        };
        if let Some(parent) = dir.parent() {
            fs::create_dir_all(parent).map_err(file("make directory", parent))?;
        }
        match DirBuilder::new().mode(mode).create(dir) {
            Ok(()) => {
                give_to_owner_above(dir)?;
                // Whatever the mask of whoever calls has taken away.
                open_to_server(dir)?;
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => open_to_server(dir)?,
            Err(error) => return Err(file("make directory", dir)(error)),
        }
        let root = fs::canonicalize(dir).map_err(file("find directory", dir))?;
        Ok(Self { root })
    }

    /// Whether a cluster lies below a directory, which is not made.
    pub(super) fn has_cluster(dir: &Path) -> Result<bool, PrivatePostgresError> {
        if is_cluster(&dir.join("data"))? {
            return Ok(true);
        }
        // One that is about to take its place counts too.
        for next in all_next(dir)? {
            if is_cluster(&next)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What `made` is called when it is whole and about to become `data`: [`replace`](super::replace).
    pub(super) fn next_data(&self, made: &Path) -> PathBuf {
        let name = made.file_name().and_then(|name| name.to_str());
        match name.and_then(|name| name.strip_prefix(KEPT)) {
            Some(label) => self.root.join(format!("{NEXT_OF_KEPT}{label}")),
            None => self.root.join(NEXT),
        }
    }

    /// All that was about to become `data`, with the name that each was kept under.
    pub(super) fn all_next(&self) -> Result<Vec<(PathBuf, Option<PathBuf>)>, PrivatePostgresError> {
        let with_name = |next: PathBuf| {
            let name = next.file_name().and_then(|name| name.to_str());
            let label = name.and_then(|name| name.strip_prefix(NEXT_OF_KEPT));
            let kept = label.map(|label| self.kept(label));
            (next, kept)
        };
        Ok(all_next(&self.root)?.into_iter().map(with_name).collect())
    }

    /// A cluster that made way for another.
    pub(super) fn kept(&self, label: &str) -> PathBuf {
        self.root.join(format!("{KEPT}{label}"))
    }

    /// Another cluster with a directory of its own, in which the next `data` is made.
    pub(super) fn workshop(&self) -> PathBuf {
        self.root.join("next")
    }

    /// Held by the processes of a `pg_upgrade`; names their group.
    pub(super) fn upgrade_lock(&self) -> PathBuf {
        self.root.join("upgrade.lock")
    }

    /// The directory itself, absolute, without links.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// The cluster. It exists only when complete.
    pub(super) fn data(&self) -> PathBuf {
        self.root.join("data")
    }

    /// Where a new cluster is made before it becomes `data`: one of any number of places.
    pub(super) fn staging(&self, number: u32) -> PathBuf {
        self.root.join(format!("data.new.{number}"))
    }

    /// The place for the socket.
    pub(super) fn socket(&self) -> PathBuf {
        self.root.join("socket")
    }

    /// What the server has to say.
    pub(super) fn log(&self) -> PathBuf {
        self.root.join("log").join("postgres.log")
    }

    /// Held by whoever starts or stops the server.
    pub(super) fn start_lock(&self) -> PathBuf {
        self.root.join("start.lock")
    }

    /// Shared by all who use the server.
    pub(super) fn users_lock(&self) -> PathBuf {
        self.root.join("users.lock")
    }

    /// The major version that made the cluster; `None` when there is no cluster yet.
    pub(super) fn cluster_version(&self) -> Result<Option<u32>, PrivatePostgresError> {
        if !self.data().exists() {
            return Ok(None);
        }
        let path = self.data().join("PG_VERSION");
        let text = fs::read_to_string(&path).map_err(file("read", &path))?;
        let version = text.trim().parse().map_err(io::Error::other);
        Ok(Some(version.map_err(file("understand", &path))?))
    }

    /// Opens one of our own files for reading and appending, private to the directory's owner.
    pub(super) fn open(&self, path: &Path) -> Result<File, PrivatePostgresError> {
        let opened = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .mode(0o600)
            .custom_flags(nix::libc::O_NOFOLLOW | nix::libc::O_CLOEXEC)
            .open(path)
            .map_err(file("open", path))?;
        if Uid::effective().is_root() {
            let owner = fs::metadata(&self.root).map_err(file("look at", &self.root))?;
            fchown(&opened, Some(owner.uid()), Some(owner.gid())).map_err(file("own", path))?;
        }
        Ok(opened)
    }
}

fn is_cluster(dir: &Path) -> Result<bool, PrivatePostgresError> {
    let mark = dir.join("PG_VERSION");
    match fs::metadata(&mark) {
        Ok(_) => Ok(true),
        Err(error) if is_missing(&error) => Ok(false),
        Err(error) => Err(file("look at", mark)(error)),
    }
}

fn all_next(dir: &Path) -> Result<Vec<PathBuf>, PrivatePostgresError> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if is_missing(&error) => return Ok(Vec::new()),
        Err(error) => return Err(file("look into", dir)(error)),
    };
    let is_next = |path: &PathBuf| {
        path.file_name()
            .is_some_and(|name| name == NEXT || name.to_string_lossy().starts_with(NEXT_OF_KEPT))
    };
    let mut found: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(is_next)
        .collect();
    found.sort();
    Ok(found)
}

fn is_missing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

/// What root makes in somebody's directory is theirs: their daemon is to use it.
fn give_to_owner_above(dir: &Path) -> Result<(), PrivatePostgresError> {
    let Some(parent) = dir.parent().filter(|_| Uid::effective().is_root()) else {
        return Ok(());
    };
    let above = fs::metadata(parent).map_err(file("look at", parent))?;
    // Whatever they may have put in its place meanwhile.
    lchown(dir, Some(above.uid()), Some(above.gid())).map_err(file("hand over", dir))
}

/// Lets the server's user pass through a directory that root keeps closed. Only the cluster's own
/// directory is opened like this, never one above it.
fn open_to_server(dir: &Path) -> Result<(), PrivatePostgresError> {
    let found = fs::metadata(dir).map_err(file("look at", dir))?;
    let mode = found.permissions().mode();
    if Uid::effective().is_root() && found.uid() == 0 && found.is_dir() && mode & 0o001 == 0 {
        fs::set_permissions(dir, Permissions::from_mode(mode | 0o001))
            .map_err(file("open", dir))?;
    }
    Ok(())
}
