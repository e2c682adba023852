//! Opening the pool, with errors that say what to do. Every wait for the server has an end.

use std::borrow::Cow;
use std::io;
use std::time::Duration;

use sqlx::error::DatabaseError;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection, PgPool, Row};

use super::Store;
use super::address::Address;
use super::pool::{Pool, Renewal};
use super::repeatable::asking_pool;

/// The database cannot be used. Shows host and database, never the password.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// `database.url` is no address.
    #[error("database.url is not an address like postgres://user:password@host/database")]
    Address(#[source] sqlx::Error),
    /// Nobody answers there, or the answer is no.
    #[error("cannot connect to PostgreSQL at {place} ({})", cure(source))]
    Refused {
        /// Hosts, ports and database.
        place: String,
        /// What the driver says.
        #[source]
        source: sqlx::Error,
    },
    /// A server that only reads.
    #[error(
        "{place} takes no writes: it is a standby, or set to read-only; database.url must lead to the primary \
         (several hosts may be named, with commas between them: the one that takes writes is used)"
    )]
    ReadOnly {
        /// Host, port and database.
        place: String,
    },
    /// Locks would lie.
    #[error(
        "{place} leads through a pooler in transaction mode, where the locks of a session do not hold; \
         set database.lock_url to the server's own address (the pooler may stay in database.url)"
    )]
    Pooler {
        /// Host, port and database.
        place: String,
    },
    /// Locks would be elsewhere.
    #[error(
        "{place} (database.lock_url) is another server than database.url leads to: locks there would protect \
         nothing here; let both lead to the same server"
    )]
    AnotherServer {
        /// Host, port and database of the locks.
        place: String,
    },
}

impl ConnectError {
    /// Whether it may pass by itself: nobody answers yet, the server starts, or has no connection to spare.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Refused { source, .. } => may_pass(source),
            Self::ReadOnly { .. } => true,
            Self::Address(_) | Self::Pooler { .. } | Self::AnotherServer { .. } => false,
        }
    }
}

/// Whether a failure of the database may pass by itself.
pub(super) fn may_pass(error: &sqlx::Error) -> bool {
    match sqlstate(error) {
        // Connection trouble, resources (too many connections, disk, memory), a server that starts or stops, read-only.
        Some(code) => {
            ["08", "53", "57P"]
                .iter()
                .any(|class| code.starts_with(class))
                || code == "25006"
        }
        None => matches!(
            error,
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::Tls(_)
        ),
    }
}

/// What to do about a failure, in a few words.
pub(super) fn cure(error: &sqlx::Error) -> &'static str {
    match sqlstate(error).as_deref() {
        Some("53300") => {
            "it has no connection to spare: end idle ones, raise max_connections there, or lower \
             database.max_connections here"
        }
        Some("53100") => "its disk is full: make room there",
        Some("57P03") => "it starts or stops at this moment: try again soon",
        _ if matches!(error, sqlx::Error::PoolTimedOut) => {
            "no connection within 10 s: is it at its max_connections, or this process at its \
             database.max_connections?"
        }
        _ => "is it running, and do user and password fit?",
    }
}

/// The code of the server's refusal.
pub(super) fn sqlstate(error: &sqlx::Error) -> Option<Cow<'_, str>> {
    error.as_database_error().and_then(DatabaseError::code)
}

/// Whether an error, or one of its causes, is trouble of the database that may pass by itself.
#[must_use]
pub fn may_pass_by_itself(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(refused) = error.downcast_ref::<ConnectError>() {
            return refused.may_pass();
        }
        if let Some(failure) = error.downcast_ref::<sqlx::Error>() {
            return may_pass(failure);
        }
        cause = error.source();
    }
    false
}

/// Options of an address, those of its first host; statements are not logged.
///
/// # Errors
/// [`ConnectError::Address`].
pub fn options(url: &str, application: &str) -> Result<PgConnectOptions, ConnectError> {
    let mut hosts = Address::parse(url, application)?.hosts;
    Ok(hosts.swap_remove(0))
}

/// Where an address leads, without secrets: all its hosts.
///
/// # Errors
/// [`ConnectError::Address`].
pub fn places(url: &str) -> Result<String, ConnectError> {
    Ok(Address::parse(url, "agendad")?.places())
}

