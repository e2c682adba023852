//! To whom a message goes by which channel, and how that can go wrong.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use crate::config::wrong::Wrong;
use crate::config::{Place, Problem};
use crate::domain::causes::in_a_line;
use crate::domain::webhook::SecretError;
use crate::domain::{Channel, Trouble, Undelivered};
use crate::words::{Sentence, delivery as words};

/// One recipient.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Target {
    /// By which way.
    pub channel: Channel,
    /// The address for e-mail; empty for the others, whose addresses are secrets.
    pub address: String,
}

/// The client could not be built.
#[derive(Debug, thiserror::Error)]
#[error("set up the HTTP client of the alerts")]
pub struct WebError(#[source] pub(super) Box<dyn std::error::Error + Send + Sync>);

/// A channel cannot be opened as it is configured.
#[derive(Debug, thiserror::Error)]
pub enum ChannelError {
    /// The HTTP client.
    #[error(transparent)]
    Web(#[from] WebError),
    /// An e-mail address.
    #[error("{key} has {text:?}, which is no e-mail address such as \"operador@example.com\"")]
    Address {
        key: &'static str,
        /// What stands there.
        text: String,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The certificate authority.
    #[error("alerts.email.trusted_ca: {} cannot be used", path.display())]
    Authority {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The topic of ntfy.
    #[error(
        "alerts.ntfy.url names no topic of 1 to 64 letters, digits, - and _: https://ntfy.sh/topic (its value is not shown here)"
    )]
    Topic,
    /// What signs the webhook's messages.
    #[error("alerts.webhook.secret is {0}")]
    Secret(#[from] SecretError),
    /// Encryption.
    #[error("alerts.email: the encrypted connection cannot be set up")]
    Tls(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl ChannelError {
    /// What is wrong with which setting.
    pub(crate) fn problem(&self) -> Problem {
        let (key, wrong) = match self {
            Self::Web(_) => ("alerts", Wrong::Refused(in_a_line(self))),
            Self::Address { key, text, .. } => (*key, Wrong::Recipient(text.clone())),
            Self::Authority { .. } => ("alerts.email.trusted_ca", Wrong::Refused(in_a_line(self))),
            Self::Topic => ("alerts.ntfy.url", Wrong::NoTopic),
            Self::Secret(_) => ("alerts.webhook.secret", Wrong::SigningSecret),
            Self::Tls(_) => ("alerts.email", Wrong::Refused(in_a_line(self))),
        };
        Problem {
            place: Place::Given,
            key: key.to_owned(),
            wrong,
        }
    }
}

/// A message was not delivered. Shows no secret.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// Nobody answered, or not in a way that could be understood.
    #[error("not reached: {said}")]
    Unreachable {
        /// Why, if that is known.
        why: Option<Trouble>,
        /// What the library says.
        said: String,
    },
    /// It took longer than `alerts.timeout`.
    #[error("no answer within alerts.timeout")]
    TimedOut,
    /// The mail server was given the whole message, and did not say whether it takes it.
    #[error("handed over, but not answered: it may have arrived")]
    Unanswered,
    /// The answer was no.
    #[error("refused: {said}")]
    Refused {
        /// What kind of answer it is.
        why: Trouble,
        /// The answer.
        said: String,
        /// When to come again, if it said so.
        retry_after: Option<Duration>,
    },
    /// The channel is no longer configured.
    #[error("the channel is not configured")]
    NotConfigured,
    /// The message could not be signed.
    #[error(transparent)]
    Secret(#[from] SecretError),
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.channel {
            Channel::Slack | Channel::Ntfy | Channel::Telegram | Channel::Webhook => {
                f.write_str(self.channel.as_str())
            }
            Channel::Email => write!(f, "email to {}", self.address),
        }
    }
}

impl Target {
    /// Whom a message is for, as people are told.
    pub(crate) fn said(&self) -> Sentence<String> {
        match self.channel {
            Channel::Email => words::email_to(&self.address),
            Channel::Slack | Channel::Ntfy | Channel::Telegram | Channel::Webhook => Sentence {
                pt: self.to_string(),
                en: self.to_string(),
            },
        }
    }
}

impl DeliveryError {
    /// Why, as people are told.
    pub(crate) fn sentence(&self) -> Sentence<String> {
        match self {
            Self::Unreachable { why, said } => words::not_reached(*why, said),
            Self::TimedOut => words::TIMED_OUT.owned(),
            Self::Unanswered => words::UNANSWERED.owned(),
            Self::Refused { why, said, .. } => words::refused(*why, said),
            Self::NotConfigured => words::NOT_CONFIGURED.owned(),
            Self::Secret(error) => words::secret(error),
        }
    }

    /// The same for a record.
    pub(crate) fn recorded(&self) -> Undelivered {
        let why = match self {
            Self::Unreachable { why, .. } => *why,
            Self::TimedOut => Some(Trouble::TimedOut),
            Self::Unanswered => Some(Trouble::Unanswered),
            Self::Refused { why, .. } => Some(*why),
            Self::NotConfigured => Some(Trouble::NotConfigured),
            Self::Secret(_) => Some(Trouble::Sealed),
        };
        Undelivered {
            why,
            said: self.to_string(),
        }
    }

    /// When to try again, if the server said so.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused { retry_after, .. } => *retry_after,
            Self::Unreachable { .. }
            | Self::TimedOut
            | Self::Unanswered
            | Self::NotConfigured
            | Self::Secret(_) => None,
        }
    }

    /// Whether it is to be tried again: what may have arrived before, not if it may have again.
    pub(super) fn is_worth_a_retry(&self, may_have_arrived: bool) -> bool {
        match self {
            Self::Unanswered => !may_have_arrived,
            Self::Unreachable { .. }
            | Self::TimedOut
            | Self::Refused { .. }
            | Self::NotConfigured
            | Self::Secret(_) => true,
        }
    }

    /// The same without a secret that the other side may have repeated.
    pub(super) fn without(self, secret: &str) -> Self {
        match self {
            Self::Refused {
                why,
                said,
                retry_after,
            } => Self::Refused {
                why,
                said: said.replace(secret, "…"),
                retry_after,
            },
            error @ (Self::Unreachable { .. }
            | Self::TimedOut
            | Self::Unanswered
            | Self::NotConfigured
            | Self::Secret(_)) => error,
        }
    }
}
