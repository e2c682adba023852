//! One sync per user at a time, in whatever process.

use std::time::Duration;

use agendad::app::Roles;
use agendad::domain::{FailureKind, RunStatus};
use agendad::simulator::{Fault, FaultKind, Place};
use agendad::sync::{Progress, SyncOutcome};
use tokio_util::sync::CancellationToken;

use crate::store::control::kill_control_connections;
use crate::support::{Daemon, World, eventually};

const SOON: Duration = Duration::from_secs(60);

fn slow(world: &World) {
    let latency = FaultKind::Latency(Duration::from_millis(100));
    world.simulator.inject(Fault::always(latency));
}

fn count(outcomes: &[SyncOutcome]) -> (usize, usize) {
    let ran = outcomes.iter().filter(|o| matches!(o, SyncOutcome::Ran(_)));
    let busy = outcomes.iter().filter(|o| matches!(o, SyncOutcome::Busy));
    (ran.count(), busy.count())
}

#[tokio::test]
async fn of_two_syncs_of_one_user_one_runs_and_the_other_is_told_so() {
    let world = World::new(2).await;
    slow(&world);
    let (a, b, other) = tokio::join!(world.try_sync(0), world.try_sync(0), world.try_sync(1));
    assert_eq!(count(&[a, b]), (1, 1));
    assert_eq!(count(&[other]), (1, 0), "other users do not wait");
    assert_eq!(
        world.count("SELECT count(*) FROM agenda_sync_runs").await,
        2
    );
    world.simulator.clear_faults();
    assert_eq!(
        world.sync(0).await.status,
        RunStatus::Success,
        "the lock is free again"
    );
    world.close().await;
}

#[tokio::test]
async fn another_process_is_kept_out_too() {
    let world = World::new(1).await;
    let second = world.second_app().await;
    slow(&world);
    let (a, b) = tokio::join!(world.try_sync(0), world.sync_in(&second, 0));
    assert_eq!(count(&[a, b]), (1, 1));
    world.simulator.clear_faults();
    assert_eq!(count(&[world.sync_in(&second, 0).await]), (1, 0));
    second.close().await.unwrap();
    world.close().await;
}

