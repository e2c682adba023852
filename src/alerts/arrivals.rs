//! Whether messages arrive: what became of the last one to each recipient, a test or an alert. What was tried with other
//! settings says nothing of these.

use super::channels::Channels;
use super::delivery::{DeliveryError, Target};
use crate::domain::Undelivered;
use crate::store::alerts::arrivals::{LastTried, Tried};
use crate::store::{Store, StoreError};
use crate::vault::Vault;

/// What is known of the messages to a recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arrival {
    /// None was sent with these settings.
    Untried,
    /// The last one arrived.
    Arrived,
    /// The last one did not.
    Failed(Undelivered),
}

/// Remembers it.
#[derive(Debug, Clone)]
pub struct Arrivals {
    store: Store,
    /// Recognises settings without keeping them.
    vault: Vault,
}

impl Arrivals {
    /// Those of this database.
    #[must_use]
    pub fn new(store: Store, vault: Vault) -> Self {
        Self { store, vault }
    }

    /// Notes what became of a message.
    pub async fn note(
        &self,
        channels: &Channels,
        target: &Target,
        answer: &Result<String, DeliveryError>,
    ) -> Result<(), StoreError> {
        let undelivered = answer.as_ref().err().map(DeliveryError::recorded);
        let targets = channels.targets().into_iter();
        let same_way = targets.filter(|known| known.channel == target.channel);
        let targets: Vec<String> = same_way.map(|known| known.address).collect();
        let prints = self.prints(channels, target);
        let tried = Tried {
            channel: target.channel,
            target: &target.address,
            targets: &targets,
            settings: prints.first().map(String::as_str),
            undelivered: undelivered.as_ref(),
        };
        self.store.note_arrival(&tried).await
    }

    /// What is known of everybody who is told: nothing where our role may not see it yet, as after an upgrade whose
    /// grants were not renewed.
    pub async fn all(&self, channels: &Channels) -> Result<Vec<(Target, Arrival)>, StoreError> {
        let known = match self.store.arrivals().await {
            Err(error) if error.is_forbidden() => Vec::new(),
            known => known?,
        };
        let of = |target: Target| {
            let last = known
                .iter()
                .find(|last| last.channel == target.channel && last.target == target.address);
            let arrival = last.map_or(Arrival::Untried, |last| {
                arrival(last, &self.prints(channels, &target))
            });
            (target, arrival)
        };
        Ok(channels.targets().into_iter().map(of).collect())
    }

    /// By each key at hand, the one that seals first.
    fn prints(&self, channels: &Channels, target: &Target) -> Vec<String> {
        let settings = channels.settings(target.channel);
        let prints = self.vault.fingerprints(target.channel.as_str(), settings);
        prints.unwrap_or_default()
    }
}

fn arrival(last: &LastTried, prints: &[String]) -> Arrival {
    let same = last.settings.as_ref().map(|then| prints.contains(then));
    match (&last.error, same) {
        (None, Some(true) | None) => Arrival::Arrived,
        (Some(said), Some(true)) => Arrival::Failed(Undelivered {
            why: last.error_kind,
            said: said.clone(),
        }),
        (_, Some(false)) | (Some(_), None) => Arrival::Untried,
    }
}
