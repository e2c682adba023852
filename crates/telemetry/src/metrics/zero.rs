//! Counters that exist before anything is counted: a rate over a counter that appears with its first event
//! misses that event, and an alert on a counter that is absent never fires.

use super::names::{
    ALERT_DELIVERIES, APPOINTMENTS, BACKUPS, BREAKER_OPENED, FIREWALL, FUTURE_TIMES, LOGINS,
    PORTAL_REQUEST_DURATION, PORTAL_REQUESTS, PORTAL_RETRIES, READINGS, RUN_DURATION, RUNS,
    RUNS_IN_PROGRESS, SESSIONS_OPENED, SLOTS, START_LAG, STEP_DURATION, TICKS_MERGED,
    TICKS_PUT_OFF, TICKS_QUEUED, TICKS_REFUSED, TICKS_RUN, UNKNOWN_STATUSES, WEBHOOK_DELIVERIES,
};
use agendad_domain::{
    Channel, FailureKind, LoginResult, PutOff, RunStatus, SessionOpening, StoredTime, TickRefused,
};

/// The window of a run that was asked for by its dates.
pub const NO_WINDOW: &str = "none";
/// The window of a job whose window is no longer configured: its name may be anything.
pub const UNKNOWN_WINDOW: &str = "unknown";
/// The kind of failure of a run without one.
pub const NO_KIND: &str = "none";

const STEPS: [&str; 6] = [
    "lock",
    "session",
    "scrape",
    "upsert",
    "mark_removed",
    "record_run",
];
const REQUESTS: [&str; 8] = [
    "entry", "agenda", "login", "choice", "search", "dates", "day", "logout",
];
/// What every portal answers some day.
const STATUSES: [&str; 8] = [
    "200", "302", "429", "500", "503", "network", "timeout", "cut",
];
const RETRIED: [FailureKind; 3] = [
    FailureKind::Network,
    FailureKind::Timeout,
    FailureKind::Unavailable,
];

/// Shows every counter and histogram of these windows, and what belongs to none.
pub fn start_at_zero<'a>(windows: impl IntoIterator<Item = &'a str>) {
    for window in windows {
        ticks(window);
        runs(window);
    }
    runs(NO_WINDOW);
    TICKS_REFUSED.add([UNKNOWN_WINDOW, TickRefused::NoWindow.as_str()], 0);
    TICKS_PUT_OFF.add([UNKNOWN_WINDOW, PutOff::NoWindow.as_str()], 0);
    drop(RUNS_IN_PROGRESS.hold([]));
    for step in STEPS {
        STEP_DURATION.show([step]);
    }
    for result in ["stored", "failed", "incomplete"] {
        READINGS.add([result], 0);
    }
    for change in ["created", "linked", "cancelled"] {
        APPOINTMENTS.add([change], 0);
    }
    for channel in Channel::ALL {
        for result in ["sent", "failed"] {
            ALERT_DELIVERIES.add([channel.as_str(), result], 0);
        }
    }
    for result in ["sent", "failed", "given_up"] {
        WEBHOOK_DELIVERIES.add([result], 0);
    }
    for step in ["make", "verify"] {
        for result in ["done", "failed"] {
            BACKUPS.add([step, result], 0);
        }
    }
    for what in StoredTime::ALL {
        FUTURE_TIMES.add([what.as_str()], 0);
    }
    portal();
}

fn ticks(window: &str) {
    for ticks in [&TICKS_QUEUED, &TICKS_MERGED, &TICKS_RUN] {
        ticks.add([window], 0);
    }
    // No window is counted of no window that is configured.
    for reason in PutOff::ALL {
        if *reason != PutOff::NoWindow {
            TICKS_PUT_OFF.add([window, reason.as_str()], 0);
        }
    }
    for reason in TickRefused::ALL {
        if *reason != TickRefused::NoWindow {
            TICKS_REFUSED.add([window, reason.as_str()], 0);
        }
    }
    START_LAG.show([window]);
}

fn runs(window: &str) {
    let (partial, failed) = (RunStatus::Partial.as_str(), RunStatus::Failed.as_str());
    RUNS.add([window, RunStatus::Success.as_str(), NO_KIND], 0);
    // Removals that were held back are no failure.
    RUNS.add([window, partial, NO_KIND], 0);
    for &kind in FailureKind::ALL {
        RUNS.add([window, failed, kind.as_str()], 0);
        if kind != FailureKind::Orphaned && kind != FailureKind::Panic {
            RUNS.add([window, partial, kind.as_str()], 0);
        }
    }
    for result in [RunStatus::Success, RunStatus::Partial, RunStatus::Failed] {
        RUN_DURATION.show([window, result.as_str()]);
    }
    for change in ["inserted", "updated", "unchanged", "removed", "held"] {
        SLOTS.add([window, change], 0);
    }
}

fn portal() {
    for kind in REQUESTS {
        PORTAL_REQUEST_DURATION.show([kind]);
        for status in STATUSES {
            PORTAL_REQUESTS.add([kind, status], 0);
        }
    }
    for kind in RETRIED {
        PORTAL_RETRIES.add([kind.as_str()], 0);
    }
    for result in LoginResult::ALL {
        LOGINS.add([result.as_str()], 0);
    }
    for how in SessionOpening::ALL {
        SESSIONS_OPENED.add([how.as_str()], 0);
    }
    BREAKER_OPENED.add([], 0);
    FIREWALL.add([], 0);
    UNKNOWN_STATUSES.add([], 0);
}
