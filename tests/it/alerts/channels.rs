//! ntfy, Telegram and the signed webhook: what each says, and what it does not betray.

use std::time::Duration;

use agendad::alerts::{Channels, Courier, DatabaseWatch, Delivered, trial};
use agendad::config::Place;
use agendad::config::layers::{self, Layer};
use agendad::domain::Trouble;
use agendad::store::processes::DatabaseTrouble;
use agendad::webhooks::Secret;
use tokio_util::sync::CancellationToken;

use crate::alerts::mail::MailServer;
use crate::alerts::scene::{Scene, config, only};
use crate::alerts::webhook::Webhook;
use crate::support::clock;
use crate::webhooks::receiver::Receiver;

const TOKEN: &str = "123456:canary-token";
const TOPIC: &str = "canary-topic";

/// A scene with one examiner whose password was refused, told by these three ways only.
async fn in_trouble(receiver: &Receiver, secret: &Secret) -> Scene {
    let mut scene = Scene::new(1).await;
    only(&mut scene.config, &["credentials"]);
    let url = |path: &str| Some(format!("http://{}{path}", receiver.address).into());
    let secrets = &mut scene.config.secrets;
    secrets.alerts_slack_webhook = None;
    secrets.alerts_ntfy_url = url(&format!("/{TOPIC}"));
    secrets.alerts_ntfy_token = Some("canary-bearer".to_owned().into());
    secrets.alerts_telegram_token = Some(TOKEN.to_owned().into());
    secrets.alerts_webhook_url = url("/alertas/canary-path");
    secrets.alerts_webhook_secret = Some(secret.shown().to_owned().into());
    scene.config.alerts.email.host = String::new();
    scene.config.alerts.telegram.chat = "-1001".to_owned();
    scene.config.alerts.telegram.server = format!("http://{}/", receiver.address);
    scene
        .execute("UPDATE configuracoes_detran SET pausa_motivo = 'refused', pausa_desde = now()")
        .await;
    scene
}

#[tokio::test]
async fn an_alert_comes_by_ntfy_telegram_and_a_signed_webhook() {
    let (receiver, secret) = (Receiver::start().await, Secret::random().unwrap());
    let scene = in_trouble(&receiver, &secret).await;
    scene.evaluate().await;
    assert_eq!(scene.deliver().await, Delivered { sent: 3, failed: 0 });
    assert_eq!(scene.deliver().await, Delivered::default());
    let taken = receiver.taken();
    let by = |path: &str| taken.iter().find(|message| message.path == path).unwrap();
    let title = "[agendad] Acesso recusado pelo portal: Perito 1";

    let ntfy = by("/");
    assert_eq!(ntfy.header("authorization"), "Bearer canary-bearer");
    let json = ntfy.json();
    assert_eq!(
        (&json["topic"], &json["title"]),
        (&TOPIC.into(), &title.into())
    );
    assert_eq!(json["priority"], 4);

    let telegram = by(&format!("/bot{TOKEN}/sendMessage")).json();
    assert_eq!(telegram["chat_id"], "-1001");
    assert!(
        telegram["text"].as_str().unwrap().starts_with(title),
        "{telegram}"
    );

    let hook = by("/alertas/canary-path");
    let json = hook.json();
    assert_eq!(
        (&json["type"], &json["data"]["rule"]),
        (&"alert.opened".into(), &"credentials".into())
    );
    assert_eq!(
        (&json["data"]["severity"], &json["data"]["title"]),
        (&"high".into(), &title.into())
    );
    let at = hook.header("webhook-timestamp").parse().unwrap();
    let signed = secret
        .sign(hook.header("webhook-id"), at, &hook.body)
        .unwrap();
    assert_eq!(hook.header("webhook-signature"), signed);
    scene.close().await;
}

