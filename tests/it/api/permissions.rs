//! Who may do what for whom.

use agendad::simulator::{Fault, FaultKind};
use reqwest::Method;
use serde_json::json;

use crate::http::client::{ACCOUNT, Client, SYNC, serving, world};

const LISTS: [&str; 3] = ["/api/detran/runs", "/api/detran/slots", "/api/detran/stats"];

#[tokio::test]
async fn an_examiner_sees_and_starts_his_own_and_nothing_else() {
    let world = world(2).await;
    serving(&world, async |client: Client| {
        let (a, b) = (world.users[0], world.users[1]);
        let (mine, theirs) = (client.user(a), client.user(b));
        let ran = theirs.post(SYNC, &json!({})).await;
        let run = ran.body["data"]["runId"].as_i64().unwrap();
        let before = world.simulator.stats().requests;

        let other = json!({ "usuarioId": b });
        mine.post(SYNC, &other).await.expect(403, "forbidden");
        mine.post(&format!("{SYNC}?usuarioId={b}"), &json!({ "usuarioId": a }))
            .await
            .expect(403, "forbidden");
        mine.get(&format!("/api/detran/runs/{run}"))
            .await
            .expect(404, "not_found");
        for path in LISTS.into_iter().chain([ACCOUNT]) {
            mine.get(&format!("{path}?usuarioId={b}"))
                .await
                .expect(403, "forbidden");
        }
        mine.put(
            &format!("{ACCOUNT}?usuarioId={b}"),
            &json!({ "ativo": false }),
        )
        .await
        .expect(403, "forbidden");
        for path in LISTS {
            assert_eq!(mine.get(path).await.body["data"], json!([]), "{path}");
            assert_ne!(theirs.get(path).await.body["data"], json!([]), "{path}");
        }
        assert_eq!(world.simulator.stats().requests, before);
        assert_eq!(
            mine.get(&format!("{ACCOUNT}?usuarioId={a}")).await.status,
            200
        );
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn administrators_and_operators_may_name_an_examiner() {
    let world = world(2).await;
    serving(&world, async |client: Client| {
        let (a, b) = (world.users[0], world.users[1]);
        let administrator = client.administrator(a);
        let ran = administrator.post(SYNC, &json!({ "usuarioId": b })).await;
        assert_eq!(ran.status, 200, "{ran:?}");
        let run = ran.body["data"]["runId"].as_i64().unwrap();
        for who in [&administrator, &client.operator()] {
            let answer = who.get(&format!("/api/detran/runs/{run}")).await;
            assert_eq!(answer.body["data"]["usuarioId"], b);
            let path = format!("/api/detran/slots?usuarioId={b}");
            assert_eq!(
                who.get(&path).await.body["data"].as_array().unwrap().len(),
                world.truth(1).len()
            );
            assert_eq!(
                who.get(&format!("{ACCOUNT}?usuarioId={b}")).await.body["data"]["usuarioId"],
                b
            );
        }
        // Without a name: an administrator means themself, an operator must say whom.
        assert_eq!(
            administrator.get("/api/detran/slots").await.body["data"],
            json!([])
        );
        client
            .operator()
            .post(SYNC, &json!({}))
            .await
            .expect(400, "input");
        client.operator().get(ACCOUNT).await.expect(400, "input");
        assert_ne!(
            client.operator().get("/api/detran/slots").await.body["data"],
            json!([])
        );
        let nobody = json!({ "usuarioId": 999_999 });
        client
            .operator()
            .post(SYNC, &nobody)
            .await
            .expect(404, "no_account");
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn a_user_who_is_gone_or_switched_off_or_demoted_is_believed_no_more() {
    let world = world(2).await;
    serving(&world, async |client: Client| {
        let (a, b) = (world.users[0], world.users[1]);
        client.user(999_999).get(ACCOUNT).await.expect(401, "token");
        let sql = async |sql: &'static str| {
            sqlx::query(sql)
                .bind(a)
                .execute(&world.database.pool)
                .await
                .unwrap();
        };
        sql("UPDATE usuarios SET ativo = FALSE WHERE id = $1").await;
        client.user(a).get(ACCOUNT).await.expect(403, "forbidden");
        sql("UPDATE usuarios SET ativo = TRUE WHERE id = $1").await;
        assert_eq!(client.user(a).get(ACCOUNT).await.status, 200);

        // Where the application keeps profiles, they outweigh the token.
        let path = format!("{ACCOUNT}?usuarioId={b}");
        assert_eq!(client.administrator(a).get(&path).await.status, 200);
        sql("UPDATE usuarios SET perfil = 'perito' WHERE id = $1").await;
        client
            .administrator(a)
            .get(&path)
            .await
            .expect(403, "forbidden");
        sql("UPDATE usuarios SET perfil = 'administrador' WHERE id = $1").await;
        assert_eq!(client.user(a).get(&path).await.status, 200);
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn every_route_of_the_description_demands_a_token() {
    let world = world(1).await;
    serving(&world, async |client: Client| {
        let description = client.get("/api/openapi.json").await.body;
        assert!(description["openapi"].as_str().unwrap().starts_with("3.1"));
        let mut seen = Vec::new();
        for (path, item) in description["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let open = operation["security"] == json!([{}]);
                let path = path.replace("{id}", "1");
                let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
                let answer = crate::http::client::send(client.request(method.clone(), &path)).await;
                if path.contains("{token}") {
                    // The address is the secret, and this is none.
                    assert_eq!((open, answer.status.as_u16()), (true, 404), "{path}");
                } else if open {
                    assert_eq!(answer.status, 200, "{method} {path}");
                } else {
                    answer.expect(401, "token");
                    assert_eq!(answer.headers["www-authenticate"], "Bearer");
                }
                seen.push(format!("{method} {path}"));
            }
        }
        seen.sort();
        assert_eq!(
            seen,
            [
                "DELETE /api/detran/calendario",
                "GET /api/detran/calendario",
                "GET /api/detran/configuracao",
                "GET /api/detran/runs",
                "GET /api/detran/runs/1",
                "GET /api/detran/slots",
                "GET /api/detran/stats",
                "GET /calendar/{token}.ics",
                "GET /healthz",
                "GET /metrics",
                "GET /planilha/{token}.csv",
                "GET /readyz",
                "POST /api/detran/calendario",
                "POST /api/detran/sincronizar",
                "PUT /api/detran/configuracao",
            ]
        );
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn no_answer_shows_a_whole_cpf_or_a_secret() {
    let world = world(1).await;
    world
        .simulator
        .inject(Fault::next(FaultKind::Layout, 1).at(agendad::simulator::Place::Result));
    serving(&world, async |client: Client| {
        let user = world.users[0];
        client.user(user).post(SYNC, &json!({})).await;
        let examiner = world.simulator.examiners()[0].clone();
        let mut cpfs: Vec<String> = world
            .truth(0)
            .iter()
            .map(|line| line.split('|').nth(3).unwrap().to_owned())
            .collect();
        cpfs.push(examiner.cpf.clone());
        for who in [client.user(user), client.operator()] {
            for path in LISTS.into_iter().chain([
                ACCOUNT,
                "/api/detran/runs/1",
                "/readyz",
                "/api/openapi.json",
            ]) {
                let path = format!("{path}?usuarioId={user}");
                let text = who.get(&path).await.body.to_string();
                for cpf in &cpfs {
                    let digits: String = cpf.chars().filter(char::is_ascii_digit).collect();
                    assert!(!text.contains(cpf) && !text.contains(&digits), "{path}");
                }
                assert!(!text.contains(&examiner.senha), "{path}");
            }
        }
    })
    .await;
    world.close().await;
}
