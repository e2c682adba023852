//! A portal that is down: jobs wait instead of failing by the thousand.

use std::time::{Duration, Instant};

use agendad::app::Roles;
use agendad::simulator::{Fault, FaultKind};

use super::{SOON, at_least, examiners};
use crate::support::{Daemon, World, eventually};

const FAILED: &str = "SELECT count(*) FROM agenda_sync_runs WHERE status <> 'success'";
const GOOD: &str =
    "SELECT count(DISTINCT usuario_id) FROM agenda_sync_runs WHERE status = 'success'";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_portal_is_down_a_few_runs_fail_and_the_others_wait() {
    let users = 30;
    let world = World::with(examiners(users), |config| {
        config.scheduler.workers = 4;
        config.portal.breaker.failures = 4;
        config.portal.breaker.cool_down = Duration::from_secs(1);
    })
    .await;
    // Down, and slow to say so: a probe is under way for a while.
    let latency = FaultKind::Latency(Duration::from_millis(300));
    world.simulator.inject(Fault::always(latency));
    let down = FaultKind::Status {
        code: 503,
        retry_after: None,
    };
    world.simulator.inject(Fault::always(down));
    let started = Instant::now();
    let daemon = Daemon::start(world.daemon_config(), Roles::ALL).await;
    // Four failures opened the breaker; since then two probes have failed, and ticks came.
    eventually("the portal was probed", SOON, async || {
        (world.simulator.stats().requests > 4 + 2).then_some(())
    })
    .await;
    let merged = "SELECT max(merged_ticks)::bigint FROM sync_schedules";
    at_least(&world, 2, merged).await;
    let failed = world.count(FAILED).await;
    // Those that found it out, and one a probe, of which there is one a second at most.
    let most = 6 + started.elapsed().as_secs() as i64;
    assert!((1..=most).contains(&failed), "{failed} runs failed");
    let waiting = "SELECT count(*) FROM river.river_job WHERE finalized_at IS NULL";
    assert!(world.count(waiting).await >= (users as i64) - most);

    world.simulator.clear_faults();
    at_least(&world, users as i64, GOOD).await;
    daemon.stop().await;
    world.close().await;
}
