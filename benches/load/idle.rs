//! A daemon with accounts and nothing due.

use std::time::Duration;

use serde::Serialize;

use super::daemon::Daemon;
use super::plan::Plan;
use super::server::Server;

/// A start is no idling: for two minutes the process before counts as a peer, and is looked for.
const COMES_TO_REST: Duration = Duration::from_secs(150);

/// What doing nothing costs.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Idle {
    pub(crate) users: usize,
    pub(crate) seconds: f64,
    pub(crate) cpu_percent: f64,
    pub(crate) rss_mb: f64,
    pub(crate) statements_per_minute: f64,
}

pub(crate) async fn watch(plan: &Plan, users: usize, server: &Server, daemon: &Daemon) -> Idle {
    println!("  idle for {:?}, after {COMES_TO_REST:?}", plan.idle);
    tokio::time::sleep(COMES_TO_REST).await;
    server.forget_statements().await;
    let before = (server.counters().await, daemon.cpu());
    tokio::time::sleep(plan.idle).await;
    let seconds = plan.idle.as_secs_f64();
    let statements = server.counters().await.statements - before.0.statements;
    if plan.statements {
        server.print_calls(60.0 / seconds).await;
    }
    Idle {
        users,
        seconds,
        cpu_percent: 100.0 * (daemon.cpu() - before.1) / seconds,
        rss_mb: daemon.memory().0,
        statements_per_minute: statements * 60.0 / seconds,
    }
}

impl Idle {
    pub(crate) fn print(&self) {
        println!(
            "  idle: {:.2} % CPU, {:.0} MB, {:.0} statements a minute",
            self.cpu_percent, self.rss_mb, self.statements_per_minute
        );
    }
}
