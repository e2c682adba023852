//! A server that takes connections and never answers.

use std::net::TcpListener;

use agendad_store::{STATEMENT_TIMEOUT, Store};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

/// Whoever asks it waits to the end of the statement's time-out.
#[derive(Debug)]
pub struct SilentServer {
    pub store: Store,
    /// Its queue takes connections that nobody serves.
    _listener: TcpListener,
}

impl SilentServer {
    /// Nothing is asked yet.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let options = PgConnectOptions::new_without_pgpass()
            .host("127.0.0.1")
            .port(listener.local_addr().unwrap().port())
            .username("u")
            .database("x");
        let pool = PgPoolOptions::new()
            .acquire_timeout(STATEMENT_TIMEOUT)
            .connect_lazy_with(options);
        Self {
            store: Store::new(pool),
            _listener: listener,
        }
    }
}
