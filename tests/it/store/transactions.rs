//! A transaction that nobody waits for any more leaves nothing behind.

use std::pin::pin;

use agendad::store::StoreError;
use sqlx::Row;

use crate::support::TestDatabase;

#[tokio::test]
async fn a_begin_that_is_dropped_half_way_leaves_no_transaction_open() {
    let db = TestDatabase::new().await;
    for round in 0..1_000 {
        // So that there is an open connection to be given.
        let first = db.store.begin().await.unwrap();
        first.rollback().await.unwrap();
        let mut begin = pin!(db.store.begin());
        for _ in 0..round % 100 {
            if futures::poll!(begin.as_mut()).is_ready() {
                break;
            }
            tokio::task::yield_now().await;
        }
        begin.set(db.store.begin());
        assert_nothing_is_open(&db).await;
    }
    db.close().await;
}

#[tokio::test]
async fn a_transaction_that_the_server_ended_for_its_length_was_undone() {
    let db = TestDatabase::new().await;
    for code in ["25P03", "25P04"] {
        let raise = format!("DO $$ BEGIN RAISE EXCEPTION 'over' USING ERRCODE = '{code}'; END $$");
        let ended = sqlx::raw_sql(sqlx::AssertSqlSafe(raise))
            .execute(&db.pool)
            .await;
        assert!(StoreError::from(ended.unwrap_err()).is_undone(), "{code}");
    }
    db.close().await;
}

/// Looks at all connections of the pool at once.
async fn assert_nothing_is_open(db: &TestDatabase) {
    let mut connections = Vec::new();
    for _ in 0..db.pool.size() {
        connections.push(db.pool.acquire().await.unwrap());
    }
    for conn in &mut connections {
        // In a transaction of its own a statement begins when the transaction does.
        let row = sqlx::raw_sql("SELECT now() = statement_timestamp()")
            .fetch_one(&mut **conn)
            .await
            .unwrap();
        assert!(row.get::<bool, _>(0), "a transaction was left open");
    }
}
