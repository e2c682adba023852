//! Opening the pool.

use std::io;
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection, PgPool, Row};

use super::address::Address;
use super::pool::{Pool, Renewal};
use super::repeatable::asking_pool;
use super::waiting::within;
use super::{Store, StoreError, pooler};

pub use super::connect_error::{ConnectError, may_pass_by_itself};

/// How long a look whether a pooler mixes sessions may take.
const MIXES_WITHIN: Duration = Duration::from_secs(15);

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
pub async fn server_of(url: &str) -> Result<Server, ConnectError> {
    Ok(Address::parse(url, "agendad")?.best().await?.server)
}

/// Opens the pool, after one connection has proved that it can be.
pub async fn pool(url: &str, max_connections: u32) -> Result<PgPool, ConnectError> {
    Ok(store(url, max_connections).await?.pool().clone())
}

/// The same as a store, which renews its pool when the server has changed.
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

/// Refuses an address that leads through a pooler in transaction mode: a lock of a session that is taken there stays with
/// somebody else.
///
/// # Errors
/// [`ConnectError::Pooler`] among others.
pub async fn require_sessions(url: &str) -> Result<(), ConnectError> {
    let address = Address::parse(url, "agendad")?;
    let place = address.places();
    let options = address.best().await?.options;
    let mixes = async {
        let mut session = PgConnection::connect_with(&options).await?;
        let mixes = pooler::mixes_sessions(&mut session, &options).await?;
        session.close().await?;
        Ok::<_, sqlx::Error>(mixes)
    };
    match within(MIXES_WITHIN, Box::pin(mixes)).await {
        Ok(false) => Ok(()),
        Ok(true) => Err(ConnectError::Pooler { place }),
        Err(source) => Err(ConnectError::Refused { place, source }),
    }
}

impl Store {
    /// Whether another store has the same database of the same server, by whatever way.
    pub async fn is_same_database(&self, other: &Self) -> Result<bool, StoreError> {
        Ok(self.database_id().await? == other.database_id().await?)
    }

    async fn database_id(&self) -> Result<(Server, i64), StoreError> {
        // A simple statement, as above.
        let row = sqlx::raw_sql(
            "SELECT pg_postmaster_start_time(), oid::bigint FROM pg_database WHERE datname = current_database()",
        )
        .fetch_one(&self.pool)
        .await?;
        Ok((Server(row.try_get(0)?), row.try_get(1)?))
    }
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
            match within(self.connect_timeout, Box::pin(look(options))).await {
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
