//! Exclusive use of a private cluster: no other process uses it or can start to, so it can be replaced.

use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt, lchown};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::address::url;
use super::error::{PrivatePostgresError, file};
use super::initdb::Durability;
use super::layout::{KEPT, Layout, NAME};
use super::locks::{Alone, Membership, StartLock};
use super::owner::Owner;
use super::programs::{Programs, Search};
use super::{cluster, databases, leftovers, replace};

/// How long a program that a killed process has left behind may take to notice that its directory is gone.
const ENDING: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(20);

/// Exclusive use of a cluster's directory. Stop its server before dropping this.
#[derive(Debug)]
pub struct Hold {
    pub(super) layout: Layout,
    pub(super) owner: Owner,
    _starting: StartLock,
    _alone: Alone,
}

/// The cluster's version, and those of the programs that this machine has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versions {
    /// The major version that made the cluster; `None` if there is none.
    pub cluster: Option<u32>,
    /// Major versions of server programs, the newest first.
    pub installed: Vec<u32>,
}

/// What the cluster and this machine's programs are.
///
/// # Errors
/// If the directory or the programs cannot be looked at.
pub async fn versions(dir: &Path) -> Result<Versions, PrivatePostgresError> {
    let layout = Layout::create(dir)?;
    let owner = Owner::of(&layout)?;
    let found = Programs::all(&Search::of_this_machine(), &owner).await?;
    let mut installed: Vec<u32> = found.iter().map(Programs::version).collect();
    installed.sort_unstable_by_key(|version| std::cmp::Reverse(*version));
    Ok(Versions {
        cluster: layout.cluster_version()?,
        installed,
    })
}

impl Hold {
    /// Takes hold of a directory, which is made if it does not exist. A server that a killed process has left behind is
    /// stopped, and what such a process had begun is cleared away.
    ///
    /// # Errors
    /// [`PrivatePostgresError::InUse`] among others.
    pub async fn take(dir: &Path) -> Result<Self, PrivatePostgresError> {
        let layout = Layout::create(dir)?;
        let starting = StartLock::acquire(&layout).await?;
        let Some(alone) = Membership::join(&layout)?.leave(&starting)? else {
            let dir = layout.root().to_owned();
            return Err(PrivatePostgresError::InUse { dir });
        };
        leftovers::clear(&layout).await?;
        replace::finish(&layout)?;
        cluster::stop(&layout).await?;
        let owner = Owner::of(&layout)?;
        let hold = Self {
            layout,
            owner,
            _starting: starting,
            _alone: alone,
        };
        hold.clear_workshop().await?;
        Ok(hold)
    }

    /// Whether there is a cluster.
    ///
    /// # Errors
    /// If the directory cannot be looked into.
    pub fn has_cluster(&self) -> Result<bool, PrivatePostgresError> {
        Layout::has_cluster(self.layout.root())
    }

    /// Bytes that the cluster takes.
    ///
    /// # Errors
    /// If it cannot be looked at.
    pub fn size(&self) -> Result<u64, PrivatePostgresError> {
        let data = self.layout.data();
        replace::size(&data).map_err(file("measure", data))
    }

    /// Starts the cluster's server. Gives the address of our database.
    ///
    /// # Errors
    /// As [`PrivatePostgres::start`](super::PrivatePostgres::start).
    pub async fn serve(&self) -> Result<String, PrivatePostgresError> {
        let socket = cluster::start(&self.layout, &self.owner, Durability::Durable).await?;
        databases::ensure(&url(&socket, "postgres"), NAME).await?;
        Ok(url(&socket, NAME))
    }

    /// Stops it.
    ///
    /// # Errors
    /// When it does not end.
    pub async fn stop(&self) -> Result<(), PrivatePostgresError> {
        cluster::stop(&self.layout).await
    }

    /// Where the [workshop](Self::workshop) is.
    #[must_use]
    pub fn next_dir(&self) -> PathBuf {
        self.layout.workshop()
    }

    /// An empty directory for another cluster, on the same disk and of the same owner.
    ///
    /// # Errors
    /// If it cannot be made.
    pub async fn workshop(&self) -> Result<PathBuf, PrivatePostgresError> {
        self.clear_workshop().await?;
        let dir = self.layout.workshop();
        let made = Layout::create(&dir)?;
        if self.owner.switches() {
            let root = self.layout.root();
            let found = fs::metadata(root).map_err(file("look at", root))?;
            // A new cluster's owner follows from its directory's, and the old one's may be another than the directory's.
            let (uid, gid) = match found.uid() {
                0 => self.owner.ids(),
                uid => (uid, found.gid()),
            };
            lchown(made.root(), Some(uid), Some(gid)).map_err(file("hand over", made.root()))?;
        }
        Ok(dir)
    }

