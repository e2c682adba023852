//! The alerts' HTTP client: for a webhook and a heartbeat, whose addresses are secrets. It follows no
//! redirect, and its errors show no address.

use std::time::Duration;

use reqwest::header::RETRY_AFTER;
use reqwest::{Client, Response};

use super::channels::DeliveryError;
use crate::domain::causes::in_a_line;
use crate::domain::text::fold_space;

/// So much of an answer is shown.
const SHOWN: usize = 120;

/// The client. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Web(Client);

/// The client could not be built.
#[derive(Debug, thiserror::Error)]
#[error("set up the HTTP client of the alerts")]
pub struct WebError(#[source] reqwest::Error);

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
        client(timeout).map(Self).map_err(WebError)
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
        let sent = self.0.post(url).json(json).send().await;
        answer(sent.map_err(failure)?).await
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
    let retry_after = response
        .headers()
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok()?.parse().ok())
        .map(Duration::from_secs);
    // The first piece is enough to show, and bounds what a stranger may send.
    let body = response.chunk().await.ok().flatten().unwrap_or_default();
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
        Err(DeliveryError::Refused { said, retry_after })
    }
}

fn failure(error: reqwest::Error) -> DeliveryError {
    if error.is_timeout() {
        return DeliveryError::TimedOut;
    }
    DeliveryError::Unreachable(in_a_line(&error.without_url()))
}
