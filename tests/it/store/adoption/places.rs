//! Tables are found where they are, and no copy is made beside them.

use agendad::store::migrate::MigrateError;
use agendad::store::places::PlacesError;
use sqlx::PgPool;

use super::earlier::{AS_PLANNED, run};
use super::scene::{EXPECTED, bench_on, populate};

/// Tables and views by schema, but River's.
async fn schemas_of(pool: &PgPool, table: &str) -> Vec<String> {
    sqlx::query_scalar(
        "SELECT n.nspname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE c.relname = $1 ORDER BY 1",
    )
    .bind(table)
    .fetch_all(pool)
    .await
    .unwrap()
}

#[tokio::test]
async fn a_schema_named_like_the_role_gets_our_tables_and_no_copies() {
    let bench = bench_on(AS_PLANNED).await;
    populate(&bench.db.pool).await;
    let (store, pool) = (&bench.db.store, &bench.db.pool);
    // The cluster's role is called agendad.
    run(pool, "CREATE SCHEMA AUTHORIZATION CURRENT_USER").await;
    let said = store.migrate_into_dry_run(None).await.unwrap();
    assert_eq!(said.places.ours, "agendad");
    assert!(
        said.places
            .to_string()
            .contains("in public: usuarios, agendamentos"),
        "{}",
        said.places
    );
    let done = store.migrate().await.unwrap();
    assert_eq!((&done.places, done.adopted), (&said.places, EXPECTED));
    for table in [
        "usuarios",
        "agendamentos",
        "configuracoes_detran",
        "agenda_slots",
        "agenda_sync_runs",
    ] {
        assert_eq!(schemas_of(pool, table).await, ["public"], "{table}");
    }
    for table in [
        "agenda_slot_changes",
        "sync_schedules",
        "_sqlx_migrations",
        "agendad_alerts",
    ] {
        assert_eq!(schemas_of(pool, table).await, ["agendad"], "{table}");
    }
    assert_eq!(
        store
            .list_users("2025-11-20".parse().unwrap())
            .await
            .unwrap()
            .len(),
        2
    );
    assert_eq!(store.migrate().await.unwrap().applied, [""; 0]);
    bench.db.close().await;
}

#[tokio::test]
async fn a_schema_that_comes_later_changes_nothing() {
    let bench = bench_on(AS_PLANNED).await;
    let (store, pool) = (&bench.db.store, &bench.db.pool);
    store.migrate().await.unwrap();
    run(
        pool,
        "CREATE SCHEMA AUTHORIZATION CURRENT_USER; DELETE FROM _sqlx_migrations WHERE version = 15",
    )
    .await;
    assert_eq!(store.migrate().await.unwrap().applied.len(), 1);
    assert_eq!(store.pending_migrations().await.unwrap(), 0);
    let made: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM pg_class WHERE relnamespace = 'agendad'::regnamespace",
    )
    .fetch_one(pool)
    .await
    .unwrap();
    assert_eq!(made, 0);
    bench.db.close().await;
}

#[tokio::test]
async fn a_copy_beside_a_table_is_refused_with_both_names_before_anything_is_changed() {
    let bench = bench_on(AS_PLANNED).await;
    let (store, pool) = (&bench.db.store, &bench.db.pool);
    run(
        pool,
        "CREATE SCHEMA AUTHORIZATION CURRENT_USER; CREATE TABLE agendad.usuarios (LIKE public.usuarios)",
    )
    .await;
    for result in [
        store.migrate().await,
        store.migrate_into_dry_run(None).await,
    ] {
        let said = result.unwrap_err();
        assert!(
            matches!(said, MigrateError::Places(PlacesError::Twice { .. })),
            "{said}"
        );
        let said = said.to_string();
        for word in [
            "agendad.usuarios",
            "public.usuarios",
            "DROP SCHEMA agendad",
            "search_path",
        ] {
            assert!(said.contains(word), "{word}: {said}");
        }
    }
    assert!(store.places(Some("public")).await.is_err());
    assert_eq!(schemas_of(pool, "sync_schedules").await, [""; 0]);
    bench.db.close().await;
}

#[tokio::test]
async fn the_applications_tables_off_the_search_path_are_not_made_anew() {
    let bench = bench_on(AS_PLANNED).await;
    let (store, pool) = (&bench.db.store, &bench.db.pool);
    run(
        pool,
        "ALTER SCHEMA public RENAME TO clinica; CREATE SCHEMA public",
    )
    .await;
    let said = store.migrate().await.unwrap_err().to_string();
    for word in [
        "schema clinica",
        "public.",
        "ALTER ROLE agendad SET search_path",
    ] {
        assert!(said.contains(word), "{word}: {said}");
    }
    assert_eq!(schemas_of(pool, "usuarios").await, ["clinica"]);
    bench.db.close().await;
}
