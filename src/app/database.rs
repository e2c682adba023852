//! The database of a process: a given one, or a private one that is started, kept alive and stopped.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;
use tokio::time::{Instant, interval_at};
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::lifecycle;
use crate::private_postgres::{PrivatePostgres, PrivatePostgresError};
use crate::store::connect::ConnectError;
use crate::store::migrate::Migrated;
use crate::store::places::first_on_path;
use crate::store::{Store, connect};

/// Connections beside those that running syncs need for a moment each: the queue, the ticker, people.
const SPARE_CONNECTIONS: u32 = 6;
/// How often a private server is looked after.
const LOOK_AFTER: Duration = Duration::from_secs(5);
/// How often systemd hears that work on the schema goes on, and how often the log.
const SIGN: Duration = Duration::from_secs(5);
const LINE: Duration = Duration::from_secs(60);
/// How long connections that are still in use may keep the pool from closing.
const CLOSING: Duration = Duration::from_millis(500);

/// What to do about a schema that is not up to date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// Bring it up to date.
    Migrate,
    /// Say that it must be brought up to date. A private database is migrated all the same.
    Require,
    /// Leave it: whoever opens it looks.
    AsItIs,
}

/// Why [`Database::open`] fails before it looks any further.
#[derive(Debug, thiserror::Error)]
#[error("no database.url is set, and the private PostgreSQL cannot be used")]
pub struct NotUsable(#[source] pub PrivatePostgresError);

/// The tables are those of an earlier version.
#[derive(Debug, thiserror::Error)]
#[error("the database lacks {pending} migrations; run: agendad migrate")]
pub struct Behind {
    /// Migrations that are to come.
    pub pending: usize,
}

/// There is no database to work with, and this command makes none.
#[derive(Debug, thiserror::Error)]
#[error(
    "there is no database: database.url is not set, and {} holds no private one (state_dir is {}). Set state_dir \
     (AGENDAD_STATE_DIR) to the directory of the daemon, or database.url (AGENDAD_DATABASE__URL); a new private \
     database is made by agendad run, agendad setup, agendad migrate and agendad demo only",
    dir.display(), state_dir.display()
)]
pub struct NoDatabase {
    /// The configured state directory.
    pub state_dir: PathBuf,
    /// Where the private database would lie.
    pub dir: PathBuf,
}

/// Work on the schema that may take minutes: an index over years of slots. systemd hears that the start goes on, and the
/// log says so once a minute; killed for taking too long, it would begin anew at each start.
async fn while_starting<T>(store: &Store, work: impl Future<Output = T>) -> T {
    let begun = Instant::now();
    let mut signs = interval_at(begun + SIGN, SIGN);
    let mut lines = interval_at(begun + LINE, LINE);
    let mut work = std::pin::pin!(work);
    loop {
        tokio::select! {
            done = &mut work => return done,
            _ = signs.tick() => lifecycle::still_starting("working on the database's schema", LINE),
            _ = lines.tick() => tell_what_goes_on(store, begun.elapsed()).await,
        }
    }
}

/// That it goes on, or waits: for a process that was first, or for somebody's transaction.
async fn tell_what_goes_on(store: &Store, elapsed: Duration) {
    let elapsed = humantime::format_duration(Duration::from_secs(elapsed.as_secs()));
    let found = tokio::time::timeout(SIGN, store.at_work_on_schema()).await;
    let connections = found.ok().and_then(Result::ok).unwrap_or_default();
    tracing::info!(
        %elapsed,
        ?connections,
        "still working on the database's schema, or waiting for it; years of slots take some minutes. The connections are the one \
         that works on it, and whatever keeps that one waiting: pg_terminate_backend ends what was forgotten"
    );
}

/// The way by which the schema is brought up to date: its lock needs a session, as the locks of runs do.
async fn with_sessions(
    config: &Config,
    store: &Store,
    url: &SecretString,
    private: bool,
) -> anyhow::Result<Store> {
    if private {
        return Ok(store.clone());
    }
    let Some(direct) = &config.secrets.database_lock_url else {
        connect::require_sessions(url.expose_secret()).await?;
        return Ok(store.clone());
    };
    let direct = first_on_path(direct.expose_secret(), config.database.schema()).await?;
    connect::require_sessions(&direct).await?;
    let sessions = connect::store(&direct, SPARE_CONNECTIONS)
        .await?
        .in_zone(config.timezone);
    if !store.is_same_database(&sessions).await? {
        let place = connect::places(&direct)?;
        return Err(ConnectError::AnotherServer { place }.into());
    }
    Ok(sessions)
}

/// Where the private database lies, or would lie.
#[must_use]
pub fn private_dir(config: &Config) -> PathBuf {
    config.state_dir.join("postgres")
}

/// An open database, private or given.
#[derive(Debug)]
pub struct Database {
    pub store: Store,
    /// Runs of dead processes that were closed when it was opened.
    pub(super) dead_runs: u64,
    /// Its address; holds the password.
    url: SecretString,
    private: Option<Private>,
}

