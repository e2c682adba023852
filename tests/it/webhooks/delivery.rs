//! Every change arrives, in the order of its examiner, whoever fails, dies or is slow.

use std::time::Duration;

use agendad::alerts::{Channels, Evaluator};
use agendad::config::{Config, layers};
use agendad::domain::ChangeKind;
use agendad::store::webhooks::deliveries::ReplayFrom;
use agendad::webhooks::Secret;
use tokio_util::sync::CancellationToken;

use crate::support::TestDatabase;
use crate::webhooks::receiver::{Message, Receiver};
use crate::webhooks::scene::Scene;

/// The signatures that a message should bear.
fn signatures(message: &Message, secrets: &[&Secret]) -> String {
    let (id, at) = (
        message.header("webhook-id"),
        message.header("webhook-timestamp"),
    );
    let at = at.parse().unwrap();
    let signed = secrets
        .iter()
        .map(|secret| secret.sign(id, at, &message.body).unwrap());
    signed.collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn a_change_arrives_once_signed_and_says_what_the_api_says_of_its_slot() {
    let scene = Scene::new(2).await;
    let receiver = Receiver::start().await;
    scene.change(&[1]).await;
    let (_, secret) = scene.add(&receiver.url()).await;
    scene.change(&[2, 1, 2]).await;
    for _ in 0..3 {
        scene.round().await;
        scene.pass("1 hour").await;
    }
    assert_eq!(
        receiver.changes(),
        [(1, 3), (2, 2), (2, 4)],
        "what changed before the address was made is not sent, and nothing comes twice"
    );
    let message = &receiver.taken()[1];
    assert_eq!(message.header("webhook-id"), "chg_2");
    assert_eq!(
        message.header("webhook-signature"),
        signatures(message, &[&secret])
    );
    let json = message.json();
    assert_eq!(json["type"], "slot.changed");
    let data = &json["data"];
    assert_eq!(data["slot"]["nome"], "MARIA SILVA");
    assert_eq!(data["slot"]["cpf"], "***.982.247-**");
    assert_eq!(data["slot"]["tipoProcesso"], "RENOVAÇÃO");
    assert_eq!(data["fields"]["categoria"]["new"], "AB");
    let body = String::from_utf8(message.body.to_vec()).unwrap();
    assert!(!body.contains("98765"), "no telephone number: {body}");
    scene.close().await;
}

#[tokio::test]
async fn of_a_column_that_nobody_has_named_only_that_it_changed_is_told() {
    let scene = Scene::new(1).await;
    let receiver = Receiver::start().await;
    scene.add(&receiver.url()).await;
    scene
        .execute(
            r#"INSERT INTO agenda_slot_changes (slot_id, kind, fields) VALUES (1, 'changed',
               '{"celular": {"old": "11 98765-4321", "new": "11 91234-5678"}, "nome": {"old": "ANA", "new": "EVA"},
                 "rg": {"old": null, "new": "canary"}, "nascimento": {"old": "canary", "new": ""},
                 "slot_status": {"old": "available", "new": "booked"}}')"#,
        )
        .await;
    scene.round().await;
    let expected = serde_json::json!({
        "celular": {}, "nome": { "old": "ANA", "new": "EVA" }, "rg": {}, "nascimento": {},
        "slot_status": { "old": "available", "new": "booked" },
    });
    assert_eq!(receiver.taken()[0].json()["data"]["fields"], expected);
    let filter = agendad::store::listing::ChangeFilter::default();
    let listed = scene.database.store.list_changes(&filter, 9).await.unwrap();
    assert_eq!(
        listed[0].fields,
        Some(expected),
        "and so do pages and commands"
    );
    scene.close().await;
}

#[tokio::test]
async fn only_the_examiners_and_events_that_are_wanted_are_sent() {
    let scene = Scene::new(3).await;
    let (some, removals) = (Receiver::start().await, Receiver::start().await);
    scene.add_for(&some.url(), Some(&[2]), None, true).await;
    scene
        .add_for(&removals.url(), None, Some(&[ChangeKind::Removed]), true)
        .await;
    scene.change(&[1, 2, 3]).await;
    scene
        .execute("INSERT INTO agenda_slot_changes (slot_id, kind) VALUES (3, 'removed')")
        .await;
    scene.round().await;
    scene.round().await;
    assert_eq!(some.changes(), [(2, 2)]);
    assert_eq!(removals.changes(), [(3, 4)]);
    assert_eq!(removals.taken()[0].json()["type"], "slot.removed");
    scene.close().await;
}

