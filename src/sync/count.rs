//! What metrics learn of a run.

use std::time::Duration;

use super::{RunReport, SyncRequest, SyncRules, Syncer};
use crate::domain::{FailureKind, RunStatus};
use crate::telemetry::metrics::names::{
    APPOINTMENTS, READINGS, RUN_DURATION, RUNS, SLOTS, START_LAG,
};
use crate::telemetry::metrics::{NO_KIND, NO_WINDOW, UNKNOWN_WINDOW};

/// The window as metrics name it: only configured names, so that there are few.
pub(super) fn window<'a>(rules: &SyncRules, name: Option<&'a str>) -> &'a str {
    match name {
        None => NO_WINDOW,
        Some(name) if rules.windows.iter().any(|window| window.name == name) => name,
        Some(_) => UNKNOWN_WINDOW,
    }
}

/// A run begins, if it serves a tick: how late.
pub(super) fn begun(syncer: &Syncer, request: &SyncRequest) {
    if let Some(tick) = request.tick {
        let window = window(&syncer.live.get().rules, request.window.as_deref());
        // The timer may be early by a moment.
        let lag = (syncer.clock.now() - tick).to_std().unwrap_or_default();
        START_LAG.took([window], lag);
    }
}

/// A run has ended.
pub(super) fn ended(window: &str, report: &RunReport, stored: usize, took: Duration) {
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
pub(super) fn orphaned(window: &str) {
    let (failed, kind) = (RunStatus::Failed.as_str(), FailureKind::Orphaned.as_str());
    RUNS.one([window, failed, kind]);
}

fn count(total: i64) -> u64 {
    u64::try_from(total).unwrap_or(0)
}
