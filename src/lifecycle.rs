//! *How does it live and die?* Signals become values; shutdown has two stages; systemd is told.
//!
//! The first SIGTERM or SIGINT is a soft stop: take no more work, let running dates finish within
//! `shutdown.grace`. A second one exits at once. SIGHUP asks for a reload; where there is nothing to reload, the terminal
//! has been closed, and that is a stop too, unless `nohup` said otherwise. As the first process of a container it also
//! collects orphans.

mod reaper;

use std::time::Duration;

use futures::StreamExt;
use sd_notify::NotifyState;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook_tokio::Signals;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::scheduler::liveness::LoopHeartbeats;

/// Exit code of a process that was told twice.
const EXIT_AT_ONCE: i32 = 130;

/// What signals become.
#[derive(Debug)]
pub struct Notified {
    /// Fires at the first SIGTERM or SIGINT.
    pub stop: CancellationToken,
    /// One message for each SIGHUP.
    pub hangups: mpsc::UnboundedReceiver<()>,
}

/// Listens to signals for the life of the process.
///
/// # Errors
/// If the system refuses the signal handlers.
pub fn listen(tasks: &TaskTracker) -> std::io::Result<Notified> {
    // Before the handler takes its place.
    let outlives_terminal = ignores_hangup();
    let mut signals = Signals::new([SIGTERM, SIGINT, SIGHUP])?;
    let (sender, hangups) = mpsc::unbounded_channel();
    let stop = CancellationToken::new();
    let token = stop.clone();
    tasks.spawn(async move {
        while let Some(signal) = signals.next().await {
            if signal == SIGHUP && (sender.send(()).is_ok() || outlives_terminal) {
                continue;
            }
            if !token.is_cancelled() {
                tracing::info!(signal, "stopping; a second signal exits at once");
                token.cancel();
            // The kernel and the shell both tell that a terminal was closed.
            } else if signal != SIGHUP {
                tracing::warn!(signal, "told twice, exiting at once");
                std::process::exit(EXIT_AT_ONCE);
            }
        }
    });
    if reaper::is_needed() {
        tasks.spawn(async {
            if let Err(error) = reaper::reap_orphans().await {
                tracing::warn!(%error, "orphans of this container are not collected");
            }
        });
    }
    Ok(Notified { stop, hangups })
}

/// The same for what has nothing to reload.
///
/// # Errors
/// As [`listen`].
pub fn stop(tasks: &TaskTracker) -> std::io::Result<CancellationToken> {
    listen(tasks).map(|told| told.stop)
}

/// Whether whoever started this process wants it to outlive the terminal (`nohup`).
fn ignores_hangup() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mut lines = status.lines();
    let ignored = lines
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    ignored.is_some_and(|mask| mask & (1 << (SIGHUP - 1)) != 0)
}

/// What systemd hears, where the process was started by it.
#[derive(Debug)]
pub struct Notifier {
    /// How often systemd wants a sign of life; `None`: not at all.
    watchdog: Option<Duration>,
}

impl Notifier {
    /// Says that the daemon is ready.
    #[must_use]
    pub fn ready(status: &str) -> Self {
        tell(&[NotifyState::Ready, NotifyState::Status(status)]);
        Self {
            watchdog: sd_notify::watchdog_enabled(),
        }
    }

    /// Gives signs of life while every loop goes round. Never ends: a daemon with a stuck loop falls
    /// silent, and systemd kills and restarts it.
    pub async fn watch(&self, beats: &LoopHeartbeats) {
        let Some(period) = self.watchdog else {
            return std::future::pending().await;
        };
        let mut ticks = tokio::time::interval(period / 3);
        loop {
            ticks.tick().await;
            let stuck = beats.stuck();
            if stuck.is_empty() {
                tell(&[NotifyState::Watchdog]);
            } else {
                tracing::error!(?stuck, "a loop is stuck; the watchdog is not fed");
            }
        }
    }

    /// Says that the daemon stops.
    pub fn stopping(&self) {
        tell(&[NotifyState::Stopping]);
    }
}

/// Says that the start takes longer, so that systemd gives it `longer` from now on.
pub fn still_starting(why: &str, longer: Duration) {
    let micros = u32::try_from(longer.as_micros()).unwrap_or(u32::MAX);
    tell(&[
        NotifyState::Status(why),
        NotifyState::ExtendTimeoutUsec(micros),
    ]);
}

fn tell(state: &[NotifyState<'_>]) {
    // Without NOTIFY_SOCKET this does nothing.
    if let Err(error) = sd_notify::notify(state) {
        tracing::warn!(%error, "systemd could not be told");
    }
}