#[tokio::test]
async fn a_receiver_that_fails_for_an_hour_gets_everything_in_order_and_other_examiners_do_not_wait()
 {
    let scene = Scene::new(2).await;
    let receiver = Receiver::start().await;
    let (id, _) = scene.add(&receiver.url()).await;
    receiver.refuse(Some(1));
    scene.change(&[1, 2, 1]).await;
    let mut waited = 0;
    while waited < 60 {
        scene.round().await;
        scene.round().await;
        scene.pass("1 minute").await;
        waited += 1;
        if waited == 30 {
            scene.change(&[1, 2]).await;
        }
    }
    assert_eq!(receiver.changes(), [(2, 2), (2, 5)], "the other examiner");
    let tries = receiver.tries();
    let mine: Vec<&Message> = tries.iter().filter(|m| m.change().0 == 1).collect();
    assert!(
        mine.iter().all(|m| m.header("webhook-id") == "chg_1"),
        "the next change waits for the one before, and the id stays"
    );
    assert!(
        (4..12).contains(&mine.len()),
        "ever longer waits: {} tries in an hour",
        mine.len()
    );
    let webhook = scene.webhook(id).await;
    assert_eq!(webhook.waiting, 1);
    assert_eq!(
        webhook.last_problem.as_deref(),
        Some("refused: HTTP 500 canary says no")
    );
    let kind = agendad::domain::Trouble::TheirOwn;
    assert_eq!(webhook.last_problem_kind, Some(kind));
    let age = scene.database.store.webhook_backlog();
    assert!((3500.0..3700.0).contains(&age.await.unwrap()));

    receiver.refuse(None);
    scene.pass("1 hour").await;
    scene.round().await;
    assert_eq!(
        receiver.changes()[2..],
        [(1, 1), (1, 3), (1, 4)],
        "then everything, in order"
    );
    assert_eq!(scene.webhook(id).await.waiting, 0);
    scene.close().await;
}

/// What an evaluation of the alerts finds wrong with webhooks.
async fn alert(scene: &Scene) -> Option<String> {
    let config = Config::from_layers(vec![layers::built_in().unwrap()]).unwrap();
    let evaluator = Evaluator::new(scene.database.store.clone(), "maquina/1234");
    scene
        .execute("UPDATE agendad_alert_evaluation SET evaluated_at = NULL")
        .await;
    let channels = Channels::of(&config).unwrap();
    evaluator.evaluate(&config, &channels).await.unwrap();
    let open = scene
        .database
        .store
        .list_alerts(false, 50, 0)
        .await
        .unwrap();
    let mut mine = open
        .into_iter()
        .filter(|a| a.rule.to_string() == "webhooks");
    mine.next().map(|alert| alert.note)
}

#[tokio::test]
async fn what_is_not_taken_for_a_day_is_given_up_told_by_an_alert_and_sent_again_by_command() {
    let scene = Scene::new(1).await;
    let receiver = Receiver::start().await;
    let (id, _) = scene.add(&receiver.url()).await;
    receiver.answer(500, None);
    scene.change(&[1, 1]).await;
    scene.round().await;
    scene.pass("23 hours").await;
    scene.change(&[1]).await;
    assert!(scene.round().await[0].failed);
    assert_eq!(alert(&scene).await, None);
    scene.pass("2 hours").await;
    let given_up: i64 = scene.round().await.iter().map(|done| done.given_up).sum();
    assert_eq!(given_up, 2, "the younger one is still news");
    assert_eq!(
        alert(&scene).await.as_deref(),
        Some("webhook 1 (sistema): 2 alterações não foram aceitas")
    );
    let store = &scene.database.store;
    let (waiting, losses) = store
        .webhook_deliveries(Some(id), Duration::from_secs(3600))
        .await
        .unwrap();
    assert_eq!((waiting.len(), waiting[0].change_id), (1, 2));
    assert_eq!((losses[0].first_change, losses[0].last_change), (1, 2));

    receiver.answer(200, None);
    let replayed = store.replay_changes(id, None, ReplayFrom::Change(1), "test");
    assert_eq!(replayed.await.unwrap(), 1);
    scene.round().await;
    assert_eq!(receiver.changes(), [(1, 1), (1, 2), (1, 3)]);
    assert_eq!(receiver.taken()[0].header("webhook-id"), "chg_1");
    assert_eq!(alert(&scene).await, None);

    scene.pass("2 hours").await;
    let (an_hour, a_day) = (Duration::from_secs(3600), Duration::from_secs(86_400));
    for (keep, left) in [(a_day, 1), (an_hour, 0)] {
        store.forget_losses(keep).await.unwrap();
        let (_, losses) = store.webhook_deliveries(Some(id), a_day).await.unwrap();
        assert_eq!(
            losses.len(),
            left,
            "those older than {keep:?} are forgotten"
        );
    }
    scene.close().await;
}

