//! What a process is given by whoever starts it: streams, environment, umask.

use std::ffi::OsString;
use std::fs::OpenOptions;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output, Stdio};

use crate::support::{Program, World};

/// Of a command that needs no database.
fn agendad(arguments: &[&str], prepare: impl FnOnce(&mut Command)) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_agendad"));
    command.args(arguments).stdin(Stdio::null());
    prepare(&mut command);
    command.output().unwrap()
}

fn full() -> Stdio {
    let file = OpenOptions::new().write(true).open("/dev/full").unwrap();
    file.into()
}

#[test]
fn what_could_not_be_written_is_said_and_is_a_failure() {
    for arguments in [&["config", "show"][..], &["config", "show", "--json"]] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_agendad"));
        let child = command
            .args(arguments)
            .stdout(full())
            .stderr(Stdio::piped())
            .spawn();
        let said = child.unwrap().wait_with_output().unwrap();
        let error = String::from_utf8(said.stderr).unwrap();
        assert_eq!(said.status.code(), Some(1), "{arguments:?}: {error}");
        assert!(error.contains("standard output"), "{error}");
        assert!(error.contains("No space left"), "{error}");
    }
}

#[test]
fn a_reader_that_has_gone_away_is_no_error() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_agendad"));
    let mut child = command
        .args(["config", "show"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let said = child.wait_with_output().unwrap();
    assert_eq!(said.status.code(), Some(0), "{said:?}");
    assert!(said.stderr.is_empty(), "{said:?}");
}

/// It was ended in the middle once, its run left to be found as orphaned, and its exit code was 0.
#[tokio::test(flavor = "multi_thread")]
async fn a_sync_goes_on_though_nothing_can_be_written() {
    let world = World::new(1).await;
    let program = Program::of(&world);
    let said = program
        .run_into(&["sync", "--user", "1", "--json"], full())
        .await;
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.err.contains("standard output"), "{said:?}");
    let unfinished = "SELECT count(*) FROM agenda_sync_runs WHERE status <> 'success'";
    assert_eq!(world.count(unfinished).await, 0);
    world.assert_true(0).await;
    world.close().await;
}

#[test]
fn variables_of_others_may_hold_any_bytes_and_ours_are_named() {
    let bytes = || OsString::from_vec(b"S\xE3o Paulo".to_vec());
    let others = agendad(&["config", "show"], |command| {
        command.env("CLINIC", bytes());
    });
    assert_eq!(others.status.code(), Some(0), "{others:?}");
    let ours = agendad(&["config", "show"], |command| {
        command.env("AGENDAD_LOG__LEVEL", bytes());
    });
    assert_eq!(ours.status.code(), Some(2), "{ours:?}");
    let error = String::from_utf8(ours.stderr).unwrap();
    assert!(error.contains("AGENDAD_LOG__LEVEL"), "{error}");
    assert!(error.contains("UTF-8"), "{error}");
}

#[test]
fn nobody_else_may_change_what_we_make_whatever_the_umask() {
    let place = tempfile::tempdir().unwrap();
    let mut command = Command::new("sh");
    let made = command
        .args(["-c", "umask 000; exec \"$0\" man --dir pages"])
        .arg(env!("CARGO_BIN_EXE_agendad"))
        .current_dir(place.path())
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    let pages = place.path().join("pages");
    let mut looked_at = 0;
    for path in [pages.clone()]
        .into_iter()
        .chain(pages.read_dir().unwrap().map(|entry| entry.unwrap().path()))
    {
        let mode = path.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o022, 0, "{}: {mode:o}", path.display());
        looked_at += 1;
    }
    assert!(looked_at > 1);
}
