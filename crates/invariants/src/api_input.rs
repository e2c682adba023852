//! What must hold of every request, whatever its bytes: it is answered in the API's own form, no bug is
//! admitted, and nobody is let in who does not hold a token.

use agendad::clock::Clock;
use agendad::config::{Config, layers};
use agendad::http::offline::Offline;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

const OPERATOR: &str = "canary-operator";
const JWT_SECRET: &str = "canary-jwt-secret";

/// A daemon's routes, and what is asked of them.
#[derive(Debug)]
pub struct Routes {
    runtime: tokio::runtime::Runtime,
    routes: Offline,
}

/// Who asks, as far as the request's author was given a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Nobody,
    Operator,
    /// With a well-signed token, of which only the claims are the author's own.
    User,
}

impl Default for Routes {
    fn default() -> Self {
        let key = BASE64.encode([7; 32]).replace('_', "/") + "=";
        let settings = [
            ("AGENDAD_HTTP__OPERATOR_TOKEN", OPERATOR),
            ("AGENDAD_HTTP__JWT_SECRET", JWT_SECRET),
            ("AGENDAD_VAULT__KEY", &key),
            // All come from one address.
            ("AGENDAD_HTTP__MAX_FAILED_AUTH", "0"),
            ("AGENDAD_HTTP__MAX_BODY_BYTES", "4000"),
            ("AGENDAD_STATE_DIR", "/nonexistent"),
        ];
        let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let built_in = layers::built_in().expect("the defaults are well-formed");
        let environment = layers::environment(settings.into_iter(), &built_in.table);
        let all = vec![built_in, environment.expect("these are settings")];
        let config = Config::from_layers(all).expect("they are possible");
        let now = "2026-11-24T12:34:56.789Z".parse().expect("an instant");
        let clock = Clock::fixed(config.timezone, now);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let routes = runtime.block_on(async { Offline::new(config, clock) });
        Self {
            routes: routes.expect("nothing of it needs a network"),
            runtime,
        }
    }
}

impl Routes {
    /// Asserts everything that must hold of a request: its first line (`GET /path`), headers, an empty line,
    /// its body. What no HTTP server would take is passed over.
    ///
    /// `Authorization: Operator` and `Authorization: Claims {…}` stand for a good token.
    ///
    /// # Panics
    /// If something does not hold.
    pub fn check(&self, input: &[u8]) {
        let Some((request, who)) = request(input) else {
            return;
        };
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let (status, headers, body) = self.ask(request);
        let text = String::from_utf8_lossy(&body);
        let told = format!("{method} {path} of {who:?} is answered {status}: {text}");
        assert_ne!(status, StatusCode::INTERNAL_SERVER_ERROR, "{told}");
        assert!(headers.contains_key(CACHE_CONTROL), "{told}");
        assert_eq!(headers[X_CONTENT_TYPE_OPTIONS], "nosniff", "{told}");
        let shown = format!("{headers:?}{text}");
        assert!(
            !shown.contains(OPERATOR) && !shown.contains(JWT_SECRET),
            "{told}"
        );
        if path.starts_with("/api/") && path != "/api/openapi.json" {
            check_api(status, who, &body, &told);
        }
        if status == StatusCode::OK && method != Method::HEAD {
            assert!(headers.contains_key(CONTENT_TYPE), "{told}");
        }
    }

    fn ask(&self, request: Request) -> (StatusCode, HeaderMap, Bytes) {
        self.runtime.block_on(async {
            let (parts, body) = self.routes.answer(request).await.into_parts();
            let body = axum::body::to_bytes(body, usize::MAX).await;
            (parts.status, parts.headers, body.expect("a whole answer"))
        })
    }
}

/// Without a database nothing can succeed here, and who is not known does not even hear of that.
fn check_api(status: StatusCode, who: Who, body: &[u8], told: &str) {
    let early = [
        StatusCode::NOT_FOUND,
        StatusCode::METHOD_NOT_ALLOWED,
        StatusCode::PAYLOAD_TOO_LARGE,
    ];
    let known = [
        StatusCode::BAD_REQUEST,
        StatusCode::FORBIDDEN,
        StatusCode::SERVICE_UNAVAILABLE,
    ];
    let expected = match who {
        Who::Nobody => status == StatusCode::UNAUTHORIZED,
        Who::Operator => known.contains(&status),
        Who::User => known.contains(&status) || status == StatusCode::UNAUTHORIZED,
    };
    assert!(expected || early.contains(&status), "{told}");
    if !body.is_empty() {
        let body: serde_json::Value = serde_json::from_slice(body).expect(told);
        assert!(
            body["error"].is_string() && body["code"].is_string(),
            "{told}"
        );
    }
}

fn request(input: &[u8]) -> Option<(Request, Who)> {
    let end = input.windows(2).position(|two| two == b"\n\n");
    let (head, body) = match end {
        Some(end) => (&input[..end], &input[end + 2..]),
        None => (input, &input[..0]),
    };
    let mut lines = head.split(|byte| *byte == b'\n');
    let (method, target) = split(lines.next()?, b' ')?;
    let mut request = Request::builder()
        .method(method)
        .uri(target)
        .body(Body::from(body.to_vec()))
        .ok()?;
    // What comes over a connection names no other host in its first line.
    request.uri().path_and_query()?;
    let mut who = Who::Nobody;
    for (name, value) in lines.filter_map(|line| split(line, b':')) {
        let name: axum::http::HeaderName = std::str::from_utf8(name).ok()?.parse().ok()?;
        let mut value = value.trim_ascii().to_vec();
        // The first of several counts.
        if name == AUTHORIZATION && !request.headers().contains_key(AUTHORIZATION) {
            (value, who) = authorization(value);
        }
        let value = HeaderValue::from_bytes(&value).ok()?;
        request.headers_mut().append(name, value);
    }
    Some((request, who))
}

fn authorization(value: Vec<u8>) -> (Vec<u8>, Who) {
    if value == b"Operator" {
        return (format!("Bearer {OPERATOR}").into(), Who::Operator);
    }
    match value.strip_prefix(b"Claims ") {
        Some(claims) => (format!("Bearer {}", signed(claims)).into(), Who::User),
        None => (value, Who::Nobody),
    }
}

/// A token as the application makes it, whatever it claims.
fn signed(claims: &[u8]) -> String {
    let header = BASE64.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
    let message = format!("{header}.{}", BASE64.encode(claims));
    let mac = Hmac::<Sha256>::new_from_slice(JWT_SECRET.as_bytes()).expect("any key will do");
    let mac = mac.chain_update(&message).finalize().into_bytes();
    format!("{message}.{}", BASE64.encode(mac))
}

fn split(line: &[u8], at: u8) -> Option<(&[u8], &[u8])> {
    let at = line.iter().position(|byte| *byte == at)?;
    Some((&line[..at], &line[at + 1..]))
}
