//! Posting to an address that somebody else has named: no redirect, no proxy, a bounded answer, and a connection to
//! public addresses only, unless the local network is allowed. The name is looked up anew for each attempt, and the
//! connection goes to an address that was checked, so that a name that changes its mind leads nowhere else.

use std::net::SocketAddr;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CONTENT_TYPE, DATE, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode, Url};

use super::address::check_url;
use super::body::Message;
use super::network::is_public;
use super::signature::Secret;
use crate::domain::Trouble;
use crate::domain::causes::in_a_line;
use crate::domain::text::readable;
use crate::domain::webhook::{SecretError, UrlError};
use crate::retry::retry_after;
use crate::trouble::{self, NoSuchHost};
use crate::words::{Sentence, delivery as words};

/// So much of an answer is shown.
const SHOWN: usize = 120;
/// The rest after "too many requests" that does not say for how long.
const DEFAULT_REST: Duration = Duration::from_secs(60);

/// Two clients: for the public network, and for any.
#[derive(Debug, Clone)]
pub struct Post {
    public: Client,
    any: Client,
}

/// What an address answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It took it; the answer, shortened.
    Taken(String),
    /// It will never take anything again (410).
    Gone(String),
}

/// It did not take it. Shows no address.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// The address cannot be used.
    #[error(transparent)]
    Url(#[from] UrlError),
    /// Nobody answered.
    #[error("not reached: {said}")]
    Unreachable {
        /// Why, if that is known.
        why: Option<Trouble>,
        /// What the library says.
        said: String,
    },
    /// It took too long.
    #[error("no answer in time")]
    TimedOut,
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
    /// It could not be signed.
    #[error(transparent)]
    Secret(#[from] SecretError),
}

impl PostError {
    /// Why, as people are told.
    pub(crate) fn sentence(&self) -> Sentence<String> {
        match self {
            Self::Url(error) => words::url(*error),
            Self::Unreachable { why, said } => words::not_reached(*why, said),
            Self::TimedOut => words::NO_ANSWER.owned(),
            Self::Refused { why, said, .. } => words::refused(*why, said),
            Self::Secret(error) => words::secret(error),
        }
    }
}

impl Post {
    /// Clients whose requests take no longer than `timeout`, look-up and answer included.
    ///
    /// # Errors
    /// What keeps the HTTP client from being built.
    pub fn new(timeout: Duration) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self {
            public: client(timeout, Resolver { only_public: true })?,
            any: client_to_any(timeout)?,
        })
    }

    /// Posts a message, signed by each of the secrets.
    pub(super) async fn send(
        &self,
        url: &str,
        allow_private: bool,
        message: &Message,
        secrets: &[Secret],
        timestamp: i64,
    ) -> Result<Answer, PostError> {
        let url = check_url(url, allow_private)?;
        let sign = |secret: &Secret| secret.sign(&message.id, timestamp, &message.body);
        let signatures: Vec<String> = secrets.iter().map(sign).collect::<Result<_, _>>()?;
        let client = if allow_private {
            &self.any
        } else {
            &self.public
        };
        let sent = client
            .post(url)
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", &message.id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", signatures.join(" "))
            .body(message.body.clone())
            .send()
            .await;
        answer(sent.map_err(failure)?).await
    }
}

/// A client for addresses anywhere, for the alerts too.
pub(crate) fn client_to_any(timeout: Duration) -> Result<Client, reqwest::Error> {
    client(timeout, Resolver { only_public: false })
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that builds clients for other systems"
)]
fn client(timeout: Duration, resolver: Resolver) -> Result<Client, reqwest::Error> {
    // Already installed by `main` as a rule; a second call changes nothing.
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    Client::builder()
        .user_agent(concat!("agendad/", env!("CARGO_PKG_VERSION")))
        .timeout(timeout)
        .connect_timeout(timeout)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy()
        .no_gzip()
        .dns_resolver(resolver)
        // Each attempt looks up and checks the name anew.
        .pool_max_idle_per_host(0)
        .build()
}

