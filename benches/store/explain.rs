//! The plans of the hot statements, generic ones as a long-lived connection has them.

use agendad::domain::Slot;
use sqlx::{AssertSqlSafe, PgConnection};

use super::fixture::{Agenda, Shape, UNIT};
use super::server::Server;

const STORE_DAY: &str = include_str!("../../crates/store/src/sql/store_day.sql");
const STORE_NEW_DAY: &str = include_str!("../../crates/store/src/sql/store_new_day.sql");
const START_RUN: &str = include_str!("../../crates/store/src/sql/start_run.sql");
const FINISH_RUN: &str = include_str!("../../crates/store/src/sql/finish_run.sql");
const STORE_VACANT: &str = include_str!("../../crates/store/src/sql/store_vacant_days.sql");

/// Prints them, and complains of a sequential scan over a table that grows.
pub(crate) async fn explain(server: &Server) {
    let mut conn = server.pool.acquire().await.unwrap();
    let user: i32 = sqlx::query_scalar("SELECT max(usuario_id) FROM agenda_slots")
        .fetch_one(&mut *conn)
        .await
        .unwrap();
    let run: i64 = sqlx::query_scalar(
        "INSERT INTO agenda_sync_runs (usuario_id, window_start, window_end, status, started_at)
         VALUES ($1, now(), now(), 'running', now()) RETURNING id",
    )
    .bind(user)
    .fetch_one(&mut *conn)
    .await
    .unwrap();
    let agenda = Agenda::new(user, Shape { days: 1, slots: 40 });
    let rules = "0.5, 5, 1, true, true, 'America/Sao_Paulo'";
    let guard = "float8, int, int, bool, bool, text";
    let arrays = "text[], text[], time[], text[], jsonb[], text[], text[], text[], text[], text[], text[], text[], text[], bool[]";
    let date = agenda.readings[0].date;
    let day = format!(
        "{run}, {user}, '{date}', '{UNIT}', '{{}}', {rules}, {}",
        columns(&agenda.slots(0))
    );
    let types = format!("bigint, int, date, text, text[], {guard}, {arrays}");
    show(&mut conn, "store_day", STORE_DAY, &types, &day).await;
    // A day behind those that are filled.
    let later = Agenda::new(
        user,
        Shape {
            days: 21,
            slots: 40,
        },
    );
    let day = format!(
        "{run}, {user}, '{}', '{UNIT}', 'America/Sao_Paulo', {}",
        later.readings[20].date,
        columns(&later.slots(20))
    );
    let types = format!("bigint, int, date, text, text, {arrays}");
    show(&mut conn, "store_new_day", STORE_NEW_DAY, &types, &day).await;
    // The same reading again, which is now stored.
    let digest = agendad::store::seen::digest(&agenda.slots(0));
    let end = format!(
        "{run}, 'success', '{{\"unchanged\": 0}}', NULL, NULL, 5, 0, 0, true, '{{near}}', 'America/Sao_Paulo', \
         '{{{date}}}', '{{{UNIT}}}', '{{{digest}}}', '{{{UNIT}}}', '{{true}}', '{{true}}', 'near', NULL, NULL, NULL, '{{{date}}}', false, true"
    );
    let end_types = "bigint, text, jsonb, text, jsonb, int, int, int, bool, text[], text, \
                 date[], text[], text[], text[], bool[], bool[], text, text, bigint, text, date[], bool, bool";
    let vacant = format!(
        "{run}, {user}, '{{2198-01-01,2198-01-02,2198-01-03}}', '{{{UNIT}}}', true, {rules}, '{{}}'"
    );
    let types = format!("bigint, int, date[], text[], bool, {guard}, text[]");
    show(
        &mut conn,
        "store_vacant_days",
        STORE_VACANT,
        &types,
        &vacant,
    )
    .await;
    show(&mut conn, "finish_run", FINISH_RUN, end_types, &end).await;
    let begin =
        format!("{user}, '{date}', '{date}', 'near', now(), 'cli', 'bench', '52998224725', 2700");
    let types = "int, date, date, text, timestamptz, text, text, text, float8";
    show(&mut conn, "start_run", START_RUN, types, &begin).await;
    sqlx::query("UPDATE agenda_sync_runs SET status = 'success' WHERE usuario_id = $1")
        .bind(user)
        .execute(&mut *conn)
        .await
        .unwrap();
}

async fn show(conn: &mut PgConnection, name: &str, sql: &str, types: &str, values: &str) {
    // The macro's marks on column names are not SQL.
    let sql = sql.replace("!\"", "\"");
    for statement in [
        "SET plan_cache_mode = force_generic_plan".to_owned(),
        format!("PREPARE {name} ({types}) AS {sql}"),
        format!("EXECUTE {name} ({values})"),
    ] {
        sqlx::raw_sql(AssertSqlSafe(statement))
            .execute(&mut *conn)
            .await
            .unwrap();
    }
    let explain = format!("EXPLAIN (ANALYZE, BUFFERS) EXECUTE {name} ({values})");
    let plan: Vec<String> = sqlx::query_scalar(AssertSqlSafe(explain))
        .fetch_all(&mut *conn)
        .await
        .unwrap();
    let scans: Vec<&String> = plan
        .iter()
        .filter(|line| line.contains("Seq Scan on a") && !line.contains("agendad"))
        .collect();
    println!(
        "\n{name}: {} lines of plan, sequential scans: {scans:?}",
        plan.len()
    );
    let of_tables = [
        "Scan using",
        "Bitmap",
        "Update on",
        "Insert on",
        "Time:",
        "Trigger",
    ];
    for line in plan
        .iter()
        .filter(|line| of_tables.iter().any(|word| line.contains(word)))
    {
        println!("  {line}");
    }
    assert!(scans.is_empty(), "{name} scans a table");
}

/// The slots as literals, a column an array.
fn columns(slots: &[Slot<'_>]) -> String {
    let array = |of: &dyn Fn(&Slot<'_>) -> String| {
        let texts: Vec<String> = slots
            .iter()
            .map(|s| format!("'{}'", of(s).replace('\'', "''")))
            .collect();
        format!("ARRAY[{}]", texts.join(","))
    };
    [
        array(&|s| s.external_uid.clone()),
        array(&|s| s.content_hash.clone()),
        format!("{}::time[]", array(&|s| s.time.to_string())),
        array(&|s| s.status.as_str().to_owned()),
        format!(
            "{}::jsonb[]",
            array(&|s| serde_json::json!(s.payload).to_string())
        ),
        array(&|s| s.cpf.digits().to_owned()),
        array(&|s| s.payload["nome"].clone()),
        array(&|s| s.cpf.formatted()),
        array(&|_| "1123456789".to_owned()),
        array(&|_| "11987654321".to_owned()),
        array(&|s| s.payload["email"].clone()),
        array(&|s| s.payload["tipo_processo"].clone()),
        array(&|s| s.payload["categoria"].clone()),
        format!("{}::bool[]", array(&|_| "true".to_owned())),
    ]
    .join(", ")
}