/// Which server an address leads to.
///
/// # Errors
/// [`ConnectError`].
pub async fn server_of(url: &str) -> Result<Server, ConnectError> {
    Ok(Address::parse(url, "agendad")?.best().await?.server)
}

/// Opens the pool, after one connection has proved that it can be.
///
/// # Errors
/// [`ConnectError`].
pub async fn pool(url: &str, max_connections: u32) -> Result<PgPool, ConnectError> {
    Ok(store(url, max_connections).await?.pool().clone())
}

/// The same as a store, which renews its pool when the server has changed.
///
/// # Errors
/// [`ConnectError`].
pub async fn store(url: &str, max_connections: u32) -> Result<Store, ConnectError> {
    let address = Address::parse(url, "agendad")?;
    // One connection outside the pool first: the pool would try for ten seconds and then say only that.
    let proof = address.best().await?;
    let renewal = Renewal::default();
    let pool = asking_pool(&renewal)
        .max_connections(max_connections)
        .acquire_timeout(Duration::from_secs(10))
        .connect_lazy_with(proof.options);
    Ok(Store::on(Pool::new(pool, renewal, Some(address))))
}

/// Which server, told from all others: when it was started, by its own clock to the microsecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Server(pub(super) chrono::DateTime<chrono::Utc>);

/// A host that let us in.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) options: PgConnectOptions,
    pub(super) server: Server,
    pub(super) takes_writes: bool,
}

impl Address {
    pub(super) fn places(&self) -> String {
        let places: Vec<String> = self.hosts.iter().map(place).collect();
        places.join(", ")
    }

    /// The first host that takes writes; if none does, the first that answers at all.
    ///
    /// # Errors
    /// Why the last host could not be used.
    pub(super) async fn best(&self) -> Result<Found, ConnectError> {
        let mut reader = None;
        let mut refused = sqlx::Error::Io(io::ErrorKind::NotFound.into());
        for options in &self.hosts {
            match within(self.patience, Box::pin(look(options))).await {
                Ok(found) if found.takes_writes => return Ok(found),
                Ok(found) => reader = reader.or(Some(found)),
                Err(error) => refused = error,
            }
        }
        reader.ok_or_else(|| ConnectError::Refused {
            place: self.places(),
            source: refused,
        })
    }
}

/// Connects, looks which server it is, and goes.
async fn look(options: &PgConnectOptions) -> Result<Found, sqlx::Error> {
    let mut connection = PgConnection::connect_with(options).await?;
    // A simple statement: nothing is left behind in a pooler.
    let row = sqlx::raw_sql(
        "SELECT pg_postmaster_start_time(),
                NOT pg_is_in_recovery() AND current_setting('transaction_read_only') = 'off'",
    )
    .fetch_one(&mut connection)
    .await?;
    let found = Found {
        options: options.clone(),
        server: Server(row.try_get(0)?),
        takes_writes: row.try_get(1)?,
    };
    connection.close().await?;
    Ok(found)
}

/// Waits for the server, but not for ever.
///
/// # Errors
/// Those of `work`; [`sqlx::Error::Io`] if it took longer.
pub(super) async fn within<T>(
    patience: Duration,
    work: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, sqlx::Error> {
    match tokio::time::timeout(patience, work).await {
        Ok(answer) => answer,
        Err(_) => Err(no_answer(patience)),
    }
}

/// The server is silent.
pub(super) fn no_answer(patience: Duration) -> sqlx::Error {
    let said = format!("no answer within {} s", patience.as_secs());
    sqlx::Error::Io(io::Error::new(io::ErrorKind::TimedOut, said))
}

/// Whether the server did not answer in time, or its machine does not.
pub(super) fn is_silence(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Io(error) if error.kind() == io::ErrorKind::TimedOut)
}

/// Where an address leads, without secrets.
#[must_use]
pub fn place(options: &PgConnectOptions) -> String {
    let host = options.get_socket().map_or_else(
        || options.get_host().to_owned(),
        |s| s.display().to_string(),
    );
    format!(
        "{host}:{}/{}",
        options.get_port(),
        options.get_database().unwrap_or("(default)")
    )
}
