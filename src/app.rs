//! Wiring only: opens the database, puts the parts together, runs the daemon until told to stop.

mod database;

use std::sync::Arc;
use std::time::Duration;

use secrecy::ExposeSecret;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::clock::Clock;
use crate::config::Config;
use crate::portal::Portal;
use crate::scheduler::river::QueueSettings;
use crate::scheduler::{Queue, Ticker, Worker};
use crate::session::SessionCache;
use crate::store::Store;
use crate::store::control::Control;
use crate::sync::{SyncRules, Syncer};
use crate::vault::Vault;

pub use database::{Database, Schema};

/// How often the jobs of dead processes are looked for.
const LOOK_FOR_THE_DEAD: Duration = Duration::from_secs(5);
/// How often old runs are deleted, and how many at once.
const PRUNE_EVERY: Duration = Duration::from_secs(600);
const PRUNE_BATCH: i64 = 1000;
/// What the second stage of a stop may take of the grace: recording runs, giving locks back.
const HARD_STOP: Duration = Duration::from_secs(3);
/// What closing the connections may take of that.
const CLOSING: Duration = Duration::from_secs(1);

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
}

impl App {
    /// Opens everything that a run needs.
    ///
    /// # Errors
    /// With a sentence that says what to do.
    pub async fn start(config: Config) -> anyhow::Result<Self> {
        // The key first: without it nothing else is worth opening.
        let vault = Vault::open(config.secrets.vault_key.as_ref(), &config.state_dir)?;
        let clock = Clock::system(config.timezone);
        let portal = Portal::new(&config.portal, &config.retry, &config.state_dir, &clock)?;
        let database = Database::open(&config, Schema::Migrate).await?;
        let tasks = TaskTracker::new();
        let lock_url = config
            .secrets
            .database_lock_url
            .as_ref()
            .unwrap_or(database.url());
        let control =
            Control::connect(lock_url.expose_secret(), &instance(&config)?, &tasks).await?;
        let syncer = Syncer {
            store: database.store.clone(),
            control,
            portal,
            sessions: SessionCache::new(config.session.ttl, clock.clone(), vault.clone()),
            vault,
            clock,
            rules: SyncRules::of(&config),
        };
        Ok(Self {
            config,
            database,
            syncer: Arc::new(syncer),
            tasks,
        })
    }

    /// Runs the daemon until `stop` fires or a loop dies.
    ///
    /// # Errors
    /// If a loop died: the process should exit non-zero and be started again.
    pub async fn run(&self, roles: Roles, stop: &CancellationToken) -> anyhow::Result<()> {
        // What can be refused comes first, before any work has begun.
        let server = match self.config.http.listen.as_str() {
            "" => None,
            address => Some(crate::http::serve(address, self.database.store.clone()).await?),
        };
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
        if let Some(private) = self.database.private() {
            loops.spawn(private.keep_alive(loops_stop.clone()));
        }
        if let Some(server) = server {
            let stop = loops_stop.clone();
            loops.spawn(async move { Ok(server.run(stop).await.map(|()| "http")?) });
        }
        self.announce(roles);

        // Biased: a stop ends the loops too, and that is no death of theirs.
        let mut died = tokio::select! {
            biased;
            () = stop.cancelled() => Ok(()),
            Some(ended) = loops.join_next() => Err(death(ended)),
            failed = failed(working.as_mut()) => Err(failed),
        };
        loops_stop.cancel();
        let ending = async {
            if let Some(working) = &mut working
                && let Err(error) = working.stop().await
                && died.is_ok()
            {
                died = Err(error.into());
            }
            while let Some(ended) = loops.join_next().await {
                if died.is_ok() && !matches!(ended, Ok(Ok(_))) {
                    died = Err(death(ended));
                }
            }
        };
        let grace = self.config.shutdown.grace.saturating_sub(CLOSING);
        if tokio::time::timeout(grace, ending).await.is_err() && died.is_ok() {
            died = Err(anyhow::anyhow!(
                "shutdown.grace is over; what still runs is left to the next start"
            ));
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
        if tokio::time::timeout(CLOSING / 2, tasks.wait())
            .await
            .is_err()
        {
            tracing::warn!("something still holds the control connection; not waiting for it");
        }
        database.close().await
    }
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
                if let Err(error) = prune(&store, keep_runs, &stop).await {
                    tracing::warn!(error = crate::sync::failure::chain(&error).join(": "), "janitor");
                }
            }
        }
    }
}

async fn prune(
    store: &Store,
    keep: Duration,
    stop: &CancellationToken,
) -> Result<(), crate::store::StoreError> {
    let full = PRUNE_BATCH.unsigned_abs();
    while !stop.is_cancelled() && store.prune_runs(keep, PRUNE_BATCH).await? == full {}
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
