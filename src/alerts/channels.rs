//! The channels that are configured.

use super::delivery::{ChannelError, DeliveryError, Target};
use super::email::{self, Email};
use super::slack::Slack;
use super::text::Letter;
use super::web::Web;
use crate::config::Config;
use crate::domain::Channel;

/// What is configured. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Channels {
    slack: Option<Slack>,
    email: Option<(Email, Vec<String>)>,
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
    pub(super) fn addresses(&self) -> Vec<(Channel, String)> {
        let targets = self.targets().into_iter();
        targets.map(|t| (t.channel, t.address)).collect()
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

    /// Delivers a message; the server's answer, shortened.
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
