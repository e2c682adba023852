//! The alerts' two loops: one looks for trouble, one carries messages. Each has a heart; neither is in the way
//! of a sync, and neither holds the other up.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::heartbeat::Heartbeat;
use super::parts::{App, Ended};
use crate::alerts::{Channels, Courier, DatabaseWatch, Evaluator};
use crate::config::Config;
use crate::domain::causes::in_a_line;
use crate::domain::{RecordedRule, Rule};
use crate::http::Readiness;
use crate::portal::{BreakerState, FirewallState};
use crate::scheduler::liveness::{LoopHeartbeat, LoopHeartbeats, in_step};
use crate::store::StoreError;
use crate::store::alerts::reports::PortalRest;
use crate::store::alerts::silences::Silence;
use crate::store::health::DatabaseHealth;
use crate::store::processes::DatabaseTrouble;
use crate::sync::Syncer;

/// How often the loops look whether there is something to do, and show that they go round.
const LOOK: Duration = Duration::from_secs(5);
/// A database that takes longer than this to answer is no use.
const TIMEOUT: Duration = Duration::from_secs(20);
/// How soon a database that failed is asked again.
const AFTER_FAILURE: Duration = Duration::from_secs(10);
/// A delivery under way may end after the stop, so that its message is not sent again.
const LAST_DELIVERY: Duration = Duration::from_secs(5);

impl App {
    /// Those who tell people and other systems.
    pub(super) fn spawn_alerts(
        &self,
        loops: &mut JoinSet<Ended>,
        readiness: Readiness,
        health: watch::Receiver<DatabaseHealth>,
        beats: &LoopHeartbeats,
        stop: &CancellationToken,
    ) {
        let alerts = AlertLoop {
            syncer: Arc::clone(&self.syncer),
            config: self.config.subscribe(),
            channels: self.channels.subscribe(),
            health,
            has_reported_no_rest: false,
            silences: Vec::new(),
            beat: beats.register("alerts"),
        };
        let courier = CourierLoop {
            courier: Courier::new(self.database.store.clone(), self.syncer.vault.clone()),
            config: self.config.subscribe(),
            channels: self.channels.subscribe(),
            beat: beats.register("courier"),
        };
        let heartbeat = Heartbeat {
            readiness,
            config: self.config.subscribe(),
            beat: beats.register("heartbeat"),
        };
        let token = stop.clone();
        loops.spawn(async move {
            alerts.run(&token).await;
            Ok("alerts")
        });
        let token = stop.clone();
        loops.spawn(async move {
            courier.run(&token).await;
            Ok("courier")
        });
        let token = stop.clone();
        loops.spawn(async move {
            heartbeat.run(&token).await;
            Ok("heartbeat")
        });
        self.spawn_webhooks(loops, beats, stop);
        self.spawn_tomorrow(loops, beats, stop);
        self.spawn_changes(loops, beats, stop);
    }
}

/// Looks for trouble.
struct AlertLoop {
    syncer: Arc<Syncer>,
    config: watch::Receiver<Arc<Config>>,
    channels: watch::Receiver<Arc<Channels>>,
    /// How the process stands with its database, whatever becomes of an evaluation.
    health: watch::Receiver<DatabaseHealth>,
    /// The database knows that this process does not leave the portal alone.
    has_reported_no_rest: bool,
    /// As they were when the database last told: a database that is away on purpose cannot.
    silences: Vec<Silence>,
    beat: LoopHeartbeat,
}

/// Carries messages.
struct CourierLoop {
    courier: Courier,
    config: watch::Receiver<Arc<Config>>,
    channels: watch::Receiver<Arc<Channels>>,
    beat: LoopHeartbeat,
}

impl AlertLoop {
    /// Until told to stop.
    async fn run(mut self, stop: &CancellationToken) {
        tokio::select! {
            () = stop.cancelled() => {}
            () = self.look_forever() => {}
        }
    }

    async fn look_forever(&mut self) {
        let instance = self.syncer.control.instance().to_owned();
        let evaluator = Evaluator::new(self.syncer.store.clone(), &instance);
        let mut database = DatabaseWatch::new(&instance, self.syncer.clock.zone());
        let mut looks = in_step(LOOK.min(self.interval()));
        let mut next = Instant::now();
        loop {
            tokio::select! {
                _ = looks.tick() => {}
                // Sender dropped: no more reloads.
                Ok(()) = self.config.changed() => next = Instant::now(),
            }
            self.beat.beat();
            let config = self.config.borrow_and_update().clone();
            let channels = self.channels.borrow().clone();
            let trouble = self.health.borrow().trouble;
            let is_told = config.alerts.enabled && !self.is_silent();
            if let Some(trouble) = trouble.filter(|_| is_told) {
                database.failed(trouble, self.syncer.clock.now(), &config.alerts, &channels);
            }
            if config.alerts.enabled && Instant::now() >= next {
                next = Instant::now() + self.evaluate(&evaluator, &mut database, &config).await;
                self.beat.beat();
            }
            database.deliver(&config.alerts, &channels).await;
        }
    }

