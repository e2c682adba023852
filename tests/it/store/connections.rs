//! A connection that died in the pool is not given to anybody, however lately it was used.

use std::time::Duration;

use agendad::store::{Store, StoreError, connect};
use sqlx::PgPool;

use crate::support::{Proxy, TestDatabase, eventually};

#[tokio::test]
async fn a_connection_that_was_ended_a_moment_ago_is_not_given_out() {
    let db = TestDatabase::new().await;
    let pool = connect::pool(&db.url, 1).await.unwrap();
    let store = Store::new(pool.clone());
    for _ in 0..5 {
        end_the_connection_of(&pool, &db).await;
        store.now().await.unwrap();
    }
    pool.close().await;
    db.close().await;
}

#[tokio::test]
async fn what_may_be_asked_twice_is_answered_though_its_connection_was_ended() {
    let db = TestDatabase::new().await;
    let pool = connect::pool(&db.url, 1).await.unwrap();
    let store = Store::new(pool.clone());
    for _ in 0..5 {
        end_the_connection_of(&pool, &db).await;
        assert!(store.account(1).await.unwrap().is_none());
    }
    pool.close().await;
    db.close().await;
}

/// The clinic's application owns the tables, and the driver keeps a statement that does not fit them any more.
#[tokio::test]
async fn a_column_of_another_type_stops_nobody_whose_statement_was_prepared_before() {
    let db = TestDatabase::new().await;
    let store = connect::store(&db.url, 1).await.unwrap();
    assert!(store.account(1).await.unwrap().is_none());
    db.execute("DROP TRIGGER agendad_account_readable ON configuracoes_detran")
        .await;
    db.execute("ALTER TABLE configuracoes_detran ALTER pausa_desde TYPE timestamptz(3)")
        .await;
    assert!(store.account(1).await.unwrap().is_none());
    store.pool().close().await;
    db.close().await;
}

#[tokio::test]
async fn a_transaction_whose_statement_was_prepared_before_a_column_changed_may_be_tried_again() {
    let db = TestDatabase::new().await;
    db.execute("CREATE TABLE t (n varchar(5))").await;
    let store = connect::store(&db.url, 1).await.unwrap();
    let read = async || -> Result<(), StoreError> {
        let mut tx = store.begin().await?;
        sqlx::query("SELECT n FROM t").fetch_all(&mut *tx).await?;
        Ok(tx.rollback().await?)
    };
    read().await.unwrap();
    db.execute("ALTER TABLE t ALTER n TYPE text").await;
    let error = read().await.unwrap_err();
    assert!(error.is_undone(), "{error:?}");
    store.plan_anew_after(&error);
    read().await.unwrap();
    store.pool().close().await;
    db.close().await;
}

#[tokio::test]
async fn connections_that_may_be_good_are_kept_while_the_server_has_none_to_spare() {
    let db = TestDatabase::new().await;
    let role = format!("spare_{}", std::process::id());
    db.execute(&format!("CREATE ROLE {role} LOGIN CONNECTION LIMIT 9"))
        .await;
    let (_, rest) = db.url.split_once('@').unwrap();
    let url = format!("postgres://{role}@{rest}");
    let store = connect::store(&url, 1).await.unwrap();
    let connection = async || -> i32 {
        sqlx::query_scalar("SELECT pg_backend_pid()")
            .fetch_one(store.pool())
            .await
            .unwrap()
    };
    let first = connection().await;
    db.execute(&format!("ALTER ROLE {role} CONNECTION LIMIT 0"))
        .await;
    let error = store.renew_doubtful_pool().await.unwrap_err();
    assert!(error.is_full(), "{error:?}");
    assert_eq!(connection().await, first);
    db.execute(&format!("ALTER ROLE {role} CONNECTION LIMIT 9"))
        .await;
    store.renew_doubtful_pool().await.unwrap();
    assert_ne!(connection().await, first);
    store.pool().close().await;
    db.execute(&format!("DROP ROLE {role}")).await;
    db.close().await;
}

/// Else nobody could change the rows that it has locked until TCP notices, which by default takes two hours.
#[tokio::test]
async fn a_transaction_whose_client_vanished_without_a_word_is_ended_by_the_server() {
    let db = TestDatabase::new().await;
    sqlx::query("CREATE TABLE t AS SELECT 1 AS n")
        .execute(&db.pool)
        .await
        .unwrap();
    let proxy = Proxy::before(&db.url).await;
    let store = Store::new(connect::pool(&proxy.url(&db.url), 1).await.unwrap());
    let mut tx = store.begin().await.unwrap();
    sqlx::query("UPDATE t SET n = 2")
        .execute(&mut *tx)
        .await
        .unwrap();
    // It is not a keepalive that tells the server.
    proxy.forget_the_living_for(Duration::from_secs(600));
    let waited = sqlx::query("UPDATE t SET n = n + 10").execute(&db.pool);
    let waited = tokio::time::timeout(Duration::from_secs(90), waited).await;
    waited.expect("the row is free again").unwrap();
    let n: i32 = sqlx::query_scalar("SELECT n FROM t")
        .fetch_one(&db.pool)
        .await
        .unwrap();
    assert_eq!(n, 11, "what was not committed never was");
    drop(tx);
    db.close().await;
}

