//! As the first process of a container we inherit every process whose parent has died: those of a PostgreSQL that was
//! killed, for instance. Nobody else can collect their exit statuses, and without that their numbers stay taken.

use std::collections::HashSet;
use std::io;
use std::time::Duration;

use futures::StreamExt;
use nix::errno::Errno;
use nix::sys::wait::{WaitPidFlag, waitpid};
use nix::unistd::Pid;
use signal_hook::consts::SIGCHLD;
use signal_hook_tokio::Signals;

/// A child of ours that has died is collected by whoever started it, long before this time is over.
const GRACE: Duration = Duration::from_secs(1);

/// Whether it is for us to do so.
pub(super) fn is_needed() -> bool {
    std::process::id() == 1
}

/// Collects what nobody else collects. Never ends.
///
/// # Errors
/// If the system refuses the signal handler.
pub(super) async fn reap_orphans() -> io::Result<()> {
    let mut deaths = Signals::new([SIGCHLD])?;
    // What died before we listened.
    let mut seen = HashSet::new();
    loop {
        tokio::time::sleep(GRACE).await;
        let dead = dead_children();
        for child in dead.intersection(&seen) {
            collect(Pid::from_raw(*child));
        }
        if dead.is_empty() && deaths.next().await.is_none() {
            return Ok(());
        }
        seen = dead;
    }
}

fn collect(child: Pid) {
    match waitpid(child, Some(WaitPidFlag::WNOHANG)) {
        Ok(_) => tracing::debug!(pid = child.as_raw(), "collected an orphan that had ended"),
        // Somebody was quicker.
        Err(Errno::ECHILD) => {}
        Err(error) => tracing::warn!(pid = child.as_raw(), %error, "an orphan cannot be collected"),
    }
}

/// Children of this process that have ended and wait to be collected.
fn dead_children() -> HashSet<i32> {
    // Without /proc there is nothing to look in, and an orphan does no harm but to keep its number.
    let Ok(processes) = std::fs::read_dir("/proc") else {
        return HashSet::new();
    };
    let me = std::process::id().to_string();
    let numbers = processes.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    numbers
        .filter(|pid: &i32| {
            let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            // pid (name) state parent …; the name may hold anything.
            let rest = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
            let mut words = rest.split_whitespace();
            words.next() == Some("Z") && words.next() == Some(&*me)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::process::Stdio;

    use super::*;

    /// Set in the process that the test starts for itself.
    const ALONE: &str = "AGENDAD_TEST_REAPER_ALONE";

    /// In a process of its own: here the children of other tests would be collected with them.
    #[tokio::test]
    async fn orphans_are_collected_and_our_own_children_left_to_us() {
        if std::env::var_os(ALONE).is_some() {
            return collects_orphans_only().await;
        }
        let this =
            "lifecycle::reaper::tests::orphans_are_collected_and_our_own_children_left_to_us";
        let alone = tokio::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", this])
            .env(ALONE, "1")
            .output();
        let alone = alone.await.unwrap();
        let said = String::from_utf8_lossy(&alone.stdout);
        assert!(alone.status.success(), "{said}");
        assert!(said.contains("1 passed"), "{said}");
    }

    async fn collects_orphans_only() {
        // What the first process of a container is by nature.
        nix::sys::prctl::set_child_subreaper(true).unwrap();
        let script = "sleep 0.1 >/dev/null & echo $!";
        let said = tokio::process::Command::new("sh")
            .args(["-c", script])
            .stdout(Stdio::piped())
            .output();
        let orphan = String::from_utf8(said.await.unwrap().stdout).unwrap();
        let orphan = std::path::PathBuf::from(format!("/proc/{}", orphan.trim()));
        let own = tokio::process::Command::new("false").status();
        let gone = async {
            assert_eq!(own.await.unwrap().code(), Some(1));
            while orphan.exists() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::select! {
            ended = reap_orphans() => panic!("{ended:?}"),
            gone = tokio::time::timeout(Duration::from_secs(20), gone) => gone.unwrap(),
        }
    }
}
