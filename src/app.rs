//! Wiring only: opens the database, puts the parts together, runs the daemon until told to stop.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use secrecy::ExposeSecret;
use tokio::sync::SetOnce;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::clock::Clock;
use crate::config::Config;
use crate::credentials;
use crate::portal::Portal;
use crate::private_postgres::PrivatePostgres;
use crate::scheduler::river::QueueSettings;
use crate::scheduler::{Queue, Ticker, Worker};
use crate::session::SessionCache;
use crate::store::control::Control;
use crate::store::{Store, connect};
use crate::sync::{SyncRules, Syncer};

/// Connections beside those that running syncs need for a moment each: the queue, the ticker, people.
const SPARE_CONNECTIONS: u32 = 6;
/// How often the jobs of dead processes are looked for.
const LOOK_FOR_THE_DEAD: Duration = Duration::from_secs(5);
/// How often old runs are deleted, and how many at once.
const PRUNE_EVERY: Duration = Duration::from_secs(600);
const PRUNE_BATCH: i64 = 1000;
/// What the second stage of a stop may take of the grace: recording runs, giving locks back.
const HARD_STOP: Duration = Duration::from_secs(3);

/// What to do about a schema that is not up to date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// Bring it up to date.
    Migrate,
    /// Say that it must be brought up to date. A private database is migrated all the same.
    Require,
    /// Leave it: whoever opens it will look himself.
    AsItIs,
}

/// An open database, private or given.
#[derive(Debug)]
pub struct Database {
    /// The store on it.
    pub store: Store,
    /// Its address; holds the password.
    url: secrecy::SecretString,
    private: Option<PrivatePostgres>,
}

impl Database {
    /// Opens the configured database, or starts the private one.
    ///
    /// # Errors
    /// With a sentence that says what to do.
    pub async fn open(config: &Config, schema: Schema) -> anyhow::Result<Self> {
        let (url, private) = match &config.secrets.database_url {
            Some(url) => (url.clone(), None),
            None => {
                let dir = config.state_dir.join("postgres");
                let private = PrivatePostgres::start(&dir)
                    .await
                    .context("no database.url is set, and the private PostgreSQL cannot be used")?;
                (private.url().to_owned().into(), Some(private))
            }
        };
        let opened = Self::prepare(config, schema, &url, private.is_some()).await;
        match opened {
            Ok(store) => Ok(Self {
                store,
                url,
                private,
            }),
            Err(error) => {
                if let Some(private) = private {
                    private.stop().await?;
                }
                Err(error)
            }
        }
    }

    async fn prepare(
        config: &Config,
        schema: Schema,
        url: &secrecy::SecretString,
        private: bool,
    ) -> anyhow::Result<Store> {
        let connections = match config.database.max_connections {
            0 => u32::try_from(config.scheduler.workers.min(32))? + SPARE_CONNECTIONS,
            n => n,
        };
        let store = Store::new(connect::pool(url.expose_secret(), connections).await?);
        match schema {
            Schema::Migrate => {
                store.migrate().await?;
            }
            Schema::Require if private => {
                store.migrate().await?;
            }
            Schema::Require => {
                let pending = store.pending_migrations().await?;
                if pending > 0 {
                    bail!("the database lacks {pending} migrations; run: agendad migrate");
                }
            }
            Schema::AsItIs => {}
        }
        Ok(store)
    }

    /// The address, for those who need a connection of their own.
    #[must_use]
    pub fn url(&self) -> &secrecy::SecretString {
        &self.url
    }

    /// Whether it is the private one.
    #[must_use]
    pub fn is_private(&self) -> bool {
        self.private.is_some()
    }

    /// Closes the pool; the last user of a private database stops it.
    ///
    /// # Errors
    /// If the private server does not stop.
    pub async fn close(self) -> anyhow::Result<()> {
        self.store.pool().close().await;
        if let Some(private) = self.private {
            private.stop().await?;
        }
        Ok(())
    }
}

/// The parts of the program, put together.
#[derive(Debug)]
pub struct App {
    /// The settings.
    pub config: Config,
    /// The database.
    pub database: Database,
    /// Runs windows.
    pub syncer: Arc<Syncer>,
    tasks: TaskTracker,
    /// Where HTTP listens, once it does.
    listening: SetOnce<SocketAddr>,
}

