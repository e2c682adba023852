//! A job as River keeps it.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use riverqueue::{JobArgs, JobRow};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::scheduler::jobs::SyncJob;

/// Its place in a job's metadata.
const SPLAY: &str = "splay";

/// The wire form of a job. Unique by user and window while one waits or runs: that is how ticks merge.
#[derive(Debug, Clone, Serialize, Deserialize, JobArgs)]
#[river(
    kind = "sync",
    unique(by_args, by_state(available, pending, retryable, running, scheduled))
)]
pub(super) struct SyncArgs {
    #[river(unique)]
    pub(super) usuario_id: i32,
    #[river(unique)]
    window: String,
    tick: DateTime<Utc>,
}

impl From<SyncJob> for SyncArgs {
    fn from(job: SyncJob) -> Self {
        Self {
            usuario_id: job.usuario_id,
            window: job.window,
            tick: job.tick,
        }
    }
}

impl From<SyncArgs> for SyncJob {
    fn from(args: SyncArgs) -> Self {
        Self {
            usuario_id: args.usuario_id,
            window: args.window,
            tick: args.tick,
        }
    }
}

/// The splay in force when a job was put in, in seconds: by the time that it is looked at, or for whoever looks, another
/// one may be.
pub(super) fn metadata(splay: Duration) -> Map<String, Value> {
    let splay = (SPLAY.to_owned(), splay.as_secs_f64().into());
    Map::from_iter([splay])
}

/// When the job's turn was to come at the latest, by the database's clock.
pub(super) fn due_by(row: &JobRow) -> DateTime<Utc> {
    let put_in = row.created_at.as_millisecond();
    let put_in = DateTime::from_timestamp_millis(put_in).unwrap_or_default();
    let splay: Option<f64> = row.metadata.get(SPLAY).ok().flatten();
    let splay = splay.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let splay = splay.and_then(|splay| TimeDelta::from_std(splay).ok());
    let due_by = put_in.checked_add_signed(splay.unwrap_or_default());
    due_by.unwrap_or(put_in)
}
