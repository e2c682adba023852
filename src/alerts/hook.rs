//! A webhook of whoever takes JSON, signed as Standard Webhooks are.

use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use url::Url;

use super::delivery::{ChannelError, DeliveryError};
use super::text::AlertMessage;
use super::web::Web;
use crate::clock::Clock;
use crate::webhooks::Secret;
use crate::words::{Sentence, delivery};

/// An address and what signs.
#[derive(Debug, Clone)]
pub(super) struct Hook {
    url: SecretString,
    secret: Secret,
    clock: Clock,
    web: Web,
}

impl Hook {
    pub(super) fn new(
        url: SecretString,
        secret: &SecretString,
        clock: Clock,
        web: Web,
    ) -> Result<Self, ChannelError> {
        let secret = Secret::parse(secret)?;
        Ok(Self {
            url,
            secret,
            clock,
            web,
        })
    }

    /// Where it leads, without the secret part.
    pub(super) fn place(&self) -> Sentence<String> {
        let url = Url::parse(self.url.expose_secret()).ok();
        let host = url.and_then(|url| url.host_str().map(str::to_owned));
        delivery::signed_webhook(&host.unwrap_or_default())
    }

    pub(super) async fn send(&self, letter: &AlertMessage) -> Result<String, DeliveryError> {
        // The same whenever it is sent: a receiver that knows the id need not look at the rest.
        let event = json!({
            "type": format!("alert.{}", letter.kind.map_or("test", |kind| kind.as_str())),
            "timestamp": letter.written_at,
            "data": {
                "rule": letter.rule,
                "severity": letter.severity,
                "title": letter.title,
                "body": letter.body,
            },
        });
        let body = event.to_string();
        let id = format!("alert_{}", letter.id.replace('.', "-"));
        let timestamp = self.clock.now().timestamp();
        let signature = self.secret.sign(&id, timestamp, body.as_bytes())?;
        let headers = [
            ("webhook-id", id),
            ("webhook-timestamp", timestamp.to_string()),
            ("webhook-signature", signature),
        ];
        self.web
            .post_bytes(self.url.expose_secret(), &headers, body)
            .await
    }
}
