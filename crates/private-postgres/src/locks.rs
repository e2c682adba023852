//! Who uses a cluster, and who is starting or stopping it: two file locks. The kernel releases them
//! when their process dies, however it dies.

use std::fs::{File, TryLockError};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::error::{PrivatePostgresError, file};
use super::layout::Layout;

/// The longest that another process may take to start (crash recovery included) or stop.
const TIMEOUT: Duration = Duration::from_secs(150);

/// The right to start or stop the server, and to join or leave its users.
#[derive(Debug)]
pub(super) struct StartLock {
    _file: File,
}

impl StartLock {
    /// Waits for the lock. It is polled, because a blocking wait could not be cancelled.
    pub(super) async fn acquire(layout: &Layout) -> Result<Self, PrivatePostgresError> {
        let path = layout.start_lock();
        let lock = layout.open(&path)?;
        let deadline = Instant::now() + TIMEOUT;
        loop {
            match lock.try_lock() {
                Ok(()) => return Ok(Self { _file: lock }),
                Err(TryLockError::WouldBlock) if Instant::now() < deadline => {
                    sleep(Duration::from_millis(20)).await;
                }
                Err(TryLockError::WouldBlock) => {
                    return Err(PrivatePostgresError::TooSlow {
                        doing: "wait for another process to start or stop the private database",
                        seconds: TIMEOUT.as_secs(),
                        log: layout.log(),
                    });
                }
                Err(TryLockError::Error(error)) => return Err(file("lock", path)(error)),
            }
        }
    }

    /// The lock if it is free now.
    pub(super) fn try_acquire(layout: &Layout) -> Option<Self> {
        let lock = layout.open(&layout.start_lock()).ok()?;
        lock.try_lock().ok()?;
        Some(Self { _file: lock })
    }
}

/// One user's place among the users of a cluster.
#[derive(Debug)]
pub(super) struct Membership {
    file: File,
    layout: Layout,
}

/// Proof that nobody uses the cluster, while it is held.
#[derive(Debug)]
pub(super) struct Alone {
    _file: File,
}

impl Membership {
    /// Takes a place. Call it under the start lock: then nobody holds the lock exclusively.
    pub(super) fn join(layout: &Layout) -> Result<Self, PrivatePostgresError> {
        let path = layout.users_lock();
        let lock = layout.open(&path)?;
        lock.lock_shared().map_err(file("lock", &path))?;
        Ok(Self {
            file: lock,
            layout: layout.clone(),
        })
    }

    /// Gives up the place, and says whether it was the last one. The start lock keeps new users away
    /// between the two steps.
    pub(super) fn leave(self, _: &StartLock) -> Result<Option<Alone>, PrivatePostgresError> {
        let path = self.layout.users_lock();
        self.file.unlock().map_err(file("unlock", &path))?;
        match self.file.try_lock() {
            Ok(()) => Ok(Some(Alone { _file: self.file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(file("lock", &path)(error)),
        }
    }
}
