//! The channels that are configured.

use secrecy::{ExposeSecret, SecretString};

use super::delivery::{ChannelError, DeliveryError, Target};
use super::email::{self, Email, MailOut};
use super::hook::Hook;
use super::ntfy::{Ntfy, has_topic};
use super::slack::Slack;
use super::telegram::Telegram;
use super::text::AlertMessage;
use super::web::Web;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::Channel;
use crate::words::Sentence;

/// What is configured. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Channels {
    slack: Option<Slack>,
    email: Option<(Email, Vec<String>)>,
    ntfy: Option<Ntfy>,
    telegram: Option<Telegram>,
    webhook: Option<Hook>,
    /// What each is configured with, in one text.
    settings: Vec<(Channel, SecretString)>,
}

impl Channels {
    /// Opens what is configured; connects to nobody yet.
    ///
    /// # Errors
    /// [`ChannelError`] for what the configuration alone could not tell.
    pub fn of(config: &Config) -> Result<Self, ChannelError> {
        let secrets = &config.secrets;
        let web = Web::new(config.alerts.timeout)?;
        let slack = secrets.alerts_slack_webhook.clone();
        let slack = slack.map(|webhook| Slack::new(webhook, web.clone()));
        let topic = secrets.alerts_ntfy_url.clone();
        if topic.as_ref().is_some_and(|topic| !has_topic(topic)) {
            return Err(ChannelError::Topic);
        }
        let token = secrets.alerts_ntfy_token.clone();
        let ntfy = topic.map(|topic| Ntfy::new(topic, token, web.clone()));
        let telegram = secrets.alerts_telegram_token.clone().map(|token| {
            let telegram = config.alerts.telegram.clone();
            Telegram::new(token, telegram.chat, telegram.server, web.clone())
        });
        let webhook = secrets.alerts_webhook_url.clone();
        let webhook = match webhook.zip(secrets.alerts_webhook_secret.as_ref()) {
            Some((url, secret)) => {
                let clock = Clock::system(config.timezone);
                Some(Hook::new(url, secret, clock, web)?)
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
        let all = Channel::ALL.iter();
        Ok(Self {
            slack,
            email,
            ntfy,
            telegram,
            webhook,
            settings: all.map(|one| (*one, settings(config, *one))).collect(),
        })
    }

    /// What a channel is configured with, recipients aside: another text, other settings.
    pub(super) fn settings(&self, channel: Channel) -> &str {
        let mut all = self.settings.iter();
        let found = all.find(|(known, _)| *known == channel);
        found.map_or("", |(_, text)| text.expose_secret())
    }

    /// Everybody who is told.
    #[must_use]
    pub fn targets(&self) -> Vec<Target> {
        let singles = [
            (Channel::Slack, self.slack.is_some()),
            (Channel::Ntfy, self.ntfy.is_some()),
            (Channel::Telegram, self.telegram.is_some()),
            (Channel::Webhook, self.webhook.is_some()),
        ];
        let singles = singles.into_iter().filter(|(_, is_there)| *is_there);
        let singles = singles.map(|(channel, _)| Target {
            channel,
            address: String::new(),
        });
        let email = self.email.iter().flat_map(|(_, to)| to);
        let email = email.map(|to| Target {
            channel: Channel::Email,
            address: to.clone(),
        });
        singles.chain(email).collect()
    }

    /// The same, as the outbox names them.
    pub(super) fn addresses(&self) -> Vec<(Channel, String)> {
        let targets = self.targets().into_iter();
        targets.map(|t| (t.channel, t.address)).collect()
    }

    /// Where a channel leads, without secrets; `None`: it is not configured.
    #[must_use]
    pub fn place(&self, channel: Channel) -> Option<Sentence<String>> {
        match channel {
            Channel::Slack => self.slack.as_ref().map(Slack::place),
            Channel::Ntfy => self.ntfy.as_ref().map(Ntfy::place),
            Channel::Telegram => self.telegram.as_ref().map(Telegram::place),
            Channel::Webhook => self.webhook.as_ref().map(Hook::place),
            Channel::Email => {
                let email = self.email.as_ref();
                email.map(|(email, to)| email.place(to.len()))
            }
        }
    }

    /// Tries a channel out as far as that goes without sending anything: the mail server is greeted, logged
    /// in to, and told sender and recipients; of a webhook nothing can be known before it is used.
    pub async fn rehearse(&self, channel: Channel) -> Result<(), DeliveryError> {
        match (channel, &self.email) {
            (Channel::Email, Some((email, to))) => email.rehearse(to).await,
            (Channel::Email, None) => Err(DeliveryError::NotConfigured),
            (Channel::Slack | Channel::Ntfy | Channel::Telegram | Channel::Webhook, _) => Ok(()),
        }
    }

    /// Mails somebody who is no operator, through the same server; the server's answer, shortened.
    pub async fn mail(&self, mail: &MailOut<'_>) -> Result<String, DeliveryError> {
        match &self.email {
            Some((email, _)) => email.send_mail(mail).await,
            None => Err(DeliveryError::NotConfigured),
        }
    }

    /// Delivers a message; the server's answer, shortened.
    pub async fn deliver(
        &self,
        target: &Target,
        letter: &AlertMessage,
    ) -> Result<String, DeliveryError> {
        match target.channel {
            Channel::Slack => match &self.slack {
                Some(slack) => slack.send(letter).await,
                None => Err(DeliveryError::NotConfigured),
            },
            Channel::Ntfy => match &self.ntfy {
                Some(ntfy) => ntfy.send(letter).await,
                None => Err(DeliveryError::NotConfigured),
            },
            Channel::Telegram => match &self.telegram {
                Some(telegram) => telegram.send(letter).await,
                None => Err(DeliveryError::NotConfigured),
            },
            Channel::Webhook => match &self.webhook {
                Some(hook) => hook.send(letter).await,
                None => Err(DeliveryError::NotConfigured),
            },
            Channel::Email => match &self.email {
                Some((email, _)) => email.send(&target.address, letter).await,
                None => Err(DeliveryError::NotConfigured),
            },
        }
    }
}

/// What a channel is configured with, its recipients aside, in one text.
fn settings(config: &Config, channel: Channel) -> SecretString {
    let (secrets, email) = (&config.secrets, &config.alerts.email);
    let telegram = &config.alerts.telegram;
    let (hidden, shown) = match channel {
        Channel::Slack => ([&secrets.alerts_slack_webhook, &None], String::new()),
        Channel::Ntfy => (
            [&secrets.alerts_ntfy_url, &secrets.alerts_ntfy_token],
            String::new(),
        ),
        Channel::Telegram => (
            [&secrets.alerts_telegram_token, &None],
            format!("{:?}", (&telegram.chat, &telegram.server)),
        ),
        Channel::Webhook => (
            [&secrets.alerts_webhook_url, &secrets.alerts_webhook_secret],
            String::new(),
        ),
        Channel::Email => {
            let server = (&email.host, email.port(), email.security, &email.from);
            let manners = (&email.helo_name, &email.trusted_ca);
            (
                [
                    &secrets.alerts_email_username,
                    &secrets.alerts_email_password,
                ],
                format!("{server:?} {manners:?}"),
            )
        }
    };
    let hidden = hidden.map(|secret| secret.as_ref().map(ExposeSecret::expose_secret));
    format!("{hidden:?} {shown}").into()
}
