//! The example receiver, run for real: it takes what is signed and fresh, and nothing else.

use std::process::Stdio;

use agendad::webhooks::Secret;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::TcpStream;
use tokio::process::{Child, ChildStdout, Command};

use crate::support::clock;
use crate::webhooks::scene::Scene;

struct Example {
    address: String,
    lines: Lines<BufReader<ChildStdout>>,
    _child: Child,
}

impl Example {
    async fn start(secrets: &[&Secret]) -> Self {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/webhook_receiver.py");
        let secrets: Vec<&str> = secrets.iter().map(|secret| secret.shown()).collect();
        let mut child = Command::new("python3")
            .args([path, "--port", "0"])
            .env("AGENDAD_WEBHOOK_SECRET", secrets.join(" "))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stderr.take().unwrap());
        let said = said.lines().next_line().await.unwrap().unwrap();
        Self {
            address: said.strip_prefix("listening on ").unwrap().to_owned(),
            lines: BufReader::new(child.stdout.take().unwrap()).lines(),
            _child: child,
        }
    }

    async fn event(&mut self) -> Value {
        serde_json::from_str(&self.lines.next_line().await.unwrap().unwrap()).unwrap()
    }

    /// Posts a message by hand; the status of the answer.
    async fn post(&self, timestamp: i64, signature: &str, body: &str) -> u16 {
        let length = body.len();
        let request = format!(
            "POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\nwebhook-id: chg_9\r\n\
             webhook-timestamp: {timestamp}\r\nwebhook-signature: {signature}\r\n\r\n{body}"
        );
        let mut stream = TcpStream::connect(&self.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer.split(' ').nth(1).unwrap().parse().unwrap()
    }
}

#[tokio::test]
async fn the_example_takes_what_is_signed_and_fresh_and_nothing_else() {
    let (secret, other) = (Secret::random().unwrap(), Secret::random().unwrap());
    let mut example = Example::start(&[&secret]).await;
    let (now, body) = (clock().now().timestamp(), "{\"type\":\"agendad.test\"}");
    let sign = |secret: &Secret, at| secret.sign("chg_9", at, body.as_bytes()).unwrap();
    let good = sign(&secret, now);
    assert_eq!(example.post(now, &good, body).await, 200);
    assert_eq!(example.event().await["type"], "agendad.test");
    assert_eq!(
        example.post(now, &good, "{\"type\":\"agendad.tes\"}").await,
        401,
        "tampered"
    );
    assert_eq!(
        example.post(now + 1, &good, body).await,
        401,
        "another time"
    );
    let old = now - 3600;
    assert_eq!(
        example.post(old, &sign(&secret, old), body).await,
        401,
        "an old one"
    );
    let future = now + 3600;
    assert_eq!(
        example.post(future, &sign(&secret, future), body).await,
        401
    );
    assert_eq!(
        example.post(now, &sign(&other, now), body).await,
        401,
        "another secret"
    );
    assert_eq!(example.post(now, "", body).await, 401);
    assert_eq!(example.post(now, "v1,é", body).await, 401);
    assert_eq!(
        example.post(now, &good.replace("v1,", "v1a,"), body).await,
        401
    );
    let rotated = format!("{} {good}", sign(&other, now));
    assert_eq!(example.post(now, &rotated, body).await, 200, "one of two");
}

#[tokio::test]
async fn the_example_takes_what_agendad_sends_before_and_after_a_rotation() {
    let scene = Scene::new(1).await;
    // Its port is not known before it has the secret.
    let (id, secret) = scene.add("http://127.0.0.1:9/").await;
    let mut example = Example::start(&[&secret]).await;
    let url = format!("http://{}/", example.address);
    scene
        .execute(&format!("UPDATE agendad_webhooks SET url = '{url}'"))
        .await;
    let new = Secret::random().unwrap();
    scene.change(&[1]).await;
    scene.round().await;
    assert_eq!(example.event().await["data"]["slot"]["nome"], "MARIA SILVA");
    let purpose = agendad::vault::Purpose::Webhook;
    let sealed = scene.vault.seal(purpose, id, new.shown()).unwrap();
    let day = std::time::Duration::from_secs(24 * 3600);
    let store = &scene.database.store;
    store
        .rotate_webhook(id, &sealed, day, "test")
        .await
        .unwrap();
    scene.change(&[1]).await;
    scene.round().await;
    assert_eq!(example.event().await["data"]["id"], 2);
    scene.pass("25 hours").await;
    scene.change(&[1]).await;
    assert!(
        scene.round().await[0].failed,
        "it knows the old secret only"
    );
    let webhook = scene.webhook(id).await;
    assert_eq!(
        webhook.last_problem.as_deref(),
        Some("refused: HTTP 401 wrong signature")
    );
    scene.close().await;
}
