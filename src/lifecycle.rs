//! *How does it live and die?* Signals become values; shutdown has two stages.
//!
//! The first SIGTERM or SIGINT is a soft stop: take no more work, let running dates finish within
//! `shutdown.grace`. A second one exits at once.

use futures::StreamExt;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook_tokio::Signals;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Exit code of a process that was told twice.
const EXIT_AT_ONCE: i32 = 130;

/// Listens to signals for the life of the process; the returned token fires at the first one.
///
/// # Errors
/// If the system refuses the signal handlers.
pub fn stop_on_signals(tasks: &TaskTracker) -> std::io::Result<CancellationToken> {
    let mut signals = Signals::new([SIGTERM, SIGINT])?;
    let stop = CancellationToken::new();
    let token = stop.clone();
    tasks.spawn(async move {
        while let Some(signal) = signals.next().await {
            if token.is_cancelled() {
                tracing::warn!(signal, "told twice, exiting at once");
                std::process::exit(EXIT_AT_ONCE);
            }
            tracing::info!(signal, "stopping; a second signal exits at once");
            token.cancel();
        }
    });
    Ok(stop)
}
