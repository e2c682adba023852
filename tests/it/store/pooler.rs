//! Locks need a session. Behind a pooler in transaction mode the program refuses to start and says what
//! to do; with a direct address for the locks it works.

use std::fs;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use agendad::store::connect;
use agendad::store::control::Control;
use tokio_util::task::TaskTracker;

use crate::support::{TestDatabase, eventually, program_in};

struct Pooler {
    process: Child,
    dir: tempfile::TempDir,
}

impl Pooler {
    /// A real pgbouncer in transaction mode before the test's database, on a socket of its own.
    fn start(database_url: &str) -> Self {
        let options = connect::options(database_url, "test").unwrap();
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().display();
        let ini = format!(
            "[databases]\n* = host={} port={} user=agendad\n[pgbouncer]\npool_mode = transaction\n\
             auth_type = any\nlisten_addr =\nlisten_port = 6432\nunix_socket_dir = {path}\n\
             logfile = {path}/log\n",
            options.get_socket().unwrap().display(),
            options.get_port(),
        );
        fs::write(dir.path().join("pgbouncer.ini"), ini).unwrap();
        let mut command = Command::new(program());
        command
            .arg("pgbouncer.ini")
            .current_dir(dir.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        if nix::unistd::Uid::effective().is_root() {
            // The server's socket is open to its own user only.
            let socket = options.get_socket().unwrap().metadata().unwrap();
            let (uid, gid) = (
                std::os::unix::fs::MetadataExt::uid(&socket),
                std::os::unix::fs::MetadataExt::gid(&socket),
            );
            std::os::unix::fs::chown(dir.path(), Some(uid), Some(gid)).unwrap();
            command.uid(uid).gid(gid);
        }
        Self {
            process: command.spawn().expect("pgbouncer is needed: make prepare"),
            dir,
        }
    }

    fn url(&self, database_url: &str) -> String {
        let database = connect::options(database_url, "test").unwrap();
        let socket = self.dir.path().to_str().unwrap().replace('/', "%2F");
        let name = database.get_database().unwrap();
        format!("postgres://agendad@{socket}:6432/{name}?sslmode=disable")
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

fn program() -> &'static str {
    let debian = "/usr/sbin/pgbouncer";
    if fs::exists(debian).unwrap() {
        debian
    } else {
        "pgbouncer"
    }
}

#[tokio::test]
async fn behind_a_pooler_in_transaction_mode_the_locks_are_refused_with_the_cure() {
    let database = TestDatabase::new().await;
    let pooler = Pooler::start(&database.url);
    let url = pooler.url(&database.url);
    let look = || async { connect::pool(&url, 1).await.ok() };
    eventually("pgbouncer listens", Duration::from_secs(10), look).await;
    let tasks = TaskTracker::new();
    let refused = Control::connect(&url, "pooled", &tasks)
        .await
        .unwrap_err()
        .to_string();
    assert!(refused.contains("database.lock_url"), "{refused}");

    let direct = Control::connect(&database.url, "direct", &tasks)
        .await
        .unwrap();
    assert!(direct.try_lock(1).await.unwrap().is_some());
    drop(direct);
    drop(pooler);
    database.close().await;
}

/// Taken through the pooler, the lock of `migrate` would stay on a connection of the pooler's, and no later start get it.
#[tokio::test]
async fn tables_are_brought_up_to_date_over_the_direct_address_or_not_at_all() {
    let database = TestDatabase::new().await;
    let pooler = Pooler::start(&database.url);
    let url = pooler.url(&database.url);
    let look = || async { connect::pool(&url, 1).await.ok() };
    eventually("pgbouncer listens", Duration::from_secs(10), look).await;
    let state = tempfile::tempdir().unwrap();
    let program = program_in(state.path())
        .env("AGENDAD_STATE_DIR", state.path().display().to_string())
        .env("AGENDAD_DATABASE__URL", &url);
    let refused = program.run(&["migrate"]).await;
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.err.contains("database.lock_url"), "{refused:?}");

    let program = program.env("AGENDAD_DATABASE__LOCK_URL", &database.url);
    let done = program.run(&["migrate"]).await;
    assert_eq!(done.code, Some(0), "{done:?}");
    let held = "SELECT count(*) FROM pg_locks
                WHERE locktype = 'advisory' AND (classid, objid) = (873250, 0)
                  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    let held: i64 = sqlx::query_scalar(held)
        .fetch_one(&database.pool)
        .await
        .unwrap();
    assert_eq!(held, 0, "nobody keeps the lock");
    drop(pooler);
    database.close().await;
}
