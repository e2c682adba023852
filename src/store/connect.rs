//! Opening the pool, with errors that say what to do.

use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection, PgPool};

use super::repeatable::asking_pool;

/// The database cannot be used. Shows host and database, never the password.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// `database.url` is no address.
    #[error("database.url is not an address like postgres://user:password@host/database")]
    Address(#[source] sqlx::Error),
    /// Nobody answers there, or the answer is no.
    #[error(
        "cannot connect to PostgreSQL at {place} (is it running, and do user and password fit?)"
    )]
    Refused {
        /// Host, port and database.
        place: String,
        /// What the driver says.
        #[source]
        source: sqlx::Error,
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
}

/// Options of an address, with the application's name set; statements are not logged.
///
/// # Errors
/// [`ConnectError::Address`].
pub fn options(url: &str, application: &str) -> Result<PgConnectOptions, ConnectError> {
    // The driver takes any scheme, and would look for a database of another kind on this machine.
    if !["postgres:", "postgresql:"]
        .iter()
        .any(|scheme| url.starts_with(scheme))
    {
        let scheme = "it does not begin with postgres://";
        return Err(ConnectError::Address(sqlx::Error::Configuration(
            scheme.into(),
        )));
    }
    let options = PgConnectOptions::from_str(url).map_err(ConnectError::Address)?;
    Ok(options
        .application_name(application)
        .disable_statement_logging())
}

/// Opens the pool, after one connection has proved that it can be.
///
/// # Errors
/// [`ConnectError`].
pub async fn pool(url: &str, max_connections: u32) -> Result<PgPool, ConnectError> {
    let options = options(url, "agendad")?;
    let place = place(&options);
    // One connection outside the pool first: the pool would try for ten seconds and then say only that.
    let proof = PgConnection::connect_with(&options).await;
    match proof {
        Ok(connection) => drop(connection),
        Err(source) => return Err(ConnectError::Refused { place, source }),
    }
    Ok(asking_pool()
        .max_connections(max_connections)
        .acquire_timeout(Duration::from_secs(10))
        .connect_lazy_with(options))
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
