//! The connection with the locks dies during a run.

use std::time::Duration;

use agendad::app::Roles;
use agendad::simulator::{Fault, FaultKind, Place};

use super::{OVERLAPS, RUNNING, at_least, examiners};
use crate::store::control::kill_control_connections;
use crate::support::{Daemon, World};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_lost_its_lock_stops_before_its_next_write_and_its_tick_runs_again() {
    let world = World::with(examiners(1), |_| {}).await;
    let latency = FaultKind::Latency(Duration::from_millis(800));
    world
        .simulator
        .inject(Fault::always(latency).at(Place::Result));
    let mut config = world.daemon_config();
    config.windows[0].cron = "0 0 0 * * *".to_owned();
    let daemon = Daemon::start(config, Roles::ALL).await;
    let stored = "SELECT count(DISTINCT data) FROM agenda_slots";
    at_least(&world, 1, stored).await;
    assert_eq!(world.count(RUNNING).await, 1);
    let days = world.count(stored).await;
    assert_eq!(
        kill_control_connections(&world.database).await,
        2,
        "the daemon's and the world's"
    );

    let lost = "SELECT count(*) FROM agenda_sync_runs WHERE error_details ->> 'kind' = 'lock_lost' AND status = 'partial'";
    at_least(&world, 1, lost).await;
    assert_eq!(
        world.count(stored).await,
        days,
        "nothing was written without the lock"
    );

    world.simulator.clear_faults();
    let again = "SELECT count(*) FROM agenda_sync_runs a JOIN agenda_sync_runs b USING (usuario_id, window_name, tick)
                 WHERE a.id < b.id AND a.error_details ->> 'kind' = 'lock_lost' AND b.status = 'success'";
    at_least(&world, 1, again).await;
    assert_eq!(world.count(OVERLAPS).await, 0);
    assert_eq!(world.count(RUNNING).await, 0);
    daemon.stop().await;
    world.close().await;
}
