//! Listening, and the life of a connection: how long it may take over its headers and over reading its
//! answers, how many there are, how it ends when the daemon stops.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::peer::Peer;
use super::slow_reader::SlowReaderGuard;
use super::syncs::{HARD_STOP, Syncs};
use crate::config::Config;

/// Pause after accepting failed, for example because no file descriptor was free.
const AFTER_FAILURE: Duration = Duration::from_millis(200);
/// Time for last answers once no sync runs any more.
const LAST_ANSWERS: Duration = Duration::from_secs(2);

/// A server that listens and is ready to run.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    router: Router,
    syncs: Arc<Syncs>,
    connections: usize,
    request_timeout: Duration,
    grace: Duration,
}

/// The address cannot be used.
#[derive(Debug, thiserror::Error)]
#[error(
    "cannot listen on http.listen = {address} (is another agendad running? choose another port, or \"\" for none)"
)]
pub struct ListenError {
    pub(crate) address: String,
    #[source]
    source: io::Error,
}

impl Server {
    /// Opens the listener.
    pub(crate) async fn bind(
        config: &Config,
        router: Router,
        syncs: Arc<Syncs>,
    ) -> Result<Self, ListenError> {
        let address = &config.http.listen;
        let listener = TcpListener::bind(address)
            .await
            .map_err(|source| ListenError {
                address: address.clone(),
                source,
            })?;
        Ok(Self {
            listener,
            router,
            syncs,
            connections: config.http.max_connections,
            request_timeout: config.http.request_timeout,
            grace: config
                .shutdown
                .grace
                .saturating_sub(HARD_STOP + LAST_ANSWERS),
        })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// If the system does not know.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until told to stop; then ends in good order: no new connections, syncs under way may
    /// finish within the grace period, their clients get their answers.
    ///
    /// # Errors
    /// None at present; accepting is tried again.
    pub async fn run(self, stop: CancellationToken) -> io::Result<()> {
        let Self {
            listener,
            router,
            syncs,
            request_timeout,
            grace,
            ..
        } = self;
        let slots = Arc::new(Semaphore::new(self.connections));
        let tasks = TaskTracker::new();
        let (soft, hard) = (CancellationToken::new(), CancellationToken::new());
        while let Some((stream, peer, slot)) = next(&listener, &slots, &stop).await {
            let life = Life {
                router: router.clone(),
                peer,
                request_timeout,
                soft: soft.clone(),
            };
            let hard = hard.clone();
            tasks.spawn(async move {
                tokio::select! {
                    () = life.serve(stream) => {}
                    () = hard.cancelled() => {}
                }
                drop(slot);
            });
        }
        drop(listener);
        soft.cancel();
        tasks.close();
        syncs.finish(grace).await;
        if tokio::time::timeout(LAST_ANSWERS, tasks.wait())
            .await
            .is_err()
        {
            hard.cancel();
            tasks.wait().await;
        }
        Ok(())
    }
}

/// The next connection; `None` when it is time to stop. When all slots are taken, clients wait in
/// the system's queue.
async fn next(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
    stop: &CancellationToken,
) -> Option<(TcpStream, SocketAddr, tokio::sync::OwnedSemaphorePermit)> {
    let accept = async {
        let slot = Arc::clone(slots).acquire_owned().await.ok()?;
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => return Some((stream, peer, slot)),
                Err(error) => {
                    tracing::debug!(%error, "a connection could not be accepted");
                    tokio::time::sleep(AFTER_FAILURE).await;
                }
            }
        }
    };
    tokio::select! {
        biased;
        () = stop.cancelled() => None,
        accepted = accept => accepted,
    }
}

/// One connection.
struct Life {
    router: Router,
    peer: SocketAddr,
    request_timeout: Duration,
    soft: CancellationToken,
}

impl Life {
    async fn serve(self, stream: TcpStream) {
        let stream = SlowReaderGuard::new(stream, self.request_timeout);
        let router = TowerToHyperService::new(self.router);
        let peer = Peer(self.peer);
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(peer);
            router.call(request)
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.request_timeout)
            .max_buf_size(64 * 1024)
            .serve_connection(TokioIo::new(stream), service);
        tokio::pin!(connection);
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = self.soft.cancelled() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(peer = %self.peer, %error, "a connection ended early");
        }
    }
}
