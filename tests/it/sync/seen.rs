//! What is written when: news as soon as they are read, that the rest was seen again when the run is recorded.

use std::sync::atomic::{AtomicUsize, Ordering};

use agendad::domain::RunStatus;
use agendad::simulator::{Fault, FaultKind, Place};
use agendad::sync::{Progress, SyncOutcome};
use tokio_util::sync::CancellationToken;

use crate::support::{World, simulated};

/// Four days, each with appointments, that are stored and were last seen an hour ago.
async fn stored() -> World {
    let mut settings = simulated();
    settings.examiners = 1;
    settings.empty_day_ratio = 0.0;
    let mut world = World::with(settings, |_| {}).await;
    world.last_day = 3;
    assert_eq!(world.sync(0).await.status, RunStatus::Success);
    let an_hour_ago = "UPDATE agenda_slots SET last_seen_at = now() - interval '1 hour', first_seen_at = now() - interval '2 hours'";
    world.execute(an_hour_ago).await;
    world
}

const SEEN: &str = "SELECT count(DISTINCT data) FROM agenda_slots WHERE last_seen_at > now() - interval '30 minutes'";

#[tokio::test]
async fn days_read_before_a_run_ended_early_were_seen_though_nothing_of_them_was_new() {
    let world = stored().await;
    let days = AtomicUsize::new(0);
    let fail_from_the_third = |progress: Progress| {
        if matches!(progress, Progress::Day(_)) && days.fetch_add(1, Ordering::Relaxed) == 1 {
            let reset = Fault::always(FaultKind::Reset).at(Place::Result);
            world.simulator.inject(reset);
        }
    };
    let (request, stop) = (world.request(0), CancellationToken::new());
    let syncer = &world.app.syncer;
    let outcome = syncer.sync(&request, &stop, &fail_from_the_third).await;
    let SyncOutcome::Ran(report) = outcome.unwrap() else {
        panic!("no run");
    };
    assert_eq!(
        (report.status, report.totals.skipped),
        (RunStatus::Partial, 2),
        "{report:?}"
    );
    assert_eq!(world.count(SEEN).await, 2);
    let read = "SELECT count(*) FROM sync_schedules WHERE last_success > (
                    SELECT max(started_at) FROM agenda_sync_runs)";
    assert_eq!(world.count(read).await, 0, "not all days were read");
    let unchanged =
        "SELECT count(*) FROM agenda_slots WHERE last_seen_at > now() - interval '30 minutes'";
    assert_eq!(world.count(unchanged).await, report.totals.unchanged);
    world.close().await;
}

#[tokio::test]
async fn a_crash_loses_when_unchanged_slots_were_last_seen_and_no_news() {
    let world = stored().await;
    // The second day says something else than the portal.
    let second = "data = (SELECT DISTINCT data FROM agenda_slots ORDER BY 1 OFFSET 1 LIMIT 1)";
    let outdated = format!(
        "UPDATE agenda_slots SET payload = payload || '{{\"nome\": \"OUTRO NOME\"}}', content_hash = 'x' WHERE {second}"
    );
    assert!(world.execute(&outdated).await > 0);
    let died = CancellationToken::new();
    let days = AtomicUsize::new(0);
    let die_after_the_third = |progress: Progress| {
        if matches!(progress, Progress::Day(_)) && days.fetch_add(1, Ordering::Relaxed) == 2 {
            died.cancel();
        }
    };
    let (request, stop) = (world.request(0), CancellationToken::new());
    let latency = FaultKind::Latency(std::time::Duration::from_millis(200));
    world.simulator.inject(Fault::always(latency));
    tokio::select! {
        biased;
        () = died.cancelled() => {}
        outcome = world.app.syncer.sync(&request, &stop, &die_after_the_third) => panic!("{outcome:?}"),
    }
    world.simulator.clear_faults();
    let running = "SELECT count(*) FROM agenda_sync_runs WHERE status = 'running'";
    assert_eq!(world.count(running).await, 1, "as a dead process leaves it");
    assert_eq!(world.count(SEEN).await, 1, "the day with news");
    let wrong = "SELECT count(*) FROM agenda_slots WHERE payload ->> 'nome' = 'OUTRO NOME'";
    assert_eq!(world.count(wrong).await, 0, "which was stored at once");

    let changes = "SELECT count(*) FROM agenda_slot_changes";
    let before = world.count(changes).await;
    assert_eq!(world.sync(0).await.status, RunStatus::Success);
    assert_eq!(world.count(SEEN).await, 4);
    assert_eq!(world.count(changes).await, before);
    assert_eq!(world.count(running).await, 0);
    world.assert_true(0).await;
    world.close().await;
}

