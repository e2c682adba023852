//! Slack, and what understands its incoming webhooks (Mattermost, Rocket.Chat, Discord's `/slack` addresses).

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use url::Url;

use super::delivery::DeliveryError;
use super::text::AlertMessage;
use super::web::Web;
use crate::words::{Sentence, delivery};

/// An incoming webhook.
#[derive(Debug, Clone)]
pub(super) struct Slack {
    webhook: SecretString,
    web: Web,
}

impl Slack {
    pub(super) fn new(webhook: SecretString, web: Web) -> Self {
        Self { webhook, web }
    }

    /// Where it leads, without the secret part.
    pub(super) fn place(&self) -> Sentence<String> {
        let url = Url::parse(self.webhook.expose_secret());
        let host = url.ok().and_then(|url| url.host_str().map(str::to_owned));
        delivery::webhook(&host.unwrap_or_default())
    }

    pub(super) async fn send(&self, letter: &AlertMessage) -> Result<String, DeliveryError> {
        let message = message(letter);
        self.web.post(self.webhook.expose_secret(), &message).await
    }
}

fn message(letter: &AlertMessage) -> Value {
    json!({ "text": format!("*{}*\n{}", escaped(&letter.title), escaped(&letter.body)) })
}

/// Slack's three characters of markup that could make a name into a link or a call to everybody.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alerts::Severity;

    #[test]
    fn a_name_cannot_call_everybody() {
        let letter = AlertMessage {
            id: "1".to_owned(),
            title: "Ana <!channel>".to_owned(),
            body: "A & B".to_owned(),
            rule: None,
            kind: None,
            severity: Severity::Info,
            written_at: chrono::DateTime::UNIX_EPOCH,
        };
        assert_eq!(
            message(&letter),
            json!({ "text": "*Ana &lt;!channel&gt;*\nA &amp; B" })
        );
    }
}
