//! What tests share: a private cluster for all of them, a database for each, and the program put
//! together as `app` does it, against a simulator over HTTP.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::allow_attributes,
    clippy::unwrap_used,
    reason = "each test binary uses its own part; helpers of tests may panic as tests do"
)]

use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use agendad::app::App;
use agendad::clock::Clock;
use agendad::config::{Config, layers};
use agendad::domain::{Cpf, WorkingDays};
use agendad::private_postgres::{Durability, PrivatePostgres};
use agendad::simulator::{Simulator, SimulatorConfig};
use agendad::store::{Store, connect};
use agendad::sync::{Origin, RunReport, SyncOutcome, SyncRequest};
use agendad::vault::Purpose;
use sqlx::PgPool;
use tempfile::TempDir;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

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
    state: TempDir,
}

pub const ANY_PORT: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);

/// Settings of a test: the shipped defaults, no pauses, fast retries, this simulator, this database.
pub fn config(simulator: &Simulator, database_url: &str, state: &std::path::Path) -> Config {
    let file = format!(
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
    );
    let table = file.parse().unwrap();
    let layer = layers::Layer {
        name: "test".to_owned(),
        table,
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
        let simulator = Arc::new(
            Simulator::start(settings, ANY_PORT, ANY_PORT)
                .await
                .unwrap(),
        );
        let database = TestDatabase::new().await;
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

    /// Days 0 to 14 of one examiner, as `agendad sync` does it.
    pub fn request(&self, index: usize) -> SyncRequest {
        let today = self.app.syncer.clock.today();
        SyncRequest {
            usuario_id: self.users[index],
            window: None,
            from: today,
            to: today + chrono::Days::new(14),
            tick: None,
            origin: Origin::Cli,
        }
    }

    pub async fn try_sync(&self, index: usize) -> SyncOutcome {
        let stop = CancellationToken::new();
        self.app
            .syncer
            .sync(&self.request(index), &stop, &|_| {})
            .await
            .unwrap()
    }

    pub async fn sync(&self, index: usize) -> RunReport {
        match self.try_sync(index).await {
            SyncOutcome::Ran(report) => *report,
            other => panic!("no run: {other:?}"),
        }
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

    /// The same of the simulator's truth, days 0 to 14.
    pub fn truth(&self, index: usize) -> Vec<String> {
        let today = self.app.syncer.clock.today();
        let fold = agendad::domain::text::fold_space;
        let mut lines: Vec<String> = self
            .simulator
            .agenda_between(index, today, today + chrono::Days::new(14))
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

    /// One number from the database.
    pub async fn count(&self, sql: &str) -> i64 {
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
