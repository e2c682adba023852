//! How a run went, as its record, commands and the API say it.

use std::time::Duration;

use super::log::RunLog;
use crate::domain::{DateError, Notes, ReportedError, RunStatus, Totals};
use crate::portal::SessionStats;
use crate::sync::run::failure::RunFailure;

/// How a run went.
#[derive(Debug, Clone, serde::Serialize)]
pub struct RunReport {
    /// `agenda_sync_runs.id`.
    pub run_id: i64,
    /// How it ended.
    pub status: RunStatus,
    /// Counts.
    pub totals: Totals,
    /// Requests sent to the portal.
    pub requests: u32,
    /// Repeated requests.
    pub retries: u32,
    /// Logins attempted.
    pub logins: u32,
    /// Whether the cached session was still honoured.
    pub session_reused: bool,
    /// What went wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ReportedError>,
    /// Days that failed or had unreadable rows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub date_errors: Vec<DateError>,
    /// Remarks.
    #[serde(flatten, skip_serializing_if = "Notes::is_empty")]
    pub notes: Notes,
    /// Appointments that the application's table refused.
    #[serde(skip)]
    pub appointments_refused: i64,
    /// Where a failure of our own came from.
    #[serde(skip)]
    pub backtrace: Option<String>,
    /// Whether all was read and stored but for rows that could not be read.
    #[serde(skip)]
    pub but_for_rows: bool,
    /// Set if the portal's breaker is open: when to come again.
    #[serde(skip)]
    pub come_again_in: Option<Duration>,
}

pub(super) fn of(
    run_id: i64,
    log: &RunLog,
    stats: SessionStats,
    ended: &Result<(), RunFailure>,
) -> RunReport {
    let come_again_in = match ended {
        Err(RunFailure::Portal(error)) => error.breaker_open(),
        _ => None,
    };
    let clean = ended.is_ok() && log.date_errors.is_empty() && log.totals.held == 0;
    // What a bug of ours has stored is stored, but nobody should rely on such a run.
    let bug = matches!(ended, Err(RunFailure::Panic(_)));
    let status = match (clean, log.stored) {
        (true, _) => RunStatus::Success,
        (false, 0) => RunStatus::Failed,
        (false, _) if bug => RunStatus::Failed,
        (false, _) => RunStatus::Partial,
    };
    // Whether they failed themselves or the run ended before them.
    let skipped = log.planned.saturating_sub(log.stored) as i64;
    let rows_alone = log.date_errors.iter().all(|error| error.row.is_some());
    RunReport {
        run_id,
        status,
        totals: Totals {
            skipped,
            ..log.totals
        },
        requests: stats.requests,
        retries: stats.retries,
        logins: stats.logins,
        session_reused: stats.session_reused,
        error: error(log, ended),
        date_errors: log.date_errors.clone(),
        notes: Notes(log.notes.clone()),
        appointments_refused: log.appointments_refused,
        backtrace: log.backtrace.clone(),
        but_for_rows: ended.is_ok() && rows_alone && log.totals.held == 0 && skipped == 0,
        come_again_in,
    }
}

/// What ended the run; else the first day that went wrong; else held removals are no error.
fn error(log: &RunLog, ended: &Result<(), RunFailure>) -> Option<ReportedError> {
    if let Err(failure) = ended {
        let chain = failure.chain();
        return Some(ReportedError {
            kind: failure.kind(),
            message: chain.join(": "),
            chain,
        });
    }
    let first = log.date_errors.first()?;
    let message = format!("{}: {}", first.date, first.message);
    Some(ReportedError {
        kind: first.kind,
        chain: vec![message.clone()],
        message,
    })
}
