//! The database server dies at once, under load, and comes back, or not.

use std::fs;
use std::path::Path;
use std::time::Duration;

use agendad::app::Roles;
use agendad::private_postgres::{Durability, PrivatePostgres};
use agendad::simulator::{Fault, FaultKind, Place};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::net::UnixDatagram;
use tokio::time::timeout;

use super::{OVERLAPS, RUNNING, SOON, TWICE, at_least, examiners};
use crate::support::{Daemon, TestDatabase, World, eventually, place};

/// `pg_ctl stop -m immediate`.
async fn crash(cluster: &Path) {
    let pid = fs::read_to_string(cluster.join("data/postmaster.pid")).unwrap();
    let pid = Pid::from_raw(pid.lines().next().unwrap().parse().unwrap());
    kill(pid, Signal::SIGQUIT).unwrap();
    eventually("the server is gone", Duration::from_secs(10), async || {
        kill(pid, None).is_err().then_some(())
    })
    .await;
}

async fn start(cluster: &Path) -> PrivatePostgres {
    let started = PrivatePostgres::start_with(cluster, Durability::Throwaway).await;
    started.unwrap_or_else(|error| panic!("{error}"))
}

const GOOD: &str =
    "SELECT count(DISTINCT usuario_id) FROM agenda_sync_runs WHERE status = 'success'";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_daemon_survives_the_immediate_restart_of_its_database() {
    let (_place, cluster) = place();
    let database = TestDatabase::alone(&cluster).await;
    let mut world = World::on(database, examiners(8), |config| {
        config.scheduler.workers = 3;
    })
    .await;
    world.last_day = 3;
    let latency = FaultKind::Latency(Duration::from_millis(20));
    world.simulator.inject(Fault::always(latency));
    let daemon = Daemon::start(world.daemon_config(), Roles::ALL).await;
    at_least(&world, 8, GOOD).await;
    at_least(&world, 1, RUNNING).await;

    crash(&cluster).await;
    let server = start(&cluster).await;
    let since = format!("{GOOD} AND started_at > pg_postmaster_start_time()");
    at_least(&world, 8, &since).await;
    daemon.stop().await;

    assert_eq!(world.count(RUNNING).await, 0);
    assert_eq!(world.count(OVERLAPS).await, 0);
    // A run that the restart broke off may be followed by another of its tick, a good one is not.
    let twice = TWICE.replace("tick IS NOT NULL", "status = 'success'");
    assert_eq!(world.count(&twice).await, 0);
    for index in 0..world.users.len() {
        world.assert_true(index).await;
    }
    world.close().await;
    server.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_whose_fetch_was_not_answered_before_the_crash_is_worked_on_after_it() {
    let (_place, cluster) = place();
    let database = TestDatabase::alone(&cluster).await;
    let world = World::on(database, examiners(1), |_| {}).await;
    let daemon = Daemon::start(world.daemon_config(), Roles::ALL).await;
    at_least(&world, 1, GOOD).await;
    // Fetched a moment before the server dies, by the clock of a server that was ahead: all ticks merge into it.
    let fetched = format!(
        "INSERT INTO river.river_job (args, kind, max_attempts, queue, state, attempt, attempted_at, attempted_by)
         SELECT args, kind, max_attempts, queue, 'running', 1, now() + interval '1 hour', '{{{}}}'
         FROM river.river_job WHERE kind = 'sync' ORDER BY id DESC LIMIT 1",
        daemon.instance
    );
    world.execute(&fetched).await;
    crash(&cluster).await;
    let server = start(&cluster).await;
    let since = format!("{GOOD} AND started_at > pg_postmaster_start_time()");
    at_least(&world, 1, &since).await;
    daemon.stop().await;
    world.close().await;
    server.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_daemon_whose_database_is_away_still_stops_within_its_grace() {
    let (_place, cluster) = place();
    let database = TestDatabase::alone(&cluster).await;
    let grace = Duration::from_secs(6);
    let world = World::on(database, examiners(8), |config| {
        config.scheduler.workers = 3;
        config.shutdown.grace = grace;
    })
    .await;
    let latency = FaultKind::Latency(Duration::from_millis(50));
    world.simulator.inject(Fault::always(latency));
    let mut daemon = Daemon::start(world.daemon_config(), Roles::ALL).await;
    at_least(&world, 2, RUNNING).await;
    crash(&cluster).await;
    let (took, ended) = daemon.tell_to_stop().await;
    assert!(took < grace + Duration::from_secs(4), "{took:?} {ended:?}");

    // What could not be recorded is closed by the next run of its user.
    let server = start(&cluster).await;
    let daemon = Daemon::start(world.daemon_config(), Roles::ALL).await;
    at_least(&world, 8, GOOD).await;
    daemon.stop().await;
    assert_eq!(world.count(RUNNING).await, 0);
    world.close().await;
    server.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn systemd_has_its_signs_of_life_while_the_queue_waits_for_a_run() {
    let (place, cluster) = place();
    let database = TestDatabase::alone(&cluster).await;
    let world = World::on(database, examiners(1), |_| {}).await;
    // A login under way is waited for.
    let latency = FaultKind::Latency(Duration::from_secs(40));
    world
        .simulator
        .inject(Fault::always(latency).at(Place::Login));
    let socket = place.path().join("notify");
    let systemd = UnixDatagram::bind(&socket).unwrap();
    let sign_of_life = async || {
        let mut said = [0; 4096];
        loop {
            let size = timeout(SOON, systemd.recv(&mut said)).await;
            let size = size.expect("no word to systemd").unwrap();
            if String::from_utf8_lossy(&said[..size]).contains("WATCHDOG=1") {
                return;
            }
        }
    };
    let program = world
        .program()
        .env("NOTIFY_SOCKET", socket.display())
        .env("WATCHDOG_USEC", 3_000_000)
        .env("AGENDAD_SHUTDOWN__GRACE", "2m")
        .env("AGENDAD_PORTAL__REQUEST_TIMEOUT", "60s")
        .file("[[windows]]\nname = \"fast\"\nfrom_day = 0\nto_day = 3\ncron = \"0 0 0 * * *\"\n");
    let daemon = program.start(&["run"]);
    while !world.simulator.stats().by_kind.contains_key("login") {
        sign_of_life().await;
    }
    crash(&cluster).await;
    let server = start(&cluster).await;
    while !program.log().contains("the queue is started anew") {
        sign_of_life().await;
    }
    // The first may have been said a moment before.
    sign_of_life().await;
    sign_of_life().await;
    let again = "the queue works on new connections";
    assert!(!program.log().contains(again), "{}", program.log());
    drop(daemon);
    world.close().await;
    server.stop().await.unwrap();
}
