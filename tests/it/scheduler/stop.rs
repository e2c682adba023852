//! Stopping under load.

use std::time::Duration;

use agendad::app::Roles;
use agendad::simulator::{Fault, FaultKind};

use super::{LOST, OVERLAPS, RUNNING, at_least, examiners, only_the_worlds_own_mark_is_locked};
use crate::support::{Daemon, World};

const WORKER: Roles = Roles {
    schedule: false,
    work: true,
};

/// Runs that are under way and have stored something.
async fn under_way(world: &World, runs: i64) {
    at_least(world, runs, RUNNING).await;
    at_least(world, 1, "SELECT count(*) FROM agenda_slots").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn within_the_grace_running_syncs_finish_and_waiting_ones_stay_in_the_queue() {
    let world = World::with(examiners(12), |config| config.scheduler.workers = 3).await;
    let latency = FaultKind::Latency(Duration::from_millis(50));
    world.simulator.inject(Fault::always(latency));
    let daemon = Daemon::start(world.daemon_config(), Roles::ALL).await;
    let instance = daemon.instance.clone();
    under_way(&world, 2).await;
    let took = daemon.stop().await;
    assert!(took < Duration::from_secs(10), "{took:?}");

    let unfinished = "SELECT count(*) FROM agenda_sync_runs WHERE status <> 'success'";
    assert_eq!(
        world.count(unfinished).await,
        0,
        "running dates were let finish"
    );
    nothing_is_left(&world, &instance).await;
    let waiting = "SELECT count(*) FROM river.river_job WHERE state IN ('available', 'scheduled')";
    assert!(world.count(waiting).await > 0, "the test had no load");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_the_grace_runs_are_cancelled_recorded_and_go_on_elsewhere() {
    // Long runs of short requests, so that each goes on when the grace is over and none is waited for long.
    let mut portal = examiners(6);
    portal.days_ahead = 14;
    portal.empty_day_ratio = 0.0;
    let grace = Duration::from_secs(4);
    let world = World::with(portal, |config| {
        config.scheduler.workers = 3;
        config.shutdown.grace = grace;
    })
    .await;
    let latency = FaultKind::Latency(Duration::from_millis(400));
    world
        .simulator
        .inject(Fault::always(latency).at(agendad::simulator::Place::Result));
    let mut config = world.daemon_config();
    config.windows[0].to_day = 14;
    let daemon = Daemon::start(config.clone(), Roles::ALL).await;
    let instance = daemon.instance.clone();
    under_way(&world, 3).await;
    let took = daemon.stop().await;
    assert!(took < grace + Duration::from_secs(4), "{took:?}");

    let cancelled =
        "SELECT count(*) FROM agenda_sync_runs WHERE error_details ->> 'kind' = 'cancelled'";
    assert!(
        world.count(cancelled).await > 0,
        "the test cancelled nothing"
    );
    nothing_is_left(&world, &instance).await;
    let spent = "SELECT count(*) FROM river.river_job WHERE attempt > 0 AND state = 'available'";
    assert_eq!(world.count(spent).await, 0, "a stop costs no attempt");

    // Another process takes them up, and each tick has its run.
    world.simulator.clear_faults();
    let heir = Daemon::start(config, WORKER).await;
    let good = "SELECT count(DISTINCT usuario_id) FROM agenda_sync_runs WHERE status = 'success'";
    at_least(&world, 6, good).await;
    heir.stop().await;
    assert_eq!(world.count(OVERLAPS).await, 0);
    assert_eq!(world.count(LOST).await, 0);
    world.close().await;
}

/// No run that runs, no lock of the process, no job in its hands.
async fn nothing_is_left(world: &World, instance: &str) {
    assert_eq!(world.count(RUNNING).await, 0, "every run is recorded");
    only_the_worlds_own_mark_is_locked(world).await;
    let held = format!(
        "SELECT count(*) FROM river.river_job WHERE state = 'running'
         AND attempted_by[array_upper(attempted_by, 1)] = '{instance}'"
    );
    assert_eq!(world.count(&held).await, 0, "a job is left running");
}
