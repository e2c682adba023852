//! The daemon with its API, and a client of it.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

use std::net::SocketAddr;
use std::time::Duration;

use agendad::app::Roles;
use agendad::config::Config;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::support::{World, clock, simulated};

pub(crate) const OPERATOR: &str = "canary-operator-token-0123456789";
pub(crate) const SECRET: &str = "canary-jwt-secret-0123456789abcdef";
pub(crate) const SYNC: &str = "/api/detran/sincronizar";
pub(crate) const ACCOUNT: &str = "/api/detran/configuracao";

/// No ticks, no queue: only what the API does.
pub(crate) const DOORS_ONLY: Roles = Roles {
    schedule: false,
    work: false,
};

pub(crate) async fn world(examiners: usize) -> World {
    world_with(examiners, |_| {}).await
}

pub(crate) async fn world_with(examiners: usize, adjust: impl FnOnce(&mut Config)) -> World {
    let mut settings = simulated();
    settings.examiners = examiners;
    World::with(settings, |config| {
        config.http.listen = "127.0.0.1:0".to_owned();
        config.secrets.http_operator_token = Some(OPERATOR.to_owned().into());
        config.secrets.http_jwt_secret = Some(SECRET.to_owned().into());
        adjust(config);
    })
    .await
}

/// Runs the daemon while `test` asks it; then stops it.
pub(crate) async fn serving(world: &World, test: impl AsyncFnOnce(Client)) {
    let stop = CancellationToken::new();
    let asked = async {
        test(Client::new(world.app.http_address().await)).await;
        stop.cancel();
    };
    let (ran, ()) = tokio::join!(Box::pin(world.app.run(DOORS_ONLY, &stop)), asked);
    ran.unwrap();
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    /// Status and `code`, for tables.
    pub(crate) fn told(&self) -> (u16, &str) {
        (
            self.status.as_u16(),
            self.body["code"].as_str().unwrap_or("-"),
        )
    }

    #[track_caller]
    pub(crate) fn expect(&self, status: u16, code: &str) {
        assert_eq!(self.told(), (status, code), "{self:?}");
    }
}

#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) address: SocketAddr,
    pub(crate) http: reqwest::Client,
    token: Option<String>,
}

impl Client {
    #[expect(
        clippy::disallowed_methods,
        reason = "a test's client is no portal client"
    )]
    pub(crate) fn new(address: SocketAddr) -> Self {
        // It speaks plain HTTP: reading the system's certificates would take longer than a test's requests.
        let http = reqwest::Client::builder()
            .tls_certs_only([])
            .no_proxy()
            .timeout(Duration::from_secs(30))
            .build();
        Self {
            address,
            http: http.unwrap(),
            token: None,
        }
    }

    pub(crate) fn operator(&self) -> Self {
        self.with(OPERATOR)
    }

    pub(crate) fn user(&self, id: i32) -> Self {
        self.with(&token(&json!({ "userId": id, "exp": in_an_hour() })))
    }

    pub(crate) fn administrator(&self, id: i32) -> Self {
        let claims = json!({ "userId": id, "exp": in_an_hour(), "perfil": "administrador" });
        self.with(&token(&claims))
    }

    pub(crate) fn with(&self, token: &str) -> Self {
        Self {
            token: Some(token.to_owned()),
            ..self.clone()
        }
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self
            .http
            .request(method, format!("http://{}{path}", self.address));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        send(self.request(Method::POST, path).json(body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Answer {
        send(self.request(Method::PUT, path).json(body)).await
    }
}

pub(crate) async fn send(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let text = response.text().await.unwrap();
    Answer {
        status,
        headers,
        body: serde_json::from_str(&text).unwrap_or(Value::String(text)),
    }
}

pub(crate) fn in_an_hour() -> i64 {
    clock().now().timestamp() + 3600
}

/// A token as the application makes it.
pub(crate) fn token(claims: &Value) -> String {
    signed(r#"{"alg":"HS256","typ":"JWT"}"#, claims, SECRET)
}

pub(crate) fn signed(header: &str, claims: &Value, secret: &str) -> String {
    let message = format!(
        "{}.{}",
        BASE64.encode(header),
        BASE64.encode(claims.to_string())
    );
    let mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    let signature = mac.chain_update(&message).finalize().into_bytes();
    format!("{message}.{}", BASE64.encode(signature))
}
