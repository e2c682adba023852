//! A disk across the network may be gone in such a way that whoever asks it anything waits for ever.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::{Instant, timeout};

/// So long a directory may take to answer.
const LONGEST: Duration = Duration::from_secs(5);

/// A disk that was asleep has woken up by then.
const AWAKE_AFTER: Duration = Duration::from_secs(30);

/// Who still waits for a directory that did not answer in time. Nothing wakes them but its disk.
static WAITING: LazyLock<Mutex<HashMap<PathBuf, Waiter>>> = LazyLock::new(Mutex::default);

struct Waiter {
    thread: JoinHandle<()>,
    since: Instant,
}

/// What `look` finds in a directory; `None`: it does not answer. Nobody else looks there until it has.
pub(crate) async fn look_into<T: Send + 'static>(
    dir: &Path,
    look: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    if waits_since(dir).is_some() {
        return None;
    }
    let since = Instant::now();
    let (sender, found) = oneshot::channel();
    // Not one of the runtime's threads: those are waited for at the end.
    let thread = Builder::new().name("backup-dir".to_owned());
    let thread = thread.spawn(move || drop(sender.send(look()))).ok()?;
    match timeout(LONGEST, found).await {
        Ok(found) => found.ok(),
        Err(_) => {
            waiting().insert(dir.to_owned(), Waiter { thread, since });
            None
        }
    }
}

/// Whether a directory has not answered for longer than a disk takes to wake up.
pub(crate) fn is_silent(dir: &Path) -> bool {
    waits_since(dir).is_some_and(|since| since.elapsed() >= AWAKE_AFTER)
}

/// Whether it has not answered for a moment only.
pub(crate) fn may_wake_up(dir: &Path) -> bool {
    waits_since(dir).is_some_and(|since| since.elapsed() < AWAKE_AFTER)
}

/// Since when somebody waits for it; `None`: nobody does.
fn waits_since(dir: &Path) -> Option<Instant> {
    let waiting = waiting();
    let waiter = waiting.get(dir).filter(|one| !one.thread.is_finished());
    waiter.map(|one| one.since)
}

fn waiting() -> MutexGuard<'static, HashMap<PathBuf, Waiter>> {
    WAITING.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn a_directory_that_does_not_answer_holds_one_thread_up_and_nobody_else() {
        let dir = Path::new("/nowhere/backups");
        let (disk, stands_still) = mpsc::channel::<()>();
        tokio::time::pause();
        let found = look_into(dir, move || stands_still.recv().is_ok()).await;
        assert_eq!(found, None);
        assert!(may_wake_up(dir) && !is_silent(dir));
        tokio::time::advance(AWAKE_AFTER).await;
        assert!(is_silent(dir) && !may_wake_up(dir));
        tokio::time::resume();
        assert_eq!(look_into(dir, || true).await, None, "not looked into again");
        let other = Path::new("/nowhere/else");
        assert_eq!(look_into(other, || true).await, Some(true));
        disk.send(()).unwrap();
        while look_into(dir, || true).await.is_none() {
            tokio::task::yield_now().await;
        }
        assert!(!is_silent(dir));
    }
}
