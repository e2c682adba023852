//! From the change log to an address. Whoever dies in between leaves the claim to the next, so that no change is lost,
//! and one may come twice.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::body::{self, Message};
use super::post::{Answer, Post, PostError};
use super::signature::Secret;
use crate::clock::Clock;
use crate::config::retry::RetryConfig;
use crate::config::webhooks::WebhooksConfig;
use crate::domain::causes::in_a_line;
use crate::domain::webhook::SecretError;
use crate::domain::{Trouble, Undelivered};
use crate::retry;
use crate::store::webhooks::Endpoint;
use crate::store::webhooks::deliveries::{Claim, Problem};
use crate::store::{Store, StoreError};
use crate::telemetry::metrics::names::WEBHOOK_DELIVERIES;
use crate::vault::{Purpose, Vault, VaultError};
use crate::words::{Sentence, delivery as words, trouble};

/// How long beyond its time-out a delivery belongs to who claimed it.
const LEASE: Duration = Duration::from_secs(30);
/// Changes of one examiner that are sent before it is another one's turn.
const BATCH: i64 = 20;
/// Growing waits: 5 s, 15 s, 45 s … an hour, until webhooks.give_up_after.
const RETRY: RetryConfig = RetryConfig {
    max_retries: 1000,
    min_delay: Duration::from_secs(5),
    factor: 3.0,
    max_delay: Duration::from_secs(3600),
    jitter: true,
};

/// Delivers changes. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Deliverer {
    store: Store,
    vault: Vault,
    clock: Clock,
    post: Post,
    gives_up: bool,
}

/// What became of a claim.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Done {
    /// Changes that were taken.
    pub taken: u32,
    /// Whether a delivery failed.
    pub failed: bool,
    /// Changes that were given up.
    pub given_up: i64,
}

