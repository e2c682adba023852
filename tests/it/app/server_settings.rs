//! A server, or a role, that was set up in its own way: whatever a session may change for itself must not change what
//! is read, stored and said.

use std::time::Duration;

use crate::support::{TestDatabase, World, eventually, simulated};

async fn set_up(settings: &[&str]) -> TestDatabase {
    let database = TestDatabase::empty().await;
    for setting in settings {
        let quoted = setting.replace('\'', "''");
        let sql = format!(
            "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET %s', current_database(), '{quoted}'); END $$"
        );
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
            .execute(&database.pool)
            .await
            .unwrap();
    }
    database
}

/// As a database's administrator sets them for all sessions.
async fn tried(settings: &[&str]) {
    let mut wrong = Vec::new();
    let database = set_up(settings).await;
    let mut simulated = simulated();
    simulated.examiners = 3;
    let world = World::on(database, simulated, |_| {}).await;
    let program = world
        .program()
        .file("[[windows]]\nname = \"all\"\nfrom_day = 0\nto_day = 14\ncron = \"* * * * * *\"\n");
    let daemon = program.start(&["run"]);
    eventually("everybody has good runs", Duration::from_secs(240), async || {
        let behind = "SELECT 3 - count(*) FROM (SELECT usuario_id FROM public.agenda_sync_runs WHERE status = 'success'
                      GROUP BY 1 HAVING count(*) > 2) u";
        (world.count(behind).await == 0).then_some(())
    })
    .await;
    for command in [
        &["users", "list"][..],
        &["slots"],
        &["runs"],
        &["stats"],
        &["changes"],
        &["jobs"],
        &["locks"],
        &["sessions", "list"],
        &["alerts", "list"],
        &["migrate", "--dry-run"],
        &["sync", "--user", "1"],
    ] {
        let said = program.run(command).await;
        if !matches!(said.code, Some(0 | 75)) {
            wrong.push(format!("{command:?}: {said:?}"));
        }
    }
    drop(daemon);
    for line in program.log().lines() {
        // River's listener has a connection of its own kind, and makes it anew.
        let is_listener = line.contains("River notification listener reconnected");
        if !is_listener && (line.contains(" WARN ") || line.contains(" ERROR ")) {
            wrong.push(line.to_owned());
        }
    }
    for examiner in 0..3 {
        world.assert_true(examiner).await;
    }
    world.close().await;
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn plans_of_ours_are_not_compiled_whatever_the_server_does() {
    let database = set_up(&["jit = on", "jit_above_cost = 0"]).await;
    let store = agendad::store::connect::store(&database.url, 1)
        .await
        .unwrap();
    let jit = sqlx::query_scalar("SELECT current_setting('jit')");
    let jit: String = jit.fetch_one(store.pool()).await.unwrap();
    assert_eq!(jit, "off");
    store.pool().close().await;
    database.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn how_values_look_changes_nothing() {
    tried(&[
        "DateStyle = 'SQL, DMY'",
        "IntervalStyle = 'sql_standard'",
        "TimeZone = 'Pacific/Kiritimati'",
        "bytea_output = 'escape'",
        "extra_float_digits = '-15'",
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn how_statements_are_read_changes_nothing() {
    tried(&[
        "standard_conforming_strings = off",
        "backslash_quote = off",
        "array_nulls = off",
        "transform_null_equals = on",
        "quote_all_identifiers = on",
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn serializable_sessions_change_nothing() {
    tried(&["default_transaction_isolation = 'serializable'"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn repeatable_reads_change_nothing() {
    tried(&[
        "default_transaction_isolation = 'repeatable read'",
        "default_transaction_deferrable = on",
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sessions_that_may_not_be_idle_change_nothing() {
    tried(&[
        "idle_session_timeout = '700ms'",
        "idle_in_transaction_session_timeout = '700ms'",
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn impatience_with_statements_changes_nothing() {
    tried(&["statement_timeout = '300ms'", "lock_timeout = '100ms'"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_planner_changes_nothing() {
    tried(&[
        "enable_seqscan = off",
        "enable_hashjoin = off",
        "jit_above_cost = 0",
        "plan_cache_mode = 'force_custom_plan'",
        "work_mem = '64kB'",
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_talkative_server_changes_nothing() {
    tried(&[
        "client_min_messages = 'debug5'",
        "row_security = off",
        "check_function_bodies = off",
        "xmloption = 'document'",
    ])
    .await;
}
