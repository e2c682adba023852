//! What a run has done so far. It lives outside the work, so that it survives a panic or a stop.

use chrono::NaiveDate;

use crate::domain::{FailureKind, Totals};
use crate::portal::PortalSession;

/// The account of a run in progress.
#[derive(Default)]
pub(super) struct RunLog {
    /// The conversation with the portal, once there is one.
    pub(super) session: Option<PortalSession>,
    /// Counts.
    pub(super) totals: Totals,
    /// Days (times units) that were wanted.
    pub(super) planned: usize,
    /// Days (times units) that were stored.
    pub(super) stored: usize,
    /// Days that failed or had unreadable rows.
    pub(super) date_errors: Vec<DateError>,
    /// Remarks, such as values that were cut.
    pub(super) notes: Vec<String>,
    /// Where a failure of our own came from.
    pub(super) backtrace: Option<String>,
    /// Failed days in a row, to give up on a portal that is down.
    pub(super) failures_in_a_row: usize,
}

/// What went wrong with one day.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct DateError {
    /// The day.
    pub date: NaiveDate,
    /// The unit.
    pub unidade: String,
    /// The kind.
    pub kind: &'static str,
    /// One sentence.
    pub message: String,
    /// The saved page, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
}

impl RunLog {
    /// A day that could not be read: it counts as skipped, and nothing of it is touched.
    pub(super) fn day_failed(&mut self, error: DateError) {
        self.failures_in_a_row += 1;
        tracing::warn!(date = %error.date, kind = error.kind, error = error.message, "day not read");
        self.date_errors.push(error);
    }

    /// A day with rows that could not be read: the good ones are stored, nothing is removed.
    pub(super) fn day_incomplete(&mut self, date: NaiveDate, unidade: &str, message: String) {
        tracing::warn!(%date, error = message, "day has unreadable rows");
        let kind = FailureKind::Layout.as_str();
        let unidade = unidade.to_owned();
        self.date_errors.push(DateError {
            date,
            unidade,
            kind,
            message,
            evidence: None,
        });
    }
}
