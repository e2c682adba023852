//! `agendad health`: the daemon's own answer, for container engines, whose images have no other program
//! to ask with.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use anyhow::Context;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::language::say;
use super::output::Usage;
use super::{Exit, output};
use crate::config::Config;
use crate::words::cli::acts as words;

/// How long the daemon may take to answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);
/// More than any answer of these addresses.
const LONGEST_ANSWER: u64 = 64 * 1024;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Asks http.listen of the same configuration. Exit code 0 if the daemon is ready: database, migrations, loops.\n\
    Example, in a Dockerfile:\n  HEALTHCHECK CMD [\"agendad\", \"health\"]"
)]
pub(super) struct Args {
    /// Only whether the process answers at all
    #[arg(long)]
    alive: bool,
}

pub(super) async fn run(args: &Args, config: &Config, json: bool) -> anyhow::Result<Exit> {
    let listen = &config.http.listen;
    let Ok(address) = listen.parse::<SocketAddr>() else {
        return Err(Usage(say(words::NOBODY_LISTENS).to_owned()).into());
    };
    let path = if args.alive { "/healthz" } else { "/readyz" };
    let answer = tokio::time::timeout(ANSWER_TIMEOUT, ask(reachable(address), path)).await;
    let (status, text) = answer
        .map_err(|_| anyhow::anyhow!(say(words::no_answer(ANSWER_TIMEOUT.as_secs()))))
        .and_then(|answer| answer)
        .with_context(|| say(words::daemon_is_silent(listen)))?;
    let healthy = status == 200;
    if json {
        output::json(&json!({ "healthy": healthy, "status": status, "answer": text.trim() }))?;
    } else {
        output::line(text.trim().to_owned());
    }
    Ok(if healthy { Exit::Done } else { Exit::Failed })
}

/// Where a daemon that listens on all addresses can be asked from here.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip @ (IpAddr::V4(_) | IpAddr::V6(_)) => ip,
    };
    SocketAddr::new(ip, listen.port())
}

/// Status and text of an answer. HTTP/1.0, so that the answer ends with the connection.
async fn ask(address: SocketAddr, path: &str) -> anyhow::Result<(u16, String)> {
    let mut connection = TcpStream::connect(address).await?;
    let request = format!("GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n");
    connection.write_all(request.as_bytes()).await?;
    let mut bytes = Vec::new();
    let mut answer = connection.take(LONGEST_ANSWER);
    answer.read_to_end(&mut bytes).await?;
    let answer = String::from_utf8_lossy(&bytes);
    let (head, text) = answer
        .split_once("\r\n\r\n")
        .context("this is no HTTP server")?;
    let status = head.split_whitespace().nth(1);
    let status = status.and_then(|status| status.parse().ok());
    Ok((status.context("this is no HTTP server")?, text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::reachable;

    #[test]
    fn a_daemon_that_listens_everywhere_is_asked_here() {
        for (listen, address) in [
            ("0.0.0.0:8787", "127.0.0.1:8787"),
            ("[::]:8787", "[::1]:8787"),
            ("192.0.2.7:80", "192.0.2.7:80"),
        ] {
            let address: std::net::SocketAddr = address.parse().unwrap();
            assert_eq!(reachable(listen.parse().unwrap()), address);
        }
    }
}
