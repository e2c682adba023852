//! `agendad webhooks`, at the command line.

use serde_json::Value;

use crate::cli::program::Place;
use crate::webhooks::receiver::Receiver;

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[tokio::test]
async fn an_address_is_made_tried_rotated_and_removed_and_its_secret_is_shown_once() {
    let place = Place::new(1).await;
    let receiver = Receiver::start().await;
    let url = receiver.url();
    let refused = place.run(&["webhooks", "add", "--url", &url]).await;
    assert_eq!(refused.code, 2);
    assert!(
        refused.err.contains("--url must begin with https://"),
        "{refused:?}"
    );
    let added = place
        .run(&[
            "webhooks",
            "add",
            "--url",
            &url,
            "--allow-private",
            "--label",
            "sistema",
            "--event",
            "slot.created",
        ])
        .await;
    assert_eq!(added.code, 0, "{added:?}");
    let secret = added.out.trim();
    assert!(secret.starts_with("whsec_"), "{added:?}");
    let listed = place.run(&["--json", "webhooks", "list"]).await;
    assert!(!listed.out.contains("whsec_"), "{listed:?}");
    let listed = json(&listed.out);
    assert_eq!(listed[0]["kinds"], serde_json::json!(["inserted"]));

    let tried = place.run(&["webhooks", "test", "1"]).await;
    assert_eq!(
        (tried.code, tried.out.as_str()),
        (0, "ok    webhook 1: HTTP 200 canary answer\n")
    );
    let rotated = place.run(&["--json", "webhooks", "rotate", "1"]).await;
    let second = json(&rotated.out)["secret"].as_str().unwrap().to_owned();
    assert_ne!(second, secret);
    // Another key of the vault: what is sealed is sealed anew, both secrets.
    for _ in 0..2 {
        let vault = place.run(&["vault", "rotate"]).await;
        assert_eq!(vault.code, 0, "{vault:?}");
    }
    assert_eq!(place.run(&["webhooks", "test", "1"]).await.code, 0);
    let signed = receiver
        .taken()
        .last()
        .unwrap()
        .header("webhook-signature")
        .to_owned();
    assert_eq!(signed.split(' ').count(), 2, "{signed}");

    receiver.answer(500, None);
    let tried = place.run(&["webhooks", "test", "1"]).await;
    assert_eq!((tried.code, tried.out.contains("HTTP 500")), (1, true));
    let waits = place.run(&["--json", "webhooks", "deliveries"]).await;
    assert_eq!(
        json(&waits.out),
        serde_json::json!({ "waiting": [], "given_up": [] })
    );
    for (to, about) in [
        ("add", &["--url", &url, "--allow-private"][..]),
        ("replay", &["1", "--since", "ontem"]),
    ] {
        let said = place
            .run(&[&["webhooks", to, "--user", "999"][..], about].concat())
            .await;
        let is_told = said.code == 1 && said.err.contains("there is no user 999");
        assert!(is_told, "{said:?}");
    }
    let replayed = place
        .run(&["--json", "webhooks", "replay", "1", "--since", "ontem"])
        .await;
    assert_eq!(json(&replayed.out)["examiners"], 0);
    for act in ["disable", "enable", "remove"] {
        let done = place.run(&["webhooks", act, "1"]).await;
        assert_eq!(done.code, 0, "{done:?}");
        assert!(!done.out.contains("canary-secret"), "{done:?}");
    }
    assert_eq!(place.run(&["webhooks", "test", "1"]).await.code, 1);
    let acts: Vec<String> = sqlx::query_scalar("SELECT action FROM agendad_audit ORDER BY id")
        .fetch_all(&place.database.pool)
        .await
        .unwrap();
    let mine: Vec<&str> = acts
        .iter()
        .filter_map(|act| act.strip_prefix("webhook."))
        .collect();
    assert_eq!(
        mine,
        ["add", "rotate", "replay", "disable", "enable", "remove"]
    );
    place.close().await;
}