    /// Puts the stopped cluster of the [workshop](Self::workshop) into place. The old one is kept beside it, where this says.
    ///
    /// # Errors
    /// If a file operation fails; then one of the two is in place, or is put there by the next start.
    pub async fn install(&self, label: &str) -> Result<Option<PathBuf>, PrivatePostgresError> {
        let kept = self.has_cluster()?.then(|| self.layout.kept(label));
        replace::replace(&self.layout, &self.layout.workshop().join("data"), label)?;
        self.clear_workshop().await?;
        Ok(kept)
    }

    /// Clusters that made way for another, oldest first.
    ///
    /// # Errors
    /// If the directory cannot be looked into.
    pub fn kept(&self) -> Result<Vec<PathBuf>, PrivatePostgresError> {
        kept(self.layout.root())
    }

    /// Takes a kept cluster back into place; the present one is kept instead.
    ///
    /// # Errors
    /// As [`install`](Self::install).
    pub fn take_back(&self, kept: &Path, label: &str) -> Result<(), PrivatePostgresError> {
        replace::replace(&self.layout, kept, label)
    }

    /// Removes the workshop.
    ///
    /// # Errors
    /// If it cannot be removed.
    pub async fn clear_workshop(&self) -> Result<(), PrivatePostgresError> {
        destroy(&self.layout.workshop()).await
    }
}

/// Clusters in a directory that made way for another, oldest first. Needs no [`Hold`].
///
/// # Errors
/// If the directory cannot be looked into.
pub fn kept(dir: &Path) -> Result<Vec<PathBuf>, PrivatePostgresError> {
    let entries = fs::read_dir(dir).map_err(file("look into", dir))?;
    let paths = entries.flatten().map(|entry| entry.path());
    let name = |path: &PathBuf| {
        path.file_name()
            .is_some_and(|n| n.to_string_lossy().starts_with(KEPT))
    };
    let mut kept: Vec<PathBuf> = paths.filter(name).collect();
    kept.sort_by_key(|path| {
        fs::metadata(path)
            .map(|found| (found.ctime(), found.ctime_nsec()))
            .ok()
    });
    Ok(kept)
}

/// Deletes kept clusters, those that `is_meant` names; which. A server of the cluster in place may go on meanwhile: only who
/// makes another, or takes one back, is kept out. Needs no [`Hold`].
///
/// # Errors
/// If the directory cannot be looked into, or one cannot be removed.
pub async fn forget(
    dir: &Path,
    is_meant: impl Fn(&Path) -> bool,
) -> Result<Vec<PathBuf>, PrivatePostgresError> {
    let layout = Layout::create(dir)?;
    let _starting = StartLock::acquire(&layout).await?;
    // Where a replacement was interrupted, the kept one is not needed either: what is to take its place is whole.
    let mut meant = kept(layout.root())?;
    meant.retain(|path| is_meant(path));
    for path in &meant {
        fs::remove_dir_all(path).map_err(file("remove", path))?;
    }
    Ok(meant)
}

/// Stops a cluster's server, if one runs, and removes its directory with all that is in it.
///
/// # Errors
/// If the server does not end, or the directory cannot be removed.
pub async fn destroy(dir: &Path) -> Result<(), PrivatePostgresError> {
    if !dir.exists() {
        return Ok(());
    }
    let layout = Layout::create(dir)?;
    leftovers::stop_stranger(&layout).await?;
    cluster::stop(&layout).await?;
    remove(dir).await
}

/// Removes a directory in which the `initdb` of a killed process may still be writing. It ends by itself once what it has
/// made is gone; until then files appear behind our back, and the directory is found not to be empty.
async fn remove(dir: &Path) -> Result<(), PrivatePostgresError> {
    let deadline = Instant::now() + ENDING;
    loop {
        match fs::remove_dir_all(dir) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error)
                if error.kind() == io::ErrorKind::DirectoryNotEmpty
                    && Instant::now() < deadline =>
            {
                sleep(POLL).await;
            }
            removed => return removed.map_err(file("remove", dir)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    /// Writes below a directory until the directory is gone, as an orphaned `initdb` does.
    fn write_on(dir: &Path, is_writing: &AtomicBool) {
        let below = dir.join("data.new.0");
        for number in 0_u64.. {
            let made = fs::create_dir_all(&below)
                .and_then(|()| fs::write(below.join(number.to_string()), "x"));
            is_writing.store(true, Ordering::Release);
            // Long enough that a removal which tries once meets it.
            if number > 20_000 || made.is_err() && !dir.exists() {
                return;
            }
        }
    }

    #[tokio::test]
    async fn what_an_orphan_still_writes_into_goes_too() {
        let above = tempfile::tempdir().unwrap();
        let dir = above.path().join("next");
        fs::create_dir(&dir).unwrap();
        let is_writing = std::sync::Arc::new(AtomicBool::new(false));
        let orphan = std::thread::spawn({
            let (dir, is_writing) = (dir.clone(), is_writing.clone());
            move || write_on(&dir, &is_writing)
        });
        while !is_writing.load(Ordering::Acquire) {
            std::thread::yield_now();
        }
        let destroyed = destroy(&dir).await;
        orphan.join().unwrap();
        destroyed.unwrap();
    }
}
