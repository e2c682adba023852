//! The schema explains itself.

use crate::support::TestDatabase;

/// The tables and views that the daemon makes or relies on, and the columns that are the application's.
const OURS: &str =
    "c.relname IN ('usuarios', 'agendamentos', 'configuracoes_detran', 'agenda_slots',
    'agenda_slot_changes', 'agenda_sync_runs', 'sync_schedules', 'agendad_alerts', 'agendad_alert_outbox',
    'agendad_alert_evaluation', 'agendad_alert_reports', 'portal_sessions', 'portal_units', 'portal_refusals')";
const NOT_OURS: &str =
    "(c.relname, a.attname) IN (('usuarios', 'senha_hash'), ('usuarios', 'created_at'),
    ('agendamentos', 'id'), ('agendamentos', 'created_at'), ('configuracoes_detran', 'id'))";

async fn names(db: &TestDatabase, sql: &str) -> Vec<String> {
    sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .fetch_all(&db.pool)
        .await
        .unwrap()
}

#[tokio::test]
async fn every_table_column_and_view_is_explained() {
    let db = TestDatabase::new().await;
    let tables = format!(
        "SELECT c.relname::text FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v')
             AND c.relname NOT LIKE '\\_%' AND obj_description(c.oid, 'pg_class') IS NULL
         UNION ALL
         SELECT c.relname || '.' || a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
         WHERE {OURS} AND a.attnum > 0 AND NOT a.attisdropped AND NOT {NOT_OURS}
             AND col_description(c.oid, a.attnum) IS NULL
         UNION ALL
         SELECT proname::text FROM pg_proc p WHERE pronamespace = 'public'::regnamespace
             AND obj_description(p.oid, 'pg_proc') IS NULL"
    );
    assert_eq!(names(&db, &tables).await, [""; 0], "without COMMENT ON");
    db.close().await;
}

#[tokio::test]
async fn every_constraint_was_named_by_us() {
    let db = TestDatabase::new().await;
    let named = format!(
        "SELECT conname::text FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE {OURS}
         AND conname !~ ('^' || c.relname || '_([a-z_]+_)?(pkey|key|fkey|check)$')"
    );
    assert_eq!(names(&db, &named).await, [""; 0]);
    // By name in the files, not by PostgreSQL's choice.
    let migrations = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations"))
        .unwrap()
        .map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect::<String>();
    let all = format!(
        "SELECT conname::text FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE {OURS}"
    );
    let unnamed: Vec<String> = names(&db, &all)
        .await
        .into_iter()
        .filter(|name| !migrations.contains(name))
        .collect();
    assert_eq!(unnamed, [""; 0]);
    db.close().await;
}

#[tokio::test]
async fn statuses_are_checked_and_all_is_valid_in_a_new_database() {
    let db = TestDatabase::new().await;
    let lenient = format!(
        "SELECT conname::text FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE {OURS} AND NOT convalidated"
    );
    assert_eq!(names(&db, &lenient).await, [""; 0]);
    for wrong in [
        "INSERT INTO agenda_sync_runs (window_start, window_end, status) VALUES (now(), now(), 'fertig')",
        "INSERT INTO agenda_slots (data, hora, external_uid, status) VALUES (now(), '08:00', 'x', 'fertig')",
    ] {
        let error = sqlx::query(wrong).execute(&db.pool).await.unwrap_err();
        assert!(error.to_string().contains("_status_check"), "{error}");
    }
    db.close().await;
}
