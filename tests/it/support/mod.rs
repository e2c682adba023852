//! What tests share: the program put together as `app` does it, against a simulator over HTTP; and, from
//! `crates/test-support`, what knows nothing of its inside.

#![expect(unreachable_pub, reason = "what tests share is public there")]

mod daemon;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use agendad::app::App;
use agendad::clock::Clock;
use agendad::config::{Config, Place, layers};
use agendad::domain::{Cpf, Origin, WorkingDays};
use agendad::simulator::{BookingRequest, ExaminerStats, Simulator, SimulatorConfig};
use agendad::sync::{RunReport, SyncOutcome, SyncRequest};
use agendad::vault::Purpose;
use chrono::NaiveDate;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

pub use agendad_test_support::{
    Program, Proxy, RedisServer, Running, Said, TestDatabase, eventually, free_port, place,
};
pub use daemon::{Daemon, fast_window};

/// The program, put together, with a simulator and its examiners as accounts.
pub struct World {
    pub simulator: Arc<Simulator>,
    pub app: App,
    pub database: TestDatabase,
    /// `usuarios.id` of each examiner, by the simulator's index.
    pub users: Vec<i32>,
    /// First day of a [request](World::request), whenever it is made: what is stored and what is true are of the same days.
    pub today: NaiveDate,
    /// Last day of it, counted from that one.
    pub last_day: u64,
    pub state: TempDir,
}

pub const ANY_PORT: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);

/// A booking whose exams are still to be made, whatever is invented for that day: only such a slot gets an appointment.
pub fn open_booking(date: NaiveDate) -> BookingRequest {
    BookingRequest {
        status_medico: Some("Pendente".to_owned()),
        status_psicologico: Some("Pendente".to_owned()),
        ..BookingRequest::on(date)
    }
}

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
        place: Place::File("test".into()),
        table: settings(simulator, database_url, state).parse().unwrap(),
    };
    Config::from_layers(vec![layers::built_in().unwrap(), layer]).unwrap_or_else(|e| panic!("{e}"))
}

pub fn clock() -> Clock {
    Clock::system(chrono_tz::America::Sao_Paulo)
}

/// A quiet portal with the same agendas whatever day it is.
pub fn simulated() -> SimulatorConfig {
    SimulatorConfig {
        as_on: NaiveDate::from_ymd_opt(2026, 11, 30),
        ..SimulatorConfig::new(clock())
    }
}

/// The program in an empty directory.
pub fn program_in(dir: impl Into<PathBuf>) -> Program {
    Program::new(env!("CARGO_BIN_EXE_agendad"), dir)
}

impl World {
    /// The program with this database, portal and key, without pauses.
    pub fn program(&self) -> Program {
        let dir = self.state.path();
        program_in(dir)
            .env("AGENDAD_STATE_DIR", dir.display().to_string())
            .env("AGENDAD_DATABASE__URL", self.database.url.clone())
            .env("AGENDAD_PORTAL__BASE_URL", self.simulator.portal_url())
            .env("AGENDAD_PORTAL__PAUSE_BETWEEN_REQUESTS", "0s")
            .env("AGENDAD_PORTAL__MAX_REQUESTS_PER_SECOND", "0")
            .env("AGENDAD_RETRY__MIN_DELAY", "10ms")
            .env("AGENDAD_RETRY__MAX_DELAY", "50ms")
            .env("AGENDAD_SCHEDULER__SPLAY", "0s")
            .env("AGENDAD_HTTP__LISTEN", "")
    }

    /// A quiet simulator with `examiners`, each with an account.
    pub async fn new(examiners: usize) -> Self {
        let mut settings = simulated();
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
            today: app.syncer.clock.today(),
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

    pub async fn add_user(&self, nome: &str, cpf: &str, password: &str) -> i32 {
        let cpf = Cpf::parse(cpf).unwrap();
        let store = &self.database.store;
        let user = store
            .add_user(None, nome, None, &cpf, WorkingDays::ALL)
            .await
            .unwrap();
        let sealed = self
            .app
            .syncer
            .vault
            .seal(Purpose::Password, user, password)
            .unwrap();
        assert!(store.set_sealed_password(user, &sealed).await.unwrap());
        user
    }

    /// Days 0 to [`World::last_day`] of one examiner, as `agendad sync` does it.
    pub fn request(&self, index: usize) -> SyncRequest {
        SyncRequest {
            usuario_id: self.users[index],
            window: None,
            from: self.today,
            to: self.today + chrono::Days::new(self.last_day),
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
        .bind(self.today)
        .fetch_all(&self.database.pool)
        .await
        .unwrap()
    }

    /// The same of the simulator's truth, days 0 to [`World::last_day`].
    pub fn truth(&self, index: usize) -> Vec<String> {
        let today = self.today;
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
    pub async fn set_password(&self, index: usize, password: &str) {
        let user = self.users[index];
        let vault = &self.app.syncer.vault;
        let sealed = vault.seal(Purpose::Password, user, password).unwrap();
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

/// Why an account is paused.
pub async fn pause_of(world: &World, index: usize) -> Option<String> {
    sqlx::query_scalar("SELECT pausa_motivo FROM configuracoes_detran WHERE usuario_id = $1")
        .bind(world.users[index])
        .fetch_one(&world.database.pool)
        .await
        .unwrap()
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