impl App {
    /// Opens everything that a run needs.
    ///
    /// # Errors
    /// With a sentence that says what to do.
    pub async fn start(config: Config) -> anyhow::Result<Self> {
        let clock = Clock::system(config.timezone);
        let portal = Portal::new(&config.portal, &config.retry, &config.state_dir, &clock)?;
        let database = Database::open(&config, Schema::Migrate).await?;
        let tasks = TaskTracker::new();
        match syncer(&config, clock, portal, &database, &tasks).await {
            Ok(syncer) => Ok(Self {
                config,
                database,
                syncer: Arc::new(syncer),
                tasks,
                listening: SetOnce::new(),
            }),
            Err(error) => {
                database.close().await?;
                Err(error)
            }
        }
    }

    /// Runs the daemon until `stop` fires or a loop dies.
    ///
    /// # Errors
    /// If a loop died: the process should exit non-zero and be started again.
    pub async fn run(&self, roles: Roles, stop: &CancellationToken) -> anyhow::Result<()> {
        let queue = self.queue(roles)?;
        let mut working = if roles.work {
            Some(queue.start()?)
        } else {
            None
        };
        let ticker = Ticker::new(
            self.database.store.clone(),
            self.syncer.control.clone(),
            queue.clone(),
            self.syncer.clock.clone(),
            &self.config.windows,
            self.config.scheduler.splay,
        )?;
        // The loops end with this token, after the first stage of the stop has begun.
        let loops_stop = stop.child_token();
        let mut loops: JoinSet<anyhow::Result<&'static str>> = JoinSet::new();
        if roles.schedule {
            let stop = loops_stop.clone();
            loops.spawn(async move { Ok(ticker.run(&stop).await.map(|()| "ticker")?) });
        }
        loops.spawn(janitor(
            self.database.store.clone(),
            queue,
            self.config.retention.runs,
            loops_stop.clone(),
        ));
        if !self.config.http.listen.is_empty() {
            let server = crate::http::serve(&self.config, Arc::clone(&self.syncer)).await?;
            let address = server.address()?;
            tracing::info!(%address, "http listens");
            self.listening.set(address).ok();
            let stop = loops_stop.clone();
            loops.spawn(async move { Ok(server.run(stop).await.map(|()| "http")?) });
        }
        self.announce(roles);
        self.warn_of_passwords().await;

        // The stop first: the loops end with it, and that is no death.
        let mut died = tokio::select! {
            biased;
            () = stop.cancelled() => Ok(()),
            Some(ended) = loops.join_next() => Err(death(ended)),
            failed = failed(working.as_mut()) => Err(failed),
        };
        loops_stop.cancel();
        if let Some(working) = &mut working
            && let Err(error) = working.stop().await
        {
            died = died.and(Err(error.into()));
        }
        while let Some(ended) = loops.join_next().await {
            if died.is_ok() && !matches!(ended, Ok(Ok(_))) {
                died = Err(death(ended));
            }
        }
        died
    }

    fn queue(&self, roles: Roles) -> anyhow::Result<Queue> {
        let settings = QueueSettings {
            instance: self.syncer.control.instance().to_owned(),
            workers: self.config.scheduler.workers,
            run_timeout: self.config.scheduler.run_timeout,
            soft_stop: self
                .config
                .shutdown
                .grace
                .saturating_sub(HARD_STOP)
                .max(Duration::from_millis(100)),
        };
        let worker = roles.work.then(|| {
            let busy_delay = self.config.scheduler.busy_delay;
            Arc::new(Worker::new(
                Arc::clone(&self.syncer),
                &self.config.windows,
                busy_delay,
            ))
        });
        Ok(Queue::new(self.database.store.pool(), &settings, worker)?)
    }

    fn announce(&self, roles: Roles) {
        let windows: Vec<&str> = self
            .config
            .windows
            .iter()
            .map(|w| w.name.as_str())
            .collect();
        tracing::info!(
            instance = self.syncer.control.instance(),
            portal = %self.config.portal.base_url,
            private_database = self.database.is_private(),
            ?windows,
            workers = self.config.scheduler.workers,
            schedule = roles.schedule,
            work = roles.work,
            "agendad is running"
        );
    }

    /// Waits until HTTP listens, and says where: the port may have been 0.
    pub async fn http_address(&self) -> SocketAddr {
        *self.listening.wait().await
    }

