//! The real daemon, killed and told to stop.

use std::time::Duration;

use agendad::simulator::{Fault, FaultKind, Place};
use nix::sys::signal::Signal;

use super::{
    LOST, OVERLAPS, RUNNING, SOON, at_least, examiners, only_the_worlds_own_mark_is_locked,
};
use crate::support::{World, eventually};

const WINDOWS: &str = r#"
[[windows]]
name = "near"
from_day = 0
to_day = 3
cron = "* * * * * *"
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_daemon_that_was_killed_leaves_nothing_that_its_next_start_does_not_heal() {
    let mut world = World::with(examiners(6), |_| {}).await;
    world.last_day = 3;
    let program = world.program().file(WINDOWS);
    let latency = FaultKind::Latency(Duration::from_millis(300));
    world
        .simulator
        .inject(Fault::always(latency).at(Place::Result));
    let mut first = program.start(&["run"]);
    at_least(&world, 6, RUNNING).await;
    at_least(&world, 1, "SELECT count(*) FROM agenda_slots").await;
    first.signal(Signal::SIGKILL);
    assert_eq!(first.ended().await, None);
    assert!(world.count(RUNNING).await > 0);
    let last = world.count("SELECT max(id) FROM agenda_sync_runs").await;
    let broken_off = format!(
        "SELECT count(*) FROM agenda_sync_runs a WHERE id <= {last} AND finished_at IS NULL"
    );
    assert!(world.count(&broken_off).await > 0);

    let mut second = program.start(&["run"]);
    // Every tick that the dead one had begun is run again, and its row is closed.
    let unhealed = format!(
        "SELECT count(*) FROM agenda_sync_runs a
        WHERE id <= {last} AND status <> 'success' AND NOT EXISTS (
            SELECT FROM agenda_sync_runs b
            WHERE b.usuario_id = a.usuario_id AND b.window_name = a.window_name AND b.tick = a.tick
              AND b.status = 'success')"
    );
    eventually("the ticks of the dead run again", SOON, async || {
        (world.count(&unhealed).await == 0).then_some(())
    })
    .await;
    second.signal(Signal::SIGTERM);
    assert_eq!(second.ended().await, Some(0));

    assert_eq!(world.count(RUNNING).await, 0, "no row stays running");
    only_the_worlds_own_mark_is_locked(&world).await;
    assert_eq!(world.count(OVERLAPS).await, 0);
    assert_eq!(world.count(LOST).await, 0);
    for index in 0..world.users.len() {
        world.assert_true(index).await;
    }
    let doubled = "SELECT count(*) FROM (SELECT FROM agendamentos
                   GROUP BY usuario_id, cpf, data_agendamento HAVING count(*) > 1) twice";
    assert_eq!(world.count(doubled).await, 0, "no appointment is doubled");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_signal_ends_the_daemon_at_once() {
    let world = World::with(examiners(2), |_| {}).await;
    let latency = FaultKind::Latency(Duration::from_secs(30));
    world
        .simulator
        .inject(Fault::always(latency).at(Place::Result));
    let mut daemon = world.program().file(WINDOWS).start(&["run"]);
    at_least(&world, 1, RUNNING).await;
    daemon.signal(Signal::SIGTERM);
    let ended = tokio::time::timeout(Duration::from_millis(200), daemon.ended()).await;
    assert!(ended.is_err(), "it lets the runs finish");
    daemon.signal(Signal::SIGTERM);
    let ended = tokio::time::timeout(Duration::from_secs(10), daemon.ended()).await;
    assert_eq!(ended.unwrap(), Some(130));
    world.close().await;
}

#[tokio::test]
async fn an_interrupt_stops_a_daemon_that_was_started_with_interrupts_ignored() {
    let world = World::with(examiners(1), |_| {}).await;
    let program = world.program().file(WINDOWS).in_background();
    let mut daemon = program.start(&["run"]);
    at_least(&world, 1, "SELECT count(*) FROM agenda_sync_runs").await;
    daemon.signal(Signal::SIGINT);
    assert_eq!(daemon.ended().await, Some(0), "{}", program.log());
    world.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn examiners_of_a_daemon_that_is_stopped_and_not_dead_are_synchronised_by_another() {
    let world = World::with(examiners(2), |_| {}).await;
    let program = world.program().file(WINDOWS);
    let latency = FaultKind::Latency(Duration::from_millis(500));
    world
        .simulator
        .inject(Fault::always(latency).at(Place::Result));
    let mut first = program.start(&["run"]);
    at_least(&world, 2, RUNNING).await;
    first.signal(Signal::SIGSTOP);
    world.simulator.clear_faults();
    let stopped = "SELECT instance FROM agenda_sync_runs LIMIT 1";
    let stopped: String = sqlx::query_scalar(stopped)
        .fetch_one(&world.database.pool)
        .await
        .unwrap();
    let dir = tempfile::tempdir().unwrap();
    let program_of_second = world.program().at(dir.path()).file(WINDOWS);
    let mut second = program_of_second.start(&["run"]);
    // As if it had been stopped for long; what it sent before may still arrive.
    let long_ago = format!(
        "UPDATE agendad_processes SET beat_at = now() - interval '2 hours', locks_at = now() - interval '1 hour'
         WHERE instance = '{stopped}' AND greatest(beat_at, locks_at) > now() - interval '3 minutes'"
    );
    let synchronised = format!(
        "SELECT count(DISTINCT usuario_id) FROM agenda_sync_runs WHERE status = 'success' AND instance <> '{stopped}'"
    );
    eventually("their syncs go on", SOON, async || {
        world.execute(&long_ago).await;
        (world.count(&synchronised).await == 2).then_some(())
    })
    .await;
    let said = "of a process that is stopped";
    let log = program_of_second.log();
    assert!(log.contains(said), "{log}");

    first.signal(Signal::SIGCONT);
    for daemon in [&mut first, &mut second] {
        daemon.signal(Signal::SIGTERM);
        assert_eq!(daemon.ended().await, Some(0));
    }
    assert_eq!(world.count(OVERLAPS).await, 0);
    world.close().await;
}
