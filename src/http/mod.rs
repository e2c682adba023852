//! *Who asks?* over HTTP: health checks for now. `/healthz` says that the process is alive, `/readyz`
//! that it can work: the database answers and its schema is up to date.

use std::io;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::store::Store;

/// A server that listens and is ready to run.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    router: Router,
}

/// The address cannot be used.
#[derive(Debug, thiserror::Error)]
#[error(
    "cannot listen on http.listen = {address} (is another agendad running? choose another port, or \"\" for none)"
)]
pub struct ListenError {
    address: String,
    #[source]
    source: io::Error,
}

/// Opens the listener.
///
/// # Errors
/// [`ListenError`].
pub async fn serve(address: &str, store: Store) -> Result<Server, ListenError> {
    let listener = TcpListener::bind(address)
        .await
        .map_err(|source| ListenError {
            address: address.to_owned(),
            source,
        })?;
    let router = Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .with_state(store);
    Ok(Server { listener, router })
}

impl Server {
    /// Serves until told to stop.
    ///
    /// # Errors
    /// If accepting connections fails for good.
    pub async fn run(self, stop: CancellationToken) -> io::Result<()> {
        axum::serve(self.listener, self.router)
            .with_graceful_shutdown(stop.cancelled_owned())
            .await
    }
}

async fn ready(State(store): State<Store>) -> (StatusCode, String) {
    match store.pending_migrations().await {
        Ok(0) => (StatusCode::OK, "ready\n".to_owned()),
        Ok(pending) => (
            StatusCode::SERVICE_UNAVAILABLE,
            format!("database: {pending} migrations are missing\n"),
        ),
        Err(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "database: does not answer\n".to_owned(),
        ),
    }
}
