//! Nobody frees the jobs of a process that lives.

use std::time::Duration;

use agendad::scheduler::Queue;
use agendad::scheduler::river::{OrphanedJobs, QueueSettings};
use agendad::store::control::Control;
use tokio_util::task::TaskTracker;

use crate::support::TestDatabase;

const RUNNING: &str = "SELECT count(*) FROM river.river_job WHERE state = 'running'";

fn queue(database: &TestDatabase) -> Queue {
    let settings = QueueSettings {
        instance: "janitor/1".to_owned(),
        workers: 1,
        run_timeout: Duration::from_secs(60),
        soft_stop: Duration::from_secs(1),
    };
    Queue::new(&database.pool, &settings, None).unwrap()
}

/// A job that `instance` works on.
async fn running_job(database: &TestDatabase, user: i32, instance: &str) {
    let sql = format!(
        "INSERT INTO river.river_job (state, kind, queue, args, attempt, max_attempts, priority, scheduled_at,
             attempted_at, attempted_by)
         VALUES ('running', 'sync', 'sync', '{{\"usuario_id\": {user}, \"window\": \"near\"}}', 1, 5, 1, now(), now(),
             ARRAY['{instance}'])"
    );
    database.execute(&sql).await;
}

/// A process that gave its last sign of life so many seconds ago, on this server or on the one before.
async fn process(database: &TestDatabase, instance: &str, seconds_ago: i32, server: &str) {
    let sql = format!(
        "INSERT INTO agendad_processes (instance, server_started_at, locks_at, beat_at)
         VALUES ('{instance}', {server}, now() - interval '{seconds_ago} s', now() - interval '{seconds_ago} s')
         ON CONFLICT (instance) DO UPDATE SET locks_at = excluded.locks_at, beat_at = excluded.beat_at"
    );
    database.execute(&sql).await;
}

const HERE: &str = "pg_postmaster_start_time()";
const BEFORE: &str = "now() - interval '30 days'";

#[tokio::test]
async fn a_process_whose_control_connection_is_away_keeps_its_jobs_while_it_gives_signs_of_life() {
    let database = TestDatabase::new().await;
    let queue = queue(&database);
    running_job(&database, 1, "away/1").await;
    process(&database, "away/1", 3, HERE).await;
    let dead = queue.free_orphaned_jobs().await.unwrap();
    assert_eq!(
        dead,
        OrphanedJobs {
            freed: 0,
            suspected: 1
        }
    );

    process(&database, "away/1", 7, HERE).await;
    let dead = queue.free_orphaned_jobs().await.unwrap();
    assert_eq!(
        dead,
        OrphanedJobs {
            freed: 1,
            suspected: 0
        }
    );
    assert_eq!(database.count(RUNNING).await, 0);
    database.close().await;
}

#[tokio::test]
async fn a_process_with_its_mark_keeps_its_jobs_and_one_that_never_signed_does_not() {
    let database = TestDatabase::new().await;
    let queue = queue(&database);
    let tasks = TaskTracker::new();
    let control = Control::connect(&database.url, "living/1", &tasks)
        .await
        .unwrap();
    running_job(&database, 1, "living/1").await;
    running_job(&database, 2, "unknown/1").await;
    // However old its last sign is.
    process(&database, "living/1", 600, HERE).await;
    let dead = queue.free_orphaned_jobs().await.unwrap();
    assert_eq!(
        dead,
        OrphanedJobs {
            freed: 1,
            suspected: 0
        }
    );
    assert_eq!(database.count(RUNNING).await, 1);
    drop(control);
    database.close().await;
}

#[tokio::test]
async fn a_job_that_a_process_has_by_the_table_but_does_not_know_of_comes_back() {
    let database = TestDatabase::new().await;
    let queue = queue(&database);
    let tasks = TaskTracker::new();
    let control = Control::connect(&database.url, "janitor/1", &tasks).await;
    running_job(&database, 1, "janitor/1").await;
    let young = queue.free_orphaned_jobs().await.unwrap();
    assert_eq!(young.freed, 0, "its fetch may be under way");
    let earlier = "UPDATE river.river_job SET attempted_at = now() - interval '31 s'";
    database.execute(earlier).await;
    let lost = queue.free_orphaned_jobs().await.unwrap();
    assert_eq!(lost.freed, 1);
    assert_eq!(database.count(RUNNING).await, 0);
    drop(control);
    database.close().await;
}

#[tokio::test]
async fn on_a_server_that_has_just_taken_over_everybody_has_the_time_to_arrive() {
    let database = TestDatabase::new().await;
    let queue = queue(&database);
    running_job(&database, 1, "elsewhere/1").await;
    // During a failover nobody can give a sign of life.
    process(&database, "elsewhere/1", 120, BEFORE).await;
    for _ in 0..2 {
        let dead = queue.free_orphaned_jobs().await.unwrap();
        assert_eq!(
            dead,
            OrphanedJobs {
                freed: 0,
                suspected: 1
            }
        );
    }
    database.close().await;
}

#[tokio::test]
async fn a_sign_of_life_from_the_future_keeps_no_dead_process_alive() {
    let database = TestDatabase::new().await;
    let queue = queue(&database);
    running_job(&database, 1, "ahead/1").await;
    process(&database, "ahead/1", -10_800, HERE).await;
    let dead = queue.free_orphaned_jobs().await.unwrap();
    assert_eq!(
        dead,
        OrphanedJobs {
            freed: 1,
            suspected: 0
        }
    );
    database.close().await;
}