#[tokio::test]
async fn a_signed_webhook_that_is_tried_again_says_the_same_as_before() {
    let (receiver, secret) = (Receiver::start().await, Secret::random().unwrap());
    let mut scene = in_trouble(&receiver, &secret).await;
    scene.config.secrets.alerts_ntfy_url = None;
    scene.config.secrets.alerts_ntfy_token = None;
    scene.config.secrets.alerts_telegram_token = None;
    receiver.answer(503, None);
    scene.evaluate().await;
    assert_eq!(scene.deliver().await, Delivered { sent: 0, failed: 1 });
    receiver.answer(200, None);
    scene
        .execute("UPDATE agendad_alert_outbox SET next_attempt_at = now()")
        .await;
    assert_eq!(scene.deliver().await, Delivered { sent: 1, failed: 0 });
    let tries = receiver.tries();
    let [first, second] = tries.as_slice() else {
        panic!("{tries:?}")
    };
    assert_eq!(first.header("webhook-id"), second.header("webhook-id"));
    assert_eq!(first.body, second.body);
    let written: chrono::DateTime<chrono::Utc> =
        sqlx::query_scalar("SELECT created_at FROM agendad_alert_outbox")
            .fetch_one(&scene.database.pool)
            .await
            .unwrap();
    assert_eq!(second.json()["timestamp"], serde_json::json!(written));
    scene.close().await;
}

#[tokio::test]
async fn no_token_topic_or_path_stands_in_an_error_even_if_the_other_side_repeats_it() {
    let (receiver, secret) = (Receiver::start().await, Secret::random().unwrap());
    let scene = in_trouble(&receiver, &secret).await;
    receiver.answer(404, None);
    receiver.say("there is no {path}, nor {topic}");
    scene.evaluate().await;
    assert_eq!(scene.deliver().await, Delivered { sent: 0, failed: 3 });
    let day = Duration::from_secs(24 * 3600);
    let listed = scene
        .database
        .store
        .undelivered_messages(day)
        .await
        .unwrap();
    let channels = Channels::of(&scene.config).unwrap();
    let places = agendad::domain::Channel::ALL
        .iter()
        .map(|&c| channels.place(c));
    let mut shown: Vec<String> = places.flatten().map(|place| place.en).collect();
    for message in listed {
        assert_eq!(message.last_error_kind, Some(Trouble::Address));
        let error = message.last_error.unwrap();
        assert!(error.contains("HTTP 404"), "{error}");
        shown.push(error);
    }
    // And where nobody listens.
    let mut config = scene.config.clone();
    config.alerts.telegram.server = "http://127.0.0.1:9".to_owned();
    config.secrets.alerts_ntfy_url = Some(format!("http://127.0.0.1:9/{TOPIC}").into());
    let channels = Channels::of(&config).unwrap();
    let letter = trial("maquina/1", clock().now(), config.timezone);
    for target in channels.targets() {
        if let Err(error) = channels.deliver(&target, &letter).await {
            shown.push(format!("{error} {error:?}"));
        }
    }
    shown.push(format!("{channels:?}"));
    let shown = shown.join("\n");
    for secret in [
        TOKEN,
        "canary-token",
        TOPIC,
        "canary-bearer",
        "canary-path",
        secret.shown(),
    ] {
        assert!(!shown.contains(secret), "{secret}: {shown}");
    }
    scene.close().await;
}

