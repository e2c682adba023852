//! PostgreSQL, which counts statements, and what it says of the runs.

use std::os::unix::fs::PermissionsExt;

use agendad::private_postgres::{Durability, PrivatePostgres};
use agendad::store::{Store, connect};
use sqlx::PgPool;
use tempfile::TempDir;

use super::portal::Examiner;
use agendad_test_support::procfs;

/// By this name its processes are known.
const NAME: &str = "agendad_bench";

pub(crate) struct Server {
    pub(crate) url: String,
    pub(crate) pool: PgPool,
    pub(crate) home: TempDir,
    postgres: PrivatePostgres,
}

/// Counters that only grow.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counters {
    pub(crate) statements: f64,
    pub(crate) wal: f64,
    /// CPU seconds.
    pub(crate) cpu: f64,
}

impl Server {
    pub(crate) async fn start() -> Self {
        let home = tempfile::tempdir().unwrap();
        std::fs::set_permissions(home.path(), PermissionsExt::from_mode(0o711)).unwrap();
        let dir = home.path().join("pg");
        let start = || PrivatePostgres::start_with(&dir, Durability::Durable);
        let postgres = start().await.unwrap_or_else(|error| panic!("{error}"));
        postgres.create_database(NAME).await.unwrap();
        let admin = connect::pool(&postgres.url_for(NAME), 1).await.unwrap();
        for sql in [
            "ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'",
            "ALTER SYSTEM SET shared_buffers = '512MB'",
            "ALTER SYSTEM SET max_wal_size = '4GB'",
        ] {
            sqlx::query(sql).execute(&admin).await.unwrap();
        }
        admin.close().await;
        postgres.stop().await.unwrap();
        let postgres = start().await.unwrap_or_else(|error| panic!("{error}"));
        let url = postgres.url_for(NAME);
        let pool = connect::pool(&url, 2).await.unwrap();
        Store::new(pool.clone()).migrate().await.unwrap();
        for sql in [
            "CREATE EXTENSION pg_stat_statements",
            "ALTER SYSTEM SET pg_stat_statements.track_planning = on",
            "SELECT pg_reload_conf()",
        ] {
            sqlx::query(sql).execute(&pool).await.unwrap();
        }
        Self {
            url,
            pool,
            home,
            postgres,
        }
    }

    /// As the earlier application writes them.
    pub(crate) async fn add_accounts(&self, examiners: &[Examiner]) {
        let column = |of: fn(&Examiner) -> &str| -> Vec<String> {
            examiners.iter().map(|e| of(e).to_owned()).collect()
        };
        sqlx::query(
            "WITH given AS (SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) AS g (nome, cpf, senha)),
                  made AS (INSERT INTO usuarios (nome, email) SELECT nome, cpf FROM given RETURNING id, email)
             INSERT INTO configuracoes_detran (usuario_id, cpf, senha)
             SELECT id, cpf, senha FROM made JOIN given ON cpf = email",
        )
        .bind(column(|e| &e.nome))
        .bind(column(|e| &e.cpf))
        .bind(column(|e| &e.senha))
        .execute(&self.pool)
        .await
        .unwrap();
        sqlx::query("ANALYZE usuarios, configuracoes_detran")
            .execute(&self.pool)
            .await
            .unwrap();
    }

    pub(crate) async fn counters(&self) -> Counters {
        let (statements, wal): (i64, i64) = sqlx::query_as(
            "SELECT (SELECT coalesce(sum(calls), 0)::bigint FROM pg_stat_statements
                     WHERE query !~ 'pg_stat_|bench:'), (pg_current_wal_insert_lsn() - '0/0')::bigint",
        )
        .fetch_one(&self.pool)
        .await
        .unwrap();
        Counters {
            statements: statements as f64,
            wal: wal as f64,
            cpu: procfs::of_the_server() / 1000.0,
        }
    }

    /// A number; the statement is not counted as the daemon's.
    pub(crate) async fn number(&self, sql: &str) -> f64 {
        let sql = format!("/* bench: */ {sql}");
        sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
            .fetch_one(&self.pool)
            .await
            .unwrap()
    }

    /// What the server does in its own time, done at once.
    pub(crate) async fn settle(&self) {
        sqlx::query("VACUUM (ANALYZE)")
            .execute(&self.pool)
            .await
            .unwrap();
        sqlx::query("CHECKPOINT").execute(&self.pool).await.unwrap();
    }

    pub(crate) async fn forget_statements(&self) {
        sqlx::query("SELECT pg_stat_statements_reset()")
            .execute(&self.pool)
            .await
            .unwrap();
    }

    /// Prints the statements that took the most time since they were forgotten.
    pub(crate) async fn print_statements(&self, runs: f64) {
        let rows: Vec<(f64, f64, f64, f64, String)> = sqlx::query_as(
            r"SELECT calls::float8, plans::float8, total_exec_time, total_plan_time, regexp_replace(query, '\s+', ' ', 'g')
             FROM pg_stat_statements WHERE query !~ 'pg_stat_|bench:'
             ORDER BY total_exec_time + total_plan_time DESC LIMIT 12",
        )
        .fetch_all(&self.pool)
        .await
        .unwrap();
        println!("  calls, plans, ms of execution, ms of planning; each per sync:");
        for (calls, plans, execution, planning, query) in rows {
            let query: String = query.chars().take(90).collect();
            println!(
                "  {:>6.2} {:>6.2} {:>7.3} {:>7.3}  {query}",
                calls / runs,
                plans / runs,
                execution / runs,
                planning / runs
            );
        }
    }

    /// Prints how often each statement was asked since they were forgotten, times `factor`.
    pub(crate) async fn print_calls(&self, factor: f64) {
        let rows: Vec<(f64, String)> = sqlx::query_as(
            r"SELECT sum(calls)::float8, left(regexp_replace(query, '\s+', ' ', 'g'), 100)
             FROM pg_stat_statements WHERE query !~ 'pg_stat_|bench:' GROUP BY 2 ORDER BY 1 DESC",
        )
        .fetch_all(&self.pool)
        .await
        .unwrap();
        for (calls, query) in rows {
            println!("  {:>6.1}  {query}", calls * factor);
        }
    }

    pub(crate) async fn stop(self) {
        self.pool.close().await;
        self.postgres.stop().await.unwrap();
    }
}
