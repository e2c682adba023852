//! Slack, and what understands its incoming webhooks (Mattermost, Rocket.Chat, Discord's `/slack` addresses).

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use url::Url;

use super::delivery::DeliveryError;
use super::text::AlertMessage;
use super::web::Web;
use crate::words::{Sentence, delivery};

/// Discord refuses a text of more.
const LONGEST_IN_DISCORD: usize = 2000;

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
        delivery::webhook(&self.host())
    }

    fn host(&self) -> String {
        let url = Url::parse(self.webhook.expose_secret()).ok();
        let host = url.and_then(|url| url.host_str().map(str::to_owned));
        host.unwrap_or_default()
    }

    pub(super) async fn send(&self, letter: &AlertMessage) -> Result<String, DeliveryError> {
        let longest = if is_discord(&self.host()) {
            LONGEST_IN_DISCORD
        } else {
            usize::MAX
        };
        let message = message(letter, longest);
        self.web.post(self.webhook.expose_secret(), &message).await
    }
}

fn is_discord(host: &str) -> bool {
    let of = |domain: &str| host == domain || host.ends_with(&format!(".{domain}"));
    of("discord.com") || of("discordapp.com")
}

/// The text has so many bytes at most, title, markup and the mark of its cut included.
fn message(letter: &AlertMessage, longest: usize) -> Value {
    let head = format!("*{}*\n", escaped(&letter.title));
    let room = longest.saturating_sub(head.len() + '…'.len_utf8());
    let mut left = room.min(letter.body.len());
    let mut body = escaped(&letter.shortened(left));
    while left > 0 && body.len() > room {
        left = left * room / body.len();
        body = escaped(&letter.shortened(left));
    }
    json!({ "text": format!("{head}{body}") })
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

    fn letter(title: &str, body: &str) -> AlertMessage {
        AlertMessage {
            id: "1".to_owned(),
            title: title.to_owned(),
            body: body.to_owned(),
            rule: None,
            kind: None,
            severity: Severity::Info,
            written_at: chrono::DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_name_cannot_call_everybody() {
        assert_eq!(
            message(&letter("Ana <!channel>", "A & B"), usize::MAX),
            json!({ "text": "*Ana &lt;!channel&gt;*\nA &amp; B" })
        );
    }

    #[test]
    fn discord_gets_no_more_than_it_takes() {
        for body in [
            "é".repeat(3000),
            "&".repeat(300) + &"a".repeat(3000),
            "&".repeat(900),
        ] {
            let message = message(&letter("Título", &body), LONGEST_IN_DISCORD);
            let text = message["text"].as_str().unwrap();
            assert!(text.len() <= LONGEST_IN_DISCORD && text.ends_with('…'));
            assert!(text.len() > LONGEST_IN_DISCORD / 3, "{text}");
        }
        for (host, expected) in [
            ("discord.com", true),
            ("canary.discord.com", true),
            ("discordapp.com", true),
            ("notdiscord.com", false),
            ("hooks.slack.com", false),
        ] {
            assert_eq!(is_discord(host), expected, "{host}");
        }
    }
}
