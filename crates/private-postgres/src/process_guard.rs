//! Processes that must not outlive the future that started them.

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::process::Child;

/// Interrupts a process, and those it has started, unless it is let go before the end of the scope:
/// a future dropped half-way must leave no process behind.
pub(super) struct ProcessGroupGuard {
    group: Option<Pid>,
}

impl ProcessGroupGuard {
    /// Takes hold of a child that leads a process group.
    pub(super) fn of(child: &Child) -> Self {
        let pid = child.id().and_then(|pid| i32::try_from(pid).ok());
        Self {
            group: pid.map(Pid::from_raw),
        }
    }

    /// Leaves the process to itself.
    pub(super) fn disarm(mut self) {
        self.group = None;
    }
}

impl Drop for ProcessGroupGuard {
    fn drop(&mut self) {
        if let Some(group) = self.group {
            killpg(group, Signal::SIGINT).ok(); // fails only when they have ended
        }
    }
}
