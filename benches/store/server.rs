//! The server that is measured, and the database on it.

use agendad::private_postgres::{Durability, PrivatePostgres};
use agendad::store::{Store, connect};
use sqlx::PgPool;

const NAME: &str = "agendad_bench";

pub(crate) struct Server {
    pub(crate) url: String,
    pub(crate) pool: PgPool,
    private: Option<(PrivatePostgres, tempfile::TempDir)>,
}

impl Server {
    pub(crate) async fn start() -> Self {
        let (url, maintenance, private) = if let Ok(url) = std::env::var("AGENDAD_BENCH_URL") {
            let other = url.rsplit_once('/').unwrap().0.to_owned();
            (format!("{other}/{NAME}"), url, None)
        } else {
            let dir = tempfile::tempdir().unwrap();
            let open = std::os::unix::fs::PermissionsExt::from_mode(0o711);
            std::fs::set_permissions(dir.path(), open).unwrap();
            let cluster = dir.path().join("pg");
            let private = PrivatePostgres::start_with(&cluster, Durability::Durable).await;
            let private = private.unwrap_or_else(|error| panic!("{error}"));
            let maintenance = private.url_for("postgres");
            (private.url_for(NAME), maintenance, Some((private, dir)))
        };
        let admin = connect::pool(&maintenance, 1).await.unwrap();
        for sql in [
            "DROP DATABASE IF EXISTS agendad_bench WITH (FORCE)",
            "CREATE DATABASE agendad_bench",
        ] {
            sqlx::query(sql).execute(&admin).await.unwrap();
        }
        admin.close().await;
        let pool = connect::pool(&url, 8).await.unwrap();
        Store::new(pool.clone()).migrate().await.unwrap();
        Self { url, pool, private }
    }

    pub(crate) async fn set_fillfactor(&self, percent: i64) {
        let sql = format!("ALTER TABLE agenda_slots SET (fillfactor = {percent})");
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .execute(&self.pool)
            .await
            .unwrap();
    }

    pub(crate) async fn stop(self) {
        self.pool.close().await;
        if let Some((private, _dir)) = self.private {
            private.stop().await.unwrap();
        }
    }
}