    fn interval(&self) -> Duration {
        self.config.borrow().alerts.interval
    }

    /// Evaluates the rules; when to do it again.
    async fn evaluate(
        &mut self,
        evaluator: &Evaluator,
        database: &mut DatabaseWatch,
        config: &Config,
    ) -> Duration {
        let channels = self.channels.borrow().clone();
        let interval = config.alerts.interval;
        let work = async {
            self.report_rest().await?;
            self.silences = self.syncer.store.silences().await?;
            evaluator.evaluate(config, &channels).await
        };
        let outcome = tokio::time::timeout(TIMEOUT, work).await;
        let now = self.syncer.clock.now();
        let failure = match outcome {
            // What can still be evaluated is no proof: a disk that is full takes small writes for a while.
            Ok(Ok(_)) if self.health.borrow().trouble.is_some() => {
                return interval.min(AFTER_FAILURE);
            }
            Ok(Ok(_)) => {
                if database.away_since().is_some() {
                    tracing::info!("the alerts can use the database again");
                }
                database.works(now, &config.alerts, &channels);
                return interval;
            }
            Ok(Err(error)) => (DatabaseTrouble::of(&error), in_a_line(&error)),
            Err(_) => (
                DatabaseTrouble::Away,
                format!("no answer within {TIMEOUT:?}"),
            ),
        };
        let (trouble, failure) = failure;
        if database.away_since().is_none() {
            tracing::warn!(
                error = failure,
                "the alerts cannot use the database, trying again"
            );
        }
        let trouble = self.health.borrow().trouble.unwrap_or(trouble);
        if !self.is_silent() {
            database.failed(trouble, now, &config.alerts, &channels);
        }
        interval.min(AFTER_FAILURE)
    }

    /// Whether nobody wants to hear of the database's trouble now.
    fn is_silent(&self) -> bool {
        let (rule, now) = (RecordedRule::Known(Rule::Database), self.syncer.clock.now());
        let mut silences = self.silences.iter();
        silences.any(|silence| silence.covers(&rule, None, now))
    }

    /// What only this process knows.
    async fn report_rest(&mut self) -> Result<(), StoreError> {
        let live = self.syncer.settings.get();
        let breaker = match live.portal.breaker().state() {
            BreakerState::Closed => None,
            BreakerState::Open { .. } | BreakerState::HalfOpen => Some(PortalRest::Breaker),
        };
        // A firewall that resets connections may open the breaker too; it is the reason then.
        let rest = match live.portal.firewall().state() {
            FirewallState::Open => breaker,
            FirewallState::Resting { until, .. } => {
                Some(PortalRest::Firewall(until - Instant::now()))
            }
            FirewallState::Trying => Some(PortalRest::Firewall(Duration::ZERO)),
        };
        if rest.is_none() && self.has_reported_no_rest {
            return Ok(());
        }
        let store = &self.syncer.store;
        let instance = self.syncer.control.instance();
        store.report_rest(instance, rest).await?;
        self.has_reported_no_rest = rest.is_none();
        Ok(())
    }
}

impl CourierLoop {
    /// Until told to stop, and then until the delivery at hand is done.
    async fn run(self, stop: &CancellationToken) {
        let late = async {
            stop.cancelled().await;
            tokio::time::sleep(LAST_DELIVERY).await;
        };
        tokio::select! {
            () = late => {}
            () = self.carry(stop) => {}
        }
    }

    async fn carry(&self, stop: &CancellationToken) {
        let interval = self.config.borrow().alerts.interval;
        let mut looks = in_step(LOOK.min(interval));
        let mut failing = false;
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = looks.tick() => {}
            }
            self.beat.beat();
            let config = self.config.borrow().clone();
            if !config.alerts.enabled {
                continue;
            }
            let channels = self.channels.borrow().clone();
            let round = self
                .courier
                .round(&channels, &config.alerts, stop, || self.beat.beat());
            match round.await {
                Ok(_) => failing = false,
                Err(error) => {
                    let error = in_a_line(&error);
                    if std::mem::replace(&mut failing, true) {
                        tracing::debug!(error, "no alert can still be taken from the database");
                    } else {
                        tracing::warn!(
                            error,
                            "no alert can be taken from the database, trying again"
                        );
                    }
                }
            }
        }
    }
}
