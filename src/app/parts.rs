//! The parts of the program, put together and closed again.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tokio::sync::{Mutex, SetOnce, mpsc, watch};
use tokio_util::task::TaskTracker;

use super::database::{Database, Schema};
use super::portal_memory;
use crate::alerts::Channels;
use crate::clock::Clock;
use crate::config::Config;
use crate::credentials;
use crate::http::{TakeUp, TakeUps};
use crate::portal::Portal;
use crate::session::SessionCache;
use crate::store::Store;
use crate::store::connect::{self, ConnectError};
use crate::store::control::Control;
use crate::store::places::first_on_path;
use crate::sync::{AtWork, SyncRules, Syncer, Unwritten};
use crate::sync::{CurrentSettings, Settings};

/// What closing the connections may take of the grace of a stop.
pub(super) const CLOSING: Duration = Duration::from_secs(1);

/// The parts of the program, put together.
#[derive(Debug)]
pub struct App {
    /// The settings in force; a reload replaces them.
    pub(super) config: watch::Sender<Arc<Config>>,
    /// The ways to the operators; a reload replaces them.
    pub(super) channels: watch::Sender<Arc<Channels>>,
    pub database: Database,
    /// Runs windows.
    pub syncer: Arc<Syncer>,
    pub(super) tasks: TaskTracker,
    /// Where HTTP listens, once it does.
    pub(super) listening: SetOnce<SocketAddr>,
    /// Whoever has made a setting in the browser asks here that it be taken up.
    pub(super) take_ups: (TakeUps, Mutex<mpsc::Receiver<TakeUp>>),
}

impl App {
    /// Opens everything that a run needs; makes the private database if there is none.
    ///
    /// # Errors
    /// With a sentence that says what to do.
    pub async fn start(config: Config) -> anyhow::Result<Self> {
        Self::start_on(config, Database::open_or_make).await
    }

    /// The same for commands beside the daemon: a private database that is not there is not made.
    ///
    /// # Errors
    /// [`NoDatabase`](super::NoDatabase) among others, with a sentence that says what to do.
    pub async fn start_on_existing(config: Config) -> anyhow::Result<Self> {
        Self::start_on(config, Database::open).await
    }

    async fn start_on(
        config: Config,
        open: impl AsyncFnOnce(&Config, Schema) -> anyhow::Result<Database>,
    ) -> anyhow::Result<Self> {
        let clock = Clock::system(config.timezone);
        let portal = Portal::new(
            &config.portal,
            config.secrets.portal_proxy.as_ref(),
            &config.retry,
            &config.state_dir,
            &clock,
        )?;
        let channels = Channels::of(&config)?;
        portal_memory::check(&config)?;
        let database = Box::pin(open(&config, Schema::Migrate)).await?;
        portal_memory::check_and_remember(&config)?;
        let tasks = TaskTracker::new();
        match Box::pin(syncer(&config, clock, portal, &database, &tasks)).await {
            Ok(syncer) => Ok(Self {
                take_ups: {
                    let (asks, asked) = mpsc::channel(1);
                    (asks, Mutex::new(asked))
                },
                config: watch::Sender::new(Arc::new(config)),
                channels: watch::Sender::new(Arc::new(channels)),
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

    /// The settings in force.
    #[must_use]
    pub fn config(&self) -> Arc<Config> {
        self.config.borrow().clone()
    }

    /// Waits until HTTP listens, and says where: the port may have been 0.
    pub async fn http_address(&self) -> SocketAddr {
        *self.listening.wait().await
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

/// How a loop ended: its name, or why it died.
pub(super) type Ended = anyhow::Result<&'static str>;

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
    let lock_url = lock_url(config, database).await?;
    let lock_url = lock_url.expose_secret();
    let control = Control::connect(lock_url, &instance(config)?, tasks).await?;
    same_server(&control, &database.store, &clock, lock_url).await?;
    let sessions = SessionCache::new(config, clock.clone(), vault.clone(), database.store.clone())?;
    sessions.look().await;
    Ok(Syncer {
        store: database.store.clone(),
        control,
        sessions,
        vault,
        clock,
        settings: CurrentSettings::new(Settings {
            portal,
            rules: SyncRules::of(config),
        }),
        unwritten: Unwritten::default(),
        at_work: AtWork::default(),
    })
}

/// Where the locks are. Their connection signs its process on in a table of ours.
async fn lock_url(config: &Config, database: &Database) -> Result<SecretString, ConnectError> {
    let Some(direct) = &config.secrets.database_lock_url else {
        return Ok(database.url().clone());
    };
    let url = first_on_path(direct.expose_secret(), config.database.schema()).await?;
    Ok(url.into())
}

/// Locks elsewhere would protect nothing.
async fn same_server(
    control: &Control,
    store: &Store,
    clock: &Clock,
    lock_url: &str,
) -> anyhow::Result<()> {
    let locks = control.sign_of_life().await?;
    let sign = store.sign_of_life(control.instance(), clock.now()).await?;
    if locks == sign.server {
        return Ok(());
    }
    let place = connect::places(lock_url)?;
    Err(ConnectError::AnotherServer { place }.into())
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