#[tokio::test]
async fn telegram_is_left_alone_for_as_long_as_it_asks_in_its_answer() {
    let (receiver, secret) = (Receiver::start().await, Secret::random().unwrap());
    let mut scene = in_trouble(&receiver, &secret).await;
    scene.config.secrets.alerts_ntfy_url = None;
    scene.config.secrets.alerts_webhook_url = None;
    scene.config.secrets.alerts_webhook_secret = None;
    receiver.answer(429, None);
    receiver.say(r#"{"ok":false,"error_code":429,"parameters":{"retry_after":600}}"#);
    scene.evaluate().await;
    let courier = Courier::new(scene.database.store.clone(), scene.vault.clone());
    let (channels, stop) = (
        Channels::of(&scene.config).unwrap(),
        CancellationToken::new(),
    );
    let round = async || {
        courier
            .round(&channels, &scene.config.alerts, &stop, || {})
            .await
    };
    assert_eq!(round().await.unwrap(), Delivered { sent: 0, failed: 1 });
    receiver.answer(200, None);
    scene.pass("590 seconds").await;
    assert_eq!(round().await.unwrap(), Delivered::default());
    scene.pass("11 seconds").await;
    assert_eq!(round().await.unwrap(), Delivered { sent: 1, failed: 0 });
    scene.close().await;
}

#[tokio::test]
async fn a_message_follows_a_group_of_telegram_that_has_another_number_now() {
    let (receiver, secret) = (Receiver::start().await, Secret::random().unwrap());
    let mut scene = in_trouble(&receiver, &secret).await;
    scene.config.secrets.alerts_ntfy_url = None;
    scene.config.secrets.alerts_webhook_url = None;
    scene.config.secrets.alerts_webhook_secret = None;
    receiver.move_chat("-1001", -100_987_654_321);
    scene.evaluate().await;
    assert_eq!(scene.deliver().await, Delivered { sent: 1, failed: 0 });
    let tries = receiver.tries();
    let chats: Vec<String> = tries
        .iter()
        .map(|message| message.json()["chat_id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(chats, ["-1001", "-100987654321"]);
    assert_eq!(tries[0].json()["text"], tries[1].json()["text"]);
    scene.close().await;
}

#[test]
fn what_cannot_be_a_channel_is_refused_without_showing_it() {
    let refused = |text: &str| {
        let layer = Layer {
            place: Place::File("test".into()),
            table: text.parse().unwrap(),
        };
        let built_in = layers::built_in().unwrap();
        match agendad::config::Config::from_layers(vec![built_in, layer]) {
            Err(error) => error.to_string(),
            Ok(config) => Channels::of(&config).unwrap_err().to_string(),
        }
    };
    for (text, expected) in [
        (
            "[alerts.telegram]\ntoken = \"canary/../x\"\nchat = \"1\"",
            "alerts.telegram.token",
        ),
        (
            "[alerts.telegram]\ntoken = \"1:canary\"",
            "alerts.telegram.chat",
        ),
        (
            "[alerts.ntfy]\nurl = \"http://canary.example.com/x\"",
            "alerts.ntfy.url",
        ),
        (
            "[alerts.ntfy]\nurl = \"https://canary.example.com\"",
            "alerts.ntfy.url",
        ),
        (
            "[alerts.webhook]\nurl = \"https://canary.example.com\"",
            "alerts.webhook.secret",
        ),
        (
            "[alerts.webhook]\nurl = \"https://canary.example.com\"\nsecret = \"canary\"",
            "alerts.webhook.secret",
        ),
    ] {
        let said = refused(text);
        assert!(
            said.contains(expected) && !said.contains("canary"),
            "{said}"
        );
    }
}

#[tokio::test]
async fn trouble_with_the_database_is_told_no_more_to_whom_a_reload_took_away() {
    let (mail, webhook) = (MailServer::start().await, Webhook::start().await);
    let mut config = config(&mail, &webhook);
    config.alerts.database.after = Duration::ZERO;
    config.alerts.retry.min_delay = Duration::ZERO;
    let before = Channels::of(&config).unwrap();
    let mut watch = DatabaseWatch::new("maquina/1234", clock().zone());
    webhook.answer(500, "no");
    watch.failed(
        DatabaseTrouble::Away,
        clock().now(),
        &config.alerts,
        &before,
    );
    watch.deliver(&config.alerts, &before).await;
    config.secrets.alerts_slack_webhook = None;
    let after = Channels::of(&config).unwrap();
    watch.deliver(&config.alerts, &after).await;
    webhook.answer(200, "ok");
    watch.deliver(&config.alerts, &before).await;
    assert_eq!((webhook.texts().len(), mail.mails().len()), (0, 1));
}
