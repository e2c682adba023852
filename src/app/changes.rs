//! The day's loop: looks whether examiners have changes that they want to hear of, and mails them.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::last_look::unless_stopped;
use super::parts::{App, Ended};
use crate::alerts::Channels;
use crate::changes::{ChangesMailer, Sent};
use crate::config::Config;
use crate::domain::causes::in_a_line;
use crate::scheduler::liveness::{LoopHeartbeat, LoopHeartbeats, in_step};
use crate::store::StoreError;
use crate::sync::Syncer;

/// How often the loop shows that it goes round, and at most looks whether there is something to tell.
const LOOK: Duration = Duration::from_secs(5);
/// How seldom it looks at least.
const SELDOM: Duration = Duration::from_secs(60);
/// How often it looks while changes are collected.
const LOOKS: u32 = 3;

impl App {
    /// Who tells examiners of the day's changes.
    pub(super) fn spawn_changes(
        &self,
        loops: &mut JoinSet<Ended>,
        beats: &LoopHeartbeats,
        stop: &CancellationToken,
    ) {
        let changes = ChangesLoop {
            syncer: Arc::clone(&self.syncer),
            config: self.config.subscribe(),
            channels: self.channels.subscribe(),
            beat: beats.register("changes"),
            failing: false,
        };
        let stop = stop.clone();
        loops.spawn(async move {
            changes.run(&stop).await;
            Ok("changes")
        });
    }
}

/// How long nothing is looked for, half a round less, for rounds are not exact: changes that are collected for minutes need not be asked for every few seconds.
fn pause(collect: Duration) -> Duration {
    (collect / LOOKS).clamp(LOOK, SELDOM) - LOOK / 2
}

struct ChangesLoop {
    syncer: Arc<Syncer>,
    config: watch::Receiver<Arc<Config>>,
    channels: watch::Receiver<Arc<Channels>>,
    beat: LoopHeartbeat,
    /// The database's trouble is logged once.
    failing: bool,
}

impl ChangesLoop {
    /// Until told to stop, and then until the mail at hand is sent.
    async fn run(mut self, stop: &CancellationToken) {
        let mut looks = in_step(LOOK);
        let mut next = Instant::now();
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = looks.tick() => {}
            }
            self.beat.beat();
            if Instant::now() < next {
                continue;
            }
            next = Instant::now() + pause(self.config.borrow().changes.collect);
            match unless_stopped(stop, self.look(stop)).await {
                None => return,
                Some(Ok(())) => self.failing = false,
                Some(Err(error)) => self.log(&error),
            }
        }
    }

    async fn look(&self, stop: &CancellationToken) -> Result<(), StoreError> {
        let (config, channels) = (self.config.borrow().clone(), self.channels.borrow().clone());
        let today = ChangesMailer {
            store: &self.syncer.store,
            channels: &channels,
            config: &config,
            clock: &self.syncer.clock,
        };
        while !stop.is_cancelled() && today.send_next().await? != Sent::Nothing {
            self.beat.beat();
        }
        Ok(())
    }

    fn log(&mut self, error: &StoreError) {
        let error = in_a_line(error);
        if std::mem::replace(&mut self.failing, true) {
            tracing::debug!(error, "the day's changes still cannot be mailed");
        } else {
            tracing::warn!(error, "the day's changes cannot be mailed, trying again");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_told_soon_after_it_has_been_collected() {
        let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
        assert!(pause(Duration::ZERO) < LOOK, "each time that it goes round");
        assert!(pause(minutes(3)) <= SELDOM && pause(minutes(60)) <= SELDOM);
        assert!(pause(minutes(3)) > 4 * LOOK);
    }
}
