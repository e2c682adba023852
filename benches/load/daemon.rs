//! The daemon as a process: told when to tick, watched, stopped.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use agendad::clock::Clock;
use chrono::{DateTime, Utc};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::plan::Plan;
use super::portal::Portal;
use super::server::Server;
use agendad_test_support::procfs;

pub(crate) struct Daemon {
    child: Child,
    config: PathBuf,
    settings: String,
}

impl Daemon {
    /// Started with nothing due: its window's tick is told later.
    pub(crate) async fn start(plan: &Plan, server: &Server, portal: &Portal) -> Self {
        let home = server.home.path();
        let settings = format!(
            "state_dir = {:?}\n[database]\nurl = {:?}\n[http]\nlisten = \"\"\n[log]\nlevel = \"info,agendad::sync=warn\"\n\
             [portal]\nbase_url = {:?}\npause_between_requests = \"0s\"\nmax_requests_per_second = 0\n\
             max_connections = {}\n\
             [scheduler]\nworkers = {}\nsplay = \"{}\"\n",
            home.join("state"),
            server.url,
            portal.url,
            plan.workers.max(16),
            plan.workers,
            humantime::format_duration(plan.splay),
        );
        let config = home.join("bench.toml");
        let mut daemon = Self {
            child: Command::new("true").spawn().unwrap(),
            config,
            settings,
        };
        daemon.child.wait().unwrap();
        // Of a time that has just been there every account has had its tick, so nothing is due.
        let tick = now() - Duration::from_secs(2);
        daemon.write(plan, tick);
        let seen = "INSERT INTO sync_schedules (usuario_id, window_name, last_tick) SELECT id, 'bench', $1 FROM usuarios";
        sqlx::query(seen)
            .bind(whole_second(tick))
            .execute(&server.pool)
            .await
            .unwrap();
        daemon.start_again(server).await;
        daemon
    }

    /// Starts a process in the place of one that has ended.
    pub(crate) async fn start_again(&mut self, server: &Server) {
        let log = self.config.with_file_name("daemon.log");
        self.child = Command::new(env!("CARGO_BIN_EXE_agendad"))
            .args(["run", "--config"])
            .arg(&self.config)
            .stdin(Stdio::null())
            .stderr(File::create(log).unwrap())
            .spawn()
            .unwrap();
        // Its queue has been announced, so it listens to signals.
        let clients = "SELECT count(*)::float8 FROM pg_stat_activity WHERE application_name LIKE 'agendad%' AND pid <> pg_backend_pid()";
        while server.number(clients).await < 3.0 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The window's next tick is at this time.
    pub(crate) fn tick_at(&self, plan: &Plan, tick: DateTime<Utc>) {
        self.write(plan, tick);
        kill(self.pid(), Signal::SIGHUP).unwrap();
    }

    fn write(&self, plan: &Plan, tick: DateTime<Utc>) {
        let zone = Clock::system(chrono_tz::America::Sao_Paulo).zone();
        let cron = tick.with_timezone(&zone).format("%S %M %H * * *");
        let window = format!(
            "[[windows]]\nname = \"bench\"\nfrom_day = 0\nto_day = {}\ncron = \"{cron}\"\n",
            plan.days - 1
        );
        fs::write(&self.config, format!("{}{window}", self.settings)).unwrap();
    }

    fn pid(&self) -> Pid {
        Pid::from_raw(self.child.id().try_into().unwrap())
    }

    /// CPU seconds so far.
    pub(crate) fn cpu(&self) -> f64 {
        procfs::ticks(&self.child.id().to_string()).unwrap() / 1000.0
    }

    /// Megabytes: now, and at most.
    pub(crate) fn memory(&self) -> (f64, f64) {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let of = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name)).unwrap();
            let kilobytes: f64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
            kilobytes / 1024.0
        };
        (of("VmRSS:"), of("VmHWM:"))
    }

    /// Asks it to stop; what that took and left.
    pub(crate) async fn stop(&mut self, server: &Server) -> String {
        let asked = Instant::now();
        kill(self.pid(), Signal::SIGTERM).unwrap();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        let took = asked.elapsed();
        let running = "SELECT count(*)::float8 FROM agenda_sync_runs WHERE status = 'running'";
        let cancelled = "SELECT count(*)::float8 FROM agenda_sync_runs WHERE error_details->>'kind' = 'cancelled'";
        let locks = "SELECT count(*)::float8 FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()";
        format!(
            "{status} after {took:.1?}; runs cut short and recorded: {}, left running: {}, locks left: {}",
            server.number(cancelled).await,
            server.number(running).await,
            server.number(locks).await,
        )
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        if self.child.kill().is_ok() && std::thread::panicking() {
            let log = self.config.with_file_name("daemon.log");
            println!("{}", fs::read_to_string(log).unwrap_or_default());
        }
    }
}

/// The machine's time, which the cron of the daemon goes by too.
pub(crate) fn now() -> DateTime<Utc> {
    Clock::system(chrono_tz::America::Sao_Paulo).now()
}

/// Cron knows no fractions.
pub(crate) fn whole_second(time: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp(time.timestamp(), 0).unwrap()
}
