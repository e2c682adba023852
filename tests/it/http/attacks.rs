//! Ways in that must be closed.
#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::http::client::{
    ACCOUNT, Client, OPERATOR, SECRET, SYNC, in_an_hour, serving, signed, token, world, world_with,
};

#[tokio::test]
async fn a_forged_token_opens_nothing() {
    let world = world_with(1, |config| config.http.max_failed_auth = 0).await;
    serving(&world, async |client: Client| {
        let user = world.users[0];
        let good = json!({ "userId": user, "exp": in_an_hour() });
        let hs256 = r#"{"alg":"HS256","typ":"JWT"}"#;
        let right = token(&good);
        let (message, signature) = right.rsplit_once('.').unwrap();
        let other = signed(
            hs256,
            &json!({ "userId": user + 1, "exp": in_an_hour() }),
            "guess",
        );
        let (other_message, _) = other.rsplit_once('.').unwrap();
        let none = |alg: &str| {
            let token = signed(&format!(r#"{{"alg":"{alg}"}}"#), &good, SECRET);
            format!("{}.", token.rsplit_once('.').unwrap().0)
        };
        let long = "a".repeat(30_000);
        let table: Vec<(&str, String)> = vec![
            ("alg none", none("none")),
            ("alg None", none("None")),
            ("alg nOnE", none("nOnE")),
            (
                "alg HS512, signed as HS256",
                signed(r#"{"alg":"HS512"}"#, &good, SECRET),
            ),
            (
                "alg RS256, signed as HS256",
                signed(r#"{"alg":"RS256"}"#, &good, SECRET),
            ),
            (
                "a key of its own",
                signed(
                    r#"{"alg":"HS256","jwk":{"kty":"oct","k":"AAAA"}}"#,
                    &good,
                    "",
                ),
            ),
            (
                "another key by kid",
                signed(r#"{"alg":"HS256","kid":"../../dev/null"}"#, &good, ""),
            ),
            ("wrong secret", signed(hs256, &good, "guess")),
            ("empty secret", signed(hs256, &good, "")),
            (
                "expired",
                token(&json!({ "userId": user, "exp": in_an_hour() - 3601 })),
            ),
            ("no expiry", token(&json!({ "userId": user }))),
            (
                "expiry as a text",
                token(&json!({ "userId": user, "exp": "9999999999" })),
            ),
            (
                "not valid yet",
                token(&json!({ "userId": user, "exp": in_an_hour(), "nbf": in_an_hour() })),
            ),
            (
                "another's claims, my signature",
                format!("{other_message}.{signature}"),
            ),
            ("no signature", message.to_owned()),
            ("empty signature", format!("{message}.")),
            ("two signatures", format!("{right}.{signature}")),
            ("no userId", token(&json!({ "exp": in_an_hour() }))),
            (
                "SQL as userId",
                token(&json!({ "userId": "1 OR 1=1", "exp": in_an_hour() })),
            ),
            (
                "userId of nobody",
                token(&json!({ "userId": 999_999, "exp": in_an_hour() })),
            ),
            (
                "negative userId",
                token(&json!({ "userId": -1, "exp": in_an_hour() })),
            ),
            ("the secret itself", SECRET.to_owned()),
            (
                "operator token, cut",
                OPERATOR[..OPERATOR.len() - 1].to_owned(),
            ),
            ("operator token, other case", OPERATOR.to_uppercase()),
            ("nothing", String::new()),
            ("very long", long),
        ];
        for (what, forged) in table {
            let answer = client.with(&forged).get(ACCOUNT).await;
            println!("{what:<32} {:?}", answer.told());
            answer.expect(401, "token");
        }
        for scheme in ["Basic", "Token", "Bearer:"] {
            let request = client
                .request(Method::GET, ACCOUNT)
                .header("authorization", format!("{scheme} {right}"));
            crate::http::client::send(request)
                .await
                .expect(401, "token");
        }
        assert_eq!(client.with(&right).get(ACCOUNT).await.status, 200);
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn path_tricks_lead_nowhere() {
    let world = world(1).await;
    serving(&world, async |client: Client| {
        let token = token(&json!({ "userId": world.users[0], "exp": in_an_hour() }));
        for (path, expected) in [
            ("/api/detran/../detran/runs", 404),
            ("/api/detran/%2e%2e/detran/runs", 404),
            ("/api//detran/runs", 404),
            ("/api/detran/runs/", 404),
            ("/API/DETRAN/RUNS", 404),
            ("/api/detran/runs;jsessionid=1", 404),
            ("/api/detran/runs/1/..", 404),
            ("/api/detran/runs/..%2f..%2fetc%2fpasswd", 400),
            ("/api/detran/runs/1%00", 400),
            ("/etc/passwd", 404),
            ("/..%2f..%2fetc/passwd", 404),
            ("http://127.0.0.1/healthz", 200),
            ("*", 404),
        ] {
            let head = format!("GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n");
            let answer = raw(client.address, &head).await;
            let status: u16 = answer.split(' ').nth(1).unwrap_or("0").parse().unwrap();
            println!("{path:<45} {status}");
            assert_eq!(status, expected, "{path}: {answer}");
        }
        for (method, path) in [(Method::DELETE, SYNC), (Method::GET, SYNC), (Method::POST, ACCOUNT), (Method::TRACE, ACCOUNT)] {
            let answer = crate::http::client::send(client.request(method, path)).await;
            answer.expect(405, "method_not_allowed");
            assert!(answer.headers.contains_key("allow"));
        }
        client.get("/api/detran/nada").await.expect(404, "not_found");
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn smuggled_and_malformed_requests_are_refused() {
    let world = world(1).await;
    serving(&world, async |client: Client| {
        for (what, request) in [
            ("no HTTP", "hello\r\n\r\n"),
            ("two lengths", "POST /api/detran/sincronizar HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}"),
            ("negative length", "POST /api/detran/sincronizar HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n{}"),
            ("chunk of no size", "POST /api/detran/sincronizar HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
        ] {
            let answer = raw(client.address, request).await;
            println!("{what:<20} {}", answer.lines().next().unwrap_or("closed"));
            assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{what}: {answer}");
        }
        let many: String = (0..200).map(|n| format!("x-{n}: y\r\n")).collect();
        let answer = raw(client.address, &format!("GET /healthz HTTP/1.1\r\n{many}\r\n")).await;
        assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
        let long = "x".repeat(100_000);
        let answer = raw(client.address, &format!("GET /{long} HTTP/1.1\r\nHost: x\r\n\r\n")).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
        assert_eq!(client.get("/healthz").await.body, Value::String("ok\n".to_owned()));
    })
    .await;
    world.close().await;
}

/// Sends bytes as they are and reads until the other end closes.
async fn raw(address: std::net::SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // The other end may close before it has read everything.
    stream.write_all(request.as_bytes()).await.ok();
    let mut answer = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut answer));
    read.await.expect("the connection stays open").ok();
    String::from_utf8_lossy(&answer).into_owned()
}
