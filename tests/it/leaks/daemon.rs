//! The daemon as a process of its own, every word of which is kept.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

use std::process::Stdio;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

/// A running daemon.
pub(crate) struct Daemon {
    child: Child,
    said: Arc<Mutex<String>>,
    readers: JoinSet<()>,
    /// Where its API listens.
    pub(crate) address: String,
}

impl Daemon {
    pub(crate) async fn start(mut command: Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let said = Arc::new(Mutex::new(String::new()));
        let (tell, listens) = oneshot::channel();
        let mut tell = Some(tell);
        let mut readers = JoinSet::new();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let kept = Arc::clone(&said);
        readers.spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                if line.contains("http listens")
                    && let Some(tell) = tell.take()
                {
                    tell.send(address(&line)).ok();
                }
                let mut kept = kept.lock().unwrap();
                kept.push_str(&line);
                kept.push('\n');
            }
        });
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let kept = Arc::clone(&said);
        readers.spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                kept.lock().unwrap().push_str(&(line + "\n"));
            }
        });
        let address = listens
            .await
            .unwrap_or_else(|_| panic!("the daemon did not start: {}", said.lock().unwrap()));
        Self {
            child,
            said,
            readers,
            address,
        }
    }

    /// Stops it in good order; all that it said.
    pub(crate) async fn stop(mut self) -> String {
        let pid = i32::try_from(self.child.id().unwrap()).unwrap();
        nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), nix::sys::signal::SIGTERM).unwrap();
        assert!(self.child.wait().await.unwrap().success());
        while self.readers.join_next().await.is_some() {}
        self.said.lock().unwrap().clone()
    }
}

/// `…"address":"127.0.0.1:1234"…` or `… address=127.0.0.1:1234 …`
fn address(line: &str) -> String {
    let at = line.find("127.0.0.1:").unwrap();
    line[at..]
        .chars()
        .take_while(|c| c.is_ascii_digit() || matches!(c, '.' | ':'))
        .collect()
}
