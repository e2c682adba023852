//! What tests share: a private cluster for all of them, a database for each, and the program put
//! together as `app` does it, against a simulator over HTTP.

#![allow(
    dead_code,
    unused_imports,
    unreachable_pub,
    clippy::allow_attributes,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "each test binary uses its own part; helpers of tests may panic as tests do"
)]

mod daemon;
mod eventually;
mod program;
mod proxy;
mod redis_server;

use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use agendad::app::App;
use agendad::clock::Clock;
use agendad::config::{Config, layers};
use agendad::domain::{Cpf, WorkingDays};
use agendad::private_postgres::{Durability, PrivatePostgres};
use agendad::simulator::{ExaminerStats, Simulator, SimulatorConfig};
use agendad::store::{Store, connect};
use agendad::sync::{Origin, RunReport, SyncOutcome, SyncRequest};
use agendad::vault::Purpose;
use sqlx::PgPool;
use tempfile::TempDir;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

pub use daemon::{Daemon, fast_window};
pub use eventually::eventually;
pub use program::{Program, Running, Said};
pub use proxy::Proxy;
pub use redis_server::RedisServer;

/// A database of the test's own, with the schema in place. It goes away with its value.
pub struct TestDatabase {
    pub url: String,
    pub pool: PgPool,
    pub store: Store,
    name: String,
    cluster: PrivatePostgres,
}

impl TestDatabase {
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
        let template = if migrated {
            Some(template(&cluster).await)
        } else {
            None
        };
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "t_{}_{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        cluster
            .create_database(&name, template.as_deref())
            .await
            .unwrap();
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
        cluster.create_database(&name, None).await.unwrap();
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
    let dir = std::env::temp_dir().join(format!("agendad-tests-{user}"));
    fs::create_dir_all(&dir).unwrap();
    fs::set_permissions(&dir, fs::Permissions::from_mode(0o711)).unwrap();
    dir.join("postgres")
}

/// A migrated database to copy from, one for each state of the migrations.
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
    cluster.create_database(&name, None).await.unwrap();
    let pool = connect::pool(&cluster.url_for(&name), 4).await.unwrap();
    Store::new(pool.clone()).migrate().await.unwrap();
    pool.close().await;
    *made = Some(name.clone());
    name
}

/// Databases of test processes that are dead: killed tests leave them behind.
async fn drop_leftovers(admin: &str) {
    let pool = connect::pool(admin, 1).await.unwrap();
    let names: Vec<String> = sqlx::query_scalar(
        "SELECT datname FROM pg_database WHERE datname ~ '^(t|template)_[0-9]+'",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    pool.close().await;
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
    let pool = connect::pool(url, 1).await.unwrap();
    sqlx::query(sqlx::AssertSqlSafe(sql))
        .execute(&pool)
        .await
        .unwrap();
    pool.close().await;
}

/// The program, put together, with a simulator and its examiners as accounts.
pub struct World {
    pub simulator: Arc<Simulator>,
    pub app: App,
    pub database: TestDatabase,
    /// `usuarios.id` of each examiner, by the simulator's index.
    pub users: Vec<i32>,
    /// Last day of a [request](World::request), counted from today.
    pub last_day: u64,
    pub state: TempDir,
}

pub const ANY_PORT: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);

/// Settings of a test: no pauses, fast retries, this simulator, this database.
pub fn settings(simulator: &Simulator, database_url: &str, state: &Path) -> String {
    format!(
        r#"
        state_dir = {state:?}
        [database]
        url = {database_url:?}
        [portal]
        base_url = "{}"
        pause_between_requests = "0s"
        max_requests_per_second = 0
        [retry]
        min_delay = "10ms"
        max_delay = "50ms"
        [scheduler]
        splay = "0s"
        busy_delay = "200ms"
        [http]
        listen = ""
        "#,
        simulator.portal_url()
    )
}

