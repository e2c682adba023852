//! *When?* Ticks become due jobs, due jobs become runs: tokio-cron-scheduler fires, `sync_schedules`
//! remembers which tick each user and window has had, River queues and hands out, the syncer works.
//!
//! Architecture invariant: what is due lives in PostgreSQL, never in this process.

pub mod jobs;
pub mod liveness;
pub mod offset;
mod rarely;
pub mod river;
pub mod ticker;
mod timer;
pub mod worker;

pub use jobs::SyncJob;
pub use river::Queue;
pub use ticker::Ticker;
pub use worker::Worker;
