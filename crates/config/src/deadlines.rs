//! Since when an examiner must have had a success.

use std::time::Duration;

use agendad_domain::ticks::tick_before;
use agendad_domain::window::parse_cron;
use chrono::{DateTime, Utc};

use crate::Config;

/// How long after its tick a run may end.
#[must_use]
pub fn longest_run(config: &Config) -> Duration {
    config.scheduler.splay + config.scheduler.run_timeout
}

/// For each window the moment since which an examiner must have had a success. The runs of the last tick may still be
/// going on, so it does not count yet.
#[must_use]
pub fn deadlines(config: &Config, now: DateTime<Utc>) -> Vec<(String, DateTime<Utc>)> {
    let now = now - longest_run(config);
    let windows = config.windows.iter().filter_map(|window| {
        let cron = parse_cron(&window.cron).ok()?;
        let tick = tick_before(&cron, now, config.timezone, config.alerts.stale.intervals)?;
        Some((window.name.clone(), tick))
    });
    windows.collect()
}
