//! All figures, as one table and as JSON.

use std::path::Path;

use serde::Serialize;

use super::idle::Idle;
use super::limits::Limits;
use super::plan::Plan;
use super::tick::Tick;

#[derive(Debug, Default, Serialize)]
pub(crate) struct Report {
    pub(crate) ticks: Vec<Tick>,
    pub(crate) limits: Vec<Limits>,
    pub(crate) idle: Vec<Idle>,
}

/// Statements of a sync of the system that agendad replaces, counted there: 28 for 4 dates, 94 for 15.
const EARLIER_ONCE: f64 = 4.0;
const EARLIER_PER_DATE: f64 = 6.0;

/// A line of the table: its name and what it shows of a tick.
type Line = (&'static str, fn(&Tick) -> String);

const LINES: [Line; 22] = [
    ("runs (not successful)", |t| {
        format!("{} ({})", t.runs, t.not_success)
    }),
    ("drained in, s", |t| format!("{:.1}", t.drain_seconds)),
    ("syncs / s", |t| format!("{:.1}", t.syncs_per_second)),
    ("portal requests / s", |t| {
        format!("{:.0}", t.requests_per_second)
    }),
    ("requests / sync", |t| format!("{:.1}", t.requests_per_sync)),
    ("logins / sync", |t| format!("{:.2}", t.logins_per_sync)),
    ("dates with slots / sync", |t| {
        format!("{:.1}", t.dates_per_sync)
    }),
    ("statements / sync", |t| {
        format!("{:.1}", t.statements_per_sync)
    }),
    ("the earlier system's statements", |t| {
        let theirs = EARLIER_ONCE + EARLIER_PER_DATE * t.dates_per_sync;
        format!("{theirs:.0} ({:.1})", theirs / t.statements_per_sync)
    }),
    ("WAL kB / sync", |t| format!("{:.1}", t.wal_kb_per_sync)),
    ("daemon CPU ms / sync", |t| {
        format!("{:.2}", t.daemon_cpu_ms_per_sync)
    }),
    ("daemon cores", |t| format!("{:.2}", t.daemon_cores)),
    ("PostgreSQL CPU ms / sync", |t| {
        format!("{:.2}", t.server_cpu_ms_per_sync)
    }),
    ("both, CPU ms / sync", |t| {
        format!("{:.2}", t.daemon_cpu_ms_per_sync + t.server_cpu_ms_per_sync)
    }),
    ("portal's double CPU ms / sync", |t| {
        format!("{:.2}", t.portal_cpu_ms_per_sync)
    }),
    ("RSS MB", |t| format!("{:.0}", t.rss_mb)),
    ("RSS MB, peak", |t| format!("{:.0}", t.rss_peak_mb)),
    ("run ms", |t| format!("{:.1}", t.run_ms)),
    ("workers busy", |t| format!("{:.2}", t.workers_busy)),
    ("lag p50, s", |t| format!("{:.1}", t.lag_p50_s)),
    ("lag p99, s", |t| format!("{:.1}", t.lag_p99_s)),
    ("workers", |t| t.workers.to_string()),
];

impl Report {
    pub(crate) fn print(&self, plan: &Plan) {
        println!(
            "\nportal latency {:?}, {} workers, splay {:?}, {} days of {} slots",
            plan.latency, plan.workers, plan.splay, plan.days, plan.slots_per_day
        );
        let mut table = comfy_table::Table::new();
        table.load_preset(comfy_table::presets::ASCII_MARKDOWN);
        let mut header = vec!["tick".to_owned()];
        header.extend(
            self.ticks
                .iter()
                .map(|t| format!("{}, {}", t.users, t.name)),
        );
        table.set_header(header);
        for (name, shown) in LINES {
            let mut row = vec![name.to_owned()];
            row.extend(self.ticks.iter().map(shown));
            table.add_row(row);
        }
        println!("{table}\n");
        for limits in &self.limits {
            print!("{:>6} examiners", limits.users);
            limits.print();
        }
        for idle in &self.idle {
            print!("{:>6} examiners", idle.users);
            idle.print();
        }
    }

    pub(crate) fn save(&self, file: &Path) {
        let json = serde_json::to_string_pretty(self).unwrap();
        std::fs::write(file, json + "\n").unwrap();
        println!("written to {}", file.display());
    }
}
