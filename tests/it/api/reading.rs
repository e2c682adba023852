//! `GET /api/detran/runs`, `/slots` and `/stats`; health.

use chrono::Days;
use serde_json::json;

use crate::http::client::{Client, SYNC, serving, world};

#[tokio::test]
async fn slots_runs_and_statistics_tell_what_the_syncs_did() {
    let world = world(1).await;
    serving(&world, async |client: Client| {
        let client = client.user(world.users[0]);
        client.post(SYNC, &json!({})).await;
        let slots = client.get("/api/detran/slots").await.body;
        let slots = slots["data"].as_array().unwrap().clone();
        assert_eq!(slots.len(), world.truth(0).len());
        assert!(
            slots
                .iter()
                .all(|slot| slot["cpf"].as_str().unwrap().starts_with("***."))
        );

        let gone = world.simulator.agenda(0)[0].clone();
        let key = gone.key();
        world.simulator.cancel(0, &key).unwrap();
        let answer = client.post(SYNC, &json!({})).await;
        assert_eq!(answer.body["data"]["totals"]["removed"], 1, "{answer:?}");
        let removed = client.get("/api/detran/slots?removed=true").await.body;
        assert_eq!(removed["data"].as_array().unwrap().len(), 1);
        assert_eq!(removed["data"][0]["status"], "removed");
        let day = gone.date;
        let of_the_day = client
            .get(&format!(
                "/api/detran/slots?windowStart={day}&windowEnd={day}"
            ))
            .await
            .body;
        let of_the_day = of_the_day["data"].as_array().unwrap().len();
        assert!(of_the_day > 0 && of_the_day < slots.len());

        let days = client.get("/api/detran/slots").await.body;
        let days = days["dias"].as_array().unwrap().clone();
        assert_eq!(days.len(), 15);
        for day in &days {
            let (listed, state) = (day["horarios"].as_i64().unwrap() > 0, &day["estado"]);
            assert_eq!(state, if listed { "lido" } else { "vazio" }, "{day}");
            let phrase = day["frase"].as_str().unwrap();
            assert!(phrase.contains("lido às "), "{day}");
            assert!(
                day["lidoEm"].is_string() && day["motivo"].is_null(),
                "{day}"
            );
        }
        // Long past ones come when they are asked for.
        world
            .execute("UPDATE agenda_slots SET data = data - 400 WHERE id = (SELECT min(id) FROM agenda_slots WHERE is_current)")
            .await;
        let from_today = client.get("/api/detran/slots").await.body;
        let from_today = from_today["data"].as_array().unwrap().len();
        let ever = client.get("/api/detran/slots?windowStart=2020-01-01").await;
        assert_eq!(ever.body["data"].as_array().unwrap().len(), from_today + 1);
        let all = client.operator().get("/api/detran/slots").await.body;
        assert!(all.get("dias").is_none(), "of one examiner only: {all}");

        let runs = client
            .get("/api/detran/runs?limit=1&status=success")
            .await
            .body;
        assert_eq!(runs["data"].as_array().unwrap().len(), 1);
        assert_eq!(runs["data"][0]["totals"]["removed"], 1);
        // What was cut off says so.
        assert_eq!(runs["mais"], true, "{runs}");
        let runs = client.get("/api/detran/runs?limit=2").await.body;
        assert_eq!(runs["mais"], false, "{runs}");
        for (limit, more) in [(from_today - 1, true), (from_today, false)] {
            let path = format!("/api/detran/slots?limit={limit}");
            let body = client.get(&path).await.body;
            assert_eq!(body["data"].as_array().unwrap().len(), limit);
            assert_eq!(body["mais"], more, "{path}");
        }
        world
            .database
            .execute(&format!(
                "INSERT INTO agenda_slots (usuario_id, data, hora, external_uid, payload, uid_version)
                 SELECT {}, '2199-11-24', '14:00', 'many' || n, '{{}}', 1 FROM generate_series(1, 1000) n",
                world.users[0]
            ))
            .await;
        let many = client.get("/api/detran/slots").await.body;
        assert_eq!(many["data"].as_array().unwrap().len(), 1000);
        assert_eq!(many["mais"], true);
        world.execute("DELETE FROM agenda_slots WHERE external_uid LIKE 'many%'").await;
        let stats = client.get("/api/detran/stats?days=1").await.body;
        assert_eq!(stats["data"][0]["runs"], 2);
        assert_eq!(stats["data"][0]["success"], 2);
        assert_eq!(stats["data"][0]["removed"], 1);
        assert_eq!(stats["data"][0]["inserted"], slots.len());
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn a_last_day_alone_means_from_today_unless_it_is_past() {
    let world = world(1).await;
    world.sync(0).await;
    world
        .execute("UPDATE agenda_slots SET data = data - 400 WHERE id = (SELECT min(id) FROM agenda_slots)")
        .await;
    let all = world.count("SELECT count(*) FROM agenda_slots").await;
    let yesterday = (world.app.syncer.clock.today() - Days::new(1)).to_string();
    serving(&world, async |client: Client| {
        let client = client.user(world.users[0]);
        for (last, slots) in [("2199-01-01", all - 1), (yesterday.as_str(), 1)] {
            let path = format!("/api/detran/slots?windowEnd={last}");
            let body = client.get(&path).await.body;
            let listed = body["data"].as_array().unwrap().len();
            assert_eq!(i64::try_from(listed).unwrap(), slots, "{path}");
        }
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn the_runs_behind_those_of_an_answer_are_asked_for_by_its_last_one() {
    let world = world(2).await;
    let [mine, other] = world.users[..] else {
        panic!("two examiners")
    };
    // Two began at once, a later one has the lower number, and the earlier system left two without a start.
    world
        .execute(&format!(
            "INSERT INTO agenda_sync_runs (id, usuario_id, window_start, window_end, status, started_at, finished_at)
             SELECT id, CASE WHEN id = 106 THEN {other} ELSE {mine} END, CURRENT_DATE, CURRENT_DATE,
                    CASE WHEN id = 104 THEN 'failed' ELSE 'success' END, now() - past, now()
             FROM (VALUES (101, NULL), (102, interval '1 hour'), (103, interval '3 hours'), (104, interval '2 hours'),
                          (105, interval '2 hours'), (106, interval '90 minutes'), (107, NULL)) v (id, past)"
        ))
        .await;
    serving(&world, async |client: Client| {
        let (user, operator) = (client.user(mine), client.operator());
        let pages = async |client: &Client, query: &str| {
            let (mut ids, mut before) = (Vec::new(), String::new());
            loop {
                let path = format!("/api/detran/runs?limit=2{query}{before}");
                let body = client.get(&path).await.body;
                let page = body["data"].as_array().unwrap();
                ids.extend(page.iter().map(|run| run["id"].as_i64().unwrap()));
                if body["mais"] == false {
                    return ids;
                }
                before = format!("&antes={}", ids.last().unwrap());
            }
        };
        assert_eq!(pages(&user, "").await, [102, 105, 104, 103, 107, 101]);
        let good = [102, 105, 103, 107, 101];
        assert_eq!(pages(&user, "&status=success").await, good);
        let all = [102, 106, 105, 104, 103, 107, 101];
        assert_eq!(pages(&operator, "").await, all);
        // Behind a run of somebody else, or that is gone, there is nothing.
        for before in [106, 4711] {
            let path = format!("/api/detran/runs?antes={before}");
            let body = user.get(&path).await.body;
            assert_eq!((&body["data"], &body["mais"]), (&json!([]), &json!(false)));
        }
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn wrong_filters_are_refused() {
    let world = world(1).await;
    serving(&world, async |client: Client| {
        let client = client.user(world.users[0]);
        for path in [
            "/api/detran/runs?limit=0",
            "/api/detran/runs?limit=201",
            "/api/detran/runs?antes=0",
            "/api/detran/runs?antes=9223372036854775808",
            "/api/detran/runs?antes=-1",
            "/api/detran/runs?status=ok",
            "/api/detran/runs?status='%20OR%20''='",
            "/api/detran/runs/abc",
            "/api/detran/runs/99999999999999999999",
            "/api/detran/slots?limit=1001",
            "/api/detran/slots?removed=sim",
            "/api/detran/slots?windowStart=hoje",
            "/api/detran/slots?windowStart=2030-01-02&windowEnd=2030-01-01",
            "/api/detran/stats?days=367",
            "/api/detran/stats?usuarioId=1;DROP%20TABLE%20usuarios",
            "/api/detran/slots?usuarioId=%00",
            "/api/detran/slots?windowStart=-5000-01-01",
            "/api/detran/slots?windowStart=262143-01-01",
            "/api/detran/slots?windowEnd=%00",
            "/api/detran/slots?removed=%00",
            "/api/detran/slots?limit=1&limit=2",
            "/api/detran/runs?status=%00",
            "/api/detran/runs/%FF",
            "/api/detran/stats?days=%00",
        ] {
            client.get(path).await.expect(400, "input");
        }
        client
            .get("/api/detran/runs/999999")
            .await
            .expect(404, "not_found");
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn without_a_database_the_process_is_alive_and_not_ready() {
    let world = world(1).await;
    serving(&world, async |client: Client| {
        assert_eq!(client.get("/readyz").await.status, 200);
        world.app.database.store.pool().close().await;
        assert_eq!(client.get("/healthz").await.status, 200);
        assert_eq!(client.get("/readyz").await.status, 503);
        client
            .user(world.users[0])
            .get("/api/detran/runs")
            .await
            .expect(503, "database");
        client
            .operator()
            .get("/api/detran/stats")
            .await
            .expect(503, "database");
    })
    .await;
    world.close().await;
}
