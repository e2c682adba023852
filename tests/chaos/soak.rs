//! Hours of short ticks: two daemons live through faults, restarts of a third and of the server, and must not
//! grow. What may never happen is asked for at each sample, and now and then the truth is compared.

use std::fs;
use std::time::Duration;

use agendad::simulator::Simulator;
use sqlx::PgPool;
use tokio::time::Instant;

use crate::daemons::Daemons;
use crate::plan::Plan;
use crate::server::Server;
use crate::{faults, settle, verdict};

/// The daemons that live through all of it.
const WITNESSES: [usize; 2] = [0, 1];
/// The one that does not.
const VICTIM: usize = 2;
/// One restart in so many is followed by a comparison with the portal.
const COMPARE_EVERY: usize = 10;
/// Growth from the second quarter of the time to the last that still counts as flat.
const FLAT_RATIO: f64 = 1.1;
const FLAT_MEMORY: f64 = 4.0;
const FLAT_FILES: f64 = 4.0;

/// What the witnesses are made of at one moment.
struct Sample {
    after: Duration,
    /// Resident memory of each, MB.
    memory: [f64; 2],
    /// Open files and sockets of each.
    files: [f64; 2],
    /// Connections of all daemons at the server.
    connections: f64,
}

/// Returns when the victim was killed.
pub(crate) async fn play(
    plan: &Plan,
    lasts: Duration,
    simulator: &Simulator,
    server: &mut Server,
    daemons: &mut Daemons,
) -> Vec<verdict::Kill> {
    let start = Instant::now();
    let mut samples = Vec::new();
    let mut kills = Vec::new();
    let mut torn_down = 0;
    for round in 1.. {
        // How long all goes well between two kills is the plan's.
        tokio::time::sleep(plan.between_kills).await;
        let pool = server.pool().await;
        samples.push(Sample::take(start.elapsed(), daemons, &pool).await);
        let runs = verdict::runs(&pool).await;
        samples.last().unwrap().print(runs);
        verdict::nothing_ran_twice_or_at_once(&pool).await;
        verdict::no_appointment_is_doubled(&pool).await;
        if start.elapsed() >= lasts {
            pool.close().await;
            break;
        }
        if round % COMPARE_EVERY == 0 {
            settle(plan, simulator, server, &pool).await;
            verdict::the_truth_is_stored(&pool, simulator).await;
            simulator.set_churn(plan.churn);
            faults().into_iter().for_each(|fault| {
                simulator.inject(fault);
            });
        }
        pool.close().await;
        if round % 2 == 0 {
            assert_eq!(daemons.stop_one(VICTIM).await, Some(0));
        } else {
            let at = server.now().await;
            daemons.kill(VICTIM);
            kills.push(verdict::Kill {
                at,
                for_good: false,
            });
        }
        daemons.start_again(VICTIM);
        let part = (torn_down + 1) as f64 / (plan.server_restarts + 1) as f64;
        if torn_down < plan.server_restarts && start.elapsed() > lasts.mul_f64(part) {
            torn_down += 1;
            println!("       the database server is torn down and started again");
            server.restart_immediately().await;
            daemons.see_to(VICTIM).await;
        }
    }
    assert_flat(&samples);
    kills
}

impl Sample {
    async fn take(after: Duration, daemons: &Daemons, pool: &PgPool) -> Self {
        let connections: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'agendad%'",
        )
        .fetch_one(pool)
        .await
        .unwrap();
        let pids = WITNESSES.map(|index| daemons.pid(index));
        Self {
            after,
            memory: pids.map(memory),
            files: pids.map(|pid| fs::read_dir(format!("/proc/{pid}/fd")).unwrap().count() as f64),
            connections: connections as f64,
        }
    }

    fn print(&self, runs: i64) {
        println!(
            "{:>5} s: {runs} runs; witnesses: memory {:.1} and {:.1} MB, files {} and {}; connections {}",
            self.after.as_secs(),
            self.memory[0],
            self.memory[1],
            self.files[0],
            self.files[1],
            self.connections,
        );
    }
}

/// Resident memory, MB. Fails if the process is no more.
fn memory(pid: u32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kilobytes = line.unwrap().split_whitespace().nth(1).unwrap();
    kilobytes.parse::<f64>().unwrap() / 1024.0
}

fn assert_flat(samples: &[Sample]) {
    for index in WITNESSES {
        flat(samples, "memory, MB", FLAT_MEMORY, |s| s.memory[index]);
        flat(samples, "files", FLAT_FILES, |s| s.files[index]);
    }
    flat(samples, "connections", FLAT_FILES, |s| s.connections);
}

/// Compares the medians of the second and the last quarter: the first is for warming up.
fn flat(samples: &[Sample], what: &str, slack: f64, of: impl Fn(&Sample) -> f64) {
    let values: Vec<f64> = samples.iter().map(of).collect();
    let quarter = |number: usize| {
        let (from, to) = (values.len() * number / 4, values.len() * (number + 1) / 4);
        let mut part = values[from..to].to_vec();
        part.sort_by(f64::total_cmp);
        part.get(part.len() / 2).copied().unwrap_or_default()
    };
    let quarters = [0, 1, 2, 3].map(quarter);
    println!("  {what}: medians of the quarters {quarters:.1?}");
    let limit = quarters[1] * FLAT_RATIO + slack;
    assert!(quarters[3] <= limit, "{what} grow: {values:?}");
}
