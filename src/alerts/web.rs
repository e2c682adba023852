//! The alerts' HTTP client: for webhooks and a heartbeat, whose addresses are secrets. It follows no
//! redirect, and its errors show no address.

use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, DATE, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode};
use url::Url;

use super::delivery::{DeliveryError, WebError};
use crate::domain::causes::in_a_line;
use crate::domain::text::fold_space;
use crate::webhooks::retry_after;

/// The rest after "too many requests" that does not say for how long.
const DEFAULT_REST: Duration = Duration::from_secs(60);
/// So much of an answer is shown.
const SHOWN: usize = 120;

/// The client. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Web(Client);

impl Web {
    /// A client whose requests take no longer than `timeout`.
    ///
    /// # Errors
    /// [`WebError`].
    pub fn new(timeout: Duration) -> Result<Self, WebError> {
        // Already installed by `main` as a rule; a second call changes nothing.
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        client(timeout)
            .map(Self)
            .map_err(|error| WebError(error.into()))
    }

    /// Posts JSON; what came back, in a few words.
    ///
    /// # Errors
    /// [`DeliveryError`] unless the answer is a success.
    pub(super) async fn post(
        &self,
        url: &str,
        json: &serde_json::Value,
    ) -> Result<String, DeliveryError> {
        self.post_with(url, &[], json).await
    }

    /// The same with headers.
    ///
    /// # Errors
    /// [`DeliveryError`] unless the answer is a success.
    pub(super) async fn post_with(
        &self,
        url: &str,
        headers: &[(&str, String)],
        json: &serde_json::Value,
    ) -> Result<String, DeliveryError> {
        self.post_bytes(url, headers, json.to_string()).await
    }

    /// The same with JSON as it was signed.
    ///
    /// # Errors
    /// [`DeliveryError`] unless the answer is a success.
    pub(super) async fn post_bytes(
        &self,
        url: &str,
        headers: &[(&str, String)],
        json: String,
    ) -> Result<String, DeliveryError> {
        let mut request = self.0.post(url).header(CONTENT_TYPE, "application/json");
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let said = answer(request.body(json).send().await.map_err(failure)?).await;
        // Path and query are the secret of such an address, and a server may repeat them.
        let secret = Url::parse(url).ok().map(|url| match url.query() {
            Some(query) => [url.path().to_owned(), query.to_owned()],
            None => [url.path().to_owned(), String::new()],
        });
        let secret = secret.iter().flatten().filter(|part| part.len() > 1);
        secret.fold(said, |said, part| {
            said.map(|said| said.replace(part.as_str(), "…"))
                .map_err(|error| error.without(part))
        })
    }

    /// Calls an address; what came back, in a few words.
    ///
    /// # Errors
    /// [`DeliveryError`] unless the answer is a success.
    pub async fn call(&self, url: &str) -> Result<String, DeliveryError> {
        answer(self.0.get(url).send().await.map_err(failure)?).await
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that builds the alerts' client"
)]
fn client(timeout: Duration) -> Result<Client, reqwest::Error> {
    Client::builder()
        .user_agent(concat!("agendad/", env!("CARGO_PKG_VERSION")))
        .timeout(timeout)
        .connect_timeout(timeout)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy()
        // Messages are rare: an idle connection would be dead when the next one comes.
        .pool_max_idle_per_host(0)
        .build()
}

async fn answer(mut response: Response) -> Result<String, DeliveryError> {
    let status = response.status();
    let header = |name| response.headers().get(name)?.to_str().ok();
    let demanded = header(RETRY_AFTER).and_then(|text| retry_after(text, header(DATE)));
    // The first chunk is enough to show, and bounds how much is read.
    let body = response.chunk().await.ok().flatten().unwrap_or_default();
    let rest = match status {
        StatusCode::TOO_MANY_REQUESTS => demanded
            .or_else(|| rest_in_body(&body))
            .or(Some(DEFAULT_REST)),
        _ => demanded,
    };
    let body: String = fold_space(&String::from_utf8_lossy(&body))
        .chars()
        .take(SHOWN)
        .collect();
    let said = format!("HTTP {} {body}", status.as_u16())
        .trim_end()
        .to_owned();
    if status.is_success() {
        Ok(said)
    } else {
        Err(DeliveryError::Refused {
            said,
            retry_after: rest,
        })
    }
}

/// Telegram says it in the body: `{"parameters": {"retry_after": 30}}`.
fn rest_in_body(body: &[u8]) -> Option<Duration> {
    let body: serde_json::Value = serde_json::from_slice(body).ok()?;
    retry_after(&body["parameters"]["retry_after"].to_string(), None)
}

fn failure(error: reqwest::Error) -> DeliveryError {
    if error.is_timeout() {
        return DeliveryError::TimedOut;
    }
    DeliveryError::Unreachable(in_a_line(&error.without_url()))
}
