//! Ends that the database does not take as they are: that of a session of ours, after which what the portal has is the
//! examiner's all the same; and that of a run.

use agendad::domain::{FailureKind, Note, RunStatus};
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

#[tokio::test]
async fn a_good_run_is_recorded_although_the_account_refuses_to_be_told_of_it() {
    let world = World::new(1).await;
    for sql in [
        "CREATE FUNCTION recusa() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN RAISE EXCEPTION 'somente leitura' USING ERRCODE = 'PT403'; END $$",
        "CREATE TRIGGER recusa BEFORE UPDATE OF ultima_sincronizacao ON configuracoes_detran
         FOR EACH ROW EXECUTE FUNCTION recusa()",
    ] {
        world.execute(sql).await;
    }
    let noted = "SELECT count(*) FROM agenda_sync_runs
        WHERE status = 'success' AND error IS NULL AND error_details ->> 'notes' LIKE '%ultima_sincronizacao%[PT403]%'";
    for runs in [1, 2] {
        let report = world.sync(0).await;
        assert_eq!(report.status, RunStatus::Success, "{report:?}");
        assert_eq!(kind(&report), None, "{report:?}");
        assert_eq!(report.totals.unchanged > 0, runs == 2, "{report:?}");
        assert_eq!(world.count(noted).await, runs);
    }
    let read = "SELECT count(*) FROM portal_units WHERE last_complete_at IS NOT NULL";
    assert!(world.count(read).await > 0);
    world
        .execute("DROP TRIGGER recusa ON configuracoes_detran")
        .await;
    let report = world.sync(0).await;
    let untold = |note: &Note| matches!(note, Note::AccountUntold { .. });
    assert!(!report.notes.0.iter().any(untold), "{report:?}");
    let told = "SELECT count(*) FROM configuracoes_detran WHERE ultima_sincronizacao IS NOT NULL";
    assert_eq!(world.count(told).await, 1);
    world.close().await;
}
