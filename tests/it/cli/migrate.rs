//! `agendad migrate`: again, by several at once, into another schema, and what it foresees.

use serde_json::json;

use crate::support::{TestDatabase, program_in};

#[tokio::test]
async fn migrating_twice_and_at_once_does_it_once() {
    let dir = tempfile::tempdir().unwrap();
    let database = TestDatabase::new().await;
    sqlx::raw_sql("DROP SCHEMA public CASCADE; DROP SCHEMA river CASCADE; CREATE SCHEMA public;")
        .execute(&database.pool)
        .await
        .unwrap();
    let program = program_in(dir.path()).env("AGENDAD_DATABASE__URL", &database.url);
    let said = program.run(&["users", "list"]).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.err.contains("agendad migrate"), "{said:?}");
    // Who only looks makes nothing.
    let looks = ["users", "import", "-", "--dry-run"];
    let said = program.run_with_input(&looks, "cpf\n1\n").await;
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

#[tokio::test]
async fn our_tables_go_where_database_schema_says_and_check_says_what_is_used() {
    let dir = tempfile::tempdir().unwrap();
    let database = TestDatabase::empty().await;
    sqlx::raw_sql(
        "CREATE TABLE usuarios (id SERIAL PRIMARY KEY, nome VARCHAR(255) NOT NULL, email VARCHAR(255));
         CREATE TABLE agendamentos (id SERIAL PRIMARY KEY, usuario_id INT REFERENCES usuarios (id), nome VARCHAR(60) NOT NULL,
             cpf VARCHAR(14), data_agendamento TIMESTAMP NOT NULL, convenio TEXT NOT NULL, status VARCHAR(50) DEFAULT 'agendado');
         CREATE TABLE configuracoes_detran (id SERIAL PRIMARY KEY, usuario_id INT NOT NULL UNIQUE REFERENCES usuarios (id),
             cpf VARCHAR(14) NOT NULL, senha TEXT NOT NULL);
         INSERT INTO usuarios (nome) VALUES ('ANA');
         INSERT INTO configuracoes_detran (usuario_id, cpf, senha) SELECT id, '529.982.247-25', 'x' FROM usuarios",
    )
    .execute(&database.pool)
    .await
    .unwrap();
    let program = program_in(dir.path())
        .env("AGENDAD_DATABASE__URL", &database.url)
        .env("AGENDAD_DATABASE__SCHEMA", "horarios")
        .env("AGENDAD_PORTAL__BASE_URL", "http://127.0.0.1:9/");
    for arguments in [&["migrate", "--dry-run"][..], &["migrate"]] {
        let said = program.run(arguments).await;
        assert_eq!(said.code, Some(0), "{said:?}");
        for line in [
            "our tables: schema horarios; in public: usuarios, agendamentos, configuracoes_detran",
            "FAIL  agendamentos: column convenio must have a value",
            "warn  agendamentos: column nome takes 60 characters",
        ] {
            assert!(said.out.contains(line), "{line}: {said:?}");
        }
    }
    let schemas: Vec<String> = sqlx::query_scalar(
        "SELECT DISTINCT n.nspname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE c.relname IN ('agenda_slots', 'agenda_sync_runs', 'sync_schedules', '_sqlx_migrations')",
    )
    .fetch_all(&database.pool)
    .await
    .unwrap();
    assert_eq!(schemas, ["horarios"]);
    let users = program.run(&["users", "list", "--json"]).await.json();
    assert_eq!(users.as_array().unwrap().len(), 1);
    let said = program.run(&["check"]).await;
    for line in [
        "tables         our tables: schema horarios; in horarios: agenda_slots, agenda_sync_runs; in public: usuarios",
        "rights         agendad may do all that runs need",
        "appointments   column convenio must have a value and has no default",
    ] {
        assert!(said.out.contains(line), "{line}: {said:?}");
    }
    // Without the setting the same tables are not found, and nothing is made in their place.
    let said = program
        .env("AGENDAD_DATABASE__SCHEMA", "")
        .run(&["migrate"])
        .await;
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(
        said.err
            .contains("schema horarios, which is not on the search path"),
        "{said:?}"
    );
    database.close().await;
}

#[tokio::test]
async fn a_schema_that_is_no_plain_name_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let program = program_in(dir.path());
    for schema in ["pg_horarios", "river", "Horários", "a b", "1a"] {
        let said = program
            .clone()
            .env("AGENDAD_DATABASE__SCHEMA", schema)
            .run(&["check", "--offline"])
            .await;
        assert_eq!(said.code, Some(2), "{schema}: {said:?}");
        assert!(said.err.contains("database.schema"), "{schema}: {said:?}");
    }
}
