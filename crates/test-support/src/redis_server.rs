//! A Redis of the test's own, on a free port of this machine, that can be killed and started again.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::process::{Child, Command};

use crate::eventually;

/// How long Redis may take to answer on a busy machine.
const SOON: Duration = Duration::from_secs(20);

/// A server, or the place of one.
#[derive(Debug)]
pub struct RedisServer {
    port: u16,
    dir: PathBuf,
    options: Vec<String>,
    child: Option<Child>,
}

impl RedisServer {
    /// An address at which nobody listens yet.
    pub fn stopped(dir: &Path) -> Self {
        Self {
            port: free_port(),
            dir: dir.to_owned(),
            options: Vec::new(),
            child: None,
        }
    }

    /// One that runs.
    pub async fn started(dir: &Path) -> Self {
        let mut server = Self::stopped(dir);
        server.start().await;
        server
    }

    /// With further words on its command line.
    pub fn option(mut self, words: &[&str]) -> Self {
        self.options.extend(words.iter().map(ToString::to_string));
        self
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/0", self.port)
    }

    /// Its address for a client with a password.
    pub fn url_with_password(&self, password: &str) -> String {
        format!("redis://:{password}@127.0.0.1:{}/0", self.port)
    }

    /// Starts it, empty, and waits until it listens.
    pub async fn start(&mut self) {
        let child = Command::new("redis-server")
            .args(["--bind", "127.0.0.1", "--port", &self.port.to_string()])
            .args(["--save", "", "--appendonly", "no", "--dir"])
            .arg(&self.dir)
            .args(&self.options)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn();
        self.child = Some(child.expect("redis-server (deploy/dev/packages.sh installs it)"));
        let address = ("127.0.0.1", self.port);
        eventually("Redis listens", SOON, async || {
            tokio::net::TcpStream::connect(address).await.ok()
        })
        .await;
    }

    /// Sends the process a signal.
    pub fn signal(&self, signal: Signal) {
        let pid = self.child.as_ref().unwrap().id().unwrap();
        kill(Pid::from_raw(pid.try_into().unwrap()), signal).unwrap();
    }

    /// As the kernel does it when memory is short.
    pub async fn kill(&mut self) {
        self.child.take().unwrap().kill().await.unwrap();
    }

    /// One command, as a stranger to agendad sends it.
    pub async fn ask<T: redis::FromRedisValue>(&self, words: &[&str]) -> T {
        let client = redis::Client::open(self.url()).unwrap();
        let mut connection = client.get_multiplexed_async_connection().await.unwrap();
        let mut command = redis::cmd(words[0]);
        for word in &words[1..] {
            command.arg(word);
        }
        command.query_async(&mut connection).await.unwrap()
    }
}

/// A port of this machine at which nobody listens. Not one of those that the kernel gives to whoever asks for any: it
/// stays free until the test's server listens there, and while that is down.
pub fn free_port() -> u16 {
    static TRIED: AtomicU32 = AtomicU32::new(0);
    loop {
        let next = std::process::id() + TRIED.fetch_add(1, Ordering::Relaxed);
        let port = 20_000 + u16::try_from(next % 10_000).unwrap();
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
