//! `agendad migrate`: again, and by several at once.

use serde_json::json;

use crate::support::{Program, TestDatabase};

#[tokio::test]
async fn migrating_twice_and_at_once_does_it_once() {
    let dir = tempfile::tempdir().unwrap();
    let database = TestDatabase::new().await;
    sqlx::raw_sql("DROP SCHEMA public CASCADE; DROP SCHEMA river CASCADE; CREATE SCHEMA public;")
        .execute(&database.pool)
        .await
        .unwrap();
    let program = Program::new(dir.path()).env("AGENDAD_DATABASE__URL", &database.url);
    let said = program.run(&["users", "list"]).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.err.contains("agendad migrate"), "{said:?}");

    let migrate = || program.run(&["migrate", "--json"]);
    let (a, b, c) = tokio::join!(migrate(), migrate(), migrate());
    let mut applied = Vec::new();
    for said in [a, b, c] {
        assert_eq!(said.code, Some(0), "{said:?}");
        applied.push(said.json()["applied"].as_array().unwrap().len());
    }
    applied.sort_unstable();
    assert_eq!(applied[..2], [0, 0], "{applied:?}");
    let again = migrate().await.json();
    assert_eq!(again["applied"], json!([]));
    assert_eq!(again["total"], json!(applied[2]));
    assert_eq!(program.run(&["users", "list"]).await.code, Some(0));
    database.close().await;
}
