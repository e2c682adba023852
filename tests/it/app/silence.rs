//! Somebody who accepts and never answers.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use crate::app::daemon::{Daemon, READINESS, server};
use crate::support::{Proxy, World, eventually, simulated};

/// How often connections are forgotten, and how soon the work goes on: noticing takes 15 s, letting go of what waits a
/// minute, a start a few seconds; the rest is for a busy machine.
const ROUNDS: i64 = 3;
const LEFT_BEHIND: Duration = Duration::from_secs(240);

/// A listener whose queue takes connections that nobody ever serves.
fn silent() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn check_says_of_each_silent_server_that_it_does_not_answer() {
    let world = World::new(1).await;
    let (_listener, port) = silent();
    let program = world
        .program()
        .env(
            "AGENDAD_DATABASE__URL",
            format!("postgres://u:p@127.0.0.1:{port}/x"),
        )
        .env("AGENDAD_REDIS__URL", format!("redis://127.0.0.1:{port}/0"))
        .env("AGENDAD_SESSION__STORE", "redis")
        .env(
            "AGENDAD_PORTAL__BASE_URL",
            format!("http://127.0.0.1:{port}/"),
        )
        .env("AGENDAD_PORTAL__REQUEST_TIMEOUT", "2s")
        .env("AGENDAD_ALERTS__EMAIL__HOST", "127.0.0.1")
        .env("AGENDAD_ALERTS__EMAIL__PORT", port)
        .env("AGENDAD_ALERTS__EMAIL__SECURITY", "none")
        .env("AGENDAD_ALERTS__EMAIL__FROM", "agendad@example.com")
        .env("AGENDAD_ALERTS__EMAIL__TO", r#"["operador@example.com"]"#)
        .env("AGENDAD_ALERTS__TIMEOUT", "2s");
    let start = Instant::now();
    let said = program.run(&["check"]).await;
    let took = start.elapsed();
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(took < Duration::from_secs(40), "{took:?}");
    for line in [
        "FAIL  database",
        "FAIL  portal",
        "FAIL  redis",
        "FAIL  alerts",
    ] {
        assert!(said.out.contains(line), "{line}: {said:?}");
    }
    assert!(said.out.contains("no answer within 5 s"), "{said:?}");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn check_prints_a_line_as_soon_as_it_is_known() {
    let world = World::new(1).await;
    let (_listener, port) = silent();
    let program = world
        .program()
        .env(
            "AGENDAD_PORTAL__BASE_URL",
            format!("http://127.0.0.1:{port}/"),
        )
        .env("AGENDAD_PORTAL__REQUEST_TIMEOUT", "50s");
    let mut check = program.start(&["check"]);
    eventually(
        "the line of the database",
        Duration::from_secs(20),
        async || program.log().contains("ok    database").then_some(()),
    )
    .await;
    assert!(
        !program.log().contains("portal  "),
        "it is still waited for"
    );
    check.signal(Signal::SIGKILL);
    check.ended().await;
    world.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_that_waits_for_a_silent_server_obeys_a_stop_and_ends_by_itself() {
    let world = World::new(1).await;
    let (_listener, port) = silent();
    let program = world.program().env(
        "AGENDAD_DATABASE__URL",
        format!("postgres://u:p@127.0.0.1:{port}/x"),
    );
    let patient = program
        .clone()
        .env("AGENDAD_DATABASE__START_PATIENCE", "1h");
    let mut waiting = patient.start(&["run"]);
    eventually(
        "it says that it waits",
        Duration::from_secs(20),
        async || {
            patient
                .log()
                .contains("database.start_patience")
                .then_some(())
        },
    )
    .await;
    let start = Instant::now();
    waiting.signal(Signal::SIGTERM);
    assert_eq!(waiting.ended().await, Some(0));
    assert!(
        start.elapsed() < Duration::from_secs(3),
        "{:?}",
        start.elapsed()
    );

    let start = Instant::now();
    let said = program.run(&["run"]).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.err.contains("no answer within 5 s"), "{said:?}");
    assert!(
        start.elapsed() < Duration::from_secs(15),
        "{:?}",
        start.elapsed()
    );
    world.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_falls_silent_later_is_said_and_does_not_hold_up_a_stop() {
    let (database, _place) = server().await;
    let proxy = Proxy::before(&database.url).await;
    let url = proxy.url(&database.url);
    let world = World::on(database, simulated(), |_| {}).await;
    let mut config = world.daemon_config();
    config.secrets.database_url = Some(url.into());
    let daemon = Daemon::start(config.clone()).await;
    daemon.until_ready_says("ready\n").await;
    proxy.fall_silent(true);
    daemon.until_ready_says("database: does not answer").await;
    proxy.fall_silent(false);
    daemon.until_ready_says("ready\n").await;
    let runs = "SELECT count(*) FROM agenda_sync_runs WHERE status = 'success'";
    let before = world.count(runs).await;
    eventually("ticks run again", READINESS * 2, async || {
        (world.count(runs).await > before + 1).then_some(())
    })
    .await;

    proxy.fall_silent(true);
    daemon.until_ready_says("database: does not answer").await;
    let (took, _) = daemon.stop().await;
    let limit = config.shutdown.grace + Duration::from_secs(5);
    assert!(took < limit, "{took:?}");
    proxy.fall_silent(false);
    world.close().await;
}

/// As after a firewall has forgotten its connections, or a machine was replaced without a word. At any moment: whatever
/// waits on such a connection, a run, the queue or the pool itself, is left behind, by the process or with it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_nobody_answers_any_more_are_left_behind() {
    let (database, _place) = server().await;
    let proxy = Proxy::before(&database.url).await;
    let url = proxy.url(&database.url);
    let mut settings = simulated();
    settings.examiners = 8;
    let world = World::on(database, settings, |_| {}).await;
    let program = world
        .program()
        .env("AGENDAD_DATABASE__URL", url)
        .file("[[windows]]\nname = \"fast\"\nfrom_day = 0\nto_day = 3\ncron = \"* * * * * *\"\n");
    let runs = "SELECT count(*) FROM agenda_sync_runs WHERE status = 'success'";
    let mut daemon = program.start(&["run"]);
    for round in 0..ROUNDS {
        let wanted = world.count(runs).await + 3 + round;
        eventually("ticks run, or the daemon ends", LEFT_BEHIND, async || {
            let ended = daemon.has_ended();
            (ended || world.count(runs).await >= wanted).then_some(())
        })
        .await;
        if daemon.has_ended() {
            assert_eq!(daemon.ended().await, Some(1), "{}", program.log());
            daemon = program.start(&["run"]);
        }
        proxy.forget_the_living();
    }
    drop(daemon);
    world.close().await;
}