#[tokio::test]
async fn nothing_is_given_up_while_the_databases_clock_is_in_doubt() {
    let scene = Scene::new(1).await;
    let receiver = Receiver::start().await;
    scene.add(&receiver.url()).await;
    receiver.answer(500, None);
    scene.change(&[1, 1]).await;
    scene.round().await;
    scene.pass("25 hours").await;
    let deliverer = scene.deliverer().clone().that_gives_nothing_up();
    let endpoints = scene.database.store.endpoints(None).await.unwrap();
    let claim = deliverer.claim(&endpoints[0], &scene.config).await.unwrap();
    let stop = CancellationToken::new();
    let done = deliverer.deliver(&endpoints[0], claim.unwrap(), &scene.config, &stop);
    let done = done.await.unwrap();
    assert!(done.failed && done.given_up == 0, "{done:?}");

    receiver.answer(200, None);
    scene.pass("2 hours").await;
    scene.round().await;
    assert_eq!(receiver.changes(), [(1, 1), (1, 2)]);
    scene.close().await;
}

#[tokio::test]
async fn what_a_dead_process_was_delivering_is_delivered_by_the_next_and_never_by_two_at_once() {
    let scene = Scene::new(1).await;
    let receiver = Receiver::start().await;
    scene.add(&receiver.url()).await;
    scene.change(&[1]).await;
    let store = &scene.database.store;
    let endpoint = store.endpoints(None).await.unwrap().remove(0);
    scene.note(&endpoint).await;
    let claim = scene.deliverer().claim(&endpoint, &scene.config);
    let claim = claim.await.unwrap().expect("a change is due");
    // It dies here, or seems to.
    assert_eq!(scene.round().await, [], "somebody delivers it");
    scene.pass("1 minute").await;
    assert_eq!(scene.round().await.len(), 1);
    assert_eq!(receiver.changes(), [(1, 1)]);
    // It wakes up late: what it says is out of date.
    let lease = Duration::from_secs(30);
    let holds = store.change_taken(&claim, 1, None, lease).await.unwrap();
    assert!(!holds, "the claim is lost");
    assert_eq!(scene.webhook(endpoint.id).await.waiting, 0);
    scene.close().await;
}

#[tokio::test]
async fn a_stop_lets_go_between_two_changes_and_the_next_process_goes_on() {
    let scene = Scene::new(1).await;
    let receiver = Receiver::start().await;
    scene.add(&receiver.url()).await;
    scene.change(&[1, 1]).await;
    let endpoint = scene
        .database
        .store
        .endpoints(None)
        .await
        .unwrap()
        .remove(0);
    scene.note(&endpoint).await;
    let claim = scene.deliverer().claim(&endpoint, &scene.config);
    let (claim, stop) = (claim.await.unwrap().unwrap(), CancellationToken::new());
    stop.cancel();
    let done = scene
        .deliverer()
        .deliver(&endpoint, claim, &scene.config, &stop);
    assert_eq!(done.await.unwrap().taken, 0);
    scene.round().await;
    assert_eq!(receiver.changes(), [(1, 1), (1, 2)]);
    scene.close().await;
}

