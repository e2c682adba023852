//! A state directory: what is made there by whom, and the portal that it belongs to.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::sys::signal::Signal;

use crate::support::{World, eventually, free_port, place, program_in};

fn made_in(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

#[tokio::test]
async fn only_what_makes_an_installation_makes_a_database() {
    let (dir, _) = place();
    let state = dir.path().join("state");
    let program = program_in(dir.path()).env("AGENDAD_PORTAL__BASE_URL", "http://127.0.0.1:9/");
    let add = ["users", "add", "--name", "Ana", "--cpf", "529.982.247-25"];
    for arguments in [
        &["users", "list"][..],
        &add,
        &["users", "resume", "--user", "1"],
        &["slots"],
        &["runs"],
        &["changes"],
        &["stats"],
        &["jobs"],
        &["locks"],
        &["alerts", "list"],
        &["vault", "seal"],
        &["vault", "rotate"],
        &["sessions", "list"],
        &["sessions", "clear"],
        &["sessions", "clear", "--user", "1"],
        &["verify", "--all"],
        &["users", "remove", "--user", "1"],
        &["webhooks", "list"],
        &["agenda"],
        &["people", "list"],
        &["sync", "--user", "1"],
        &["portal", "probe", "--user", "1"],
        &["people", "export", "--cpf", "529.982.247-25"],
        &["migrate", "--dry-run"],
        &["check"],
        &["backup"],
        &["database", "upgrade", "--dry-run"],
        &["database", "psql"],
    ] {
        let said = program.run_with_input(arguments, "senha").await;
        assert_eq!(said.code, Some(2), "{arguments:?}: {said:?}");
        let text = format!("{}{}", said.out, said.err);
        for word in [
            "state/postgres",
            "AGENDAD_STATE_DIR",
            "AGENDAD_DATABASE__URL",
            "agendad migrate",
        ] {
            assert!(text.contains(word), "{arguments:?}, {word}: {said:?}");
        }
        assert!(made_in(dir.path()).is_empty(), "{arguments:?}");
    }
    let said = program.run(&["backup", "list"]).await;
    assert!(said.err.contains("state/backups"), "{said:?}");
    assert!(made_in(dir.path()).is_empty());
    assert_eq!(program.run(&["migrate"]).await.code, Some(0));
    assert!(state.join("postgres/data/PG_VERSION").exists());
    assert_eq!(program.run(&["migrate", "--dry-run"]).await.code, Some(0));
    assert_eq!(program.run(&["users", "list"]).await.code, Some(0));
    let said = program.run_with_input(&add, "senha").await;
    assert!(said.out.contains("no daemon is running"), "{said:?}");
}

#[tokio::test]
async fn a_daemon_that_lives_is_told_of_and_no_other() {
    let world = World::new(1).await;
    let program = world.program();
    // The world itself is a process that synchronises.
    let add = ["users", "add", "--name", "Ana", "--cpf", "529.982.247-25"];
    let said = program.run_with_input(&add, "senha").await;
    assert!(said.out.contains("the running daemon"), "{said:?}");
    world.close().await;
}

#[tokio::test]
async fn what_would_ask_another_portal_from_a_state_directory_says_so_and_stops() {
    let world = World::new(1).await;
    let program = world.program();
    let user = world.users[0].to_string();
    let portal = world.simulator.portal_url().to_string();
    // Nobody answers there, and nobody is to be asked: the name cannot be resolved.
    let elsewhere = program
        .clone()
        .env("AGENDAD_PORTAL__BASE_URL", "https://portal.invalid/");
    let asking: [&[&str]; 4] = [
        &["sync", "--user", &user],
        &["portal", "probe", "--user", &user],
        &["run"],
        &["check"],
    ];
    for arguments in asking {
        let said = elsewhere.run(arguments).await;
        assert_eq!(said.code, Some(2), "{arguments:?}: {said:?}");
        let text = format!("{}{}", said.out, said.err);
        for word in [
            portal.trim_end_matches('/'),
            "https://portal.invalid",
            "AGENDAD_STATE_DIR",
        ] {
            assert!(text.contains(word), "{arguments:?}, {word}: {said:?}");
        }
    }
    // What asks no portal works as ever.
    assert_eq!(elsewhere.run(&["slots"]).await.code, Some(0));
    assert_eq!(program.run(asking[0]).await.code, Some(0));
    world.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demos_hints_word_by_word_stay_within_the_demo() {
    let (dir, _) = place();
    let listen = format!("127.0.0.1:{}", free_port());
    // Settings of this machine that lead elsewhere.
    let elsewhere = "[database]\nurl = \"postgres://nobody@127.0.0.1:1/nowhere\"\n\
        [portal]\nbase_url = \"https://portal.invalid/\"\n\
        [alerts.email]\nhost = \"mail.invalid\"\nfrom = \"a@example.com\"\nto = [\"b@example.com\"]\n\
        [vault]\nkey = \"c2VncmVkby1zZWdyZWRvLXNlZ3JlZG8tc2VncmVkby0=\"\n";
    const PAUSE: &str = "AGENDAD_PORTAL__PAUSE_BETWEEN_REQUESTS";
    let program = program_in(dir.path())
        .env("AGENDAD_HTTP__LISTEN", &listen)
        .env(PAUSE, "50ms")
        .file(elsewhere);
    let keep = dir.path().join("demo").display().to_string();
    let mut demo = program.start(&["demo", "--examiners", "1", "--keep", &keep]);
    let hints = eventually("the demo's hints", Duration::from_secs(60), async || {
        let log = program.log();
        log.contains("Ctrl-C ends").then_some(log)
    })
    .await;
    let mut shell = program_in(dir.path()).env(PAUSE, "50ms");
    for line in hints.lines() {
        if let Some((name, value)) = line
            .trim()
            .strip_prefix("export ")
            .and_then(|l| l.split_once('='))
        {
            shell = shell.env(name, value.trim_matches('\''));
        }
    }
    for arguments in [
        &["users", "list"][..],
        &["slots"],
        &["sync", "--user", "1"],
        &["check"],
    ] {
        // The demo's own daemon may be at it.
        let said = eventually("it is our turn", Duration::from_secs(30), async || {
            let said = shell.run(arguments).await;
            (said.code != Some(75)).then_some(said)
        })
        .await;
        assert_eq!(said.code, Some(0), "{arguments:?}: {said:?}");
        let text = format!("{}{}", said.out, said.err);
        assert!(!text.contains(".invalid"), "{arguments:?}: {said:?}");
    }
    // Only the first of them: nothing is asked but the demo's portal, that is, nothing.
    let half = program_in(dir.path())
        .env("AGENDAD_STATE_DIR", &keep)
        .file("");
    let said = half.run(&["sync", "--user", "1"]).await;
    assert_eq!(said.code, Some(2), "{said:?}");
    assert!(said.err.contains("the demo of"), "{said:?}");
    demo.signal(Signal::SIGTERM);
    assert_eq!(demo.ended().await, Some(0), "{}", program.log());
    let again = [
        "demo",
        "--examiners",
        "2",
        "--seconds",
        "1",
        "--keep",
        &keep,
    ];
    let again = program.run(&again).await;
    assert_eq!(again.code, Some(0), "what was kept is taken up: {again:?}");
}
