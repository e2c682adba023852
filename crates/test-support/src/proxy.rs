//! A TCP proxy on this machine before a server's Unix socket. Its target can be changed while connections live: a
//! failover behind a load balancer, which leaves them on the old server. And it can fall silent, as a machine does
//! that lost its power: connections stay, and nothing is ever answered.

use std::future::pending;
use std::net::{Shutdown, SocketAddr};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use agendad_store::connect;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;

/// How soon a server notices by its keepalives that nobody is there any more.
const KEEPALIVE: Duration = Duration::from_secs(60);

/// A proxy, and the connections through it.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    target: Arc<Mutex<PathBuf>>,
    silence: watch::Sender<Silence>,
    /// How many connections there have been.
    accepted: Arc<AtomicUsize>,
    /// Ends with the proxy, and the connections with it.
    _accepting: JoinSet<()>,
}

/// Who is not served any more.
#[derive(Debug, Clone, Copy, Default)]
struct Silence {
    all: bool,
    /// Connections with a lower number, for ever.
    below: usize,
    /// The server notices that those are gone.
    noticed_after: Duration,
}

impl Silence {
    fn allows(&self, number: usize) -> bool {
        !self.all && number >= self.below
    }
}

/// The socket to which a database's address leads.
fn socket_of(url: &str) -> PathBuf {
    let options = connect::options(url, "test").unwrap();
    let socket = options.get_socket().unwrap();
    socket.join(format!(".s.PGSQL.{}", options.get_port()))
}

impl Proxy {
    /// Before the server of this database.
    pub async fn before(url: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let target = Arc::new(Mutex::new(socket_of(url)));
        let silence = watch::Sender::new(Silence::default());
        let (to, heard) = (Arc::clone(&target), silence.subscribe());
        let accepted = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&accepted);
        let mut accepting = JoinSet::new();
        accepting.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                let path = to.lock().unwrap().clone();
                let number = counted.fetch_add(1, Ordering::Relaxed);
                connections.spawn(pass_on(client, path, heard.clone(), number));
                while connections.try_join_next().is_some() {}
            }
        });
        Self {
            address,
            target,
            silence,
            accepted,
            _accepting: accepting,
        }
    }

    /// The same database, by way of here.
    pub fn url(&self, url: &str) -> String {
        let options = connect::options(url, "test").unwrap();
        let name = options.get_database().unwrap();
        let port = self.address.port();
        format!("postgres://agendad@127.0.0.1:{port}/{name}?sslmode=disable")
    }

    /// New connections go to the server of this database; living ones stay where they are.
    pub fn switch_to(&self, url: &str) {
        *self.target.lock().unwrap() = socket_of(url);
    }

    /// Nothing is passed on any more, in either direction, until it speaks again.
    pub fn fall_silent(&self, silent: bool) {
        self.silence.send_modify(|silence| silence.all = silent);
    }

    /// The connections that live now are never answered again, and for their client never ended; new ones work. The
    /// server ends them when its keepalives would have told it, for which our connections ask.
    pub fn forget_the_living(&self) {
        self.forget_the_living_for(KEEPALIVE);
    }

    /// The same where keepalives tell the server only after so long.
    pub fn forget_the_living_for(&self, noticed_after: Duration) {
        let below = self.accepted.load(Ordering::Relaxed);
        self.silence.send_modify(|silence| {
            silence.below = below;
            silence.noticed_after = noticed_after;
        });
    }
}

async fn pass_on(
    client: TcpStream,
    path: PathBuf,
    silence: watch::Receiver<Silence>,
    number: usize,
) {
    let Ok(server) = UnixStream::connect(path).await else {
        return;
    };
    let server = server.into_std().unwrap();
    let end = server.try_clone().unwrap();
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = UnixStream::from_std(server).unwrap().into_split();
    let there = pump(from_client, to_server, silence.clone(), number);
    let back = pump(from_server, to_client, silence.clone(), number);
    let noticed = async {
        let mut silence = silence;
        let noticed_after = silence
            .wait_for(|silence| number < silence.below)
            .await
            .map(|silence| silence.noticed_after);
        if let Ok(time) = noticed_after {
            sleep(time).await;
            end.shutdown(Shutdown::Both).ok();
        }
        pending::<()>().await;
    };
    tokio::select! {
        _ = async { tokio::join!(there, back) } => {}
        () = noticed => {}
    }
}

async fn pump(
    mut from: impl AsyncReadExt + Unpin,
    mut to: impl AsyncWriteExt + Unpin,
    mut silence: watch::Receiver<Silence>,
    number: usize,
) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(read) = from.read(&mut buffer).await {
        let spoken = silence
            .wait_for(|silence| silence.allows(number))
            .await
            .is_ok();
        if !spoken || read == 0 {
            break;
        }
        if to.write_all(&buffer[..read]).await.is_err() {
            break;
        }
    }
    to.shutdown().await.ok();
}
