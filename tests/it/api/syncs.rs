//! `POST /api/detran/sincronizar`, as the earlier system's front end calls it.
#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

use std::time::Duration;

use agendad::credentials;
use agendad::simulator::{Fault, FaultKind, Place};
use chrono::Days;
use reqwest::Method;
use serde_json::json;

use crate::http::client::{Client, SYNC, serving, world, world_with};
use crate::support::World;

#[tokio::test]
async fn a_sync_answers_as_the_earlier_front_end_expects() {
    let world = world(1).await;
    serving(&world, async |client: Client| {
        let client = client.user(world.users[0]);
        let answer = client.post(SYNC, &json!({ "useImproved": true })).await;
        let slots = world.truth(0).len();
        let today = world.app.syncer.clock.today();
        assert_eq!(answer.status, 200, "{answer:?}");
        let data = &answer.body["data"];
        assert_eq!(answer.body["success"], true);
        assert_eq!(
            answer.body["message"],
            format!("Sincronização concluída: {slots} inseridos, 0 atualizados, 0 removidos")
        );
        assert_eq!(data["totals"]["inserted"], slots);
        assert_eq!(data["window"]["start"], today.to_string());
        assert_eq!(data["window"]["end"], (today + Days::new(14)).to_string());
        let run = data["runId"].as_i64().unwrap();
        assert_eq!(world.stored(0).await, world.truth(0));
        let (origin, audited) = recorded(&world, run).await;
        assert_eq!(origin, "api");
        assert_eq!(audited, format!("api:user:{}", world.users[0]));

        // The same in the query, without a body; texts for truth values; one day only.
        let path = format!("{SYNC}?useImproved=true&windowStart={today}&windowEnd={today}");
        let answer = crate::http::client::send(client.request(Method::POST, &path)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.body["data"]["window"]["end"], today.to_string());
        let answer = client
            .post(
                SYNC,
                &json!({ "useImproved": "true", "windowStart": today }),
            )
            .await;
        assert_eq!(answer.status, 200, "{answer:?}");
    })
    .await;
    world.close().await;
}

async fn recorded(world: &World, run: i64) -> (String, String) {
    sqlx::query_as(
        "SELECT r.origin, a.actor FROM agenda_sync_runs r
         JOIN agendad_audit a ON a.action = 'sync' AND (a.details ->> 'run')::bigint = r.id WHERE r.id = $1",
    )
    .bind(run)
    .fetch_one(&world.database.pool)
    .await
    .unwrap()
}

