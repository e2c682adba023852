//! `GET` and `PUT /api/detran/configuracao`.

use std::time::Duration;

use agendad::domain::{Cpf, WorkingDays};
use serde_json::json;

use crate::http::client::{ACCOUNT, Client, SYNC, serving, world};
use crate::support::eventually;

#[tokio::test]
async fn an_account_is_shown_without_its_password_and_changed_field_by_field() {
    let world = world(1).await;
    serving(&world, async |client: Client| {
        let client = client.user(world.users[0]);
        let shown = client.get(ACCOUNT).await;
        let data = &shown.body["data"];
        assert_eq!(data["temSenha"], true);
        assert_eq!(data["pausa"], json!(null));
        assert!(data["cpf"].as_str().unwrap().starts_with("***."), "{shown:?}");
        assert!(!shown.body.to_string().contains("v1."));

        let change = json!({ "diasTrabalho": ["terca", "sexta"], "sincronizacaoAutomatica": false, "janelas": ["near"] });
        let changed = client.put(ACCOUNT, &change).await;
        assert_eq!(changed.status, 200, "{changed:?}");
        let data = &changed.body["data"];
        assert_eq!(data["diasTrabalho"], change["diasTrabalho"]);
        assert_eq!(data["sincronizacaoAutomatica"], false);
        assert_eq!(data["janelas"], change["janelas"]);
        assert_eq!(data["temSenha"], true);
        // By the names of their columns too.
        let columns = json!({ "dias_trabalho": ["quarta"], "sincronizacao_automatica": true });
        let changed = client.put(ACCOUNT, &columns).await;
        assert_eq!(changed.body["data"]["diasTrabalho"], columns["dias_trabalho"], "{changed:?}");
        assert_eq!(changed.body["data"]["sincronizacaoAutomatica"], true);
        client.put(ACCOUNT, &json!({ "sincronizacao_automatica": false })).await;
        let changed = client.put(ACCOUNT, &json!({ "janelas": null, "diasTrabalho": [] })).await;
        assert_eq!(changed.body["data"]["janelas"], json!(null));
        assert_eq!(changed.body["data"]["diasTrabalho"].as_array().unwrap().len(), 7);
        assert_eq!(changed.body["data"]["sincronizacaoAutomatica"], false);
        let audited = "SELECT count(*) FROM agendad_audit WHERE action = 'config.change'";
        assert_eq!(world.count(audited).await, 4);
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn an_account_says_who_is_at_the_portal_and_when_each_unit_was_read() {
    let world = world(1).await;
    serving(&world, async |client: Client| {
        let client = client.user(world.users[0]);
        let before = client.get(ACCOUNT).await.body["data"].clone();
        assert_eq!(before["unidades"], json!([]));
        assert_eq!(before["peritoNoPortal"], json!(null));

        world.sync(0).await;
        world
            .execute(
                "UPDATE portal_sessions SET closed_at = now(), other_since = now() - interval '1 minute',
                     other_last_met = now(), other_wait_until = now() + interval '45 minutes'",
            )
            .await;
        let data = client.get(ACCOUNT).await.body["data"].clone();
        let units = data["unidades"].as_array().unwrap();
        assert_eq!(units.len(), 1, "{data}");
        assert!(units[0]["ultimaLeitura"].is_string(), "{data}");
        assert_eq!(units[0]["oferecida"], true);
        let other = &data["peritoNoPortal"];
        assert!(other["ate"].is_string(), "{data}");
        let sentence = other["mensagem"].as_str().unwrap();
        assert!(
            sentence.starts_with("O perito está usando o portal; o agendad espera até "),
            "{sentence}"
        );
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn each_reason_of_a_pause_has_a_sentence_of_its_own() {
    let world = world(1).await;
    let mut sentences = std::collections::HashSet::new();
    serving(&world, async |client: Client| {
        let client = client.user(world.users[0]);
        for reason in agendad::domain::PauseReason::ALL {
            let reason = reason.as_str();
            world
                .execute(&format!(
                    "UPDATE configuracoes_detran SET pausa_motivo = '{reason}', pausa_desde = now(), pausa_ate = NULL"
                ))
                .await;
            let pause = client.get(ACCOUNT).await.body["data"]["pausa"].clone();
            assert_eq!(pause["motivo"], reason);
            sentences.insert(pause["mensagem"].as_str().unwrap().to_owned());
        }
    })
    .await;
    assert_eq!(sentences.len(), 7, "{sentences:#?}");
    world.close().await;
}

#[tokio::test]
async fn a_corrected_password_ends_the_pause_and_the_wrong_one_again_does_not() {
    let world = world(1).await;
    let right = world.simulator.examiners()[0].senha.clone();
    serving(&world, async |client: Client| {
        let client = client.user(world.users[0]);
        client.put(ACCOUNT, &json!({ "senha": "errada" })).await;
        client.post(SYNC, &json!({})).await.expect(401, "auth");
        let shown = client.get(ACCOUNT).await;
        assert_eq!(shown.body["data"]["pausa"]["motivo"], "refused");
        client.put(ACCOUNT, &json!({ "senha": "errada" })).await;
        client.post(SYNC, &json!({})).await.expect(401, "auth");
        assert_eq!(world.simulator.stats().login_refusals, 1);

        let changed = client.put(ACCOUNT, &json!({ "senha": right })).await;
        assert_eq!(changed.body["data"]["pausa"], json!(null), "{changed:?}");
        assert_eq!(client.post(SYNC, &json!({})).await.status, 200);
        let sealed = "SELECT count(*) FROM configuracoes_detran WHERE senha IS NULL AND senha_cifrada LIKE 'v1.%'";
        assert_eq!(world.count(sealed).await, 1);
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn an_account_is_made_when_cpf_and_password_are_given() {
    let world = world(1).await;
    let user: i32 = sqlx::query_scalar("INSERT INTO usuarios (nome) VALUES ('Nova') RETURNING id")
        .fetch_one(&world.database.pool)
        .await
        .unwrap();
    serving(&world, async |client: Client| {
        let operator = client.operator();
        let client = client.user(user);
        client.get(ACCOUNT).await.expect(404, "no_account");
        client
            .post(SYNC, &json!({}))
            .await
            .expect(404, "no_account");
        client
            .put(ACCOUNT, &json!({ "ativo": true }))
            .await
            .expect(404, "no_account");
        let made = client
            .put(
                ACCOUNT,
                &json!({ "cpf": "529.982.247-25", "senha": "s3nha" }),
            )
            .await;
        assert_eq!(made.status, 200, "{made:?}");
        assert_eq!(made.body["data"]["ativo"], true);
        assert_eq!(made.body["data"]["cpf"], "***.982.247-**");
        let nobody = format!("{ACCOUNT}?usuarioId=999999");
        operator
            .put(&nobody, &json!({ "cpf": "52998224725", "senha": "x" }))
            .await
            .expect(404, "not_found");
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn two_that_make_an_account_at_once_are_both_served() {
    let world = world(1).await;
    let user: i32 = sqlx::query_scalar("INSERT INTO usuarios (nome) VALUES ('Nova') RETURNING id")
        .fetch_one(&world.database.pool)
        .await
        .unwrap();
    // Accounts of one CPF are made one after another: both have found none, and wait for us.
    let mut holder = world.database.pool.begin().await.unwrap();
    sqlx::query("SELECT pg_advisory_xact_lock(873248, hashtext('52998224725'))")
        .execute(&mut *holder)
        .await
        .unwrap();
    serving(&world, async |client: Client| {
        let client = client.user(user);
        let both_wait = async {
            let waiting = "SELECT count(*) FROM pg_stat_activity
                           WHERE datname = current_database() AND wait_event_type = 'Lock'";
            eventually("both wait", Duration::from_secs(60), async || {
                (world.count(waiting).await == 2).then_some(())
            })
            .await;
            holder.rollback().await.unwrap();
        };
        let change = json!({ "cpf": "529.982.247-25", "senha": "s3nha" });
        let (one, other, ()) = tokio::join!(
            client.put(ACCOUNT, &change),
            client.put(ACCOUNT, &change),
            both_wait
        );
        for answer in [one, other] {
            assert_eq!(answer.status, 200, "{answer:?}");
            assert_eq!(answer.body["data"]["ativo"], true, "{answer:?}");
            assert_eq!(answer.body["data"]["temSenha"], true, "{answer:?}");
        }
    })
    .await;
    world.close().await;
}

/// The first transaction of a PUT makes an account that is off, the second one stores its password and switches it on.
#[tokio::test]
async fn a_put_that_was_cut_half_way_is_made_up_for_by_the_next_one() {
    let world = world(1).await;
    let cpf = Cpf::parse("52998224725").unwrap();
    let store = &world.app.syncer.store;
    let half_made = store.add_user(None, "Nova", None, &cpf, WorkingDays::ALL);
    let user = half_made.await.unwrap();
    serving(&world, async |client: Client| {
        let client = client.user(user);
        let active = async |change: serde_json::Value| {
            let answer = client.put(ACCOUNT, &change).await;
            assert_eq!(answer.status, 200, "{answer:?}");
            answer.body["data"]["ativo"].clone()
        };
        assert_eq!(active(json!({ "diasTrabalho": [] })).await, false);
        let whole = json!({ "cpf": "52998224725", "senha": "s3nha" });
        assert_eq!(active(whole.clone()).await, true);
        // Whoever switches it off from then on has it off.
        assert_eq!(active(json!({ "ativo": false })).await, false);
        assert_eq!(active(whole).await, false);
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn a_change_with_a_wrong_value_changes_nothing_and_repeats_no_secret() {
    let world = world(1).await;
    serving(&world, async |client: Client| {
        let client = client.user(world.users[0]);
        let before = client.get(ACCOUNT).await.body;
        for body in [
            json!({ "senha": "", "ativo": false }),
            json!({ "senha": "x".repeat(201) }),
            json!({ "senha": ["canary-senha"] }),
            json!({ "senha": "canary-senha", "cpf": 7 }),
            json!({ "cpf": "52998224724", "ativo": false }),
            json!({ "cpf": "'; DROP TABLE configuracoes_detran; --" }),
            json!({ "diasTrabalho": ["tuesday"] }),
            json!({ "diasTrabalho": "terca" }),
            json!({ "janelas": ["nenhuma"] }),
            json!({ "janelas": [] }),
            json!({ "ativo": "sim" }),
            json!({ "senah": "canary-senha" }),
            json!({ "usuarioId": 1 }),
            json!([]),
        ] {
            let answer = client.put(ACCOUNT, &body).await;
            answer.expect(400, "input");
            assert!(!answer.body.to_string().contains("canary"), "{answer:?}");
        }
        let long = format!("canari{}", "o".repeat(500));
        for (body, field) in [
            (json!({ "senah": "canary-senha" }), "\"senah\""),
            (
                json!({ "senha": ["canary-senha"], "cpf": "52998224725" }),
                "\"senha\"",
            ),
            (json!({ "ativo": "canary" }), "\"ativo\""),
            (
                json!({ "diasTrabalho": ["terca", "canary"] }),
                "\"diasTrabalho\"",
            ),
            (
                json!({ "sincronizacao_automatica": "canary" }),
                "\"sincronizacao_automatica\"",
            ),
            (json!({ &long: 1 }), &format!("{:?}", &long[..40])),
        ] {
            let answer = client.put(ACCOUNT, &body).await;
            answer.expect(400, "input");
            let error = answer.body["error"].as_str().unwrap();
            assert!(error.starts_with(&format!("O campo {field} ")), "{error}");
            assert!(!error.contains("canary") && error.len() < 120, "{error}");
        }
        assert_eq!(client.get(ACCOUNT).await.body, before);
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn a_cpf_that_another_account_is_synchronised_with_is_a_conflict_that_names_it() {
    let world = world(2).await;
    let taken = world.simulator.examiners()[0].cpf.clone();
    let first = world.users[0];
    let new: i32 = sqlx::query_scalar("INSERT INTO usuarios (nome) VALUES ('Nova') RETURNING id")
        .fetch_one(&world.database.pool)
        .await
        .unwrap();
    serving(&world, async |client: Client| {
        let body = json!({ "cpf": taken, "senha": "x" });
        for user in [new, world.users[1]] {
            let answer = client.user(user).put(ACCOUNT, &body).await;
            answer.expect(409, "duplicate_cpf");
            let error = answer.body["error"].as_str().unwrap();
            assert!(error.contains(&format!("usuário {first}.")), "{answer:?}");
            assert!(!error.contains(&taken), "{answer:?}");
        }
        let described = client.get("/api/openapi.json").await.body;
        let responses = &described["paths"][ACCOUNT]["put"]["responses"];
        assert!(responses["409"].is_object(), "{responses}");
    })
    .await;
    let accounts = "SELECT count(*) FROM configuracoes_detran";
    assert_eq!(world.count(accounts).await, 2, "nothing was made");
    world.close().await;
}

#[tokio::test]
async fn saving_a_refused_password_again_is_no_way_round_its_pause() {
    let world = world(1).await;
    serving(&world, async |client: Client| {
        let client = client.user(world.users[0]);
        let set = async |password: &str| {
            let answer = client.put(ACCOUNT, &json!({ "senha": password })).await;
            assert_eq!(answer.status, 200, "{answer:?}");
            answer.body["data"]["pausa"]["motivo"].clone()
        };
        for wrong in ["errada-1", "errada-2"] {
            assert_eq!(set(wrong).await, json!(null));
            client.post(SYNC, &json!({})).await.expect(401, "auth");
        }
        for again in ["errada-2", "errada-1", "errada-2"] {
            assert_eq!(set(again).await, "refused", "{again}");
            client.post(SYNC, &json!({})).await.expect(401, "auth");
        }
        for other in [
            json!({ "ativo": false }),
            json!({ "ativo": true, "diasTrabalho": [] }),
        ] {
            client.put(ACCOUNT, &other).await;
        }
        client.post(SYNC, &json!({})).await.expect(401, "auth");
        assert_eq!(world.simulator.stats().login_refusals, 2);
    })
    .await;
    world.close().await;
}