/// Somebody runs VACUUM FULL or changes a table for an hour: what is given up meanwhile must not fill the server's
/// connections one by one.
#[tokio::test]
async fn a_statement_that_nobody_waits_for_any_more_gives_its_connection_back_though_a_table_is_locked()
 {
    let db = TestDatabase::new().await;
    let mut lock = db.pool.begin().await.unwrap();
    sqlx::query("LOCK TABLE agenda_slots IN ACCESS EXCLUSIVE MODE")
        .execute(&mut *lock)
        .await
        .unwrap();
    let pool = connect::pool(&db.url, 3).await.unwrap();
    let waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let count = async || -> i64 {
        sqlx::query_scalar(waiting)
            .fetch_one(&db.pool)
            .await
            .unwrap()
    };
    for _ in 0..3 {
        let mut connection = pool.acquire().await.unwrap().detach();
        let blocked = sqlx::query("SELECT count(*) FROM agenda_slots").execute(&mut connection);
        tokio::time::timeout(Duration::from_millis(300), blocked)
            .await
            .unwrap_err();
    }
    assert!(count().await > 0, "the server still executes them");
    eventually("they are ended", Duration::from_secs(30), async || {
        (count().await == 0).then_some(())
    })
    .await;
    lock.rollback().await.unwrap();
    pool.close().await;
    db.close().await;
}

/// A burst leaves no server process behind for each statement that it had under way at once.
#[tokio::test]
async fn where_there_is_little_to_do_few_connections_stay() {
    let db = TestDatabase::new().await;
    let store = connect::store(&db.url, 8).await.unwrap();
    let mut at_once = Vec::new();
    for _ in 0..8 {
        at_once.push(store.pool().acquire().await.unwrap());
    }
    // One stays in use.
    let used = at_once.pop();
    drop(at_once);
    eventually("idle connections", Duration::from_secs(10), async || {
        (store.pool().num_idle() == 7).then_some(())
    })
    .await;

    store.rest_connections().await;
    assert_eq!(store.pool().num_idle(), 4);
    assert_eq!(store.pool().size(), 5);
    drop(used);
    store.now().await.unwrap();
    eventually("their end", Duration::from_secs(10), async || {
        let open = "SELECT count(*) FROM pg_stat_activity
                    WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE 'agendad%'";
        let open: i64 = sqlx::query_scalar(open).fetch_one(&db.pool).await.unwrap();
        (open <= 5).then_some(())
    })
    .await;
    db.close().await;
}

/// The driver's own keeper of idle connections, which runs only with one of the two, may turn for ever (sqlx 0.9.0).
#[tokio::test]
async fn no_task_of_the_driver_looks_after_idle_connections_and_a_burst_of_a_busy_hour_goes_all_the_same()
 {
    let db = TestDatabase::new().await;
    let store = connect::store(&db.url, 6).await.unwrap();
    let options = store.pool().options();
    assert_eq!(options.get_idle_timeout(), None);
    assert_eq!(options.get_max_lifetime(), None);

    let mut at_once = Vec::new();
    for _ in 0..6 {
        at_once.push(store.pool().acquire().await.unwrap());
    }
    drop(at_once);
    eventually("idle connections", Duration::from_secs(10), async || {
        (store.pool().num_idle() == 6).then_some(())
    })
    .await;
    for left in [5, 4, 4] {
        store.rest_one_connection().await;
        assert_eq!(store.pool().num_idle(), left);
    }
    store.pool().close().await;
    db.close().await;
}

/// Ends the only connection of a pool, behind its back.
async fn end_the_connection_of(pool: &PgPool, db: &TestDatabase) {
    let pid: i32 = sqlx::query_scalar("SELECT pg_backend_pid()")
        .fetch_one(pool)
        .await
        .unwrap();
    sqlx::query("SELECT pg_terminate_backend($1)")
        .bind(pid)
        .execute(&db.pool)
        .await
        .unwrap();
    // Not by the server's own waiting, which takes a tenth of a second.
    eventually("its end", Duration::from_secs(10), async || {
        let gone = "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $1)";
        let gone = sqlx::query_scalar(gone).bind(pid).fetch_one(&db.pool);
        let gone: bool = gone.await.unwrap();
        gone.then_some(())
    })
    .await;
}