    /// What an operator should know of the stored passwords; never a reason not to run.
    async fn warn_of_passwords(&self) {
        match credentials::custody(&self.database.store, &self.syncer.vault).await {
            Ok(custody) => {
                for warning in custody.warnings() {
                    tracing::warn!("{warning}");
                }
            }
            Err(error) => tracing::warn!(%error, "the stored passwords could not be looked at"),
        }
    }

    /// Closes everything in order.
    ///
    /// # Errors
    /// If the private server does not stop.
    pub async fn close(self) -> anyhow::Result<()> {
        let Self {
            database,
            syncer,
            tasks,
            ..
        } = self;
        // The control connection ends with its last handle; the server waits for nobody else.
        drop(syncer);
        tasks.close();
        tasks.wait().await;
        database.close().await
    }
}

/// What every run shares. The key comes before the locks: without it nobody can log in.
async fn syncer(
    config: &Config,
    clock: Clock,
    portal: Portal,
    database: &Database,
    tasks: &TaskTracker,
) -> anyhow::Result<Syncer> {
    let key = config.secrets.vault_key.as_ref();
    let vault = credentials::open_vault(key, &config.state_dir, &database.store).await?;
    let lock_url = config.secrets.database_lock_url.as_ref();
    let lock_url = lock_url.unwrap_or(&database.url).expose_secret();
    let control = Control::connect(lock_url, &instance(config)?, tasks).await?;
    Ok(Syncer {
        store: database.store.clone(),
        control,
        portal,
        sessions: SessionCache::new(&config.session, clock.clone(), vault.clone()),
        vault,
        clock,
        rules: SyncRules::of(config),
    })
}

/// What a daemon process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Roles {
    /// Fire ticks.
    pub schedule: bool,
    /// Work the queue.
    pub work: bool,
}

impl Roles {
    /// Both.
    pub const ALL: Self = Self {
        schedule: true,
        work: true,
    };
}

/// Looks after what the dead leave behind and what grows old.
async fn janitor(
    store: Store,
    queue: Queue,
    keep_runs: Duration,
    stop: CancellationToken,
) -> anyhow::Result<&'static str> {
    let mut dead = tokio::time::interval(LOOK_FOR_THE_DEAD);
    let mut old = tokio::time::interval(PRUNE_EVERY);
    loop {
        tokio::select! {
            () = stop.cancelled() => return Ok("janitor"),
            _ = dead.tick() => match queue.free_jobs_of_the_dead().await {
                Ok(0) => {}
                Ok(jobs) => tracing::warn!(jobs, "freed the jobs of a dead process"),
                Err(error) => tracing::warn!(error = crate::sync::failure::chain(&error).join(": "), "janitor"),
            },
            _ = old.tick(), if !keep_runs.is_zero() => {
                if let Err(error) = prune(&store, keep_runs).await {
                    tracing::warn!(error = crate::sync::failure::chain(&error).join(": "), "janitor");
                }
            }
        }
    }
}

async fn prune(store: &Store, keep: Duration) -> Result<(), crate::store::StoreError> {
    while store.prune_runs(keep, PRUNE_BATCH).await? == PRUNE_BATCH.unsigned_abs() {}
    Ok(())
}

fn death(ended: Result<anyhow::Result<&'static str>, tokio::task::JoinError>) -> anyhow::Error {
    match ended {
        Ok(Ok(name)) => anyhow::anyhow!("the {name} loop ended by itself"),
        Ok(Err(error)) => error,
        Err(error) => anyhow::Error::new(error).context("a loop panicked"),
    }
}

async fn failed(working: Option<&mut crate::scheduler::river::Working>) -> anyhow::Error {
    match working {
        None => std::future::pending().await,
        Some(working) => match working.failed().await {
            Ok(()) => anyhow::anyhow!("the queue ended by itself"),
            Err(error) => error.into(),
        },
    }
}

/// A name that no other process and no other start has.
fn instance(config: &Config) -> anyhow::Result<String> {
    let name = match config.instance.trim() {
        "" => gethostname::gethostname().to_string_lossy().into_owned(),
        name => name.to_owned(),
    };
    let name: String = name.chars().take(60).collect();
    let start =
        getrandom::u32().map_err(|e| anyhow::anyhow!("the system gives no random bytes: {e}"))?;
    Ok(format!("{name}/{start:08x}"))
}
