//! What a process is given by whoever starts it: streams, environment, umask.

use std::ffi::OsString;
use std::fs::OpenOptions;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use nix::sys::signal::Signal;
use tokio::io::AsyncWriteExt;

use crate::support::{World, eventually, program_in};

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
    let (en, pt) = (
        ["standard output", "No space left"],
        ["a saída não pôde ser escrita", "o disco está cheio"],
    );
    for (language, arguments, parts) in [
        ("en", &["config", "show"][..], en),
        ("en", &["config", "show", "--json"], en),
        ("pt", &["config", "show"], pt),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_agendad"));
        let child = command
            .args(arguments)
            .env("AGENDAD_LANG", language)
            .stdout(full())
            .stderr(Stdio::piped())
            .spawn();
        let said = child.unwrap().wait_with_output().unwrap();
        let error = String::from_utf8(said.stderr).unwrap();
        assert_eq!(said.status.code(), Some(1), "{arguments:?}: {error}");
        for part in parts {
            assert!(error.contains(part), "{part}: {error}");
        }
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
    let program = world.program();
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

/// It ended in the middle once, what it had done not written down.
#[tokio::test(flavor = "multi_thread")]
async fn a_command_goes_on_though_nobody_can_be_told() {
    let world = World::new(1).await;
    let program = world.program();
    let user = world.users[0].to_string();
    let away = async |arguments: &[&str], input: &str| {
        let mut command = program.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::null());
        let mut child = command.stderr(full()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(input.as_bytes()).await.unwrap();
        drop(stdin);
        child.wait().await.unwrap().code()
    };
    let password = world.simulator.examiners()[0].senha.clone();
    let set = ["users", "set-password", "--user", &user];
    assert_eq!(away(&set, &format!("{password}\n")).await, Some(0));
    let noted = "SELECT count(*) FROM agendad_audit WHERE action = 'users.set-password'";
    assert_eq!(world.count(noted).await, 1);
    assert_eq!(
        away(&["users", "pause", "--user", &user], "").await,
        Some(0)
    );
    assert_eq!(away(&["sync", "--user", &user], "").await, Some(1));
    world.close().await;
}

#[tokio::test]
async fn a_closed_terminal_ends_what_has_nothing_to_reload() {
    let dir = tempfile::tempdir().unwrap();
    let program = program_in(dir.path());
    let simulate = ["simulate-portal", "--listen", "127.0.0.1:0"];
    let listens = async || {
        eventually("the portal's double", Duration::from_secs(60), async || {
            program.log().contains("127.0.0.1:").then_some(())
        })
        .await;
    };
    let mut running = program.start(&simulate);
    listens().await;
    // The kernel and the shell both tell.
    running.signal(Signal::SIGHUP);
    running.signal(Signal::SIGHUP);
    assert_eq!(running.ended().await, Some(0), "{}", program.log());
    program.forget_log();
    // As `nohup` starts it.
    let mut running = program.clone().in_background().start(&simulate);
    listens().await;
    running.signal(Signal::SIGHUP);
    running.signal(Signal::SIGTERM);
    assert_eq!(running.ended().await, Some(0), "{}", program.log());
    assert!(!program.log().contains("signal=1\n"), "{}", program.log());
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