impl Database {
    /// Opens the configured database, or the private one if it exists.
    ///
    /// # Errors
    /// [`NoDatabase`] if it does not; else with a sentence that says what to do.
    pub async fn open(config: &Config, schema: Schema) -> anyhow::Result<Self> {
        if config.secrets.database_url.is_none() {
            let dir = private_dir(config);
            if !PrivatePostgres::exists(&dir).map_err(NotUsable)? {
                let state_dir = config.state_dir.clone();
                return Err(NoDatabase { state_dir, dir }.into());
            }
        }
        Self::open_or_make(config, schema).await
    }

    /// Opens the configured database, or the private one, which is made if it does not exist.
    ///
    /// # Errors
    /// With a sentence that says what to do.
    pub async fn open_or_make(config: &Config, schema: Schema) -> anyhow::Result<Self> {
        let (url, private) = match &config.secrets.database_url {
            Some(url) => (url.clone(), None),
            None => {
                let dir = private_dir(config);
                let server = PrivatePostgres::start(&dir).await.map_err(NotUsable)?;
                let url = server.url().to_owned();
                let private = Private {
                    dir,
                    server: Arc::new(Mutex::new(Some(server))),
                };
                (url.into(), Some(private))
            }
        };
        match Box::pin(Self::prepare(config, schema, url, private.is_some())).await {
            Ok((store, dead_runs, url)) => Ok(Self {
                store,
                dead_runs,
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
        url: SecretString,
        private: bool,
    ) -> anyhow::Result<(Store, u64, SecretString)> {
        let connections = match config.database.max_connections {
            0 => u32::try_from(config.scheduler.workers.min(32))? + SPARE_CONNECTIONS,
            n => n,
        };
        let schema_of_ours = config.database.schema();
        let url = first_on_path(url.expose_secret(), schema_of_ours).await?;
        let url = SecretString::from(url);
        let store = connect::store(url.expose_secret(), connections)
            .await?
            .in_zone(config.timezone);
        let mut dead_runs = 0;
        match schema {
            Schema::Migrate => {
                let sessions = with_sessions(config, &store, &url, private).await?;
                let migrated =
                    while_starting(&sessions, sessions.migrate_into(schema_of_ours)).await?;
                dead_runs = migrated.adopted.runs_closed;
            }
            Schema::Require if private => {
                while_starting(&store, store.migrate_into(schema_of_ours)).await?;
            }
            Schema::Require => {
                store.places(schema_of_ours).await?;
                let pending = store.pending_migrations().await?;
                if pending > 0 {
                    return Err(Behind { pending }.into());
                }
            }
            Schema::AsItIs => {}
        }
        if dead_runs > 0 {
            tracing::warn!(runs = dead_runs, "closed runs whose process had died");
        }
        Ok((store, dead_runs, url))
    }

    /// Brings the schema up to date, whatever the database was opened for.
    ///
    /// # Errors
    /// [`MigrateError`](crate::store::migrate::MigrateError), or why the lock cannot be taken.
    pub async fn migrate(&self, config: &Config) -> anyhow::Result<Migrated> {
        let sessions = with_sessions(config, &self.store, &self.url, self.is_private()).await?;
        Ok(sessions.migrate_into(config.database.schema()).await?)
    }

    /// The address, for those who need a connection of their own.
    #[must_use]
    pub fn url(&self) -> &SecretString {
        &self.url
    }

    /// Whether it is the private one.
    #[must_use]
    pub fn is_private(&self) -> bool {
        self.private.is_some()
    }

    /// The private server, to be kept alive.
    pub(super) fn private(&self) -> Option<Private> {
        self.private.clone()
    }

    /// Closes the pool; the last user of a private database stops it.
    ///
    /// # Errors
    /// If the private server does not stop.
    pub async fn close(self) -> anyhow::Result<()> {
        let closing = self.store.pool().close();
        if tokio::time::timeout(CLOSING, closing).await.is_err() {
            tracing::warn!("connections of the pool are still in use; not waiting for them");
        }
        if let Some(private) = self.private {
            private.stop().await?;
        }
        Ok(())
    }
}

/// The hold on a private server. Clones share it.
#[derive(Debug, Clone)]
pub(super) struct Private {
    dir: PathBuf,
    server: Arc<Mutex<Option<PrivatePostgres>>>,
}

impl Private {
    /// Starts the server again whenever it has died; nobody else would.
    ///
    /// # Errors
    /// None: a server that does not start is tried again.
    pub(super) async fn keep_alive(self, stop: CancellationToken) -> anyhow::Result<&'static str> {
        loop {
            tokio::select! {
                () = stop.cancelled() => return Ok("private database"),
                () = tokio::time::sleep(LOOK_AFTER) => {}
            }
            if let Err(error) = self.revive().await {
                tracing::error!(error = format!("{error:#}"), "the private database is down");
            }
        }
    }

    async fn revive(&self) -> anyhow::Result<()> {
        let mut held = self.server.lock().await;
        let Some(old) = held.take() else {
            return Ok(());
        };
        let started = PrivatePostgres::start(&self.dir).await;
        let server = match started {
            Ok(server) => server,
            Err(error) => {
                *held = Some(old);
                return Err(error).context("the private PostgreSQL died");
            }
        };
        // The socket's place follows from the directory, so the address stays.
        *held = Some(server);
        // Not the last one out: the new hold keeps the server.
        Ok(old.stop().await?)
    }

    async fn stop(&self) -> anyhow::Result<()> {
        if let Some(server) = self.server.lock().await.take() {
            server.stop().await?;
        }
        Ok(())
    }
}
