//! The portal's connections. Served by hand rather than by a framework, because faults need the socket.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::connection::Connection;
use super::portal;
use super::world::World;

const PAUSE_AFTER_FAILED_ACCEPT: Duration = Duration::from_millis(50);

/// Serves until told to stop; connections are `tasks`.
pub(super) async fn serve(
    listener: TcpListener,
    world: Arc<World>,
    tasks: TaskTracker,
    stop: CancellationToken,
) {
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                tasks.spawn(converse(stream, Arc::clone(&world), stop.clone()));
            }
            Err(error) => {
                // Out of descriptors, most likely; connections that end give some back.
                tracing::warn!(%error, "portal simulator failed to accept a connection");
                tokio::time::sleep(PAUSE_AFTER_FAILED_ACCEPT).await;
            }
        }
    }
}

async fn converse(stream: TcpStream, world: Arc<World>, stop: CancellationToken) {
    let _open = world.counters.connection();
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "failed to set TCP_NODELAY");
    }
    let line = Connection::default();
    let service = service_fn(|request: hyper::Request<hyper::body::Incoming>| {
        let answer = portal::answer(Arc::clone(&world), line.clone(), request.map(Body::new));
        async { Ok::<_, Infallible>(answer.await) }
    });
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        ended = &mut connection => {
            if let Err(error) = ended {
                tracing::debug!(%error, "portal connection ended early");
            }
        }
        () = line.reset.cancelled() => reset_now(connection.into_parts().io.into_inner()),
        () = stop.cancelled() => {}
    }
}

/// Closing without lingering sends a reset in place of an orderly end.
fn reset_now(stream: TcpStream) {
    if let Err(error) = stream.set_zero_linger() {
        tracing::debug!(%error, "failed to make the close a reset");
    }
}
