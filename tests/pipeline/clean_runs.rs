//! Runs against a healthy portal.

use agendad::domain::RunStatus;

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
