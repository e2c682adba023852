//! How the queue stands.

use std::collections::HashSet;
use std::time::Duration;

/// The queue's name in River.
pub(super) const QUEUE: &str = "sync";
/// After a failover, or a restart of the server, the living have so much time to arrive.
pub(super) const ARRIVAL: Duration = Duration::from_secs(12);
/// What became of jobs whose process holds no mark.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OrphanedJobs {
    pub freed: u64,
    /// Those whose process has given a sign of life lately: it may have lost its control connection only.
    pub suspected: u64,
}

/// Users whose jobs were not taken in, because of one of the same window that they have already.
#[derive(Debug, Default)]
pub struct NotTaken {
    /// That one waits or runs: this one is merged into it.
    pub merged: HashSet<i32>,
    /// It runs with the credentials of before: the new ones are to be tried once it is over.
    pub too_early: HashSet<i32>,
}

/// How the queue stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueState {
    /// What became of the jobs of the dead.
    pub dead: OrphanedJobs,
    /// Whether jobs wait or run, here or elsewhere.
    pub is_busy: bool,
    /// Whether another process has given a sign of life within two minutes: it may die and leave jobs behind.
    pub has_peers: bool,
}
