//! Runs that are ended from outside or by a bug: recorded all the same, and nothing is left.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use agendad::domain::RunStatus;
use agendad::simulator::{Fault, FaultKind, Place};
use agendad::sync::{Progress, SyncOutcome};

use tokio_util::sync::CancellationToken;

use crate::store::control::kill_control_connections;
use crate::support::{World, eventually};

const SOON: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_store_statement_that_the_server_ends_is_written_again() {
    let world = World::new(1).await;
    let latency = FaultKind::Latency(Duration::from_millis(50));
    world.simulator.inject(Fault::always(latency));
    let end_the_statement = async {
        let running = "SELECT max(id) FROM agenda_sync_runs WHERE status = 'running'";
        let run = eventually("a run", SOON, async || world.count_if_any(running).await).await;
        // The fence of the store statement waits for us.
        let mut holder = world.database.pool.begin().await.unwrap();
        sqlx::query("SELECT FROM agenda_sync_runs WHERE id = $1 FOR UPDATE")
            .bind(run)
            .execute(&mut *holder)
            .await
            .unwrap();
        let end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                   WHERE datname = current_database() AND wait_event_type = 'Lock'";
        eventually("it waits, and is ended", SOON, async || {
            (world.count(end).await > 0).then_some(())
        })
        .await;
        holder.rollback().await.unwrap();
    };
    let (report, ()) = tokio::join!(world.sync(0), end_the_statement);
    assert_eq!(report.status, RunStatus::Success, "{report:?}");
    world.assert_true(0).await;
    world.close().await;
}

#[tokio::test]
async fn a_run_that_another_process_has_closed_writes_nothing_more() {
    let world = World::new(1).await;
    let latency = FaultKind::Latency(Duration::from_millis(50));
    world.simulator.inject(Fault::always(latency));
    let close = async {
        eventually("a day is stored", SOON, async || {
            (world.count("SELECT count(*) FROM agenda_slots").await > 0).then_some(())
        })
        .await;
        let close = "UPDATE agenda_sync_runs SET status = 'failed', finished_at = now(),
                     error_details = '{\"kind\": \"orphaned\"}'";
        assert_eq!(world.execute(close).await, 1);
        world.count("SELECT count(*) FROM agenda_slots").await
    };
    let (report, slots) = tokio::join!(world.sync(0), close);
    let kind = report.error.as_ref().map(|error| error.kind.as_str());
    assert_eq!(kind, Some("lock_lost"), "{report:?}");
    assert_eq!(
        world.count("SELECT count(*) FROM agenda_slots").await,
        slots
    );
    let orphaned =
        "SELECT count(*) FROM agenda_sync_runs WHERE error_details ->> 'kind' = 'orphaned'";
    assert_eq!(world.count(orphaned).await, 1, "the other's word stands");
    world.close().await;
}

#[tokio::test]
async fn a_run_that_takes_too_long_is_ended_and_recorded() {
    let mut settings = crate::support::simulated();
    settings.examiners = 1;
    settings.empty_day_ratio = 0.0;
    let world = World::with(settings, |config| {
        config.scheduler.run_timeout = Duration::from_secs(8);
    })
    .await;
    let latency = FaultKind::Latency(Duration::from_millis(700));
    let latency = Fault::always(latency).at(Place::Result);
    world.simulator.inject(latency);
    let report = world.sync(0).await;
    let kind = report.error.as_ref().map(|error| error.kind.as_str());
    assert_eq!(
        (report.status, kind),
        (RunStatus::Partial, Some("timeout")),
        "{report:?}"
    );
    let recorded = "SELECT count(*) FROM agenda_sync_runs WHERE status = 'partial' AND finished_at IS NOT NULL";
    assert_eq!(world.count(recorded).await, 1);
    world.simulator.clear_faults();
    assert_eq!(world.sync(0).await.status, RunStatus::Success);
    world.assert_true(0).await;
    world.close().await;
}

#[tokio::test]
async fn a_panic_is_an_outcome_that_is_recorded_and_leaves_no_lock() {
    let world = World::new(1).await;
    let stop = CancellationToken::new();
    let request = world.request(0);
    let bug = |_| panic!("a bug");
    let outcome = world.app.syncer.sync(&request, &stop, &bug).await.unwrap();
    let SyncOutcome::Ran(report) = outcome else {
        panic!("{outcome:?}");
    };
    let kind = report.error.as_ref().map(|error| error.kind.as_str());
    assert_eq!(
        (report.status, kind),
        (RunStatus::Failed, Some("panic")),
        "{report:?}"
    );
    let recorded = "SELECT count(*) FROM agenda_sync_runs WHERE error_details ->> 'kind' = 'panic'";
    assert_eq!(world.count(recorded).await, 1);
    assert_eq!(world.sync(0).await.status, RunStatus::Success);
    world.close().await;
}

#[tokio::test]
async fn a_portal_that_asks_for_a_long_rest_is_not_asked_for_the_next_day() {
    let world = World::new(1).await;
    world.sync(0).await;
    let busy = FaultKind::Status {
        code: 429,
        retry_after: Some(3600),
    };
    world
        .simulator
        .inject(Fault::always(busy).at(Place::Result));
    let asked = |world: &World| {
        let stats = world.simulator.stats();
        stats.by_kind.get("result").copied().unwrap_or_default()
    };
    let before = asked(&world);
    let report = world.sync(0).await;
    let kind = report.error.as_ref().map(|error| error.kind.as_str());
    assert_eq!(kind, Some("unavailable"), "{report:?}");
    assert_eq!(asked(&world) - before, 1, "{report:?}");
    world.close().await;
}

#[tokio::test]
async fn a_lock_that_is_lost_after_the_last_day_leaves_no_success_of_days_that_were_not_noted() {
    let mut settings = crate::support::simulated();
    settings.examiners = 1;
    let world = World::with(settings, |config| config.session.logout_after_run = true).await;
    assert_eq!(world.sync(0).await.status, RunStatus::Success);
    // All days are as they were; the way out takes its time.
    let latency = FaultKind::Latency(Duration::from_secs(300));
    world
        .simulator
        .inject(Fault::always(latency).at(Place::Logout));
    let seen = "SELECT count(*) FROM agenda_slots WHERE is_current AND last_seen_at < (
        SELECT max(started_at) FROM agenda_sync_runs)";
    let (request, stop) = (world.request(0), CancellationToken::new());
    let read = AtomicU32::new(0);
    let watch = |progress| {
        if let Progress::Day(_) = progress {
            read.fetch_add(1, Ordering::SeqCst);
        }
    };
    let run = world.app.syncer.sync(&request, &stop, &watch);
    let loses = async {
        eventually("all days are read", SOON, async || {
            (read.load(Ordering::SeqCst) == 15).then_some(())
        })
        .await;
        assert_eq!(kill_control_connections(&world.database).await, 1);
    };
    let (outcome, ()) = tokio::join!(run, loses);
    let SyncOutcome::Ran(report) = outcome.unwrap() else {
        panic!("no run");
    };
    let kind = report.error.as_ref().map(|error| error.kind.as_str());
    assert_eq!(kind, Some("lock_lost"), "{report:?}");
    assert!(report.totals.skipped > 0, "{report:?}");
    assert!(
        world.count(seen).await > 0,
        "nothing was touched without the lock"
    );
    let successes = "SELECT count(*) FROM agenda_sync_runs WHERE status = 'success'";
    assert_eq!(world.count(successes).await, 1);
    world.close().await;
}
