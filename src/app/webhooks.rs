//! The webhooks' loop: looks for changes that addresses want, and delivers them. An address that is slow holds up only
//! itself: each has a few deliveries of its own, each of another examiner, and none is in the way of a sync.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::clock_jump::{ClockJumpDetector, uptime};
use super::last_look::unless_stopped;
use super::parts::{App, Ended};
use crate::config::Config;
use crate::domain::causes::in_a_line;
use crate::scheduler::liveness::{LoopHeartbeat, LoopHeartbeats, in_step, next_in_step};
use crate::store::StoreError;
use crate::store::webhooks::Endpoint;
use crate::sync::Syncer;
use crate::telemetry::metrics::names::WEBHOOK_BACKLOG;
use crate::webhooks::{Deliverer, Done, Post};

/// How often the loop looks whether something has changed.
const LOOK: Duration = Duration::from_secs(2);
/// How often it measures the backlog.
const MEASURE: Duration = Duration::from_secs(30);
/// How often it looks while no address is known: what changes until one is found is sent to it all the same.
const LOOK_ALONE: Duration = Duration::from_secs(60);
/// How often it shows that it goes round, whatever it waits for.
const BEAT: Duration = Duration::from_secs(15);
/// A delivery under way may end after the stop, so that its change is not sent again.
const LAST_DELIVERY: Duration = Duration::from_secs(5);

impl App {
    /// Who tells other systems.
    pub(super) fn spawn_webhooks(
        &self,
        loops: &mut JoinSet<Ended>,
        beats: &LoopHeartbeats,
        stop: &CancellationToken,
    ) {
        let webhooks = WebhookLoop {
            syncer: Arc::clone(&self.syncer),
            config: self.config.subscribe(),
            beat: beats.register("webhooks"),
            tasks: JoinSet::new(),
            active: HashMap::new(),
            is_alone: false,
            failing: false,
            clock: ClockJumpDetector::new(uptime),
            is_clock_steady: false,
        };
        let stop = stop.clone();
        loops.spawn(async move { webhooks.run(&stop).await.map(|()| "webhooks") });
    }
}

struct WebhookLoop {
    syncer: Arc<Syncer>,
    config: watch::Receiver<Arc<Config>>,
    beat: LoopHeartbeat,
    /// Deliveries under way.
    tasks: JoinSet<(i32, Result<Done, StoreError>)>,
    /// How many of them an address has.
    active: HashMap<i32, u32>,
    /// There is no address.
    is_alone: bool,
    /// The database's trouble is logged once.
    failing: bool,
    clock: ClockJumpDetector,
    /// Whether changes are as old as the database's clock said at the last look at all addresses.
    is_clock_steady: bool,
}

impl WebhookLoop {
    /// Until told to stop, and then until the deliveries at hand are done.
    async fn run(mut self, stop: &CancellationToken) -> anyhow::Result<()> {
        let (mut next, mut next_measurement) = (Instant::now(), Instant::now());
        let mut beats = in_step(BEAT);
        loop {
            // Whose delivery has ended is looked at alone.
            let only = tokio::select! {
                () = stop.cancelled() => break,
                _ = beats.tick() => {
                    self.beat.beat();
                    continue;
                }
                Some(ended) = self.tasks.join_next() => {
                    let (id, done) = ended?;
                    self.ended(id, done);
                    Some(id)
                }
                () = sleep_until(next) => None,
            };
            self.beat.beat();
            let config = self.config.borrow().clone();
            if config.webhooks.enabled {
                let measure = only.is_none() && next_measurement <= Instant::now();
                if measure {
                    next_measurement = next_in_step(MEASURE);
                }
                match unless_stopped(stop, self.look(only, measure, &config, stop)).await {
                    None => break,
                    Some(Ok(())) => self.failing = false,
                    Some(Err(error)) => self.log(&error),
                }
            } else {
                // Switched off, perhaps by a reload: nobody measures it any more.
                WEBHOOK_BACKLOG.set([], 0.0);
            }
            if only.is_none() {
                let is_alone = self.is_alone && config.webhooks.enabled;
                next = next_in_step(if is_alone { LOOK_ALONE } else { LOOK });
            }
        }
        let last = async { while self.tasks.join_next().await.is_some() {} };
        if timeout(LAST_DELIVERY, last).await.is_err() {
            tracing::debug!("a delivery to another system is cut off; it is sent again");
        }
        Ok(())
    }

    /// Begins what is due: of all addresses, or of one.
    async fn look(
        &mut self,
        only: Option<i32>,
        measure: bool,
        config: &Config,
        stop: &CancellationToken,
    ) -> anyhow::Result<()> {
        let store = &self.syncer.store;
        let endpoints = store.endpoints(only).await?;
        if only.is_none() {
            self.is_alone = endpoints.is_empty();
        }
        if measure {
            let backlog = if self.is_alone {
                0.0
            } else {
                store.webhook_backlog().await?
            };
            WEBHOOK_BACKLOG.set([], backlog);
        }
        if endpoints.is_empty() {
            return Ok(());
        }
        if only.is_none() {
            let instance = self.syncer.control.instance();
            let look = self.clock.look(store, instance, &self.beat);
            self.is_clock_steady = look.await?;
        }
        let post = Post::new(config.webhooks.timeout).map_err(anyhow::Error::from_boxed)?;
        let (vault, clock) = (self.syncer.vault.clone(), self.syncer.clock.clone());
        let mut deliverer = Deliverer::new(store.clone(), vault, clock, post);
        if !self.is_clock_steady {
            deliverer = deliverer.that_gives_nothing_up();
        }
        for endpoint in endpoints {
            if only.is_none() {
                self.syncer.store.note_changes(endpoint.id).await?;
            }
            self.begin(&deliverer, endpoint, config, stop).await?;
            self.beat.beat();
        }
        Ok(())
    }

    /// As many deliveries to an address as it may have.
    async fn begin(
        &mut self,
        deliverer: &Deliverer,
        endpoint: Endpoint,
        config: &Config,
        stop: &CancellationToken,
    ) -> Result<(), StoreError> {
        let id = endpoint.id;
        while self.active.get(&id).copied().unwrap_or_default() < config.webhooks.at_once {
            let Some(claim) = deliverer.claim(&endpoint, &config.webhooks).await? else {
                break;
            };
            *self.active.entry(id).or_default() += 1;
            let (deliverer, endpoint) = (deliverer.clone(), endpoint.clone());
            let (webhooks, stop) = (config.webhooks.clone(), stop.clone());
            self.tasks.spawn(async move {
                let done = deliverer.deliver(&endpoint, claim, &webhooks, &stop);
                (id, done.await)
            });
        }
        Ok(())
    }

    fn ended(&mut self, id: i32, done: Result<Done, StoreError>) {
        if let Some(active) = self.active.get_mut(&id) {
            *active = active.saturating_sub(1);
        }
        if let Err(error) = done {
            self.log(&error.into());
        }
    }

    fn log(&mut self, error: &anyhow::Error) {
        let error = in_a_line(error.as_ref());
        if std::mem::replace(&mut self.failing, true) {
            tracing::debug!(error, "changes still cannot be sent to other systems");
        } else {
            tracing::warn!(
                error,
                "changes cannot be sent to other systems, trying again"
            );
        }
    }
}
