//! Tables that fill for the first time get their statistics without waiting for the server.

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
    assert_eq!(first, ["public.agenda_sync_runs"]);
    let analyzed = || async {
        let again = db.store.analyze_young_tables().await.unwrap();
        again.is_empty().then_some(())
    };
    eventually("an end of it", std::time::Duration::from_secs(20), analyzed).await;
    db.close().await;
}
