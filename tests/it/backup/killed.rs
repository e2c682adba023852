//! Commands that are killed: what they leave, and who clears it away.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::sys::signal::Signal;

use super::clinic::Clinic;
use crate::support::eventually;

const SOON: Duration = Duration::from_secs(120);

/// Whether a process works there; one that has ended and was not asked for works nowhere.
fn runs(process: &Path) -> bool {
    process.join("cwd").read_link().is_ok()
}

/// Until the throw-away server runs.
async fn until_verifying(clinic: &Clinic) -> PathBuf {
    let data = clinic.state().join("verify/data");
    let pid = data.join("postmaster.pid");
    eventually("the throw-away server runs", SOON, async || {
        let text = fs::read_to_string(&pid).ok()?;
        text.lines().nth(7).filter(|l| l.starts_with("ready"))?;
        let pid = text.lines().next()?;
        Some(Path::new("/proc").join(pid))
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_killed_verification_leaves_goes_at_the_next_one_and_at_the_daemons_next_start() {
    let clinic = Clinic::open().await;
    let file = clinic.file("agenda.backup");
    clinic.good(&["backup", "--output", &file]).await;
    let verify = ["backup", "verify", &file];
    let place = clinic.state().join("verify");
    for next in ["verify", "daemon"] {
        let mut verifying = clinic.program.start(&verify);
        let server = until_verifying(&clinic).await;
        verifying.signal(Signal::SIGKILL);
        verifying.ended().await;
        assert!(runs(&server), "a server that nobody stopped");
        if next == "verify" {
            clinic.good(&verify).await;
        } else {
            let mut daemon = clinic.program.start(&["run"]);
            eventually("it is cleared away", SOON, async || {
                (!place.exists()).then_some(())
            })
            .await;
            daemon.signal(Signal::SIGTERM);
            assert_eq!(daemon.ended().await, Some(0), "{}", clinic.program.log());
        }
        assert!(!runs(&server), "{next}: the server is gone");
        assert!(!place.exists(), "{next}: and all that it had");
    }
    clinic.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_backup_leaves_no_file_under_its_final_name_and_the_next_one_clears_its_half() {
    let clinic = Clinic::open().await;
    let backup_dir = clinic.state().join("backups");
    let halves = || -> usize {
        let entries = fs::read_dir(&backup_dir).into_iter().flatten().flatten();
        entries
            .filter(|entry| entry.file_name().to_string_lossy().ends_with(".partial"))
            .count()
    };
    let mut backup = clinic.program.start(&["backup"]);
    eventually("half a backup", SOON, async || {
        (halves() == 1 || backup.has_ended()).then_some(())
    })
    .await;
    if !backup.has_ended() {
        backup.signal(Signal::SIGKILL);
    }
    backup.ended().await;
    let kept = clinic.good(&["backup", "list", "--json"]).await.json();
    let kept = kept.as_array().unwrap().len();
    assert!(kept + halves() <= 1, "one or the other");
    clinic.good(&["backup"]).await;
    assert_eq!(halves(), 0);
    let list = clinic.good(&["backup", "list", "--json"]).await.json();
    for kept in list.as_array().unwrap() {
        let file = kept["file"].as_str().unwrap();
        clinic.good(&["backup", "verify", file]).await;
    }
    clinic.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_verifications_at_once_wait_for_each_other() {
    let clinic = Clinic::open().await;
    let file = clinic.file("agenda.backup");
    clinic.good(&["backup", "--output", &file]).await;
    let verify = ["backup", "verify", file.as_str()];
    let mut first = clinic.program.start(&verify);
    until_verifying(&clinic).await;
    let second = clinic.good(&verify).await;
    assert!(second.err.contains("waiting for another"), "{second:?}");
    assert_eq!(first.ended().await, Some(0), "{}", clinic.program.log());
    clinic.close().await;
}
