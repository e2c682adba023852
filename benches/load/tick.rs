//! One tick: from its time until every run of it is recorded.

use std::time::{Duration, Instant};

use chrono::Utc;
use serde::Serialize;

use super::daemon::{Daemon, now, whole_second};
use super::plan::Plan;
use super::portal::Portal;
use super::server::Server;

/// What a tick cost. A sync is one examiner's run.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Tick {
    pub(crate) name: &'static str,
    pub(crate) users: usize,
    pub(crate) latency_ms: f64,
    pub(crate) workers: usize,
    pub(crate) runs: f64,
    pub(crate) not_success: f64,
    pub(crate) dates_per_sync: f64,
    /// From the tick to the last run's end.
    pub(crate) drain_seconds: f64,
    pub(crate) syncs_per_second: f64,
    pub(crate) requests_per_second: f64,
    pub(crate) requests_per_sync: f64,
    pub(crate) logins_per_sync: f64,
    pub(crate) statements_per_sync: f64,
    pub(crate) wal_kb_per_sync: f64,
    pub(crate) daemon_cpu_ms_per_sync: f64,
    /// Cores that the daemon kept busy.
    pub(crate) daemon_cores: f64,
    pub(crate) server_cpu_ms_per_sync: f64,
    pub(crate) portal_cpu_ms_per_sync: f64,
    pub(crate) rss_mb: f64,
    pub(crate) rss_peak_mb: f64,
    /// From start to end of a run, on average.
    pub(crate) run_ms: f64,
    /// Part of the workers' time that runs filled.
    pub(crate) workers_busy: f64,
    /// From the tick to the start.
    pub(crate) lag_p50_s: f64,
    pub(crate) lag_p99_s: f64,
}

/// What a tick is measured on.
pub(crate) struct Scene<'a> {
    pub(crate) server: &'a Server,
    pub(crate) portal: &'a Portal,
    pub(crate) daemon: &'a mut Daemon,
}

/// Waits for the whole of it.
pub(crate) async fn run(name: &'static str, plan: &Plan, users: usize, scene: Scene<'_>) -> Tick {
    measure(name, plan, users, scene, None).await
}

/// Watches its beginning.
pub(crate) async fn begin(plan: &Plan, users: usize, scene: Scene<'_>) -> Tick {
    measure("begun", plan, users, scene, Some(plan.stop_after)).await
}

async fn measure(
    name: &'static str,
    plan: &Plan,
    users: usize,
    scene: Scene<'_>,
    limit: Option<Duration>,
) -> Tick {
    let Scene {
        server,
        portal,
        daemon,
    } = scene;
    let before = (
        server.counters().await,
        portal.counters().await,
        daemon.cpu(),
    );
    let tick = whole_second(now()) + Duration::from_secs(3);
    daemon.tick_at(plan, tick);
    wait(server, users, tick, limit).await;
    let runs = runs_of(tick);
    let one = async |what: &str| {
        server
            .number(&format!("SELECT coalesce({what}, 0)::float8 {runs}"))
            .await
    };
    let count = one("count(*)").await;
    let drain = one("extract(epoch FROM max(finished_at) - max(tick))").await;
    let after = (
        server.counters().await,
        portal.counters().await,
        daemon.cpu(),
    );
    let run_seconds = one("avg(extract(epoch FROM finished_at - started_at))").await;
    let per_sync = |amount: f64| amount / count;
    let (rss_mb, rss_peak_mb) = daemon.memory();
    let requests = after.1.requests - before.1.requests;
    let cpu = after.2 - before.2;
    Tick {
        name,
        users,
        latency_ms: plan.latency.as_secs_f64() * 1000.0,
        workers: plan.workers,
        runs: count,
        not_success: one("count(*) FILTER (WHERE status <> 'success')").await,
        dates_per_sync: one("avg((SELECT count(DISTINCT data) FROM agenda_slots s WHERE s.usuario_id = r.usuario_id AND s.is_current))").await,
        drain_seconds: drain,
        syncs_per_second: count / drain,
        requests_per_second: requests / drain,
        requests_per_sync: per_sync(requests),
        logins_per_sync: per_sync(after.1.logins - before.1.logins),
        statements_per_sync: per_sync(after.0.statements - before.0.statements),
        wal_kb_per_sync: per_sync(after.0.wal - before.0.wal) / 1000.0,
        daemon_cpu_ms_per_sync: per_sync(cpu * 1000.0),
        daemon_cores: cpu / drain,
        server_cpu_ms_per_sync: per_sync((after.0.cpu - before.0.cpu) * 1000.0),
        portal_cpu_ms_per_sync: per_sync((after.1.cpu - before.1.cpu) * 1000.0),
        rss_mb,
        rss_peak_mb,
        run_ms: run_seconds * 1000.0,
        workers_busy: run_seconds * count / (drain * plan.workers as f64),
        lag_p50_s: one("percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM started_at - tick))").await,
        lag_p99_s: one("percentile_cont(0.99) WITHIN GROUP (ORDER BY extract(epoch FROM started_at - tick))").await,
    }
}

fn runs_of(tick: chrono::DateTime<Utc>) -> String {
    format!("FROM agenda_sync_runs r WHERE tick = '{tick}' AND status <> 'running'")
}

/// Until all examiners' runs are recorded, or the time is over.
async fn wait(server: &Server, users: usize, tick: chrono::DateTime<Utc>, limit: Option<Duration>) {
    let started = Instant::now();
    let mut said = Instant::now();
    loop {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let done = server
            .number(&format!("SELECT count(*)::float8 {}", runs_of(tick)))
            .await;
        if done >= users as f64 || limit.is_some_and(|limit| started.elapsed() > limit) {
            return;
        }
        if said.elapsed() > Duration::from_secs(15) {
            said = Instant::now();
            println!(
                "  {:>4} s: {done} of {users} runs",
                started.elapsed().as_secs()
            );
        }
        assert!(
            started.elapsed() < Duration::from_secs(3600),
            "the tick does not end"
        );
    }
}

impl Tick {
    pub(crate) fn print(&self) {
        println!(
            "  {} tick: {} runs in {:.1} s, lag p50 {:.1} s, p99 {:.1} s, {:.1} ms CPU a sync, RSS {:.0} MB at most",
            self.name,
            self.runs,
            self.drain_seconds,
            self.lag_p50_s,
            self.lag_p99_s,
            self.daemon_cpu_ms_per_sync,
            self.rss_peak_mb
        );
    }
}
