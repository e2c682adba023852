//! From the outbox to the operators. A message is claimed, delivered and ticked off; who dies in between
//! leaves it to the next, so that none is lost, and one is sent twice at most.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::arrivals::Arrivals;
use super::channels::Channels;
use super::delivery::{DeliveryError, Target};
use super::severity::severity;
use super::text::AlertMessage;
use crate::config::alerts::AlertsConfig;
use crate::domain::causes::in_a_line;
use crate::domain::{Channel, Trouble};
use crate::retry;
use crate::store::alerts::outbox::{Afterwards, Claimed};
use crate::store::{Store, StoreError};
use crate::telemetry::metrics::names::ALERT_DELIVERIES;
use crate::vault::Vault;

/// How long beyond its time-out a delivery belongs to who claimed it; to the end of a mail it may be twice that time-out.
const LEASE: Duration = Duration::from_secs(30);

/// Delivers messages.
#[derive(Debug)]
pub struct Courier {
    store: Store,
    arrivals: Arrivals,
    /// Recipients whose last delivery failed: their trouble is logged once.
    failing: Mutex<HashSet<Target>>,
}

/// What a round needs.
struct Round<'a> {
    channels: &'a Channels,
    alerts: &'a AlertsConfig,
    stop: &'a CancellationToken,
    alive: &'a (dyn Fn() + Sync),
}

/// What a round did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Messages that arrived.
    pub sent: u32,
    pub failed: u32,
}

impl Courier {
    /// A courier for messages of this database; `vault` recognises the settings with which they arrive.
    #[must_use]
    pub fn new(store: Store, vault: Vault) -> Self {
        Self {
            arrivals: Arrivals::new(store.clone(), vault),
            store,
            failing: Mutex::default(),
        }
    }

    /// Delivers all that is due, each channel at its own pace, but begins none after `stop`. `alive` is
    /// called after each message.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails; what was claimed is delivered later.
    pub async fn round(
        &self,
        channels: &Channels,
        alerts: &AlertsConfig,
        stop: &CancellationToken,
        alive: impl Fn() + Sync,
    ) -> Result<Delivered, StoreError> {
        let round = Round {
            channels,
            alerts,
            stop,
            alive: &alive,
        };
        let all = Channel::ALL.iter();
        let ways = all.map(|&channel| self.deliver(channel, &round));
        let mut delivered = Delivered::default();
        for way in futures::future::join_all(ways).await {
            let way = way?;
            delivered.sent += way.sent;
            delivered.failed += way.failed;
        }
        Ok(delivered)
    }

    async fn deliver(&self, channel: Channel, round: &Round<'_>) -> Result<Delivered, StoreError> {
        let mut done = Delivered::default();
        let targets = round.channels.targets().into_iter();
        let mine = targets.filter(|target| target.channel == channel);
        let addresses: Vec<String> = mine.map(|target| target.address).collect();
        if addresses.is_empty() {
            return Ok(done);
        }
        let lease = round.alerts.timeout + LEASE;
        while !round.stop.is_cancelled() {
            let claimed = self.store.claim_message(channel, &addresses, lease);
            let Some(message) = claimed.await? else { break };
            if self.deliver_one(channel, &message, round).await? {
                done.sent += 1;
            } else {
                done.failed += 1;
            }
            (round.alive)();
        }
        Ok(done)
    }

    /// Whether it arrived.
    async fn deliver_one(
        &self,
        channel: Channel,
        message: &Claimed,
        round: &Round<'_>,
    ) -> Result<bool, StoreError> {
        let target = Target {
            channel,
            address: message.target.clone(),
        };
        let delivered = round.channels.deliver(&target, &letter(message)).await;
        let result = if delivered.is_ok() { "sent" } else { "failed" };
        ALERT_DELIVERIES.one([channel.as_str(), result]);
        self.note(round.channels, &target, &delivered).await;
        match delivered {
            Ok(_) => {
                self.store.message_sent(message).await?;
                self.arrived(&target);
                Ok(true)
            }
            Err(error) => {
                let next = afterwards(message, &error, round.alerts);
                let failed = error.recorded();
                self.store.message_failed(message, &failed, next).await?;
                // What asks for a rest means whatever comes to it.
                if let Some(rest) = error.retry_after() {
                    self.store.recipient_rests(message, rest).await?;
                }
                self.failed(&target, &error, next);
                Ok(false)
            }
        }
    }

    /// What cannot be noted holds no message up.
    async fn note(
        &self,
        channels: &Channels,
        target: &Target,
        answer: &Result<String, DeliveryError>,
    ) {
        if let Err(error) = self.arrivals.note(channels, target, answer).await {
            let error = in_a_line(&error);
            tracing::debug!(%target, error, "what became of a message could not be noted");
        }
    }

    fn arrived(&self, target: &Target) {
        if self.failing().remove(target) {
            tracing::info!(%target, "alerts are delivered again");
        }
    }

    fn failed(&self, target: &Target, error: &DeliveryError, next: Afterwards) {
        if next == Afterwards::GiveUp {
            tracing::error!(%target, %error, "an alert could not be delivered and is given up");
        } else if self.failing().insert(target.clone()) {
            tracing::warn!(%target, %error, "an alert could not be delivered, trying again (agendad alerts list)");
        } else {
            tracing::debug!(%target, %error, "an alert could still not be delivered");
        }
    }

    fn failing(&self) -> std::sync::MutexGuard<'_, HashSet<Target>> {
        self.failing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn letter(message: &Claimed) -> AlertMessage {
    AlertMessage {
        id: letter_id(message),
        title: message.title.clone(),
        body: message.body.clone(),
        rule: Some(message.rule.clone()),
        kind: Some(message.kind),
        severity: severity(&message.rule, message.kind),
        written_at: message.created_at,
    }
}

/// The same each time that it is tried, and no other installation's that writes from the same domain.
fn letter_id(message: &Claimed) -> String {
    format!("{}-{:x}", message.id, message.created_at.timestamp_micros())
}

/// Even a clear "no" is tried again: the address or the password may be put right meanwhile.
fn afterwards(message: &Claimed, error: &DeliveryError, alerts: &AlertsConfig) -> Afterwards {
    let attempts = usize::try_from(message.attempts).unwrap_or(usize::MAX);
    let delay = retry::delay_after(&alerts.retry, attempts);
    let may_have_arrived = message.last_error_kind == Some(Trouble::Unanswered);
    match delay.filter(|_| error.is_worth_a_retry(may_have_arrived)) {
        Some(delay) => Afterwards::Again(delay.max(error.retry_after().unwrap_or_default())),
        None => Afterwards::GiveUp,
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};

    use super::*;
    use crate::domain::{MessageKind, RecordedRule, Rule};

    #[test]
    fn a_message_has_an_id_of_its_own_whoever_else_has_one_of_the_same_number() {
        let message = |created_at: &str, attempts| Claimed {
            id: 17,
            target: String::new(),
            title: String::new(),
            body: String::new(),
            rule: RecordedRule::Known(Rule::Credentials),
            kind: MessageKind::Opened,
            created_at: created_at.parse::<DateTime<Utc>>().unwrap(),
            attempts,
            last_error_kind: None,
        };
        let id = |created_at, attempts| letter(&message(created_at, attempts)).id;
        let first = id("2026-11-30T12:00:00.000001Z", 1);
        assert_eq!(first, "17-6617d2633d001");
        assert_eq!(first, id("2026-11-30T12:00:00.000001Z", 2));
        assert_ne!(first, id("2026-11-30T12:00:00.000002Z", 1));
    }
}
