//! What is measured.

use std::path::PathBuf;
use std::time::Duration;

use humantime::parse_duration as time;

/// Load on the whole daemon
#[derive(Debug, clap::Parser)]
pub(crate) struct Plan {
    /// Examiners; several sizes with commas, one after the other
    #[arg(long, value_delimiter = ',', default_value = "100,1000,10000")]
    pub(crate) users: Vec<usize>,

    /// Latency of the portal
    #[arg(long, value_parser = time, default_value = "0s")]
    pub(crate) latency: Duration,

    /// scheduler.workers
    #[arg(long, default_value_t = 8)]
    pub(crate) workers: usize,

    /// scheduler.splay
    #[arg(long, value_parser = time, default_value = "0s")]
    pub(crate) splay: Duration,

    /// Days of the window
    #[arg(long, default_value_t = 4)]
    pub(crate) days: u16,

    /// Fewest and most appointments of a day
    #[arg(long, default_value = "4-12")]
    pub(crate) slots_per_day: String,

    /// Watch the daemon so long with nothing due, once it has come to rest after the ticks
    #[arg(long, value_parser = time, default_value = "0s")]
    pub(crate) idle: Duration,

    /// Do not finish: stop the daemon so long after the first tick has begun
    #[arg(long, value_parser = time, default_value = "0s")]
    pub(crate) stop_after: Duration,

    /// Do not measure what the machine could do at most
    #[arg(long)]
    pub(crate) no_limits: bool,

    /// Print the statements that took the most time
    #[arg(long)]
    pub(crate) statements: bool,

    /// Write the figures here too
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,

    /// Draw the figures into this directory too
    #[arg(long, value_name = "DIR")]
    pub(crate) charts: Option<PathBuf>,

    /// Given by `cargo bench`
    #[arg(long, hide = true)]
    pub(crate) bench: bool,
}
