//! The open database: the one that is configured, or a private one that lives as long as it is used.

use anyhow::{Context, bail};
use secrecy::{ExposeSecret, SecretString};

use crate::config::Config;
use crate::private_postgres::PrivatePostgres;
use crate::store::{Store, connect};

/// Connections beside those that running syncs need for a moment each: the queue, the ticker, people.
const SPARE_CONNECTIONS: u32 = 6;

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
    url: SecretString,
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
        url: &SecretString,
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
    pub fn url(&self) -> &SecretString {
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