#[tokio::test]
async fn a_sync_that_is_dropped_half_way_leaves_no_lock_and_no_row_that_runs() {
    let world = World::new(1).await;
    slow(&world);
    // Whenever it is dropped: while it waits for its lock, for the portal, for the database.
    for millis in [0, 1, 2, 3, 5, 8, 13, 50, 150] {
        let sync = tokio::time::timeout(Duration::from_millis(millis), world.try_sync(0));
        drop(sync.await);
    }
    world.simulator.clear_faults();
    let report = eventually(
        "the lock is free",
        Duration::from_secs(5),
        async || match world.try_sync(0).await {
            SyncOutcome::Ran(report) => Some(report),
            _ => None,
        },
    )
    .await;
    assert_eq!(report.status, RunStatus::Success);
    let running = "SELECT count(*) FROM agenda_sync_runs WHERE status = 'running'";
    assert_eq!(world.count(running).await, 0);
    let locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1
                 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    assert_eq!(world.count(locks).await, 0);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sync_that_loses_its_lock_before_its_run_begins_closes_no_run_of_whoever_has_it_now() {
    let world = World::new(1).await;
    // What the portal has refused before is asked for under the lock.
    let mut holder = world.database.pool.begin().await.unwrap();
    sqlx::query("LOCK TABLE portal_refusals")
        .execute(&mut *holder)
        .await
        .unwrap();
    let (request, stop) = (world.request(0), CancellationToken::new());
    let (syncer, nobody) = (&world.app.syncer, |_: Progress| {});
    let takes_it = async {
        let waits = "SELECT count(*) FROM pg_stat_activity
                     WHERE datname = current_database() AND wait_event_type = 'Lock'";
        eventually("it waits", SOON, async || {
            (world.count(waits).await == 1).then_some(())
        })
        .await;
        assert_eq!(kill_control_connections(&world.database).await, 1);
        let lock = eventually("the lock is free", SOON, async || {
            syncer.control.try_lock(world.users[0]).await.ok().flatten()
        })
        .await;
        let begun = format!(
            "INSERT INTO agenda_sync_runs (usuario_id, window_start, window_end, status)
             VALUES ({}, CURRENT_DATE, CURRENT_DATE, 'running')",
            world.users[0]
        );
        world.execute(&begun).await;
        holder.rollback().await.unwrap();
        lock
    };
    let (outcome, lock) = tokio::join!(syncer.sync(&request, &stop, &nobody), takes_it);
    assert!(outcome.is_err(), "{outcome:?}");
    let running = "SELECT count(*) FROM agenda_sync_runs WHERE status = 'running'";
    assert_eq!(world.count(running).await, 1);
    lock.release().await;
    assert_eq!(world.sync(0).await.status, RunStatus::Success);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_that_is_on_its_way_when_its_lock_is_lost_is_not_posted_by_the_next_run_of_the_process()
 {
    let world = World::new(1).await;
    world.simulator.set_password(0, "Outra-1234").unwrap();
    let late = FaultKind::Latency(Duration::from_secs(4));
    world.simulator.inject(Fault::always(late).at(Place::Login));
    let next = async {
        eventually("it is posted", SOON, async || {
            (world.portal_saw(0).passwords == 1).then_some(())
        })
        .await;
        assert_eq!(kill_control_connections(&world.database).await, 1);
        let control = &world.app.syncer.control;
        let lock = eventually("the lock is free", SOON, async || {
            control.try_lock(world.users[0]).await.ok().flatten()
        });
        lock.await.release().await;
        world.try_sync(0).await
    };
    let (report, outcome) = tokio::join!(world.sync(0), next);
    assert_eq!(report.error.unwrap().kind, FailureKind::Auth);
    let turned_away = matches!(outcome, SyncOutcome::Busy | SyncOutcome::Refused(_));
    assert!(turned_away, "{outcome:?}");
    let outcome = world.try_sync(0).await;
    assert!(matches!(outcome, SyncOutcome::Refused(_)), "{outcome:?}");
    assert_eq!(world.portal_saw(0).passwords, 1);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tick_that_meets_a_sync_of_a_person_waits_for_it_and_is_not_lost() {
    let world = World::new(1).await;
    let latency = FaultKind::Latency(Duration::from_secs(2));
    world.simulator.inject(Fault::always(latency));
    let mut config = world.daemon_config();
    // Only the tick that was missed.
    config.windows[0].cron = "0 0 0 * * *".to_owned();
    let ticked = async {
        let running = "SELECT count(*) FROM agenda_sync_runs WHERE status = 'running'";
        eventually("the person's sync runs", SOON, async || {
            (world.count(running).await == 1).then_some(())
        })
        .await;
        let daemon = Daemon::start(config, Roles::ALL).await;
        let snoozed =
            "SELECT count(*) FROM river.river_job WHERE metadata ->> 'snoozes' IS NOT NULL";
        eventually("the job is put off", SOON, async || {
            (world.count(snoozed).await == 1).then_some(())
        })
        .await;
        assert_eq!(
            world.count(running).await,
            1,
            "the person's sync still runs"
        );
        world.simulator.clear_faults();
        daemon
    };
    let (report, daemon) = tokio::join!(world.sync(0), ticked);
    assert_eq!(report.status, RunStatus::Success);
    let ran =
        "SELECT count(*) FROM agenda_sync_runs WHERE origin = 'schedule' AND status = 'success'";
    eventually("the tick runs", SOON, async || {
        (world.count(ran).await == 1).then_some(())
    })
    .await;
    let attempts = "SELECT max(attempt)::bigint FROM river.river_job";
    assert_eq!(world.count(attempts).await, 1, "waiting costs no attempt");
    daemon.stop().await;
    assert_eq!(
        world.count("SELECT count(*) FROM agenda_sync_runs").await,
        2
    );
    world.close().await;
}
