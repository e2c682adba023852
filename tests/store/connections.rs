//! A connection that died in the pool is not given to anybody, however lately it was used.

use agendad::store::{Store, connect};

use crate::support::TestDatabase;

#[tokio::test]
async fn a_connection_that_was_ended_a_moment_ago_is_not_given_out() {
    let db = TestDatabase::new().await;
    let pool = connect::pool(&db.url, 1).await.unwrap();
    let store = Store::new(pool.clone());
    for _ in 0..5 {
        let pid: i32 = sqlx::query_scalar("SELECT pg_backend_pid()")
            .fetch_one(&pool)
            .await
            .unwrap();
        // Waits until it has ended.
        let ended: bool = sqlx::query_scalar("SELECT pg_terminate_backend($1, 5000)")
            .bind(pid)
            .fetch_one(&db.pool)
            .await
            .unwrap();
        assert!(ended);
        store.now().await.unwrap();
    }
    pool.close().await;
    db.close().await;
}