/// The same over the shipped defaults.
pub fn config(simulator: &Simulator, database_url: &str, state: &Path) -> Config {
    let layer = layers::Layer {
        name: "test".to_owned(),
        table: settings(simulator, database_url, state).parse().unwrap(),
    };
    Config::from_layers(vec![layers::built_in().unwrap(), layer]).unwrap_or_else(|e| panic!("{e}"))
}

pub fn clock() -> Clock {
    Clock::system(chrono_tz::America::Sao_Paulo)
}

impl World {
    /// A quiet simulator with `examiners`, each with an account.
    pub async fn new(examiners: usize) -> Self {
        let mut settings = SimulatorConfig::new(clock());
        settings.examiners = examiners;
        Self::with(settings, |_| {}).await
    }

    pub async fn with(settings: SimulatorConfig, adjust: impl FnOnce(&mut Config)) -> Self {
        Self::on(TestDatabase::new().await, settings, adjust).await
    }

    pub async fn on(
        database: TestDatabase,
        settings: SimulatorConfig,
        adjust: impl FnOnce(&mut Config),
    ) -> Self {
        let simulator = Simulator::start(settings, ANY_PORT, ANY_PORT).await;
        let simulator = Arc::new(simulator.unwrap());
        let state = tempfile::tempdir().unwrap();
        let mut config = config(&simulator, &database.url, state.path());
        adjust(&mut config);
        let app = App::start(config)
            .await
            .unwrap_or_else(|error| panic!("{error:#}"));
        let mut world = Self {
            simulator,
            app,
            database,
            users: Vec::new(),
            last_day: 14,
            state,
        };
        for examiner in world.simulator.examiners() {
            let user = world
                .add_user(&examiner.nome, &examiner.cpf, &examiner.senha)
                .await;
            world.users.push(user);
        }
        world
    }

    pub async fn add_user(&self, nome: &str, cpf: &str, senha: &str) -> i32 {
        let cpf = Cpf::parse(cpf).unwrap();
        let store = &self.database.store;
        let days = WorkingDays::ALL.to_json();
        let user = store.add_user(None, nome, None, &cpf, &days).await.unwrap();
        let sealed = self
            .app
            .syncer
            .vault
            .seal(Purpose::Password, user, senha)
            .unwrap();
        assert!(store.set_sealed_password(user, &sealed).await.unwrap());
        user
    }

    /// Days 0 to [`World::last_day`] of one examiner, as `agendad sync` does it.
    pub fn request(&self, index: usize) -> SyncRequest {
        let today = self.app.syncer.clock.today();
        SyncRequest {
            usuario_id: self.users[index],
            window: None,
            from: today,
            to: today + chrono::Days::new(self.last_day),
            tick: None,
            origin: Origin::Cli,
        }
    }

    pub async fn try_sync(&self, index: usize) -> SyncOutcome {
        self.sync_in(&self.app, index).await
    }

    /// The same in another process.
    pub async fn sync_in(&self, app: &App, index: usize) -> SyncOutcome {
        let stop = CancellationToken::new();
        app.syncer
            .sync(&self.request(index), &stop, &|_| {})
            .await
            .unwrap()
    }

    pub async fn sync(&self, index: usize) -> RunReport {
        let outcome = self.try_sync(index).await;
        let SyncOutcome::Ran(report) = outcome else {
            panic!("no run: {outcome:?}")
        };
        *report
    }

