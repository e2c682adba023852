//! What the queue makes of its jobs' times: whether it stands still, and when a job's turn comes.

use std::sync::Arc;
use std::time::Duration;

use agendad::scheduler::river::QueueSettings;
use agendad::scheduler::{Queue, SyncJob, Worker};
use agendad::store::jobs::JobFilter;
use tokio::sync::watch;

use super::at_least;
use crate::support::World;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

/// A queue with the world's syncer behind it. The settings go with the sender.
fn queue(world: &World) -> Queue {
    let settings = QueueSettings {
        instance: "queue/1".to_owned(),
        workers: 2,
        run_timeout: MINUTE,
        soft_stop: Duration::from_secs(1),
    };
    let config = watch::Sender::new(world.app.config());
    let worker = Worker::new(Arc::clone(&world.app.syncer), config.subscribe());
    Queue::new(world.database.store.pool(), &settings, Some(worker.into())).unwrap()
}

/// A job that has been due for two minutes, and was put in long before, of a tick of long ago.
async fn due_job(world: &World, user: i32, window: &str) -> i64 {
    let sql = format!(
        "INSERT INTO river.river_job (state, kind, queue, args, max_attempts, priority, scheduled_at, created_at)
         VALUES ('available', 'sync', 'sync',
                 '{{\"usuario_id\": {user}, \"window\": \"{window}\", \"tick\": \"2025-11-24T10:00:00Z\"}}', 5, 1,
                 now() - interval '2 minutes', now() - interval '1 hour') RETURNING id"
    );
    world.count(&sql).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn waiting_jobs_are_a_stall_only_where_none_has_begun_since_the_last_look() {
    let world = World::new(1).await;
    let queue = queue(&world);
    let is_stalled = async || queue.stalled(MINUTE).await.unwrap().is_some();
    // One that nobody can fetch.
    let stuck = due_job(&world, 1, "gone").await;
    let mut holder = world.database.pool.begin().await.unwrap();
    sqlx::query("SELECT FROM river.river_job WHERE id = $1 FOR UPDATE")
        .bind(stuck)
        .execute(&mut *holder)
        .await
        .unwrap();
    let mut working = queue.start().unwrap();
    assert!(!is_stalled().await, "one look says nothing");
    let other = due_job(&world, 2, "gone").await;
    let done =
        format!("SELECT count(*) FROM river.river_job WHERE id = {other} AND state = 'completed'");
    at_least(&world, 1, &done).await;
    assert!(!is_stalled().await, "a job has begun");
    assert!(is_stalled().await);
    assert!(is_stalled().await, "for as long as it lasts");
    working.stop().await.unwrap();

    let mut working = queue.start().unwrap();
    assert!(!is_stalled().await, "the queue has just begun anew");
    assert!(is_stalled().await);
    holder.rollback().await.unwrap();
    working.stop().await.unwrap();
    world.close().await;
}

#[tokio::test]
async fn a_queue_that_people_paused_does_not_stand_still_by_itself() {
    let world = World::new(1).await;
    let queue = queue(&world);
    let is_stalled = async || queue.stalled(MINUTE).await.unwrap().is_some();
    due_job(&world, 1, "near").await;
    assert!(!is_stalled().await, "one look says nothing");
    assert!(is_stalled().await);
    world
        .execute(
            "INSERT INTO river.river_queue (name, created_at, paused_at, updated_at)
             VALUES ('sync', now(), now(), now())",
        )
        .await;
    assert!(!is_stalled().await);
    assert!(!is_stalled().await);
    world
        .execute("UPDATE river.river_queue SET paused_at = NULL")
        .await;
    assert!(!is_stalled().await, "one look says nothing");
    assert!(is_stalled().await);
    world.close().await;
}

#[tokio::test]
async fn what_river_put_off_is_due_again_when_its_time_has_come_without_its_leader() {
    let world = World::new(1).await;
    let queue = queue(&world);
    for (user, state, due) in [
        (1, "retryable", true),
        (2, "scheduled", true),
        (3, "retryable", false),
        // As somebody may have set it by hand.
        (4, "pending", true),
    ] {
        let id = due_job(&world, user, "near").await;
        let minutes = if due { -1 } else { 10 };
        let put_off = format!(
            "UPDATE river.river_job SET state = '{state}', scheduled_at = now() + interval '{minutes} minutes'
             WHERE id = {id}"
        );
        world.execute(&put_off).await;
    }
    assert!(queue.look().await.unwrap().is_busy);
    let available = "SELECT count(*) FROM river.river_job WHERE state = 'available'";
    assert_eq!(world.count(available).await, 3);
    let waiting = "SELECT count(*) FROM river.river_job
                   WHERE state = 'retryable' AND args ->> 'usuario_id' = '3'";
    assert_eq!(world.count(waiting).await, 1);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_is_put_off_by_the_databases_clock() {
    let world = World::new(1).await;
    let queue = queue(&world);
    // It is an hour ahead of this machine's, as the queue is told.
    let now = world.app.syncer.clock.now();
    queue.note_time(now + HOUR, now, now);
    let other = world.second_app().await;
    let lock = other.syncer.control.try_lock(world.users[0]).await;
    let lock = lock.unwrap().unwrap();
    due_job(&world, world.users[0], "near").await;
    let mut working = queue.start().unwrap();
    let put_off = "SELECT count(*) FROM river.river_job
                   WHERE state = 'available' AND scheduled_at > now() + interval '30 minutes'";
    at_least(&world, 1, put_off).await;
    working.stop().await.unwrap();
    lock.release().await;
    other.close().await.unwrap();
    world.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_window_is_waited_for_from_when_the_job_was_put_in_and_for_the_splay_of_then() {
    let world = World::new(1).await;
    let queue = queue(&world);
    // Two minutes after its turn was to come at the latest, nobody will know the window.
    for (user, splay, minutes_ago) in [(1, 0, 0), (2, 600, 5), (3, 60, 5)] {
        let id = due_job(&world, user, "added").await;
        let put_in = format!(
            "UPDATE river.river_job SET metadata = '{{\"splay\": {splay}}}',
                    created_at = now() - interval '{minutes_ago} minutes'
             WHERE id = {id}"
        );
        world.execute(&put_in).await;
    }
    let mut working = queue.start().unwrap();
    let put_off = "SELECT count(*) FROM river.river_job WHERE state = 'available'
                   AND scheduled_at > now() AND args ->> 'usuario_id' IN ('1', '2')";
    at_least(&world, 2, put_off).await;
    let refused = "SELECT count(*) FROM river.river_job WHERE state = 'completed'";
    at_least(&world, 1, refused).await;
    assert_eq!(world.count(refused).await, 1);
    working.stop().await.unwrap();
    world.close().await;
}

#[tokio::test]
async fn a_job_keeps_the_start_that_the_splay_gave_it_which_was_in_force_when_it_was_put_in() {
    let world = World::new(2).await;
    let queue = queue(&world);
    let now = world.database.store.now().await.unwrap();
    for (&usuario_id, splay) in world.users.iter().zip([3 * HOUR, HOUR]) {
        let job = SyncJob {
            usuario_id,
            window: "near".to_owned(),
            tick: now,
        };
        let mut tx = world.database.store.begin().await.unwrap();
        let not_taken = queue.enqueue(&mut tx, vec![(job, now + 2 * HOUR)], splay);
        assert!(not_taken.await.unwrap().merged.is_empty());
        tx.commit().await.unwrap();
    }
    let taken_back = queue.take_back_future_times(MINUTE, MINUTE).await;
    assert_eq!(taken_back.unwrap(), 1);
    let kept = format!(
        "SELECT count(*) FROM river.river_job
         WHERE (args ->> 'usuario_id')::int = {} AND scheduled_at > now() + interval '1 hour'",
        world.users[0]
    );
    assert_eq!(world.count(&kept).await, 1);
    world.close().await;
}

#[tokio::test]
async fn a_job_that_failed_may_lie_as_far_ahead_as_the_queue_puts_it() {
    let world = World::new(1).await;
    let queue = queue(&world);
    let error =
        "{\"at\": \"2026-11-30T00:00:00Z\", \"attempt\": 1, \"error\": \"x\", \"trace\": \"\"}";
    for (user, failures, seconds) in [(1, 4, 256), (2, 0, 256), (3, 4, 3600)] {
        let id = due_job(&world, user, "near").await;
        let put_off = format!(
            "UPDATE river.river_job SET state = 'retryable', scheduled_at = now() + interval '{seconds} seconds',
                    errors = array_fill('{error}'::jsonb, ARRAY[{failures}])
             WHERE id = {id}"
        );
        world.execute(&put_off).await;
    }
    let taken_back = queue.take_back_future_times(Duration::ZERO, MINUTE).await;
    assert_eq!(taken_back.unwrap(), 2);
    let kept =
        "SELECT (args ->> 'usuario_id')::bigint FROM river.river_job WHERE scheduled_at > now()";
    assert_eq!(world.count(kept).await, 1);
    world.close().await;
}

#[tokio::test]
async fn a_job_that_nobody_can_read_keeps_no_tick_of_others_away_and_hides_no_other_job() {
    let world = World::new(1).await;
    let queue = queue(&world);
    let (user, store) = (world.users[0], &world.database.store);
    let unreadable =
        "INSERT INTO river.river_job (state, kind, queue, args, max_attempts, priority)
         SELECT 'available', 'sync', 'sync', args::jsonb, 5, 1
         FROM (VALUES ('{\"usuario_id\": \"x\", \"window\": \"near\", \"tick\": \"agora\"}'),
                      ('{\"usuario_id\": 99999999999, \"window\": \"near\"}'),
                      ('{\"window\": \"near\"}')) v (args)";
    assert_eq!(world.execute(unreadable).await, 3);
    let now = store.now().await.unwrap();
    for is_merged in [false, true] {
        let job = SyncJob {
            usuario_id: user,
            window: "near".to_owned(),
            tick: now,
        };
        let mut tx = store.begin().await.unwrap();
        let not_taken = queue.enqueue(&mut tx, vec![(job, now)], MINUTE).await;
        assert_eq!(not_taken.unwrap().merged.contains(&user), is_merged);
        tx.commit().await.unwrap();
    }
    for (usuario_id, jobs) in [(None, 4), (Some(user), 1)] {
        let filter = JobFilter {
            usuario_id,
            state: None,
        };
        let listed = store.list_jobs(&filter, 10).await.unwrap();
        let readable = listed.iter().filter(|job| job.usuario_id == Some(user));
        let with_tick = readable.filter(|job| job.tick.is_some()).count();
        assert_eq!((listed.len(), with_tick), (jobs, 1), "{listed:?}");
        let counted = store.count_jobs(&filter).await.unwrap();
        assert_eq!(usize::try_from(counted), Ok(jobs));
    }
    world.close().await;
}
