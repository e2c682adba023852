//! Commands that are killed: what they leave, and who clears it away.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::Duration;

use nix::sys::signal::Signal;
use nix::sys::stat::Mode;

use super::clinic::Clinic;
use crate::support::eventually;

const SOON: Duration = Duration::from_secs(120);

/// Whether a process works there; one that has ended and was not asked for works nowhere.
fn runs(process: &Path) -> bool {
    process.join("cwd").read_link().is_ok()
}

/// Until the throw-away server runs.
async fn until_verifying(clinic: &Clinic) -> PathBuf {
    until_verifying_below(async || Some(clinic.state())).await
}

async fn until_verifying_below(above: impl AsyncFn() -> Option<PathBuf>) -> PathBuf {
    eventually("the throw-away server runs", SOON, async || {
        let pid = above().await?.join("verify/data/postmaster.pid");
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

/// Sends a file through a pipe, but for its last byte: whoever reads it waits as long as what is given back is kept.
fn send_all_but_its_end(file: &str, pipe: &str) -> JoinHandle<File> {
    nix::unistd::mkfifo(Path::new(pipe), Mode::S_IRWXU).unwrap();
    let mut bytes = fs::read(file).unwrap();
    bytes.pop();
    let pipe = pipe.to_owned();
    std::thread::spawn(move || {
        let mut to = OpenOptions::new().write(true).open(pipe).unwrap();
        // Whoever reads it may be gone before.
        to.write_all(&bytes).ok();
        to
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_verification_that_is_interrupted_leaves_neither_server_nor_anything_in_clear_text() {
    let clinic = Clinic::open().await;
    let file = clinic.file("agenda.backup");
    clinic.good(&["backup", "--clear", "--output", &file]).await;
    let pipe = clinic.file("pipe");
    let _open = send_all_but_its_end(&file, &pipe);
    let temporary = clinic.dir.path().join("temporary");
    fs::create_dir(&temporary).unwrap();
    fs::set_permissions(&temporary, fs::Permissions::from_mode(0o711)).unwrap();
    let nowhere = clinic.dir.path().join("nowhere");
    let program = clinic.program.clone();
    // Where there is no state directory it is a temporary one.
    let program = program
        .env("AGENDAD_STATE_DIR", nowhere.display())
        .env("TMPDIR", temporary.display());
    let left = || fs::read_dir(&temporary).unwrap().flatten().next();
    let mut verifying = program.start(&["backup", "verify", &pipe]);
    let server = until_verifying_below(async || left().map(|entry| entry.path())).await;
    verifying.signal(Signal::SIGINT);
    assert_eq!(verifying.ended().await, Some(1), "{}", program.log());
    assert!(
        program.log().contains("not verified to its end"),
        "{}",
        program.log()
    );
    assert!(!runs(&server), "the server is gone");
    assert!(left().is_none(), "and all that it had");
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
