//! A client of the API that keeps every answer, and every question, rightly and wrongly put.
#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::leaks::canaries::{Canaries, Hoard};
use crate::leaks::secrets::{OPERATOR, SECRET};
use crate::support::{clock, eventually};

pub(crate) struct Client {
    http: reqwest::Client,
    address: String,
    pub(crate) jwt: String,
}

impl Client {
    #[expect(
        clippy::disallowed_methods,
        reason = "a test's client is no portal client"
    )]
    pub(crate) fn new(address: &str, canaries: &mut Canaries, user: i32) -> Self {
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let claims = json!({ "userId": user, "exp": clock().now().timestamp() + 3600 });
        let message = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256"}"#),
            URL_SAFE_NO_PAD.encode(claims.to_string())
        );
        let mac = Hmac::<sha2::Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
        let signature = URL_SAFE_NO_PAD.encode(mac.chain_update(&message).finalize().into_bytes());
        canaries.secret("a JWT's signature", &signature);
        Self {
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            address: address.to_owned(),
            jwt: format!("{message}.{signature}"),
        }
    }

    pub(crate) async fn ask(
        &self,
        method: &str,
        path: &str,
        token: &str,
        body: Option<Value>,
        hoard: &mut Hoard,
    ) -> String {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let url = format!("http://{}{path}", self.address);
        let request = self.http.request(method.clone(), url).bearer_auth(token);
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        let response = request.send().await.unwrap();
        let text = format!("{} {:?}\n", response.status(), response.headers())
            + &response.text().await.unwrap();
        let place = format!("answer to {method} {path}");
        if path.contains("/slots") {
            hoard.list(place, &text);
        } else {
            hoard.trace(place, &text);
        }
        text
    }

    /// Asks as the operator until the answer is as wanted; every answer is kept.
    pub(crate) async fn ask_until(
        &self,
        method: &str,
        path: &str,
        hoard: &mut Hoard,
        wanted: impl Fn(&str) -> bool,
    ) {
        let hoard = Mutex::new(hoard);
        let look = || async {
            let mut hoard = hoard.lock().await;
            let answer = self.ask(method, path, OPERATOR, None, &mut hoard).await;
            wanted(&answer).then_some(())
        };
        eventually("the answer that is wanted", Duration::from_secs(30), look).await;
    }

    /// A good address and bad ones. What the calendar says of candidates is its purpose.
    pub(crate) async fn calendar(&self, path: &str, hoard: &mut Hoard) {
        let url = format!("http://{}{path}", self.address);
        let answer = self.http.get(&url).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        hoard.list("the calendar", answer.text().await.unwrap());
        for wrong in [&path[..path.len() - 1], &path.replace(".ics", "A.ics")] {
            self.ask("GET", wrong, OPERATOR, None, hoard).await;
        }
    }

    /// Every question, rightly and wrongly put.
    pub(crate) async fn some(&self, users: &[i32], hoard: &mut Hoard) {
        for token in [
            OPERATOR,
            &self.jwt,
            "canary-operator-token-5f1d0",
            &self.jwt[..self.jwt.len() - 1],
        ] {
            for path in [
                "/api/detran/runs?limit=200",
                "/api/detran/runs/1",
                "/api/detran/runs/2",
                "/api/detran/stats",
                "/api/detran/slots",
                "/api/detran/slots?removed=true",
                "/api/openapi.json",
                "/metrics",
                "/healthz",
                "/readyz",
                "/",
                "/nada",
            ] {
                self.ask("GET", path, token, None, hoard).await;
            }
            let account = format!("/api/detran/configuracao?usuarioId={}", users[0]);
            self.ask("GET", &account, token, None, hoard).await;
            for body in [
                json!({ "senha": "canary senha/0&ç=%+\"'" }),
                json!({ "senha": ["canary senha/0&ç=%+\"'"] }),
                json!({ "cpf": 1, "senha": "canary senha/0&ç=%+\"'" }),
                json!({ "canary senha/0&ç=%+\"'": 1 }),
            ] {
                self.ask("PUT", &account, token, Some(body), hoard).await;
            }
        }
    }
}
