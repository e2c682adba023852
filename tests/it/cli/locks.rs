//! `agendad locks`: seen, respected, and taken from the dead.
#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

use sqlx::{Connection, PgConnection};

use crate::cli::program::Place;

/// Another process, as far as the database is concerned.
async fn holder(place: &Place, user: i32) -> PgConnection {
    let mut connection = PgConnection::connect(&place.database.url).await.unwrap();
    sqlx::query("SELECT pg_advisory_lock($1)")
        .bind(873_251_i64 + i64::from(user))
        .execute(&mut connection)
        .await
        .unwrap();
    connection
}

#[tokio::test]
async fn a_held_lock_is_shown_and_a_living_holder_keeps_it() {
    let place = Place::new(1).await;
    let user = place.add_examiners().await[0];
    let name = user.to_string();
    let mut living = holder(&place, user).await;
    let locks = place.json(&["locks"]).await;
    assert_eq!(locks[0]["usuario_id"], user);
    assert_eq!(locks[0]["overdue"], false);
    assert!(place.run(&["locks"]).await.out.contains("alive"));
    assert_eq!(place.run(&["sync", "--user", &name]).await.code, 75);

    let said = place.run(&["locks", "--release", &name]).await;
    assert!(
        said.code == 2 && said.err.contains("seems to be alive"),
        "{said:?}"
    );
    assert!(living.ping().await.is_ok());
    let said = place.run(&["locks", "--release", &name, "--force"]).await;
    assert_eq!(said.code, 0, "{said:?}");
    assert!(living.ping().await.is_err());
    assert_eq!(
        place
            .run(&["sync", "--user", &name, "--window", "near"])
            .await
            .code,
        0
    );
    let audited: serde_json::Value =
        sqlx::query_scalar("SELECT details FROM agendad_audit WHERE action = 'locks.release'")
            .fetch_one(&place.database.pool)
            .await
            .unwrap();
    assert_eq!(audited["forced"], true);
    let nobody = place.run(&["locks", "--release", &name]).await;
    assert_eq!(nobody.code, 0, "{nobody:?}");
    place.close().await;
}

#[tokio::test]
async fn a_holder_whose_run_should_have_ended_long_ago_is_dead() {
    let place = Place::new(1).await;
    let user = place.add_examiners().await[0];
    let mut vanished = holder(&place, user).await;
    place
        .sql(
            "INSERT INTO agenda_sync_runs (usuario_id, window_start, window_end, status, started_at, instance)
             VALUES (1, current_date, current_date, 'running', now() - interval '10 minutes', 'gone/1')",
        )
        .await;
    let locks = place.json(&["locks"]).await;
    assert_eq!(locks[0]["overdue"], true);
    assert_eq!(locks[0]["instance"], "gone/1");
    let said = place.run(&["locks", "--release", &user.to_string()]).await;
    assert_eq!(said.code, 0, "{said:?}");
    assert!(vanished.ping().await.is_err());
    // The next run closes what the dead one left behind.
    let synced = place
        .run(&["sync", "--user", &user.to_string(), "--window", "near"])
        .await;
    assert_eq!(synced.code, 0, "{synced:?}");
    let runs = place.json(&["runs", "--status", "failed"]).await;
    assert_eq!(runs[0]["kind"], "orphaned");
    place.close().await;
}
