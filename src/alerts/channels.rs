//! The ways to the operators that are configured, and how a delivery can go wrong.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use super::email::{self, Email};
use super::slack::Slack;
use super::text::Letter;
use super::web::{Web, WebError};
use crate::config::Config;

/// A kind of channel. Its name stands in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Channel {
    /// An incoming webhook.
    Slack,
    /// SMTP.
    Email,
}

/// One recipient.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Target {
    /// By which way.
    pub channel: Channel,
    /// The address for e-mail; empty for Slack, whose webhook is a secret.
    pub address: String,
}

/// What is configured. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Channels {
    slack: Option<Slack>,
    email: Option<(Email, Vec<String>)>,
}

/// A channel cannot be opened as it is configured.
#[derive(Debug, thiserror::Error)]
pub enum ChannelError {
    /// The HTTP client.
    #[error(transparent)]
    Web(#[from] WebError),
    /// An e-mail address.
    #[error("{key} has {text:?}, which is no e-mail address such as \"operador@example.com\"")]
    Address {
        /// The key.
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
    /// Encryption.
    #[error("alerts.email: the encrypted connection cannot be set up")]
    Tls(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A message was not delivered. Shows no secret.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// Nobody answered, or not in a way that could be understood.
    #[error("not reached: {0}")]
    Unreachable(String),
    /// It took longer than `alerts.timeout`.
    #[error("no answer within alerts.timeout")]
    TimedOut,
    /// The answer was no.
    #[error("refused: {said}")]
    Refused {
        /// The answer.
        said: String,
        /// When to come again, if it said so.
        retry_after: Option<Duration>,
    },
    /// The channel is no longer configured.
    #[error("the channel is not configured")]
    NotConfigured,
}

impl Channel {
    /// All channels.
    pub const ALL: [Self; 2] = [Self::Slack, Self::Email];

    /// The stable text form.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Slack => "slack",
            Self::Email => "email",
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.channel {
            Channel::Slack => f.write_str("slack"),
            Channel::Email => write!(f, "email to {}", self.address),
        }
    }
}

impl DeliveryError {
    /// When to come again, if the other side said so.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused { retry_after, .. } => *retry_after,
            Self::Unreachable(_) | Self::TimedOut | Self::NotConfigured => None,
        }
    }
}

impl Channels {
    /// Opens what is configured; connects to nobody yet.
    ///
    /// # Errors
    /// [`ChannelError`] for what the configuration alone could not tell.
    pub fn of(config: &Config) -> Result<Self, ChannelError> {
        let slack = match &config.secrets.alerts_slack_webhook {
            Some(webhook) => {
                let web = Web::new(config.alerts.timeout)?;
                Some(Slack::new(webhook.clone(), web))
            }
            None => None,
        };
        let email = &config.alerts.email;
        let email = if email.host.is_empty() {
            None
        } else {
            email::check_recipients(email)?;
            Some((Email::new(config)?, email.to.clone()))
        };
        Ok(Self { slack, email })
    }

    /// Everybody who is told.
    #[must_use]
    pub fn targets(&self) -> Vec<Target> {
        let slack = self.slack.iter().map(|_| Target {
            channel: Channel::Slack,
            address: String::new(),
        });
        let email = self.email.iter().flat_map(|(_, to)| to);
        let email = email.map(|to| Target {
            channel: Channel::Email,
            address: to.clone(),
        });
        slack.chain(email).collect()
    }

    /// The same, as the outbox names them.
    pub(super) fn addresses(&self) -> Vec<(&'static str, String)> {
        let targets = self.targets().into_iter();
        targets.map(|t| (t.channel.as_str(), t.address)).collect()
    }

    /// Where a channel leads, without secrets; `None`: it is not configured.
    #[must_use]
    pub fn place(&self, channel: Channel) -> Option<String> {
        match channel {
            Channel::Slack => self.slack.as_ref().map(Slack::place),
            Channel::Email => self.email.as_ref().map(|(email, to)| {
                let noun = if to.len() == 1 {
                    "recipient"
                } else {
                    "recipients"
                };
                format!("{}, {} {noun}", email.place(), to.len())
            }),
        }
    }

    /// Tries a channel out as far as that goes without sending anything: the mail server is greeted, logged
    /// in to, and told sender and recipients; of a webhook nothing can be known before it is used.
    ///
    /// # Errors
    /// [`DeliveryError`].
    pub async fn rehearse(&self, channel: Channel) -> Result<(), DeliveryError> {
        match (channel, &self.email) {
            (Channel::Email, Some((email, to))) => email.rehearse(to).await,
            (Channel::Email, None) => Err(DeliveryError::NotConfigured),
            (Channel::Slack, _) => Ok(()),
        }
    }

    /// Delivers a message; what the other side said, in a few words.
    ///
    /// # Errors
    /// [`DeliveryError`].
    pub async fn deliver(&self, target: &Target, letter: &Letter) -> Result<String, DeliveryError> {
        match target.channel {
            Channel::Slack => match &self.slack {
                Some(slack) => slack.send(letter).await,
                None => Err(DeliveryError::NotConfigured),
            },
            Channel::Email => match &self.email {
                Some((email, _)) => email.send(&target.address, letter).await,
                None => Err(DeliveryError::NotConfigured),
            },
        }
    }
}
