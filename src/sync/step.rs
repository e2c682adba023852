//! The steps of a run, as log lines and metrics name them, and how long each takes.

use std::time::{Duration, Instant};

use tracing::Instrument;

use crate::telemetry::metrics::names::STEP_DURATION;

/// A step: the name of its file, but for *mark removed*, which shares a file and a statement with *upsert*
/// unless there is nothing to insert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Lock,
    Session,
    Scrape,
    Upsert,
    MarkRemoved,
    RecordRun,
}

impl Step {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Lock => "lock",
            Self::Session => "session",
            Self::Scrape => "scrape",
            Self::Upsert => "upsert",
            Self::MarkRemoved => "mark_removed",
            Self::RecordRun => "record_run",
        }
    }

    /// Does the work of this step: what it logs says so, and its duration is measured.
    pub(super) async fn of<T>(self, work: impl Future<Output = T>) -> T {
        let step = self.as_str();
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
pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
