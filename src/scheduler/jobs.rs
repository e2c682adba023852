//! The job of the queue, and what may become of it: our words for what River does.

use std::time::Duration;

use chrono::{DateTime, Utc};

/// One tick of one window for one user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncJob {
    pub usuario_id: i32,
    /// Name of the window.
    pub window: String,
    /// Nominal firing time.
    pub tick: DateTime<Utc>,
}

/// What became of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobEnd {
    /// The tick has ended: as a run, or refused.
    Done,
    /// Come again after this time; no attempt is spent.
    PutOff(Duration),
    /// The process stops: the job waits for another, or for the next start.
    Stopped,
}