#[tokio::test]
async fn what_is_asked_for_wrongly_is_refused_before_anything_happens() {
    let world = world(1).await;
    serving(&world, async |client: Client| {
        let client = client.user(world.users[0]);
        let before = world.simulator.stats().requests;
        for (body, word) in [
            (json!({ "useImproved": false }), "useImproved"),
            (json!({ "useImproved": "yes" }), "useImproved"),
            (json!({ "windowStart": "24/11/2026" }), "windowStart"),
            (json!({ "windowStart": "2026-02-30" }), "windowStart"),
            (json!({ "windowEnd": "2026-1-5" }), "windowEnd"),
            (json!({ "windowEnd": 20_261_124 }), "windowEnd"),
            (
                json!({ "windowStart": "2030-01-02", "windowEnd": "2030-01-01" }),
                "windowStart",
            ),
            (
                json!({ "windowStart": "2030-01-01", "windowEnd": "2030-03-02" }),
                "61 dias",
            ),
            (json!({ "windowEnd": "9999-12-31" }), "dias"),
            (json!({ "usuarioId": "1 OR 1=1" }), "usuarioId"),
            (json!({ "usuarioId": 99_999_999_999_i64 }), "usuarioId"),
            (json!({ "usuarioId": 0 }), "usuarioId"),
            (json!({ "usuarioId": 1.5 }), "usuarioId"),
            (json!({ "windowStart": { "$gt": "" } }), "windowStart"),
            (json!([]), "JSON"),
            (json!("x"), "JSON"),
        ] {
            let answer = client.post(SYNC, &body).await;
            answer.expect(400, "input");
            let message = answer.body["error"].as_str().unwrap();
            assert!(message.contains(word), "{body}: {message}");
        }
        for query in [
            "?windowStart=1&windowStart=2",
            "?async=maybe",
            "?windowEnd=%00",
            "?useImproved=false",
        ] {
            client
                .post(&format!("{SYNC}{query}"), &json!({}))
                .await
                .expect(400, "input");
        }
        let broken = client.request(Method::POST, SYNC).body("{\"windowStart\":");
        crate::http::client::send(broken).await.expect(400, "input");
        assert_eq!(world.simulator.stats().requests, before);
        assert_eq!(
            world.count("SELECT count(*) FROM agenda_sync_runs").await,
            0
        );
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn in_the_background_the_run_exists_when_the_answer_comes() {
    let world = world(1).await;
    serving(&world, async |client: Client| {
        let client = client.user(world.users[0]);
        let answer = client.post(&format!("{SYNC}?async=true"), &json!({})).await;
        assert_eq!(answer.status, 202, "{answer:?}");
        let run = answer.body["data"]["runId"].as_i64().unwrap();
        let poll = format!("/api/detran/runs/{run}");
        assert_eq!(answer.body["data"]["poll"], poll);
        assert_eq!(answer.headers["location"].to_str().unwrap(), poll);
        loop {
            let answer = client.get(&poll).await;
            assert_eq!(answer.status, 200, "{answer:?}");
            match answer.body["data"]["status"].as_str().unwrap() {
                "running" => tokio::task::yield_now().await,
                status => break assert_eq!(status, "success"),
            }
        }
        assert_eq!(world.stored(0).await, world.truth(0));
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn a_client_that_hangs_up_does_not_cancel_and_a_stop_waits() {
    let world = world(1).await;
    world
        .simulator
        .inject(Fault::always(FaultKind::Latency(Duration::from_millis(
            200,
        ))));
    serving(&world, async |client: Client| {
        let client = client.user(world.users[0]);
        let ask = client.clone();
        let mut impatient = tokio::task::JoinSet::new();
        impatient.spawn(async move { ask.post(SYNC, &json!({})).await });
        let status =
            async || client.get("/api/detran/runs").await.body["data"][0]["status"].clone();
        while status().await.is_null() {
            tokio::task::yield_now().await;
        }
        impatient.shutdown().await;
        assert_eq!(status().await, "running");
        // The daemon is stopped now; it lets the run finish.
    })
    .await;
    assert_eq!(world.stored(0).await, world.truth(0));
    let done = "SELECT count(*) FROM agenda_sync_runs WHERE status = 'success'";
    assert_eq!(world.count(done).await, 1);
    world.close().await;
}

#[tokio::test]
async fn a_stop_ends_a_run_that_outlasts_the_grace_and_its_client_is_told() {
    let world = world_with(1, |config| {
        config.shutdown.grace = Duration::from_secs(6);
    })
    .await;
    world
        .simulator
        .inject(Fault::always(FaultKind::Latency(Duration::from_secs(20))));
    let answer = std::sync::Mutex::new(None);
    let waiting = std::sync::Mutex::new(None);
    serving(&world, async |client: Client| {
        let client = client.user(world.users[0]);
        let ask = client.clone();
        let mut tasks = tokio::task::JoinSet::new();
        tasks.spawn(async move { ask.post(SYNC, &json!({})).await });
        while client.get("/api/detran/runs").await.body["data"][0].is_null() {
            tokio::task::yield_now().await;
        }
        *waiting.lock().unwrap() = Some(tasks);
    })
    .await;
    let mut tasks = waiting.lock().unwrap().take().unwrap();
    *answer.lock().unwrap() = tasks.join_next().await;
    let answer = answer.lock().unwrap().take().unwrap().unwrap();
    answer.expect(503, "cancelled");
    assert_eq!(
        world
            .count("SELECT count(*) FROM agenda_sync_runs WHERE status = 'failed'")
            .await,
        1
    );
    world.close().await;
}

#[tokio::test]
async fn one_sync_an_examiner_and_so_many_in_all() {
    let world = world_with(3, |config| config.http.max_syncs = 2).await;
    world
        .simulator
        .inject(Fault::always(FaultKind::Latency(Duration::from_millis(
            100,
        ))));
    serving(&world, async |client: Client| {
        let path = format!("{SYNC}?async=true");
        let ask = async |index: usize| {
            client
                .user(world.users[index])
                .post(&path, &json!({}))
                .await
        };
        assert_eq!(ask(0).await.status, 202);
        ask(0).await.expect(409, "busy");
        assert_eq!(ask(1).await.status, 202);
        let refused = ask(2).await;
        refused.expect(503, "too_many_syncs");
        assert!(refused.headers.contains_key("retry-after"));
    })
    .await;
    assert_eq!(
        world
            .count("SELECT count(*) FROM agenda_sync_runs WHERE status = 'success'")
            .await,
        2
    );
    world.close().await;
}

#[tokio::test]
async fn every_failure_has_its_status_its_code_and_a_sentence_in_portuguese() {
    let world = world_with(1, |config| {
        config.retry.max_retries = 0;
        config.portal.breaker.failures = 0;
        config.portal.request_timeout = Duration::from_secs(3);
    })
    .await;
    // A password that was never accepted is condemned by whatever strange answer it gets.
    world.sync(0).await;
    serving(&world, async |client: Client| {
        let client = client.user(world.users[0]);
        let status = |code| FaultKind::Status {
            code,
            retry_after: None,
        };
        let table = [
            (status(503), 503, "unavailable"),
            (FaultKind::Reset, 503, "network"),
            (FaultKind::Maintenance, 503, "unavailable"),
            (FaultKind::Latency(Duration::from_secs(30)), 504, "timeout"),
            (FaultKind::Layout, 422, "layout"),
            (FaultKind::Captcha, 409, "captcha"),
        ];
        for (fault, status, code) in table {
            world.simulator.expire_sessions(None);
            let place = if fault == FaultKind::Captcha {
                Place::Login
            } else {
                Place::Any
            };
            world.simulator.inject(Fault::always(fault).at(place));
            let answer = client.post(SYNC, &json!({})).await;
            answer.expect(status, code);
            assert!(answer.body["runId"].is_i64(), "{answer:?}");
            assert!(answer.body["error"].as_str().unwrap().ends_with('.'));
            world.simulator.clear_faults();
        }
        // The CAPTCHA has paused the account: the same answer, and no request.
        let before = world.simulator.stats().requests;
        client.post(SYNC, &json!({})).await.expect(409, "captcha");
        assert_eq!(world.simulator.stats().requests, before);
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn a_refused_password_is_tried_once_however_often_it_is_asked_for() {
    let world = world(1).await;
    world.simulator.set_password(0, "another").unwrap();
    serving(&world, async |client: Client| {
        let client = client.user(world.users[0]);
        for _ in 0..3 {
            let answer = client.post(SYNC, &json!({})).await;
            answer.expect(401, "auth");
        }
        assert_eq!(world.simulator.stats().login_refusals, 1);
        let (store, vault) = (&world.database.store, &world.app.syncer.vault);
        credentials::resume_with_same_password(store, vault, world.users[0], "test")
            .await
            .unwrap();
        world
            .database
            .store
            .pause_account(world.users[0], "test")
            .await
            .unwrap();
        client.post(SYNC, &json!({})).await.expect(409, "paused");
        world
            .database
            .store
            .set_active(world.users[0], false)
            .await
            .unwrap();
        client.post(SYNC, &json!({})).await.expect(409, "inactive");
        assert_eq!(world.simulator.stats().login_refusals, 1);
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn some_days_are_better_than_none_and_the_answer_says_so() {
    let world = world_with(1, |config| config.retry.max_retries = 0).await;
    world
        .simulator
        .inject(Fault::next(FaultKind::Layout, 1).at(Place::Result));
    serving(&world, async |client: Client| {
        let answer = client.user(world.users[0]).post(SYNC, &json!({})).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.body["data"]["status"], "partial");
        assert_eq!(answer.body["data"]["problem"]["code"], "layout");
        assert!(answer.body["data"]["problem"]["technical"].is_null());
        let message = answer.body["message"].as_str().unwrap();
        assert!(message.starts_with("Sincronização parcial: "), "{message}");
        assert!(message.ends_with("; 1 dia não pôde ser lido"), "{message}");

        let run = answer.body["data"]["runId"].as_i64().unwrap();
        let path = format!("/api/detran/runs/{run}");
        let mine = client.user(world.users[0]).get(&path).await;
        assert_eq!(mine.body["data"]["days"].as_array().unwrap().len(), 1);
        assert!(mine.body["data"]["details"].is_null());
        let operators = client.operator().get(&path).await;
        assert_eq!(operators.body["data"]["details"]["kind"], "layout");
    })
    .await;
    world.close().await;
}
