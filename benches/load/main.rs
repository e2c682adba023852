//! What the whole daemon costs: the real program as a process of its own, a private PostgreSQL, and the
//! simulated portal as a third process, on this machine.
//!
//! `cargo bench --bench load -- --help` lists what can be varied. Each size runs three ticks: the first reads
//! everything anew (a login and all slots for each examiner), the second finds everything as it was, and the third
//! does so once the server has cleaned up after the first and the daemon has been started again: what nearly all
//! syncs of a day are. In the second one the server still gathers statistics of all that is new, and plans are weighed
//! against those that were made for empty tables. The same pages fetched by a bare loop, and the same statement under
//! pgbench, show what this machine can do at most.

#![allow(
    clippy::allow_attributes,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a program for developers, which prints and may panic"
)]

mod bare;
mod charts;
mod daemon;
mod idle;
mod limits;
mod plan;
mod portal;
mod report;
mod server;
mod tick;

use clap::Parser;

use daemon::Daemon;
use plan::Plan;
use portal::Portal;
use report::Report;
use server::Server;
use tick::Scene;

#[tokio::main]
async fn main() {
    let plan = Plan::parse();
    rustls::crypto::ring::default_provider()
        .install_default()
        .unwrap();
    let mut report = Report::default();
    for users in &plan.users {
        measure(&plan, *users, &mut report).await;
    }
    report.print(&plan);
    if let Some(file) = &plan.json {
        report.save(file);
    }
    if let Some(dir) = &plan.charts {
        charts::draw(&report, dir);
    }
}

async fn measure(plan: &Plan, users: usize, report: &mut Report) {
    println!("\n{users} examiners: starting PostgreSQL, portal, daemon");
    let server = Server::start().await;
    let portal = Portal::start(plan, users).await;
    server.add_accounts(&portal.examiners().await).await;
    let mut daemon = Daemon::start(plan, &server, &portal).await;

    if plan.stop_after.is_zero() {
        for name in ["first", "identical", "settled"] {
            if name == "settled" {
                daemon.stop(&server).await;
                server.settle().await;
                daemon.start_again(&server).await;
            }
            server.forget_statements().await;
            let scene = Scene {
                server: &server,
                portal: &portal,
                daemon: &mut daemon,
            };
            let costs = tick::run(name, plan, users, scene).await;
            costs.print();
            if plan.statements {
                server.print_statements(costs.runs).await;
            }
            report.ticks.push(costs);
        }
        if !plan.idle.is_zero() {
            let idle = idle::watch(plan, users, &server, &daemon).await;
            idle.print();
            report.idle.push(idle);
        }
        if plan.latency.is_zero() && !plan.no_limits {
            let identical = report.ticks.last().unwrap();
            let limits = limits::measure(plan, identical, &server, &portal).await;
            limits.print();
            report.limits.push(limits);
        }
        println!("stop: {}", daemon.stop(&server).await);
    } else {
        let scene = Scene {
            server: &server,
            portal: &portal,
            daemon: &mut daemon,
        };
        let costs = tick::begin(plan, users, scene).await;
        costs.print();
        println!("stop under load: {}", daemon.stop(&server).await);
        report.ticks.push(costs);
    }
    portal.stop();
    server.stop().await;
}