    /// The current slots of an examiner, as sorted lines of what the portal shows.
    pub async fn stored(&self, index: usize) -> Vec<String> {
        sqlx::query_scalar(
            "SELECT concat_ws('|', unidade_code, data, to_char(hora, 'HH24:MI'), payload->>'cpf', payload->>'nome',
                 payload->>'telefone', payload->>'email', payload->>'tipo_processo', payload->>'categoria',
                 payload->>'status_exame_medico', payload->>'status_exame_psicologico')
             FROM agenda_slots WHERE usuario_id = $1 AND is_current AND data >= $2 ORDER BY 1",
        )
        .bind(self.users[index])
        .bind(self.app.syncer.clock.today())
        .fetch_all(&self.database.pool)
        .await
        .unwrap()
    }

    /// The same of the simulator's truth, days 0 to [`World::last_day`].
    pub fn truth(&self, index: usize) -> Vec<String> {
        let today = self.app.syncer.clock.today();
        // What the portal says in words that there is not, is stored as nothing.
        let fold = |text: &str| match agendad::domain::text::fold_space(text).as_str() {
            "NÃO INFORMADO" => String::new(),
            text => text.to_owned(),
        };
        let mut lines: Vec<String> = self
            .simulator
            .agenda_between(index, today, today + chrono::Days::new(self.last_day))
            .into_iter()
            .map(|b| {
                [
                    b.unit.clone(),
                    b.date.to_string(),
                    b.hour.format("%H:%M").to_string(),
                    b.cpf.clone(),
                    fold(&b.nome),
                    fold(&b.telefone),
                    fold(&b.email),
                    fold(&b.tipo_processo),
                    fold(&b.categoria),
                    fold(&b.status_medico),
                    fold(&b.status_psicologico),
                ]
                .join("|")
            })
            .collect();
        lines.sort();
        lines
    }

    /// The database holds the portal's agenda of an examiner; panics with the first differences.
    pub async fn assert_true(&self, index: usize) {
        assert_same(&self.stored(index).await, &self.truth(index));
    }

    /// Another process on the same database, with nothing in its memory.
    pub async fn second_app(&self) -> App {
        App::start((*self.app.config()).clone())
            .await
            .unwrap_or_else(|error| panic!("{error:#}"))
    }

    /// Stores a new password as `agendad users set-password` does.
    pub async fn set_password(&self, index: usize, senha: &str) {
        let user = self.users[index];
        let vault = &self.app.syncer.vault;
        let sealed = vault.seal(Purpose::Password, user, senha).unwrap();
        let store = &self.database.store;
        assert!(store.set_sealed_password(user, &sealed).await.unwrap());
    }

    /// What the simulator counted of an examiner.
    pub fn portal_saw(&self, index: usize) -> ExaminerStats {
        let stats = self.simulator.stats();
        stats.examiners.get(&index).copied().unwrap_or_default()
    }

    pub async fn execute(&self, sql: &str) -> u64 {
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .execute(&self.database.pool)
            .await
            .unwrap()
            .rows_affected()
    }

    /// Settings of a daemon in this world that fires its one window, `fast`, every second.
    pub fn daemon_config(&self) -> Config {
        let mut config = (*self.app.config()).clone();
        config.windows = vec![fast_window("fast")];
        config
    }

    /// One number from the database.
    pub async fn count(&self, sql: &str) -> i64 {
        self.count_if_any(sql).await.unwrap()
    }

    /// The same of a statement that gives none as long as there is nothing to count.
    pub async fn count_if_any(&self, sql: &str) -> Option<i64> {
        sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
            .fetch_one(&self.database.pool)
            .await
            .unwrap()
    }

    pub async fn close(self) {
        tokio::time::timeout(Duration::from_secs(20), self.app.close())
            .await
            .unwrap()
            .unwrap();
        self.simulator.stop().await;
        self.database.close().await;
        drop(self.state);
    }
}

/// Fails with a few of the lines that only one side has, instead of with all of both.
pub fn assert_same(stored: &[String], truth: &[String]) {
    let only = |these: &[String], those: &[String]| -> Vec<String> {
        let missing = these.iter().filter(|line| !those.contains(line));
        missing.take(3).cloned().collect()
    };
    let (wrong, missing) = (only(stored, truth), only(truth, stored));
    assert!(
        stored == truth,
        "{} stored, {} true; only stored: {wrong:#?}; only true: {missing:#?}",
        stored.len(),
        truth.len()
    );
}
