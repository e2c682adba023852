//! What a sync costs in the database: statements, WAL, HOT updates, time; beside a plain upsert.
//!
//! `cargo bench --bench store`: on a private server that is thrown away afterwards.
//! `cargo bench --bench store -- --filled`: with 5 million slots and 10,000 examiners in the tables, and
//! the plans of the hot statements. `--plans`: nothing but these plans, as `make test` looks at them. `--users N --slots N` fill it differently, `--fillfactor N` tries another.
//! `AGENDAD_BENCH_URL` names another server, on which a database `agendad_bench` is made anew; with
//! `pg_stat_statements` loaded there, statements are counted by the server and not by us.

#![allow(
    clippy::allow_attributes,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a program for developers, which prints and may panic"
)]

mod explain;
mod fill;
mod fills;
mod fixture;
mod measure;
mod pgbench;
mod plain;
mod rate;
mod server;

use fixture::{Agenda, Shape};
use measure::{Bench, Sample};
use server::Server;

/// Examiners per measurement.
const EXAMINERS: usize = 10;
/// Identical syncs until the pages of the table have found their shape.
const SETTLING: usize = 6;
/// Seconds per measurement of throughput.
const SECONDS: u64 = 8;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let number = |name: &str, default: i64| {
        let at = arguments.iter().position(|a| a == name);
        at.map_or(default, |at| arguments[at + 1].parse().unwrap())
    };
    let filled = arguments.iter().any(|a| a == "--filled");
    let (users, slots) = if filled {
        (number("--users", 10_000), number("--slots", 5_000_000))
    } else {
        (number("--users", 50), number("--slots", 30_000))
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let only_plans = arguments.iter().any(|a| a == "--plans");
    runtime.block_on(async {
        let server = Server::start().await;
        let fillfactor = number("--fillfactor", 0);
        if fillfactor > 0 {
            server.set_fillfactor(fillfactor).await;
        }
        fill(&server, users, slots).await;
        if only_plans {
            explain::explain(&server).await;
        } else {
            measure(&server).await;
        }
        server.stop().await;
    });
}

async fn fill(server: &Server, users: i64, slots: i64) {
    let started = std::time::Instant::now();
    fill::fill(server, users, slots).await;
    println!(
        "{slots} slots of {users} examiners in the tables ({:.0} s to fill)",
        started.elapsed().as_secs_f64()
    );
}

async fn measure(server: &Server) {
    let bench = Bench::new(server).await;
    let mut table = comfy_table::Table::new();
    table.set_header([
        "one sync",
        "statements",
        "WAL kB",
        "rows updated",
        "HOT",
        "wall ms",
        "client CPU ms",
        "server CPU ms",
    ]);
    for shape in [
        Shape { days: 4, slots: 8 },
        Shape {
            days: 15,
            slots: 40,
        },
    ] {
        measure_shape(&bench, shape, &mut table).await;
    }
    println!("{table}");
    explain::explain(server).await;
    fills::compare(server, &bench).await;
    pgbench::compare(server, &bench).await;
    bench.close().await;
}

async fn measure_shape(bench: &Bench, shape: Shape, table: &mut comfy_table::Table) {
    let mut agendas: Vec<Agenda> = Vec::new();
    for _ in 0..EXAMINERS {
        agendas.push(Agenda::new(bench.new_user().await, shape));
    }
    let mut row = |what: &str, sample: Sample| {
        let mut cells = vec![format!("{} × {}, {what}", shape.days, shape.slots)];
        cells.extend(sample.cells());
        table.add_row(cells);
    };
    row("first", bench.sync_all(&agendas).await);
    row("identical, first time", bench.sync_all(&agendas).await);
    for _ in 0..SETTLING {
        bench.sync_all(&agendas).await;
    }
    row("identical, settled", bench.sync_all(&agendas).await);
    bench.checkpoint().await;
    row(
        "identical, after a checkpoint",
        bench.sync_all(&agendas).await,
    );
    for agenda in &mut agendas {
        agenda.change_a_tenth();
    }
    row("10 % changed", bench.sync_all(&agendas).await);
}