/// Looks names up, and keeps what may be connected to.
struct Resolver {
    only_public: bool,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let only_public = self.only_public;
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0))
                .await
                .map_err(NoSuchHost)?
                .filter(|address| !only_public || is_public(address.ip()))
                .collect();
            if found.is_empty() {
                return Err(UrlError::Private.into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// What another machine has answered.
pub(crate) struct Heard {
    pub(crate) status: StatusCode,
    /// In a few words.
    pub(crate) said: String,
    /// How long it wants to be left alone.
    pub(crate) rest: Option<Duration>,
    /// The number that a chat of Telegram has now.
    pub(crate) chat: Option<i64>,
}

impl Heard {
    pub(crate) async fn of(mut response: Response) -> Self {
        let status = response.status();
        let header = |name| response.headers().get(name)?.to_str().ok();
        let demanded = header(RETRY_AFTER).and_then(|text| retry_after(text, header(DATE)));
        // The first chunk is enough to show, and bounds how much is read.
        let body = response.chunk().await.ok().flatten().unwrap_or_default();
        let rest = match status {
            StatusCode::TOO_MANY_REQUESTS => demanded
                .or_else(|| retry_after(&parameter(&body, "retry_after")?.to_string(), None))
                .or(Some(DEFAULT_REST)),
            _ => demanded,
        };
        let chat = parameter(&body, "migrate_to_chat_id").and_then(|chat| chat.as_i64());
        let body = readable(&String::from_utf8_lossy(&body));
        let body: String = without_secrets_of(response.url(), body)
            .chars()
            .take(SHOWN)
            .collect();
        let said = format!("HTTP {} {body}", status.as_u16())
            .trim_end()
            .to_owned();
        Self {
            status,
            said,
            rest,
            chat,
        }
    }
}

/// What is shorter is a word such as `hooks`.
const SHORTEST_SECRET: usize = 8;

/// Path and query are the secret of many an address, and a server may repeat them, whole or in part.
fn without_secrets_of(url: &Url, said: String) -> String {
    let whole = [Some(url.path()), url.query()].into_iter().flatten();
    let parts = url.path_segments().into_iter().flatten();
    let parts = parts.filter(|part| part.len() >= SHORTEST_SECRET);
    let values = url.query_pairs().map(|(_, value)| value.into_owned());
    let values = values.filter(|value| value.len() >= SHORTEST_SECRET);
    let secrets = whole
        .filter(|whole| whole.len() > 1)
        .chain(parts)
        .map(str::to_owned);
    secrets
        .chain(values)
        .fold(said, |said, secret| said.replace(&secret, "…"))
}

/// Telegram says in the body what helps: `{"parameters": {"retry_after": 30}}`.
fn parameter(body: &[u8], name: &str) -> Option<serde_json::Value> {
    let body: serde_json::Value = serde_json::from_slice(body).ok()?;
    body.get("parameters")?.get(name).cloned()
}

async fn answer(response: Response) -> Result<Answer, PostError> {
    let Heard {
        status, said, rest, ..
    } = Heard::of(response).await;
    match status {
        StatusCode::GONE => Ok(Answer::Gone(said)),
        status if status.is_success() => Ok(Answer::Taken(said)),
        status => Err(PostError::Refused {
            why: trouble::of_http(status.as_u16()),
            said,
            retry_after: rest,
        }),
    }
}

fn failure(error: reqwest::Error) -> PostError {
    if error.is_timeout() {
        return PostError::TimedOut;
    }
    PostError::Unreachable {
        why: trouble::of(&error),
        said: in_a_line(&error.without_url()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_secret_in_an_address_is_not_shown_where_a_part_of_it_is_repeated() {
        let url = "https://n8n.example.com/webhook/4cd1f2a0-canary?key=canary-in-query&v=1";
        let url = Url::parse(url).unwrap();
        for said in [
            "Cannot GET /webhook/4cd1f2a0-canary",
            "The requested webhook \"POST 4cd1f2a0-canary\" is not registered",
            "bad key canary-in-query",
            "no key=canary-in-query&v=1",
        ] {
            let shown = without_secrets_of(&url, said.to_owned());
            assert!(!shown.contains("canary"), "{shown}");
        }
        let plain = Url::parse("https://example.com/").unwrap();
        assert_eq!(
            without_secrets_of(&plain, "no / here".to_owned()),
            "no / here"
        );
    }
}
