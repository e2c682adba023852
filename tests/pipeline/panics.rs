//! A bug of ours in the middle of a run is a failed run, and nothing worse.

use agendad::domain::{FailureKind, RunStatus};
use agendad::sync::{Progress, SyncOutcome};
use tokio_util::sync::CancellationToken;

use crate::support::World;

#[tokio::test]
async fn a_panic_is_recorded_as_a_failed_run_and_leaves_no_lock() {
    let world = World::new(1).await;
    let bug = |progress: Progress| {
        if let Progress::Day(date) = progress {
            panic!("a bug on {date}");
        }
    };
    let stop = CancellationToken::new();
    let outcome = world
        .app
        .syncer
        .sync(&world.request(0), &stop, &bug)
        .await
        .unwrap();
    let SyncOutcome::Ran(report) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(report.status, RunStatus::Failed);
    let error = report.error.unwrap();
    assert_eq!(error.kind, FailureKind::Panic);
    assert!(error.message.contains("a bug on"), "{}", error.message);
    let kept = "SELECT count(*) FROM agenda_sync_runs WHERE error_details->>'kind' = 'panic' AND finished_at IS NOT NULL";
    assert_eq!(world.count(kept).await, 1);

    let next = world.sync(0).await;
    assert_eq!(next.status, RunStatus::Success, "{next:?}");
    assert_eq!(world.stored(0).await, world.truth(0));
    world.close().await;
}
