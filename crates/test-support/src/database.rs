//! One private cluster for all tests of a user, and a database for each test.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use agendad_private_postgres::{Durability, PrivatePostgres};
use agendad_store::{Store, connect};
use sqlx::{Connection, PgConnection, PgPool};
use tokio::sync::Mutex;

use crate::place;

/// A database of the test's own, with the schema in place. It goes away with its value.
#[derive(Debug)]
pub struct TestDatabase {
    /// Its address.
    pub url: String,
    /// Connections to it.
    pub pool: PgPool,
    pub store: Store,
    name: String,
    cluster: PrivatePostgres,
}

impl TestDatabase {
    /// With the schema in place.
    pub async fn new() -> Self {
        Self::create(true).await
    }

    /// Without our tables.
    pub async fn empty() -> Self {
        Self::create(false).await
    }

    /// Without our tables, in another encoding.
    pub async fn encoded(encoding: &str) -> Self {
        let database = Self::create(false).await;
        database.pool.close().await;
        let admin = database.cluster.url_for("postgres");
        for sql in [
            format!("DROP DATABASE {}", database.name),
            format!(
                "CREATE DATABASE {} ENCODING '{encoding}' LOCALE 'C' TEMPLATE template0",
                database.name
            ),
        ] {
            execute(&admin, &sql).await;
        }
        let pool = connect::pool(&database.url, 10).await.unwrap();
        Self {
            store: Store::new(pool.clone()),
            pool,
            ..database
        }
    }

    async fn create(migrated: bool) -> Self {
        let cluster = PrivatePostgres::start_with(&cluster_dir(), Durability::Throwaway).await;
        let cluster = cluster.unwrap_or_else(|error| panic!("{error}"));
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "t_{}_{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        if migrated {
            let template = template(&cluster).await;
            let copy = format!("CREATE DATABASE {name} TEMPLATE {template}");
            execute(&cluster.url_for("postgres"), &copy).await;
        } else {
            cluster.create_database(&name).await.unwrap();
        }
        let url = cluster.url_for(&name);
        let pool = connect::pool(&url, 10).await.unwrap();
        Self {
            store: Store::new(pool.clone()),
            url,
            pool,
            name,
            cluster,
        }
    }

    /// A database in a cluster of its own, which the test may stop and start.
    pub async fn alone(dir: &Path) -> Self {
        let cluster = PrivatePostgres::start_with(dir, Durability::Throwaway).await;
        let cluster = cluster.unwrap_or_else(|error| panic!("{error}"));
        let name = "alone".to_owned();
        cluster.create_database(&name).await.unwrap();
        let url = cluster.url_for(&name);
        let pool = connect::pool(&url, 10).await.unwrap();
        let store = Store::new(pool.clone());
        store.migrate().await.unwrap();
        Self {
            url,
            pool,
            store,
            name,
            cluster,
        }
    }

    /// Any statements, one after the other.
    pub async fn execute(&self, sql: &str) {
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
            .execute(&self.pool)
            .await
            .unwrap();
    }

    /// One number.
    pub async fn count(&self, sql: &str) -> i64 {
        sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
            .fetch_one(&self.pool)
            .await
            .unwrap()
    }

    /// Time passes: these columns of tables become so much older.
    pub async fn age(&self, tables: &[(&str, &[&str])], interval: &str) {
        for (table, columns) in tables {
            let older = |column: &&str| format!("{column} = {column} - interval '{interval}'");
            let set: Vec<String> = columns.iter().map(older).collect();
            self.execute(&format!("UPDATE {table} SET {}", set.join(", ")))
                .await;
        }
    }

    /// Closes the pool and drops the database.
    pub async fn close(self) {
        self.pool.close().await;
        execute(
            &self.cluster.url_for("postgres"),
            &format!("DROP DATABASE {} WITH (FORCE)", self.name),
        )
        .await;
        self.cluster.stop().await.unwrap();
    }
}

/// One cluster for all test processes of a user; started by the first, stopped by the last.
fn cluster_dir() -> PathBuf {
    let user = nix::unistd::Uid::current();
    let dir = place::parent().join(format!("agendad-tests-{user}"));
    fs::create_dir_all(&dir).unwrap();
    fs::set_permissions(&dir, fs::Permissions::from_mode(0o711)).unwrap();
    dir.join("postgres")
}

/// A migrated database to copy from, one for each state of the migrations, and how to copy it.
async fn template(cluster: &PrivatePostgres) -> String {
    static MADE: Mutex<Option<String>> = Mutex::const_new(None);
    let mut made = MADE.lock().await;
    if let Some(name) = &*made {
        return name.clone();
    }
    // A process of its own is a template of its own: nobody waits for another process's migrations.
    let name = format!("template_{}", std::process::id());
    let admin = cluster.url_for("postgres");
    drop_leftovers(&admin).await;
    cluster.create_database(&name).await.unwrap();
    let pool = connect::pool(&cluster.url_for(&name), 4).await.unwrap();
    Store::new(pool.clone()).migrate().await.unwrap();
    // By files it takes half the CPU; before 15 there is no other way, and no word for it.
    let by_files = sqlx::query_scalar(
        "SELECT $1 || CASE WHEN current_setting('server_version_num')::int >= 150000 THEN ' STRATEGY FILE_COPY' ELSE '' END",
    );
    let how: String = by_files.bind(name).fetch_one(&pool).await.unwrap();
    pool.close().await;
    *made = Some(how.clone());
    how
}

/// Databases of test processes that are dead: killed tests leave them behind.
async fn drop_leftovers(admin: &str) {
    let mut connection = PgConnection::connect(admin).await.unwrap();
    let names: Vec<String> = sqlx::query_scalar(
        "SELECT datname FROM pg_database WHERE datname ~ '^(t|template)_[0-9]+'",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    connection.close().await.unwrap();
    for name in names {
        let pid: i32 = name.split('_').nth(1).unwrap().parse().unwrap();
        if !PathBuf::from(format!("/proc/{pid}")).exists() {
            execute(
                admin,
                &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
            )
            .await;
        }
    }
}

async fn execute(url: &str, sql: &str) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
}
