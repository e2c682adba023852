//! The day's loop: looks whether examiners have changes that they want to hear of, and mails them.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{App, Ended};
use crate::alerts::Channels;
use crate::changes::{Sent, Today};
use crate::config::Config;
use crate::domain::causes::in_a_line;
use crate::scheduler::beat::{Beat, Beats};
use crate::store::StoreError;
use crate::sync::Syncer;

/// How often the loop looks whether there is something to tell.
const LOOK: Duration = Duration::from_secs(5);

impl App {
    /// Who tells examiners of the day's changes.
    pub(super) fn spawn_changes(
        &self,
        loops: &mut JoinSet<Ended>,
        beats: &Beats,
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

struct ChangesLoop {
    syncer: Arc<Syncer>,
    config: watch::Receiver<Arc<Config>>,
    channels: watch::Receiver<Arc<Channels>>,
    beat: Beat,
    /// The database's trouble is logged once.
    failing: bool,
}

impl ChangesLoop {
    /// Until told to stop, and then until the mail at hand is sent.
    async fn run(mut self, stop: &CancellationToken) {
        let mut looks = tokio::time::interval(LOOK);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = looks.tick() => {}
            }
            self.beat.beat();
            match self.look(stop).await {
                Ok(()) => self.failing = false,
                Err(error) => self.log(&error),
            }
        }
    }

    async fn look(&self, stop: &CancellationToken) -> Result<(), StoreError> {
        let (config, channels) = (self.config.borrow().clone(), self.channels.borrow().clone());
        let today = Today {
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