#[tokio::test]
async fn what_was_seen_in_between_is_not_missed_twice_in_a_row_although_the_run_that_saw_it_died() {
    let world = stored().await;
    // A day that the guard watches over is not seen once.
    let today = world.app.syncer.clock.today();
    let unit = world.simulator.agenda_between(0, today, today)[0]
        .unit
        .clone();
    while world.simulator.agenda_between(0, today, today).len() < 6 {
        world.simulator.book(0, today).unwrap();
    }
    assert_eq!(world.sync(0).await.status, RunStatus::Success);
    let whole = world.simulator.agenda_between(0, today, today);
    let show = |bookings| {
        let shown = world.simulator.set_day(0, &unit, today, bookings);
        shown.unwrap();
    };
    let missed = whole.len() as i64;
    show(Vec::new());
    assert_eq!(world.sync(0).await.totals.held, missed);

    // It is seen again, by a run that dies while it asks for a further day.
    show(whole);
    let read = CancellationToken::new();
    let the_first = |progress: Progress| {
        if matches!(progress, Progress::Day(_)) {
            read.cancel();
        }
    };
    let (request, stop) = (world.request(0), CancellationToken::new());
    let latency = FaultKind::Latency(std::time::Duration::from_millis(200));
    world.simulator.inject(Fault::always(latency));
    tokio::select! {
        biased;
        () = read.cancelled() => {}
        outcome = world.app.syncer.sync(&request, &stop, &the_first) => panic!("{outcome:?}"),
    }
    world.simulator.clear_faults();

    show(Vec::new());
    let totals = world.sync(0).await.totals;
    assert_eq!((totals.held, totals.removed), (missed, 0));
    world.close().await;
}

#[tokio::test]
async fn a_trigger_that_refuses_what_is_noted_does_not_keep_the_run_from_being_recorded() {
    let world = stored().await;
    for sql in [
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$",
        "CREATE TRIGGER refuse BEFORE UPDATE ON agenda_slots FOR EACH ROW EXECUTE FUNCTION refuse()",
    ] {
        world.execute(sql).await;
    }
    let report = world.sync(0).await;
    let kind = report.error.as_ref().map(|error| error.kind.as_str());
    assert_eq!(
        (report.status, kind, report.totals.unchanged),
        (RunStatus::Failed, Some("database"), 0),
        "{report:?}"
    );
    let recorded = "SELECT count(*) FROM agenda_sync_runs WHERE status = 'failed' AND error_details ->> 'kind' = 'database'";
    assert_eq!(world.count(recorded).await, 1);
    assert_eq!(world.count(SEEN).await, 0);
    world.close().await;
}

#[tokio::test]
async fn what_is_noted_too_slowly_for_the_server_is_tried_twice_and_the_run_is_recorded() {
    let world = stored().await;
    // A sequence counts what is rolled back, too. The database's setting holds for new connections.
    for sql in [
        "CREATE SEQUENCE tries",
        "CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN PERFORM nextval('tries'), pg_sleep(60); RETURN NEW; END $$",
        "CREATE TRIGGER dawdle BEFORE UPDATE ON agenda_slots FOR EACH ROW EXECUTE FUNCTION dawdle()",
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET statement_timeout = ''2s''', current_database()); END $$",
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
    ] {
        world.execute(sql).await;
    }
    let report = world.sync(0).await;
    let kind = report.error.as_ref().map(|error| error.kind.as_str());
    assert_eq!(
        (report.status, kind, report.totals.unchanged),
        (RunStatus::Failed, Some("database"), 0),
        "{report:?}"
    );
    let recorded = "SELECT count(*) FROM agenda_sync_runs WHERE status = 'failed' AND error_details ->> 'kind' = 'database'";
    assert_eq!(world.count(recorded).await, 1);
    assert_eq!(world.count("SELECT last_value FROM tries").await, 2);
    world.close().await;
}
