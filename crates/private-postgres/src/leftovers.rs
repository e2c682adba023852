//! What a killed process has left running: its `pg_upgrade`, and that one's servers.

use std::fs::{self, TryLockError};
use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::time::{Instant, sleep};

use super::error::{PrivatePostgresError, file};
use super::layout::{Layout, PORT};
use super::{cluster, postmaster};

/// How long processes that were told to end may take.
const ENDING: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(20);

/// Ends what a killed process has left running: its `pg_upgrade`, and that one's servers.
pub(super) async fn clear(layout: &Layout) -> Result<(), PrivatePostgresError> {
    end_group(layout).await?;
    stop_stranger(layout).await?;
    let workshop = layout.workshop();
    if workshop.exists() {
        let next = Layout::create(&workshop)?;
        stop_stranger(&next).await?;
        cluster::stop(&next).await?;
    }
    Ok(())
}

async fn end_group(layout: &Layout) -> Result<(), PrivatePostgresError> {
    let path = layout.upgrade_lock();
    if !path.exists() {
        return Ok(());
    }
    let lock = layout.open(&path)?;
    let deadline = Instant::now() + ENDING;
    loop {
        match lock.try_lock() {
            Ok(()) => return fs::remove_file(&path).map_err(file("remove", path)),
            Err(TryLockError::Error(error)) => return Err(file("lock", path)(error)),
            Err(TryLockError::WouldBlock) if Instant::now() > deadline => {
                return Err(PrivatePostgresError::TooSlow {
                    doing: "wait for the pg_upgrade of a killed process to end",
                    seconds: ENDING.as_secs(),
                    log: layout.log(),
                });
            }
            Err(TryLockError::WouldBlock) => {}
        }
        // Held, so the group is still that one's.
        let text = fs::read_to_string(&path).unwrap_or_default();
        if let Ok(group) = text.trim().parse::<i32>()
            && group > 1
        {
            killpg(Pid::from_raw(group), Signal::SIGKILL).ok(); // it may have ended since
        }
        sleep(POLL).await;
    }
}

/// Stops a server that was started by `pg_upgrade`, under which the cluster cannot be used.
pub(super) async fn stop_stranger(layout: &Layout) -> Result<(), PrivatePostgresError> {
    let data = layout.data();
    let deadline = Instant::now() + ENDING;
    while let Some(server) = postmaster::stranger(&data, PORT)? {
        if Instant::now() > deadline {
            return Err(PrivatePostgresError::TooSlow {
                doing: "stop a server that an interrupted upgrade left behind",
                seconds: ENDING.as_secs(),
                log: layout.log(),
            });
        }
        server.interrupt().ok(); // it may have ended since
        sleep(POLL).await;
    }
    Ok(())
}
