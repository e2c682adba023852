//! *Who asks?* over HTTP. The health checks for now.

pub mod health;

use std::io;

use axum::Router;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use health::Readiness;

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
pub async fn serve(address: &str, readiness: Readiness) -> Result<Server, ListenError> {
    let listener = TcpListener::bind(address)
        .await
        .map_err(|source| ListenError {
            address: address.to_owned(),
            source,
        })?;
    Ok(Server {
        listener,
        router: health::routes(readiness),
    })
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
