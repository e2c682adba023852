//! The control connection: locks that are never left behind, and a mark that comes back.

use std::time::Duration;

use agendad::store::control::{Control, LOCK_SPACE, USER_LOCK_BASE};
use futures::FutureExt;
use tokio_util::task::TaskTracker;

use crate::support::{Proxy, TestDatabase, eventually};

const SOON: Duration = Duration::from_secs(60);

async fn control(database: &TestDatabase, name: &str) -> (Control, TaskTracker) {
    let tasks = TaskTracker::new();
    let control = Control::connect(&database.url, name, &tasks).await.unwrap();
    (control, tasks)
}

/// Locks on this database with one key (users) or two (marks).
async fn locks(database: &TestDatabase, keys: i32) -> i64 {
    sqlx::query_scalar(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted
           AND objsubid = CASE WHEN $1 = 1 THEN 1 ELSE 2 END
           AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
    )
    .bind(keys)
    .fetch_one(&database.pool)
    .await
    .unwrap()
}

/// As an operator, a failover or a network would do it.
pub(crate) async fn kill_control_connections(database: &TestDatabase) -> i64 {
    sqlx::query_scalar(
        // Not those that only looked for a pooler and are about to be gone: these hold no lock.
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
         WHERE application_name = 'agendad control' AND datname = current_database()
           AND pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory')",
    )
    .fetch_one(&database.pool)
    .await
    .unwrap()
}

#[tokio::test]
async fn a_lock_that_nobody_waits_for_any_more_is_given_back() {
    let database = TestDatabase::new().await;
    let (control, _tasks) = control(&database, "a/1").await;
    let mut asked = Box::pin(control.try_lock(7));
    assert!(
        asked.as_mut().now_or_never().is_none(),
        "asked, not answered"
    );
    eventually("the server grants it", SOON, async || {
        (locks(&database, 1).await == 1).then_some(())
    })
    .await;
    drop(asked);
    eventually("it is given back", SOON, async || {
        (locks(&database, 1).await == 0).then_some(())
    })
    .await;
    assert!(control.try_lock(7).await.unwrap().is_some());
    drop(control);
    database.close().await;
}

#[tokio::test]
async fn the_key_is_that_of_the_earlier_system() {
    let database = TestDatabase::new().await;
    let (control, _tasks) = control(&database, "a/1").await;
    let mut earlier = database.pool.acquire().await.unwrap();
    let take = "SELECT pg_try_advisory_lock(873251 + 7)";
    let taken: bool = sqlx::query_scalar(take)
        .fetch_one(&mut *earlier)
        .await
        .unwrap();
    assert!(taken);
    assert_eq!(USER_LOCK_BASE + 7, 873_258);
    assert!(control.try_lock(7).await.unwrap().is_none());
    assert!(control.try_lock(8).await.unwrap().is_some());
    drop(earlier.detach());
    drop(control);
    database.close().await;
}

#[tokio::test]
async fn a_lost_connection_is_told_to_its_locks_and_comes_back_by_itself() {
    let database = TestDatabase::new().await;
    let (control, _tasks) = control(&database, "a/1").await;
    let lock = control.try_lock(7).await.unwrap().unwrap();
    // The first connection said so already.
    control.accounts_changed().await;
    assert_eq!(kill_control_connections(&database).await, 1);
    tokio::time::timeout(SOON, lock.lost().cancelled())
        .await
        .unwrap();
    // Nobody asks for anything, and yet the process is alive again and hears of accounts.
    eventually("the mark is back", SOON, async || {
        (locks(&database, 2).await == 1).then_some(())
    })
    .await;
    tokio::time::timeout(SOON, control.accounts_changed())
        .await
        .unwrap();
    let notified = tokio::time::timeout(SOON, control.accounts_changed());
    let notify = sqlx::query("NOTIFY agendad_accounts").execute(&database.pool);
    let (heard, _) = tokio::join!(notified, notify);
    heard.unwrap();

    let again = control.try_lock(7).await.unwrap().unwrap();
    // The old lock knows nothing of the new one.
    lock.release().await;
    assert!(control.try_lock(7).await.unwrap().is_none());
    again.release().await;
    assert_eq!(locks(&database, 1).await, 0);
    drop(control);
    database.close().await;
}

