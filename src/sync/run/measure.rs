//! What log lines and metrics learn of a run: its steps with their durations, and what became of it.

use std::time::{Duration, Instant};

use tracing::Instrument;

use crate::domain::{FailureKind, RunStatus};
use crate::sync::record_run::report::RunReport;
use crate::sync::syncer::Syncer;
use crate::sync::syncer::request::SyncRequest;
use crate::sync::syncer::settings::SyncRules;
use crate::telemetry::metrics::names::{
    APPOINTMENTS, READINGS, RUN_DURATION, RUNS, SLOTS, START_LAG, STEP_DURATION,
};
use crate::telemetry::metrics::{NO_KIND, NO_WINDOW, UNKNOWN_WINDOW};

/// A step: the name of its file. *Mark removed* shares a statement with *upsert* unless there is nothing to insert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub(in crate::sync) enum Step {
    Lock,
    Session,
    Scrape,
    Upsert,
    MarkRemoved,
    RecordRun,
}

impl Step {
    /// Does the work of this step: what it logs says so, and its duration is measured.
    pub(in crate::sync) async fn of<T>(self, work: impl Future<Output = T>) -> T {
        let step: &'static str = self.into();
        let span = tracing::info_span!("step", step);
        let start = Instant::now();
        let done = work.instrument(span.clone()).await;
        let took = start.elapsed();
        STEP_DURATION.took([step], took);
        span.in_scope(|| tracing::debug!(duration_ms = millis(took), "step done"));
        done
    }
}

/// A duration as logs name it.
pub(in crate::sync) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// The window as metrics name it: only configured names, so that there are few.
pub(in crate::sync) fn window<'a>(rules: &SyncRules, name: Option<&'a str>) -> &'a str {
    match name {
        None => NO_WINDOW,
        Some(name) if rules.windows.iter().any(|window| window.name == name) => name,
        Some(_) => UNKNOWN_WINDOW,
    }
}

/// A run begins, if it serves a tick: how late.
pub(in crate::sync) fn begun(syncer: &Syncer, request: &SyncRequest) {
    if let Some(tick) = request.tick {
        let window = window(&syncer.settings.get().rules, request.window.as_deref());
        // The timer may be early by a moment.
        let lag = (syncer.clock.now() - tick).to_std().unwrap_or_default();
        START_LAG.took([window], lag);
    }
}

pub(in crate::sync) fn ended(window: &str, report: &RunReport, stored: usize, took: Duration) {
    let result = report.status.as_str();
    let kind = report.error.as_ref().map_or(NO_KIND, |e| e.kind.as_str());
    RUNS.one([window, result, kind]);
    RUN_DURATION.took([window, result], took);
    READINGS.add(["stored"], stored as u64);
    let totals = &report.totals;
    READINGS.add(["failed"], count(totals.skipped));
    for (change, slots) in [
        ("inserted", totals.inserted),
        ("updated", totals.updated),
        ("unchanged", totals.unchanged),
        ("removed", totals.removed),
        ("held", totals.held),
    ] {
        SLOTS.add([window, change], count(slots));
    }
    for (change, appointments) in [
        ("created", totals.appointments_created),
        ("linked", totals.appointments_linked),
        ("cancelled", totals.appointments_cancelled),
    ] {
        APPOINTMENTS.add([change], count(appointments));
    }
}

/// A dead run was found and closed.
pub(in crate::sync) fn orphaned(window: &str) {
    let (failed, kind) = (RunStatus::Failed.as_str(), FailureKind::Orphaned.as_str());
    RUNS.one([window, failed, kind]);
}

fn count(total: i64) -> u64 {
    u64::try_from(total).unwrap_or(0)
}