#[tokio::test]
async fn a_name_that_leads_into_the_local_network_is_refused_unless_that_is_allowed() {
    let scene = Scene::new(1).await;
    let receiver = Receiver::start().await;
    let port = receiver.address.port();
    let of_name = format!("https://localhost:{port}/");
    let (by_name, _) = scene.add_for(&of_name, None, None, false).await;
    let of_number = format!("https://127.0.0.1:{port}/");
    let (by_number, _) = scene.add_for(&of_number, None, None, false).await;
    let (plain, _) = scene
        .add_for("http://example.com/", None, None, false)
        .await;
    scene.change(&[1]).await;
    scene.round().await;
    for id in [by_name, by_number] {
        let problem = scene.webhook(id).await.last_problem.unwrap();
        assert!(problem.contains("private network"), "{problem}");
    }
    let problem = scene.webhook(plain).await.last_problem.unwrap();
    assert!(problem.contains("https://"), "{problem}");
    assert_eq!(receiver.tries().len(), 0);
    scene.close().await;
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_a_rest_that_is_asked_for_is_kept_for_all_examiners() {
    let scene = Scene::new(2).await;
    let (receiver, elsewhere) = (Receiver::start().await, Receiver::start().await);
    let (id, _) = scene.add(&receiver.url()).await;
    receiver.answer(302, Some(("location", elsewhere.url())));
    scene.change(&[1]).await;
    assert!(scene.round().await[0].failed);
    assert_eq!(elsewhere.tries().len(), 0);
    receiver.answer(429, Some(("retry-after", "600".to_owned())));
    scene.pass("1 minute").await;
    assert!(scene.round().await[0].failed);
    receiver.answer(200, None);
    scene.change(&[2]).await;
    scene.pass("9 minutes").await;
    assert_eq!(scene.round().await, []);
    scene.pass("1 minute").await;
    scene.round().await;
    assert_eq!(receiver.changes().len(), 2);
    assert_eq!(scene.webhook(id).await.waiting, 0);
    scene.close().await;
}

#[tokio::test]
async fn an_address_that_is_gone_is_disabled_told_and_goes_on_where_it_stopped() {
    let scene = Scene::new(1).await;
    let receiver = Receiver::start().await;
    let (id, _) = scene.add(&receiver.url()).await;
    receiver.answer(410, None);
    scene.change(&[1]).await;
    scene.round().await;
    scene.pass("1 hour").await;
    assert_eq!(scene.round().await, [], "nothing is sent any more");
    assert_eq!(
        scene.webhook(id).await.disabled_because,
        Some(agendad::domain::DisabledBecause::Gone)
    );
    let told = alert(&scene).await.unwrap();
    assert!(told.contains("410"), "{told}");
    scene.change(&[1]).await;
    receiver.answer(200, None);
    let enabled = scene.database.store.enable_webhook(id, "test");
    assert!(enabled.await.unwrap());
    scene.round().await;
    assert_eq!(receiver.changes(), [(1, 1), (1, 2)]);
    assert_eq!(alert(&scene).await, None);
    scene.close().await;
}

#[tokio::test]
async fn an_answer_that_the_database_cannot_hold_is_recorded_like_any_other() {
    for (encoding, said) in [
        ("UTF8", "refused: HTTP 503 Indisponível – \u{2192} já"),
        ("LATIN1", "refused: HTTP 503 Indisponível - -> já"),
    ] {
        let database = TestDatabase::encoded(encoding).await;
        database.store.migrate().await.unwrap();
        let scene = Scene::on(database, 1).await;
        let receiver = Receiver::start().await;
        let (id, _) = scene.add(&receiver.url()).await;
        receiver.say("\0Indisponível – \u{2192}\u{fffd}\u{1b} já\0");
        receiver.answer(503, Some(("retry-after", "1800".to_owned())));
        scene.change(&[1]).await;
        scene.round().await;
        let webhook = scene.webhook(id).await;
        assert_eq!(webhook.last_problem.as_deref(), Some(said));
        let resting = "SELECT count(*) FROM agendad_webhooks WHERE rests_until > now()";
        assert_eq!(scene.database.count(resting).await, 1);
        assert_eq!(scene.round().await, [], "{encoding}: it is left alone");
        receiver.answer(410, None);
        scene.pass("2 hours").await;
        scene.round().await;
        let gone = scene.webhook(id).await.disabled_because;
        assert_eq!(gone, Some(agendad::domain::DisabledBecause::Gone));
        scene.close().await;
    }
}

#[tokio::test]
async fn a_rotation_signs_with_both_secrets_until_it_is_over() {
    let scene = Scene::new(1).await;
    let receiver = Receiver::start().await;
    let (id, old) = scene.add(&receiver.url()).await;
    let new = Secret::random().unwrap();
    let purpose = agendad::vault::Purpose::Webhook;
    let sealed = scene.vault.seal(purpose, id, new.shown()).unwrap();
    let day = Duration::from_secs(24 * 3600);
    let rotated = scene
        .database
        .store
        .rotate_webhook(id, &sealed, day, "test");
    assert!(rotated.await.unwrap());
    scene.change(&[1]).await;
    scene.round().await;
    scene.pass("25 hours").await;
    scene.change(&[1]).await;
    scene.round().await;
    let taken = receiver.taken();
    assert_eq!(
        taken[0].header("webhook-signature"),
        signatures(&taken[0], &[&new, &old])
    );
    assert_eq!(
        taken[1].header("webhook-signature"),
        signatures(&taken[1], &[&new])
    );
    scene.close().await;
}
