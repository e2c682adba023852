//! A portal whose firewall turns this machine away: it is left alone, and no job becomes a failed run meanwhile.

use std::time::Duration;

use agendad::app::Roles;
use agendad::simulator::{Fault, FaultKind};

use super::{SOON, at_least, examiners};
use crate::support::{Daemon, World, eventually};

const TURNED_AWAY: &str =
    "SELECT count(*) FROM agenda_sync_runs WHERE error_details ->> 'kind' = 'firewall'";
const GOOD: &str =
    "SELECT count(DISTINCT usuario_id) FROM agenda_sync_runs WHERE status = 'success'";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_process_rests_without_runs_and_then_one_run_tries_before_the_others() {
    let users = 20;
    let world = World::with(examiners(users), |config| {
        config.scheduler.workers = 4;
        config.portal.firewall_pause = Duration::from_secs(10);
    })
    .await;
    world
        .simulator
        .inject(Fault::always(FaultKind::Firewall(200)));
    let daemon = Daemon::start(world.daemon_config(), Roles::ALL).await;
    at_least(&world, 1, TURNED_AWAY).await;
    let asked = world.simulator.stats().requests;
    assert!(asked <= 4, "{asked} requests");
    // Ticks come and are merged while everybody waits.
    let merged = "SELECT max(merged_ticks)::bigint FROM sync_schedules";
    at_least(&world, 2, merged).await;
    let before_the_rest_was_over = "SELECT count(*) FROM agenda_sync_runs
        WHERE started_at < (SELECT min(finished_at) FROM agenda_sync_runs) + interval '9 seconds'";
    let runs = world.count(before_the_rest_was_over).await;
    assert!(
        (1..=4).contains(&runs),
        "one for each worker at most: {runs}"
    );
    // As long as the rest is not over, which a slow machine may have waited for.
    let asked = world.simulator.stats().requests;
    let all = world.count("SELECT count(*) FROM agenda_sync_runs").await;
    assert!(asked <= 4 || all > runs, "{asked} requests");

    world.simulator.clear_faults();
    eventually("everybody was read", SOON, async || {
        (world.count(GOOD).await >= users as i64).then_some(())
    })
    .await;
    daemon.stop().await;
    world.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_portal_that_is_down_after_the_firewalls_rest_fails_one_run_a_cool_down() {
    let world = World::with(examiners(20), |config| {
        config.scheduler.workers = 4;
        config.portal.firewall_pause = Duration::from_secs(1);
        config.portal.breaker.failures = 1;
        config.portal.breaker.cool_down = Duration::from_secs(1);
    })
    .await;
    let turned_away = Fault::always(FaultKind::Firewall(200));
    world.simulator.inject(turned_away);
    let daemon = Daemon::start(world.daemon_config(), Roles::ALL).await;
    at_least(&world, 1, TURNED_AWAY).await;
    // Connections are refused from now on.
    world.simulator.stop().await;
    let failed = "SELECT count(*) FROM agenda_sync_runs
                  WHERE error_details ->> 'kind' IN ('network', 'timeout', 'unavailable')";
    at_least(&world, 5, failed).await;
    let too_many = failed.replace(
        "count(*)",
        "count(*) - 1 - floor(extract(epoch FROM max(started_at) - min(started_at)))::bigint",
    );
    let too_many = world.count(&too_many).await;
    assert!(too_many <= 1, "{too_many} runs too many failed");
    daemon.stop().await;
    world.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_that_waits_for_a_long_rest_asks_again_within_half_a_minute() {
    let world = World::with(examiners(2), |_| {}).await;
    let turned_away = Fault::always(FaultKind::Firewall(200));
    world.simulator.inject(turned_away);
    let daemon = Daemon::start(world.daemon_config(), Roles::ALL).await;
    let ahead = "SELECT max(extract(epoch FROM scheduled_at - now()))::bigint FROM river.river_job
                 WHERE finalized_at IS NULL AND scheduled_at > now() + interval '3 seconds'";
    let put_off = eventually("a job is put off", SOON, async || {
        world.count_if_any(ahead).await
    });
    let seconds = put_off.await;
    assert!(seconds <= 30, "{seconds} s");
    daemon.stop().await;
    world.close().await;
}