/// Why a message was not taken. Shows no address and no secret.
#[derive(Debug, thiserror::Error)]
pub enum DeliverError {
    /// The other side.
    #[error(transparent)]
    Post(#[from] PostError),
    #[error("its secret cannot be opened")]
    Vault(#[from] VaultError),
    /// What signs.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// What is sent.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

impl Deliverer {
    /// One for this database.
    #[must_use]
    pub fn new(store: Store, vault: Vault, clock: Clock, post: Post) -> Self {
        Self {
            store,
            vault,
            clock,
            post,
            gives_up: true,
        }
    }

    /// The same, but nothing is given up for its age: the database's clock, which says how old it is, is in doubt.
    #[must_use]
    pub fn that_gives_nothing_up(self) -> Self {
        Self {
            gives_up: false,
            ..self
        }
    }

    /// Claims the examiner whose changes have waited longest for an address; `None`: nothing is due.
    pub async fn claim(
        &self,
        endpoint: &Endpoint,
        config: &WebhooksConfig,
    ) -> Result<Option<Claim>, StoreError> {
        let lease = config.timeout + LEASE;
        self.store.claim_changes(endpoint.id, lease).await
    }

    /// Delivers the changes of a claim in their order, until one fails or it is somebody else's turn; begins none after
    /// `stop`.
    ///
    /// # Errors
    /// [`StoreError::Database`]; then the claim ends by itself, and what was sent may be sent again.
    pub async fn deliver(
        &self,
        endpoint: &Endpoint,
        mut claim: Claim,
        config: &WebhooksConfig,
        stop: &CancellationToken,
    ) -> Result<Done, StoreError> {
        let mut done = Done::default();
        let due = self.store.due_changes(&claim, BATCH).await?;
        let is_all = due.len() < usize::try_from(BATCH).unwrap_or(usize::MAX);
        for (at, change) in due.iter().enumerate() {
            if stop.is_cancelled() {
                self.store.release_claim(&claim, false).await?;
                return Ok(done);
            }
            let id = change.change.id;
            let sent = match body::message(change) {
                Ok(message) => self.send(endpoint, &message).await,
                Err(error) => Err(error.into()),
            };
            match sent {
                Ok(Answer::Taken(_)) => {
                    WEBHOOK_DELIVERIES.one(["sent"]);
                    done.taken += 1;
                    let next_at = due.get(at + 1).map(|next| next.change.at);
                    let lease = config.timeout + LEASE;
                    let holds = self.store.change_taken(&claim, id, next_at, lease).await?;
                    if !holds {
                        return Ok(done);
                    }
                    (claim.change_id, claim.attempts) = (id, 1);
                }
                Ok(Answer::Gone(said)) => {
                    WEBHOOK_DELIVERIES.one(["failed"]);
                    tracing::warn!(
                        webhook = endpoint.id,
                        said,
                        "an address of another system is gone for good; it is disabled"
                    );
                    self.store.webhook_gone(&claim, &said).await?;
                    done.failed = true;
                    return Ok(done);
                }
                Err(error) => {
                    WEBHOOK_DELIVERIES.one(["failed"]);
                    done.failed = true;
                    done.given_up = self.failed(&claim, &error, config).await?;
                    return Ok(done);
                }
            }
        }
        self.store.release_claim(&claim, is_all).await?;
        Ok(done)
    }

    /// How many changes were given up.
    async fn failed(
        &self,
        claim: &Claim,
        error: &DeliverError,
        config: &WebhooksConfig,
    ) -> Result<i64, StoreError> {
        let rest = error.retry_after();
        let attempts = usize::try_from(claim.attempts).unwrap_or(usize::MAX);
        let again = retry::delay_after(&RETRY, attempts).unwrap_or(RETRY.max_delay);
        let error = error.recorded();
        let problem = Problem {
            error: &error,
            again: again.max(rest.unwrap_or_default()),
            rest,
            give_up_after: self.gives_up.then_some(config.give_up_after),
        };
        let given_up = self.store.change_failed(claim, &problem).await?;
        let (webhook, user) = (claim.webhook_id, claim.usuario_id);
        if given_up > 0 {
            WEBHOOK_DELIVERIES.add(["given_up"], given_up.unsigned_abs());
            tracing::error!(
                webhook,
                user,
                given_up,
                error = error.said,
                "changes were not taken for too long and are given up (agendad webhooks replay)"
            );
        } else if claim.attempts == 1 {
            tracing::warn!(
                webhook,
                user,
                error = error.said,
                "a change was not taken, trying again (agendad webhooks deliveries)"
            );
        } else {
            tracing::debug!(
                webhook,
                user,
                error = error.said,
                "a change was still not taken"
            );
        }
        Ok(given_up)
    }

    /// Sends a message that tells of nothing; what the address answered.
    ///
    /// # Errors
    /// [`DeliverError`] if it was not taken.
    pub async fn test(&self, endpoint: &Endpoint) -> Result<Answer, DeliverError> {
        let message = body::trial(self.clock.now())?;
        self.send(endpoint, &message).await
    }

    async fn send(&self, endpoint: &Endpoint, message: &Message) -> Result<Answer, DeliverError> {
        let mut secrets = Vec::new();
        for sealed in [Some(&endpoint.secret), endpoint.old_secret.as_ref()] {
            let Some(sealed) = sealed else { continue };
            let opened = self.vault.unseal(Purpose::Webhook, endpoint.id, sealed)?;
            secrets.push(Secret::parse(&opened)?);
        }
        let timestamp = self.clock.now().timestamp();
        let (url, private) = (&endpoint.url, endpoint.allow_private);
        let sent = self.post.send(url, private, message, &secrets, timestamp);
        Ok(sent.await?)
    }
}

impl DeliverError {
    /// Why, as people are told.
    pub(crate) fn sentence(&self) -> Sentence<String> {
        match self {
            Self::Post(error) => error.sentence(),
            Self::Vault(error) => words::sealed(&in_a_line(error)),
            Self::Secret(error) => words::secret(error),
            Self::Json(error) => trouble::of(error),
        }
    }

    /// The same for a record.
    fn recorded(&self) -> Undelivered {
        let why = match self {
            Self::Post(PostError::Url(_)) => Some(Trouble::BadAddress),
            Self::Post(PostError::Unreachable { why, .. }) => *why,
            Self::Post(PostError::TimedOut) => Some(Trouble::TimedOut),
            Self::Post(PostError::Refused { why, .. }) => Some(*why),
            Self::Post(PostError::Secret(_)) | Self::Vault(_) | Self::Secret(_) => {
                Some(Trouble::Sealed)
            }
            Self::Json(_) => None,
        };
        Undelivered {
            why,
            said: in_a_line(self),
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Post(PostError::Refused { retry_after, .. }) => *retry_after,
            Self::Post(
                PostError::Url(_)
                | PostError::Unreachable { .. }
                | PostError::TimedOut
                | PostError::Secret(_),
            )
            | Self::Vault(_)
            | Self::Secret(_)
            | Self::Json(_) => None,
        }
    }
}
