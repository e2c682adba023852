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
    let latency = FaultKind::Latency(Duration::from_secs(3));
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_tick_of_a_run_that_the_database_broke_off_comes_back() {
    let world = World::with(examiners(1), |_| {}).await;
    // More often than a statement is tried. A sequence counts what is undone, too.
    for sql in [
        "CREATE SEQUENCE tries",
        "CREATE FUNCTION undo() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN
             IF nextval('tries') <= 6 THEN RAISE EXCEPTION 'no' USING ERRCODE = '57P01'; END IF;
             RETURN NEW;
         END $$",
        "CREATE TRIGGER undo BEFORE INSERT ON agenda_slots FOR EACH ROW EXECUTE FUNCTION undo()",
    ] {
        world.execute(sql).await;
    }
    let mut config = world.daemon_config();
    config.windows[0].cron = "0 0 0 * * *".to_owned();
    let daemon = Daemon::start(config, Roles::ALL).await;
    let again = "SELECT count(*) FROM agenda_sync_runs a JOIN agenda_sync_runs b USING (usuario_id, window_name, tick)
                 WHERE a.id < b.id AND a.error_details ->> 'kind' = 'lock_lost' AND b.status = 'success'";
    at_least(&world, 1, again).await;
    assert_eq!(world.count(OVERLAPS).await, 0);
    daemon.stop().await;
    world.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_server_refuses_is_not_tried_again_before_the_next_tick() {
    let world = World::with(examiners(1), |_| {}).await;
    for sql in [
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$",
        "CREATE TRIGGER refuse BEFORE INSERT ON agenda_slots FOR EACH ROW EXECUTE FUNCTION refuse()",
    ] {
        world.execute(sql).await;
    }
    let mut config = world.daemon_config();
    config.windows[0].cron = "0 0 0 * * *".to_owned();
    let daemon = Daemon::start(config, Roles::ALL).await;
    let done = "SELECT count(*) FROM river.river_job WHERE kind = 'sync' AND state = 'completed'";
    at_least(&world, 1, done).await;
    let refused =
        "SELECT count(*) FROM agenda_sync_runs WHERE error_details ->> 'kind' = 'database'";
    assert_eq!(world.count(refused).await, 1);
    daemon.stop().await;
    world.close().await;
}
