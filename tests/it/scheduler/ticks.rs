//! Every tick once for every user, whoever fires it, within the bound on workers.

use std::time::Duration;

use agendad::app::Roles;
use agendad::simulator::{Fault, FaultKind};

use super::{AT_ONCE, LOST, OVERLAPS, RUNNING, TWICE, at_least, examiners};
use crate::support::{Daemon, World, fast_window};

/// Good runs that every user and window had at least.
const EVERYBODY: &str = "SELECT min(runs) FROM (
    SELECT count(r.id) AS runs FROM sync_schedules s LEFT JOIN agenda_sync_runs r
        ON r.usuario_id = s.usuario_id AND r.window_name = s.window_name AND r.status = 'success'
    GROUP BY s.usuario_id, s.window_name) each";

async fn nothing_happened_twice(world: &World) {
    let odd = "SELECT count(*) FROM agenda_sync_runs WHERE tick <> date_trunc('second', tick)";
    assert_eq!(world.count(odd).await, 0, "ticks are nominal");
    assert_eq!(world.count(TWICE).await, 0, "a tick ran twice");
    assert_eq!(
        world.count(OVERLAPS).await,
        0,
        "two runs of one user at once"
    );
    assert_eq!(world.count(LOST).await, 0, "a tick was lost");
    assert_eq!(world.count(RUNNING).await, 0);
    let failed = "SELECT count(*) FROM agenda_sync_runs WHERE status <> 'success'";
    assert_eq!(world.count(failed).await, 0);
    for index in 0..world.users.len() {
        world.assert_true(index).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_daemon_runs_every_tick_once_and_never_more_than_its_workers_at_once() {
    let mut world = World::with(examiners(20), |config| config.scheduler.workers = 3).await;
    world.last_day = 3;
    let latency = FaultKind::Latency(Duration::from_millis(5));
    world.simulator.inject(Fault::always(latency));
    let daemon = Daemon::start(world.daemon_config(), Roles::ALL).await;
    at_least(&world, 3, EVERYBODY).await;
    daemon.stop().await;
    nothing_happened_twice(&world).await;
    assert_eq!(
        world.count(AT_ONCE).await,
        3,
        "the bound binds and is reached"
    );
    world.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_daemons_on_one_database_share_the_ticks_and_double_none() {
    let mut world = World::with(examiners(20), |config| config.scheduler.workers = 3).await;
    world.last_day = 3;
    let latency = FaultKind::Latency(Duration::from_millis(5));
    world.simulator.inject(Fault::always(latency));
    let mut config = world.daemon_config();
    // A second window at the same time, so that a user's windows compete for their lock.
    config.windows.push(fast_window("also"));
    let first = Daemon::start(config.clone(), Roles::ALL).await;
    let second = Daemon::start(config, Roles::ALL).await;
    let names = [first.instance.clone(), second.instance.clone()];
    at_least(&world, 2, EVERYBODY).await;
    first.stop().await;
    second.stop().await;
    nothing_happened_twice(&world).await;
    assert!(world.count(AT_ONCE).await <= 3);
    for name in names {
        let of = format!("SELECT count(*) FROM agenda_sync_runs WHERE instance = '{name}'");
        assert!(world.count(&of).await > 0, "{name} worked");
    }
    world.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_roles_can_be_split_between_two_daemons() {
    let mut world = World::with(examiners(3), |_| {}).await;
    world.last_day = 3;
    let config = world.daemon_config();
    let clock = Daemon::start(
        config.clone(),
        Roles {
            schedule: true,
            work: false,
        },
    )
    .await;
    at_least(&world, 3, "SELECT count(*) FROM river.river_job").await;
    assert_eq!(
        world.count("SELECT count(*) FROM agenda_sync_runs").await,
        0
    );
    let hands = Daemon::start(
        config,
        Roles {
            schedule: false,
            work: true,
        },
    )
    .await;
    at_least(&world, 2, EVERYBODY).await;
    clock.stop().await;
    hands.stop().await;
    nothing_happened_twice(&world).await;
    let jobs = "SELECT count(*) FROM river.river_job";
    let merged = "SELECT sum(merged_ticks)::bigint FROM sync_schedules";
    assert!(world.count(jobs).await >= 6);
    assert!(world.count(merged).await >= 0);
    world.close().await;
}