#[tokio::test]
async fn the_mark_of_a_dead_connection_does_not_keep_the_process_from_coming_back() {
    let database = TestDatabase::new().await;
    // What the server still holds for a connection whose end it has not noticed.
    let mut ghost = database.pool.acquire().await.unwrap();
    sqlx::query("SELECT pg_advisory_lock_shared($1, hashtext('a/1'))")
        .bind(LOCK_SPACE)
        .execute(&mut *ghost)
        .await
        .unwrap();
    let connected = tokio::time::timeout(SOON, control(&database, "a/1")).await;
    let (control, _tasks) = connected.unwrap();
    assert!(control.try_lock(7).await.unwrap().is_some());
    drop(ghost.detach());
    drop(control);
    database.close().await;
}

/// The server would keep it until its keepalives have told it, and the user would be synchronised by nobody.
#[tokio::test]
async fn a_lock_on_a_connection_that_fell_silent_is_free_once_there_is_a_new_one() {
    let database = TestDatabase::new().await;
    let proxy = Proxy::before(&database.url).await;
    let tasks = TaskTracker::new();
    let url = proxy.url(&database.url);
    let control = Control::connect(&url, "a/1", &tasks).await.unwrap();
    let lock = control.try_lock(7).await.unwrap().unwrap();
    proxy.forget_the_living();
    control.sign_of_life().await.unwrap_err();
    assert!(lock.lost().is_cancelled());
    let again = control.try_lock(7).await.unwrap().unwrap();
    assert_eq!(locks(&database, 1).await, 1);
    again.release().await;
    drop(control);
    database.close().await;
}

#[tokio::test]
async fn another_process_keeps_its_control_connection() {
    let database = TestDatabase::new().await;
    let (other, _others) = control(&database, "b/1").await;
    let kept = other.try_lock(7).await.unwrap().unwrap();
    let (control, _tasks) = control(&database, "a/1").await;
    control.move_away();
    let mine = control.try_lock(8).await.unwrap().unwrap();
    other.sign_of_life().await.unwrap();
    assert!(!kept.lost().is_cancelled());
    assert!(!mine.lost().is_cancelled());
    drop((control, other));
    database.close().await;
}

#[tokio::test]
async fn a_process_that_nobody_asks_for_signs_of_life_gives_them_all_the_same() {
    let database = TestDatabase::new().await;
    let (control, _tasks) = control(&database, "a/1").await;
    database.execute(LONG_AGO).await;
    let fresh =
        "SELECT count(*) FROM agendad_processes WHERE locks_at > now() - interval '1 minute'";
    eventually("a sign of life", SOON, async || {
        (database.count(fresh).await == 1).then_some(())
    })
    .await;
    drop(control);
    database.close().await;
}

#[tokio::test]
async fn the_locks_of_a_process_that_has_been_silent_for_long_can_be_taken_from_it() {
    let database = TestDatabase::new().await;
    let (looks, _tasks) = control(&database, "looks/1").await;
    let (stopped, _tasks_of_stopped) = control(&database, "stopped/1").await;
    let lock = stopped.try_lock(7).await.unwrap().unwrap();
    let age = Duration::from_secs(180);
    let silent = async || {
        let silent = database.store.silent_processes("looks/1", age).await;
        let names = silent.unwrap().into_iter().map(|found| found.instance);
        names.collect::<Vec<_>>()
    };
    assert!(silent().await.is_empty());
    database.execute(LONG_AGO).await;
    assert_eq!(silent().await, ["stopped/1"]);
    assert!(!looks.end_peer("unknown/1").await.unwrap());
    assert!(looks.end_peer("stopped/1").await.unwrap());
    lock.lost().cancelled().await;
    assert!(looks.try_lock(7).await.unwrap().is_some());
    drop((looks, stopped));
    database.close().await;
}

/// All processes have been silent for an hour.
const LONG_AGO: &str = "UPDATE agendad_processes SET beat_at = now() - interval '2 hours', locks_at = now() - interval '1 hour'";
