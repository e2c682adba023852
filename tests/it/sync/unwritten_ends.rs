//! The end of a session of ours that the database does not take at once: what the portal has then is the examiner's all the
//! same.

use agendad::domain::{FailureKind, RunStatus};
use agendad::sync::RunReport;

use crate::support::World;

fn kind(report: &RunReport) -> Option<FailureKind> {
    report.error.as_ref().map(|error| error.kind)
}

/// A session of ours is kept, and the examiner has ended it by logging in.
async fn taken_over() -> World {
    let world = World::new(1).await;
    assert_eq!(world.sync(0).await.status, RunStatus::Success);
    assert_eq!(world.simulator.examiner_logs_in(0).unwrap(), 1);
    world
}

/// Has the database undo, so many times, that a session is written down as dead.
async fn undo_deaths(world: &World, times: u32) {
    for sql in [
        // A sequence counts what is undone, too.
        "CREATE SEQUENCE tries",
        &format!(
            "CREATE FUNCTION undo() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN
                 IF nextval('tries') <= {times} THEN RAISE EXCEPTION 'no' USING ERRCODE = '40P01'; END IF;
                 RETURN NEW;
             END $$"
        ),
        "CREATE TRIGGER undo BEFORE UPDATE OF found_dead_at ON portal_sessions FOR EACH ROW
         WHEN (NEW.found_dead_at IS NOT NULL) EXECUTE FUNCTION undo()",
    ] {
        world.execute(sql).await;
    }
}

#[tokio::test]
async fn a_session_that_was_found_dead_is_written_down_although_the_database_undoes_it_at_first() {
    let world = taken_over().await;
    undo_deaths(&world, 2).await;
    let report = world.sync(0).await;
    assert_eq!(kind(&report), Some(FailureKind::InUse), "{report:?}");
    assert_eq!(world.portal_saw(0).forced, 0);
    world.close().await;
}

#[tokio::test]
async fn a_session_whose_death_the_database_does_not_take_is_found_dead_by_the_next_run() {
    let world = taken_over().await;
    undo_deaths(&world, 1_000).await;
    let report = world.sync(0).await;
    assert_eq!(report.status, RunStatus::Failed, "{report:?}");
    assert_ne!(kind(&report), Some(FailureKind::InUse), "{report:?}");
    world.execute("DROP TRIGGER undo ON portal_sessions").await;
    let report = world.sync(0).await;
    assert_eq!(kind(&report), Some(FailureKind::InUse), "{report:?}");
    assert_eq!(world.portal_saw(0).forced, 0);
    world.close().await;
}
