//! A PostgreSQL server of the play's own, which can be torn down.

use std::path::PathBuf;
use std::time::Duration;

use agendad::domain::Cpf;
use agendad::private_postgres::{Durability, PrivatePostgres};
use agendad::simulator::Examiner;
use agendad::store::{Store, connect};
use agendad_test_support::{eventually, place};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use sqlx::PgPool;
use tempfile::TempDir;

pub(crate) struct Server {
    dir: PathBuf,
    postgres: Option<PrivatePostgres>,
    url: String,
    home: TempDir,
}

impl Server {
    pub(crate) async fn start() -> Self {
        let (home, dir) = place();
        let postgres = PrivatePostgres::start_with(&dir, Durability::Throwaway)
            .await
            .unwrap();
        let url = postgres.url().to_owned();
        Self {
            dir,
            postgres: Some(postgres),
            url,
            home,
        }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn home(&self) -> &std::path::Path {
        self.home.path()
    }

    pub(crate) async fn pool(&self) -> PgPool {
        connect::pool(&self.url, 3).await.unwrap()
    }

    pub(crate) async fn migrate(&self) {
        let pool = self.pool().await;
        Store::new(pool.clone()).migrate().await.unwrap();
        pool.close().await;
    }

    /// The database's clock, as text.
    pub(crate) async fn now(&self) -> String {
        let pool = self.pool().await;
        let now = sqlx::query_scalar("SELECT clock_timestamp()::text")
            .fetch_one(&pool)
            .await
            .unwrap();
        pool.close().await;
        now
    }

    /// By plain SQL with clear-text passwords, as the earlier application does it.
    pub(crate) async fn add_accounts(&self, examiners: &[Examiner]) {
        let pool = self.pool().await;
        let mut tx = pool.begin().await.unwrap();
        for examiner in examiners {
            sqlx::query(
                "WITH u AS (INSERT INTO usuarios (nome, email) VALUES ($1, 'perito@example.com') RETURNING id)
                 INSERT INTO configuracoes_detran (usuario_id, cpf, senha) SELECT id, $2, $3 FROM u",
            )
            .bind(&examiner.nome)
            .bind(Cpf::parse(&examiner.cpf).unwrap().formatted())
            .bind(&examiner.senha)
            .execute(&mut *tx)
            .await
            .unwrap();
        }
        tx.commit().await.unwrap();
        pool.close().await;
    }

    /// What `pg_ctl restart -m immediate` does: no goodbye to anybody, recovery at the start.
    pub(crate) async fn restart_immediately(&mut self) {
        let pid_file = self.dir.join("data/postmaster.pid");
        let pid = std::fs::read_to_string(&pid_file).unwrap();
        let pid = Pid::from_raw(pid.lines().next().unwrap().parse().unwrap());
        kill(pid, Signal::SIGQUIT).unwrap();
        let gone = || async { (kill(pid, None).is_err() || !pid_file.exists()).then_some(()) };
        eventually("the server's end", Duration::from_secs(20), gone).await;
        let again = PrivatePostgres::start_with(&self.dir, Durability::Throwaway)
            .await
            .unwrap();
        assert_eq!(again.url(), self.url);
        self.postgres = Some(again);
    }

    pub(crate) async fn stop(mut self) {
        self.postgres.take().unwrap().stop().await.unwrap();
    }
}
