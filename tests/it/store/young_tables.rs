//! Tables that fill for the first time get their statistics without waiting for the server.

use agendad::store::connect;

use crate::support::{TestDatabase, eventually};

#[tokio::test]
async fn a_table_that_has_just_filled_gets_its_statistics_once() {
    let db = TestDatabase::new().await;
    sqlx::raw_sql(
        "INSERT INTO usuarios (id, nome) VALUES (1, 'PERITO');
         INSERT INTO agenda_sync_runs (usuario_id, window_start, window_end, status, started_at)
         SELECT 1, now(), now(), 'success', now() FROM generate_series(1, 600);
         SELECT pg_stat_force_next_flush()",
    )
    .execute(&db.pool)
    .await
    .unwrap();
    // Other connections see a session's counts once they are flushed, at the end of its next statement.
    let filled = || async {
        let rows: i64 = sqlx::query_scalar(
            "SELECT n_live_tup FROM pg_stat_user_tables WHERE relname = 'agenda_sync_runs'",
        )
        .fetch_one(&db.pool)
        .await
        .unwrap();
        (rows >= 500).then_some(())
    };
    eventually("counted rows", std::time::Duration::from_secs(20), filled).await;

    let first = db.store.analyze_young_tables().await.unwrap();
    assert_eq!(first.gathered, ["public.agenda_sync_runs"]);
    let analyzed = || async {
        let again = db.store.analyze_young_tables().await.unwrap();
        again.gathered.is_empty().then_some(again.tables)
    };
    let tables = eventually("an end of it", std::time::Duration::from_secs(20), analyzed).await;
    assert_eq!(tables, first.tables);
    db.close().await;
}

#[tokio::test]
async fn statements_are_planned_anew_by_other_connections_and_what_is_under_way_ends_well() {
    let db = TestDatabase::new().await;
    let store = connect::store(&db.url, 2).await.unwrap();
    let pool = store.pool();
    let pid = "SELECT pg_backend_pid()";
    let mut at_work = pool.acquire().await.unwrap();
    let kept: i32 = sqlx::query_scalar(pid)
        .fetch_one(&mut *at_work)
        .await
        .unwrap();

    store.plan_anew();

    let still: i32 = sqlx::query_scalar(pid)
        .fetch_one(&mut *at_work)
        .await
        .unwrap();
    assert_eq!(still, kept);
    drop(at_work);
    for _ in 0..20 {
        let other: i32 = sqlx::query_scalar(pid).fetch_one(pool).await.unwrap();
        assert_ne!(other, kept);
    }
    store.pool().close().await;
    db.close().await;
}
