//! A binary of its own: it loads the machine for minutes, and its long forms are built with optimisation.
//!
//! Everything dies, again and again: several daemons of the real program on one database, a portal that
//! misbehaves, daemons killed with SIGKILL, the database server torn down. At the end nothing ran twice or at
//! once, nothing is left behind, and the database says what the portal says.
//!
//! `cargo test` plays a short form; `make chaos` the long one (`CHAOS=long`, see [`plan::Plan`]); `make soak` lasts
//! for hours and looks for what grows ([`soak`]).

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may panic and tell"
)]

mod daemons;
mod plan;
mod server;
mod soak;
mod verdict;

use std::time::Duration;

use agendad::clock::Clock;
use agendad::simulator::{Fault, Simulator, SimulatorConfig, parse_faults};
use agendad_test_support::eventually;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use sqlx::PgPool;
use tokio::time::Instant;

use daemons::Daemons;
use plan::Plan;
use server::Server;

#[tokio::test(flavor = "multi_thread")]
async fn whatever_dies_every_tick_ends_once_and_the_database_tells_the_truth() {
    let plan = Plan::from_environment();
    println!("chaos: {plan:?}");
    let simulator = simulator(&plan).await;
    let mut server = Server::start().await;
    server.migrate().await;
    server.add_accounts(&simulator.examiners()).await;
    let mut daemons = Daemons::start(&plan, &server, simulator.portal_url().as_str());
    each_password_is_proven(&plan, &server).await;
    for fault in faults() {
        simulator.inject(fault);
    }

    let kills = match plan.soak {
        None => play(&plan, &mut server, &mut daemons).await,
        Some(lasts) => soak::play(&plan, lasts, &simulator, &mut server, &mut daemons).await,
    };

    println!("quiet now: no more faults, no more changes");
    let pool = server.pool().await;
    settle(&plan, &simulator, &server, &pool).await;

    let stopping = Instant::now();
    let codes = daemons.stop().await;
    println!("stopped in {:?}: exit codes {codes:?}", stopping.elapsed());
    assert!(codes.iter().all(|code| *code == Some(0)), "{codes:?}");
    verdict::report(&pool, &kills).await;
    verdict::nothing_ran_twice_or_at_once(&pool).await;
    verdict::nothing_is_left_behind(&pool).await;
    verdict::the_truth_is_stored(&pool, &simulator).await;
    pool.close().await;
    simulator.stop().await;
    server.stop().await;
}

/// A new account whose password has lost two answers rests until somebody looks at it: that is right, and no chaos.
async fn each_password_is_proven(plan: &Plan, server: &Server) {
    let pool = server.pool().await;
    let accounts = plan.accounts as i64;
    let proven = async || (verdict::proven(&pool).await >= accounts).then_some(());
    eventually(
        "a first login of every account",
        Duration::from_secs(180),
        proven,
    )
    .await;
    pool.close().await;
}

/// No more faults and changes; waits until every account has had a good run since then.
async fn settle(plan: &Plan, simulator: &Simulator, server: &Server, pool: &PgPool) {
    simulator.clear_faults();
    simulator.quiesce();
    // A session of ours that ended early, and then a login whose answer was lost: it may be the examiner's, and is left
    // alone until it is over.
    simulator.expire_sessions(None);
    let since = server.now().await;
    let accounts = plan.accounts as i64;
    let clean = || async { (verdict::clean_since(pool, &since).await >= accounts).then_some(()) };
    let limit = Duration::from_secs(180);
    let all = eventually("a clean run of every account", limit * 2, clean);
    if tokio::time::timeout(limit, all).await.is_err() {
        let others = verdict::not_clean_since(pool, &since).await;
        panic!("no clean run within {limit:?}:\n{}", others.join("\n"));
    }
}

/// Together about one answer in twenty.
fn faults() -> Vec<Fault> {
    parse_faults("503:1%,500:1%,reset:1%,truncated:1%,expired:0.5%,wrong-date:0.5%").unwrap()
}

async fn simulator(plan: &Plan) -> Simulator {
    let mut config = SimulatorConfig::new(Clock::system(chrono_tz::America::Sao_Paulo));
    config.examiners = plan.accounts;
    config.slots_per_day = (3, 8);
    config.churn = Some(plan.churn);
    let any = "127.0.0.1:0".parse().unwrap();
    Simulator::start(config, any, any).await.unwrap()
}

/// Kills until enough runs are recorded. Returns when which daemon was killed.
async fn play(plan: &Plan, server: &mut Server, daemons: &mut Daemons) -> Vec<verdict::Kill> {
    let mut dice = StdRng::seed_from_u64(plan.seed);
    let mut kills = Vec::new();
    let mut restarts = plan.server_restarts;
    let start = Instant::now();
    loop {
        // How long all goes well between two kills is the plan's.
        tokio::time::sleep(plan.between_kills).await;
        let runs = verdict::runs(&server.pool().await).await;
        println!(
            "{:>4} s: {runs} runs, {} kills",
            start.elapsed().as_secs(),
            kills.len()
        );
        if runs >= plan.runs && restarts == 0 {
            return kills;
        }
        let victim = dice.random_range(0..daemons.count());
        // The last one stays dead for a while: others must take over its jobs.
        let for_good = kills.len() % 3 == 2;
        kills.push(verdict::Kill {
            at: server.now().await,
            for_good,
        });
        daemons.kill(victim);
        if for_good {
            tokio::time::sleep(plan.between_kills).await;
        }
        daemons.start_again(victim);
        let part = plan.server_restarts - restarts + 1;
        if restarts > 0 && runs >= plan.runs * part as i64 / (plan.server_restarts as i64 + 1) {
            restarts -= 1;
            println!(
                "{:>4} s: the database server is torn down and started again",
                start.elapsed().as_secs()
            );
            server.restart_immediately().await;
            daemons.see_to(victim).await;
        }
    }
}
