//! ntfy: a message to a topic, on the phones of whoever has subscribed to it.

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use url::Url;

use super::delivery::DeliveryError;
use super::severity::Severity;
use super::text::AlertMessage;
use super::web::Web;
use crate::words::{Sentence, delivery};

/// Longer messages become attachments.
const LONGEST: usize = 3900;

/// A topic of a server.
#[derive(Debug, Clone)]
pub(super) struct Ntfy {
    topic: SecretString,
    token: Option<SecretString>,
    web: Web,
}

impl Ntfy {
    pub(super) fn new(topic: SecretString, token: Option<SecretString>, web: Web) -> Self {
        Self { topic, token, web }
    }

    /// Where it leads, without the topic, which is as good as a password.
    pub(super) fn place(&self) -> Sentence<String> {
        let server = parts(self.topic.expose_secret()).map(|(server, _)| server);
        let host = server.and_then(|server| server.host_str().map(str::to_owned));
        delivery::topic(&host.unwrap_or_default())
    }

    pub(super) async fn send(&self, letter: &AlertMessage) -> Result<String, DeliveryError> {
        let Some((server, topic)) = parts(self.topic.expose_secret()) else {
            return Err(DeliveryError::NotConfigured);
        };
        let token = self.token.as_ref();
        let headers =
            token.map(|token| ("authorization", format!("Bearer {}", token.expose_secret())));
        let sent = self
            .web
            .post_with(
                server.as_str(),
                headers.as_slice(),
                &message(&topic, letter),
            )
            .await;
        // The topic stands in the body, and a server may repeat it.
        sent.map_err(|error| error.without(&topic))
            .map(|said| said.replace(&topic, "…"))
    }
}

/// The server and the topic of an address such as `https://ntfy.sh/topic`.
fn parts(address: &str) -> Option<(Url, String)> {
    let mut server = Url::parse(address).ok()?;
    let topic = server.path_segments()?.next_back()?.to_owned();
    if !is_topic(&topic) {
        return None;
    }
    server.path_segments_mut().ok()?.pop().push("");
    server.set_query(None);
    Some((server, topic))
}

/// What a server takes for one.
fn is_topic(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (1..=64).contains(&text.len()) && text.bytes().all(is_allowed)
}

/// That an address names a topic.
pub(super) fn has_topic(address: &SecretString) -> bool {
    parts(address.expose_secret()).is_some()
}

fn message(topic: &str, letter: &AlertMessage) -> Value {
    json!({
        "topic": topic,
        "title": letter.title,
        "message": letter.shortened(LONGEST),
        "priority": match letter.severity {
            Severity::Info => 2,
            Severity::Normal => 3,
            Severity::High => 4,
            Severity::Urgent => 5,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_is_the_last_part_of_its_address() {
        let of = |address| parts(address).map(|(server, topic)| (server.to_string(), topic));
        let ntfy = |server: &str| Some((server.to_owned(), "canary".to_owned()));
        assert_eq!(of("https://ntfy.sh/canary"), ntfy("https://ntfy.sh/"));
        assert_eq!(
            of("https://example.com/ntfy/canary?x=1"),
            ntfy("https://example.com/ntfy/")
        );
        let longest = "a".repeat(64);
        assert!(parts(&format!("https://ntfy.sh/{longest}")).is_some());
        assert!(parts(&format!("https://ntfy.sh/{longest}a")).is_none());
        for none in ["meu.topico", "tópico", "meu%20topico"] {
            assert!(
                parts(&format!("https://ntfy.sh/{none}")).is_none(),
                "{none}"
            );
        }
        assert_eq!(of("https://ntfy.sh/"), None);
        assert_eq!(of("https://ntfy.sh"), None);
    }
}
