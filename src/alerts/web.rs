//! The alerts' HTTP client: for webhooks and a heartbeat, whose addresses are secrets. It follows no
//! redirect, and its errors show no address.

use std::time::Duration;

use reqwest::Client;
use reqwest::header::CONTENT_TYPE;

use super::delivery::{DeliveryError, WebError};
use crate::domain::causes::in_a_line;
use crate::trouble;
use crate::webhooks::post::{Heard, client_to_any};

/// The client. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Web(Client);

impl Web {
    /// A client whose requests take no longer than `timeout`.
    pub fn new(timeout: Duration) -> Result<Self, WebError> {
        client_to_any(timeout)
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
        answer(self.ask(url, headers, json).await?)
    }

    /// The same; what came back, a success or not.
    ///
    /// # Errors
    /// [`DeliveryError`] if nobody answered.
    pub(super) async fn ask(
        &self,
        url: &str,
        headers: &[(&str, String)],
        json: String,
    ) -> Result<Heard, DeliveryError> {
        let mut request = self.0.post(url).header(CONTENT_TYPE, "application/json");
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let response = request.body(json).send().await.map_err(failure)?;
        Ok(Heard::of(response).await)
    }

    /// Calls an address; what came back, in a few words.
    ///
    /// # Errors
    /// [`DeliveryError`] unless the answer is a success.
    pub async fn call(&self, url: &str) -> Result<String, DeliveryError> {
        let response = self.0.get(url).send().await.map_err(failure)?;
        answer(Heard::of(response).await)
    }
}

/// What came back, in a few words, if it is a success.
pub(super) fn answer(heard: Heard) -> Result<String, DeliveryError> {
    if heard.status.is_success() {
        Ok(heard.said)
    } else {
        Err(DeliveryError::Refused {
            why: trouble::of_http(heard.status.as_u16()),
            said: heard.said,
            retry_after: heard.rest,
        })
    }
}

fn failure(error: reqwest::Error) -> DeliveryError {
    if error.is_timeout() {
        return DeliveryError::TimedOut;
    }
    DeliveryError::Unreachable {
        why: trouble::of(&error),
        said: in_a_line(&error.without_url()),
    }
}
