//! Telegram: a message by a bot into a chat.

use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use url::Url;

use super::delivery::DeliveryError;
use super::severity::Severity;
use super::text::AlertMessage;
use super::web::{Web, answer};
use crate::webhooks::post::Heard;
use crate::words::{Sentence, delivery};

/// Telegram takes 4096 characters, title included.
const LONGEST: usize = 3800;

/// A bot and the chat to which it writes.
#[derive(Debug, Clone)]
pub(super) struct Telegram {
    token: SecretString,
    chat: String,
    server: String,
    web: Web,
}

impl Telegram {
    pub(super) fn new(token: SecretString, chat: String, server: String, web: Web) -> Self {
        Self {
            token,
            chat,
            server,
            web,
        }
    }

    /// Where it leads.
    pub(super) fn place(&self) -> Sentence<String> {
        let server = Url::parse(&self.server).ok();
        let host = server.and_then(|url| url.host_str().map(str::to_owned));
        delivery::chat(&self.chat, &host.unwrap_or_default())
    }

    pub(super) async fn send(&self, letter: &AlertMessage) -> Result<String, DeliveryError> {
        let token = self.token.expose_secret();
        let sent = self.follow(letter).await;
        sent.map_err(|error| error.without(token))
            .map(|said| said.replace(token, "…"))
    }

    /// A group that becomes a supergroup has another number from then on, and Telegram names it.
    async fn follow(&self, letter: &AlertMessage) -> Result<String, DeliveryError> {
        let heard = self.post(&self.chat, letter).await?;
        let Some(chat) = heard.chat else {
            return answer(heard);
        };
        let chat = chat.to_string();
        tracing::warn!(
            chat,
            "the group in Telegram has another number now; set alerts.telegram.chat to it"
        );
        answer(self.post(&chat, letter).await?)
    }

    async fn post(&self, chat: &str, letter: &AlertMessage) -> Result<Heard, DeliveryError> {
        let (server, token) = (
            self.server.trim_end_matches('/'),
            self.token.expose_secret(),
        );
        // The address holds the token: it is in no error.
        let address = format!("{server}/bot{token}/sendMessage");
        let message = json!({
            "chat_id": chat,
            "text": format!("{}\n{}", letter.title, letter.shortened(LONGEST)),
            "link_preview_options": { "is_disabled": true },
            "disable_notification": letter.severity == Severity::Info,
        });
        self.web.ask(&address, &[], message.to_string()).await
    }
}
