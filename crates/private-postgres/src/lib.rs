//! A PostgreSQL of our own, for people who have none: started with the daemon, stopped with it,
//! reached through a Unix socket that only its user can open.
//!
//! Several processes of one machine may use one cluster (the daemon, a command beside it): the first
//! starts the server, the others join, the last one out stops it. Who is in is told by file locks,
//! which the kernel releases when a process dies; so nothing has to be cleaned up after a kill -9:
//! the server goes on, the next start joins it, and the next stop stops it.
//!
//! What lies where below the directory given to [`PrivatePostgres::start`]: `data` (the cluster),
//! `log/postgres.log`, `socket`, and two lock files; nothing lies elsewhere. Tables and statements are not known here.

mod address;
mod cluster;
mod databases;
mod error;
mod hold;
mod initdb;
mod layout;
mod leftovers;
mod listener;
mod locks;
mod memory;
mod output;
mod owner;
mod postmaster;
mod process_guard;
mod programs;
mod replace;
mod snapshot;
mod socket;
mod tools;
mod trouble;
mod upgrade;

use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use self::address::url;
use self::layout::{Layout, NAME};
use self::locks::{Membership, StartLock};
use self::owner::Owner;

pub use self::error::{PrivatePostgresError, is_of_the_service};
pub use self::hold::{Hold, Versions, destroy, forget, kept, versions};
pub use self::initdb::Durability;
pub use self::snapshot::{Snapshot, TableFigures, analyze, differences, figures};
pub use self::tools::{Tools, Transfer};
pub use self::trouble::{StorageFault, is_damaged};
pub use self::upgrade::{Mode, free_bytes, free_files};

/// A server that is found running but refuses us may be about to die, or to recover from the death
/// of one of its processes; after this time it is really refusing us.
const DYING: Duration = Duration::from_secs(5);

/// One user's hold on a private cluster. Let go of it with [`stop`](Self::stop).
///
/// Dropping it instead also lets go, and tells the server to shut down if nobody else uses it, but
/// without waiting for it.
#[derive(Debug)]
pub struct PrivatePostgres {
    layout: Layout,
    url: String,
    socket: PathBuf,
    membership: Option<Membership>,
    /// Held until the start is complete.
    starting: Option<StartLock>,
}

impl PrivatePostgres {
    /// Starts the cluster under `dir`, or joins it if it runs. The directory, the cluster and the
    /// database `agendad` are made if they do not exist. After a crash the server recovers first.
    ///
    /// As root, the server runs as the user the cluster belongs to; a new one belongs to the owner
    /// of `dir`, or if that is root, to `postgres`, else `nobody`.
    ///
    /// # Errors
    /// When there are no server programs of the right version, the directory is another user's or
    /// cannot be entered by the server's user, or the server does not start; each says what to do.
    pub async fn start(dir: &Path) -> Result<Self, PrivatePostgresError> {
        Self::start_with(dir, Durability::Durable).await
    }

    /// Whether there is a cluster under `dir`. Makes nothing and starts nothing.
    ///
    /// # Errors
    /// If the directory cannot be looked into.
    pub fn exists(dir: &Path) -> Result<bool, PrivatePostgresError> {
        Layout::has_cluster(dir)
    }

    /// As [`start`](Self::start), with a choice of durability. It holds while the server runs, so
    /// it has no effect on a server that is joined.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub async fn start_with(
        dir: &Path,
        durability: Durability,
    ) -> Result<Self, PrivatePostgresError> {
        let layout = Layout::create(dir)?;
        // Refused before anything is locked; looked at again once what was begun is finished.
        Owner::of(&layout)?;
        let starting = StartLock::acquire(&layout).await?;
        Box::pin(leftovers::clear(&layout)).await?;
        replace::finish(&layout)?;
        let owner = Owner::of(&layout)?;
        let membership = Membership::join(&layout)?;
        // From here on, dropping this future stops what was started.
        let mut this = Self {
            layout,
            url: String::new(),
            socket: PathBuf::new(),
            membership: Some(membership),
            starting: Some(starting),
        };
        this.socket = this.reach(&owner, durability).await?;
        this.url = this.url_for(NAME);
        this.starting = None;
        Ok(this)
    }

    /// The address of the database `agendad`, for sqlx and for psql.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The address of another database of this cluster.
    #[must_use]
    pub fn url_for(&self, database: &str) -> String {
        url(&self.socket, database)
    }

    /// Creates a database.
    ///
    /// # Errors
    /// When the server refuses, for instance because the database exists.
    pub async fn create_database(&self, name: &str) -> Result<(), PrivatePostgresError> {
        databases::create(&self.url_for("postgres"), name).await
    }

    /// Lets go of the cluster. The last one out stops the server, which cuts connections that are
    /// still open, and waits for its end.
    ///
    /// # Errors
    /// When the server does not end within a minute.
    pub async fn stop(mut self) -> Result<(), PrivatePostgresError> {
        let starting = StartLock::acquire(&self.layout).await?;
        let Some(membership) = self.membership.take() else {
            return Ok(());
        };
        if let Some(_alone) = membership.leave(&starting)? {
            cluster::stop(&self.layout).await?;
        }
        Ok(())
    }

    /// Finds or starts the server, and sees to the database. Gives the socket's directory.
    async fn reach(
        &self,
        owner: &Owner,
        durability: Durability,
    ) -> Result<PathBuf, PrivatePostgresError> {
        let deadline = Instant::now() + DYING;
        while let Some(socket) = cluster::running(&self.layout).await? {
            if !socket::mend(&self.layout, &socket)? {
                tracing::warn!("the private database's socket is lost; starting its server again");
                cluster::stop(&self.layout).await?;
                break;
            }
            match databases::ensure(&url(&socket, "postgres"), NAME).await {
                Ok(()) => return Ok(socket),
                Err(error) if Instant::now() > deadline => return Err(error),
                Err(_) => sleep(DYING / 100).await,
            }
        }
        let socket = cluster::start(&self.layout, owner, durability).await?;
        databases::ensure(&url(&socket, "postgres"), NAME).await?;
        Ok(socket)
    }
}

impl Drop for PrivatePostgres {
    fn drop(&mut self) {
        let Some(membership) = self.membership.take() else {
            return;
        };
        // Somebody else starting or stopping right now sees to the server.
        let starting = self.starting.take();
        let Some(starting) = starting.or_else(|| StartLock::try_acquire(&self.layout)) else {
            return;
        };
        if let Ok(Some(_alone)) = membership.leave(&starting) {
            cluster::interrupt(&self.layout);
        }
    }
}
