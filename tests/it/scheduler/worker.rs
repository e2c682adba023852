//! What becomes of a job that cannot have its run now.

use std::sync::Arc;
use std::time::Duration;

use agendad::scheduler::jobs::JobEnd;
use agendad::scheduler::{SyncJob, Worker};
use chrono::TimeDelta;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::support::World;

/// The first examiner's job of a tick of a day ago, whose turn was to come so long ago at the latest.
async fn work(world: &World, window: &str, overdue: TimeDelta) -> JobEnd {
    let config = watch::Sender::new(world.app.config());
    let worker = Worker::new(Arc::clone(&world.app.syncer), config.subscribe());
    let now = world.app.syncer.clock.now();
    let job = SyncJob {
        usuario_id: world.users[0],
        window: window.to_owned(),
        tick: now - TimeDelta::days(1),
    };
    let due_by = now - overdue;
    worker.work(&job, due_by, &CancellationToken::new()).await
}

#[tokio::test]
async fn what_the_database_refuses_is_put_off_for_longer_than_what_it_was_away_for() {
    let world = World::new(1).await;
    let refuse = |code: &str| {
        format!(
            "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{code}'; END $$"
        )
    };
    world.execute(&refuse("42501")).await;
    world
        .execute(
            "CREATE TRIGGER refuse BEFORE INSERT ON agenda_sync_runs FOR EACH ROW EXECUTE FUNCTION refuse()",
        )
        .await;
    let busy_delay = world.app.config().scheduler.busy_delay;
    let refused = JobEnd::PutOff(Duration::from_secs(30));
    let away = JobEnd::PutOff(busy_delay);
    for (code, end) in [("42501", refused), ("P0001", refused), ("57P01", away)] {
        world.execute(&refuse(code)).await;
        assert_eq!(work(&world, "near", TimeDelta::zero()).await, end, "{code}");
    }
    world.close().await;
}

#[tokio::test]
async fn the_job_of_an_unknown_window_waits_two_minutes_for_a_daemon_that_knows_it() {
    let world = World::new(1).await;
    let young = work(&world, "added", TimeDelta::seconds(100)).await;
    assert!(matches!(young, JobEnd::PutOff(_)), "{young:?}");
    let old = work(&world, "added", TimeDelta::seconds(121)).await;
    assert_eq!(old, JobEnd::Done);
    let runs = "SELECT count(*) FROM agenda_sync_runs";
    assert_eq!(world.count(runs).await, 0);
    world.close().await;
}
