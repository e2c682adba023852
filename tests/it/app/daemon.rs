//! A daemon in this process with its health over HTTP, and a server of its own that may be ill-treated.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use agendad::app::{App, Roles};
use agendad::config::Config;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::support::{TestDatabase, eventually, place};

/// What must be said of the database is said within this time.
pub(crate) const READINESS: Duration = Duration::from_secs(15);

pub(crate) struct Daemon {
    pub(crate) app: Arc<App>,
    pub(crate) address: SocketAddr,
    stop: CancellationToken,
    running: JoinSet<anyhow::Result<()>>,
}

impl Daemon {
    pub(crate) async fn start(mut config: Config) -> Self {
        config.http.listen = "127.0.0.1:0".to_owned();
        let app = Box::pin(App::start(config)).await;
        let app = Arc::new(app.unwrap_or_else(|error| panic!("{error:#}")));
        let stop = CancellationToken::new();
        let (daemon, token) = (Arc::clone(&app), stop.clone());
        let mut running = JoinSet::new();
        running.spawn(async move { daemon.run(Roles::ALL, &token).await });
        let address = app.http_address().await;
        Self {
            app,
            address,
            stop,
            running,
        }
    }

    /// Status and text of a page.
    pub(crate) async fn get(&self, path: &str) -> (u16, String) {
        let mut connection = TcpStream::connect(self.address).await.unwrap();
        let request = format!("GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n");
        connection.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).await.unwrap();
        let status = answer.split_whitespace().nth(1).unwrap().parse().unwrap();
        let (_, text) = answer.split_once("\r\n\r\n").unwrap();
        (status, text.to_owned())
    }

    /// Waits until readiness says this; how long that took.
    pub(crate) async fn until_ready_says(&self, text: &str) -> Duration {
        let start = Instant::now();
        eventually(text, READINESS, async || {
            let (_, said) = self.get("/readyz").await;
            said.contains(text).then_some(())
        })
        .await;
        start.elapsed()
    }

    /// Tells it to stop; how long that took, and how it ended.
    pub(crate) async fn stop(mut self) -> (Duration, anyhow::Result<()>) {
        let start = Instant::now();
        self.stop.cancel();
        let ended = self.running.join_next().await.unwrap().unwrap();
        if let Ok(app) = Arc::try_unwrap(self.app).map_err(|_| "the daemon is still used") {
            app.close().await.unwrap();
        }
        (start.elapsed(), ended)
    }
}

/// A server of the test's own, with our tables.
pub(crate) async fn server() -> (TestDatabase, TempDir) {
    let (dir, cluster) = place();
    (TestDatabase::alone(&cluster).await, dir)
}
