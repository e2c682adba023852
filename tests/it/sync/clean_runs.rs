//! Runs against a healthy portal.

use agendad::domain::RunStatus;
use agendad::simulator::{Fault, FaultKind};

use crate::support::World;

#[tokio::test]
async fn a_clean_run_brings_the_portals_agenda_and_a_second_one_changes_nothing() {
    let world = World::new(2).await;
    let first = world.sync(0).await;
    assert_eq!(first.status, RunStatus::Success, "{first:?}");
    assert!(!world.truth(0).is_empty());
    world.assert_true(0).await;
    assert_eq!(first.totals.inserted, world.truth(0).len() as i64);

    let changes = world
        .count("SELECT count(*) FROM agenda_slot_changes")
        .await;
    let second = world.sync(0).await;
    assert_eq!(second.status, RunStatus::Success);
    assert!(second.session_reused, "{second:?}");
    assert_eq!(
        (
            second.totals.inserted,
            second.totals.updated,
            second.totals.removed
        ),
        (0, 0, 0)
    );
    assert_eq!(second.totals.unchanged, first.totals.inserted);
    assert_eq!(
        world
            .count("SELECT count(*) FROM agenda_slot_changes")
            .await,
        changes
    );
    assert_eq!(
        world.stored(1).await,
        Vec::<String>::new(),
        "only the examiner asked for"
    );
    world.close().await;
}

#[tokio::test]
async fn the_last_success_is_remembered_for_each_window_that_was_read_as_a_whole() {
    let mut world = World::new(1).await;
    let told = async |world: &World| -> String {
        sqlx::query_scalar(
            "SELECT coalesce(string_agg(window_name || CASE WHEN last_success = (
                 SELECT max(finished_at) FROM agenda_sync_runs) THEN ' now' ELSE ' before' END, ', ' ORDER BY window_name), '')
             FROM sync_schedules WHERE last_success IS NOT NULL",
        )
        .fetch_one(&world.database.pool)
        .await
        .unwrap()
    };
    // Three days of the four of `near`: a window read in part is not read.
    world.last_day = 2;
    world.sync(0).await;
    assert_eq!(told(&world).await, "");
    world.last_day = 3;
    world.sync(0).await;
    assert_eq!(told(&world).await, "near now");
    world.last_day = 14;
    world.sync(0).await;
    assert_eq!(told(&world).await, "far now, near now");
    world.last_day = 3;
    world.sync(0).await;
    assert_eq!(told(&world).await, "far before, near now");
    // A failure changes nothing.
    world
        .simulator
        .inject(Fault::always(FaultKind::Maintenance));
    let report = world.sync(0).await;
    assert_eq!(report.status, RunStatus::Failed);
    assert_eq!(told(&world).await, "far before, near before");
    world.close().await;
}
