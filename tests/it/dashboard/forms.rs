//! What an operator does with forms, and what others cannot.

use std::time::Duration;

use agendad::simulator::{Fault, FaultKind};
use agendad::sync::SyncOutcome;
use reqwest::Method;

use super::{audited, guarded};
use crate::dashboard::browser::Browser;
use crate::http::client::{Client, serving, world};
use crate::support::eventually;

#[tokio::test]
async fn a_form_from_elsewhere_does_nothing() {
    let world = world(1).await;
    serving(&world, async |client: Client| {
        let mut browser = Browser::inside(&client).await;
        let user = world.users[0];
        let token = browser.get(&format!("/peritos/{user}")).await.token();
        let pause = format!("/peritos/{user}/pausar");
        for (what, token, header) in [
            ("no token", "", ("x", "y")),
            ("another's token", "AAAAAAAAAAAAAAAAAAAAAA", ("x", "y")),
            ("another origin", &token, ("origin", "https://evil.example")),
            ("no origin", &token, ("origin", "null")),
            ("another port", &token, ("origin", "http://127.0.0.1:1")),
            ("another site", &token, ("sec-fetch-site", "cross-site")),
            ("a site next door", &token, ("sec-fetch-site", "same-site")),
        ] {
            let form = browser.form(&pause, &[("token", token)]);
            let page = browser.load(form.header(header.0, header.1)).await;
            assert_eq!(page.status, 403, "{what}");
        }
        let json = browser
            .request(Method::POST, &pause)
            .json(&serde_json::json!({ "token": token }));
        assert_eq!(browser.load(json).await.status, 403);
        assert_eq!(browser.get(&pause).await.status, 405);
        let paused = "SELECT count(*) FROM configuracoes_detran WHERE pausa_motivo IS NOT NULL";
        assert_eq!(world.count(paused).await, 0);
        assert_eq!(browser.send(&pause, &[("token", &token)]).await.status, 303);
        assert_eq!(world.count(paused).await, 1);
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn a_cpf_is_shown_to_whoever_asks_for_it_and_that_is_written_down() {
    let world = world(1).await;
    world.sync(0).await;
    serving(&world, async |client: Client| {
        let mut browser = Browser::inside(&client).await;
        let user = world.users[0];
        let path = format!("/peritos/{user}");
        let cpf = world.truth(0)[0].split('|').nth(3).unwrap().to_owned();
        assert!(!browser.get(&path).await.html.contains(&cpf));
        assert_eq!(audited(&world, "cpf.show", user).await, 0);
        let page = browser.press(user, "cpf").await;
        assert!(page.html.contains(&cpf), "{}", page.html);
        guarded(&page);
        assert_eq!(audited(&world, "cpf.show", user).await, 1);
        assert!(!browser.get(&path).await.html.contains(&cpf));
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn a_refused_account_is_resumed_by_a_second_page_that_names_the_danger() {
    let world = world(1).await;
    world.simulator.set_password(0, "Outra-1234").unwrap();
    world.sync(0).await;
    let posts = || world.simulator.stats().login_refusals;
    assert_eq!(posts(), 1);
    serving(&world, async |client: Client| {
        let mut browser = Browser::inside(&client).await;
        let user = world.users[0];
        let warning = format!("/peritos/{user}/retomar");
        let page = browser.press(user, "retomar").await;
        assert_eq!(page.leads_to(), warning);
        assert!(matches!(world.try_sync(0).await, SyncOutcome::Refused(_)));
        let page = browser.get(&warning).await;
        assert!(
            page.html.contains("o DETRAN pode bloquear a conta"),
            "{}",
            page.html
        );
        let english = browser.get(&format!("{warning}?lang=en")).await;
        assert!(
            english.status == 200 || english.status == 303,
            "{english:?}"
        );
        assert_eq!(
            (posts(), audited(&world, "users.resume", user).await),
            (1, 0)
        );

        // Not without the form of that page.
        let same = format!("{warning}/mesma-senha");
        assert_eq!(browser.send(&same, &[]).await.status, 403);
        let page = browser.send(&same, &[("token", &page.token())]).await;
        assert_eq!(page.leads_to(), format!("/peritos/{user}?aviso=retomado"));
        assert_eq!(audited(&world, "users.resume-same-password", user).await, 1);
        world.sync(0).await;
        assert_eq!(posts(), 2, "once, as was asked for");

        world.set_password(0, "Outra-1234").await;
        let page = browser.get(&warning).await;
        assert_eq!(
            page.leads_to(),
            format!("/peritos/{user}"),
            "nothing to warn of"
        );
        assert_eq!(browser.get("/peritos/9999/retomar").await.status, 404);
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn while_a_new_password_is_tried_nothing_is_told_of_the_refusal_of_the_old_one() {
    let world = world(1).await;
    world.simulator.set_password(0, "Outra-1234").unwrap();
    world.sync(0).await;
    serving(&world, async |client: Client| {
        let mut browser = Browser::inside(&client).await;
        let user = world.users[0];
        let path = format!("/peritos/{user}");
        let refused = browser.get(&path).await.html;
        assert!(refused.contains("class=\"unread\""), "{refused}");
        // Synchronising would be refused: only what helps is offered.
        assert!(
            !refused.contains(&format!("{path}/sincronizar"))
                && refused.contains(&format!("{path}/retomar")),
            "{refused}"
        );

        world
            .simulator
            .inject(Fault::always(FaultKind::Latency(Duration::from_secs(1))));
        let token = browser.get(&path).await.token();
        let fields = [("token", token.as_str()), ("senha", "Outra-1234")];
        let page = browser.send(&format!("{path}/senha"), &fields).await;
        let there = page.leads_to().to_owned();
        for page in [&there, "/"] {
            let html = browser.get(page).await.html;
            assert!(html.contains("Senha nova"), "{page}: {html}");
            for old in ["Falhou", "class=\"unread\""] {
                assert!(!html.contains(old), "{old}: {html}");
            }
        }
        let html = browser.get(&there).await.html;
        assert!(
            html.contains("entra agora com ela") && html.contains("sendo experimentada agora"),
            "{html}"
        );
        let problems =
            world.count("SELECT count(*) FROM agenda_sync_runs WHERE status = 'running'");
        assert_eq!(problems.await, 1);

        world.simulator.clear_faults();
        let browser = tokio::sync::Mutex::new(browser);
        let ended = eventually("the end", Duration::from_secs(20), async || {
            let html = browser.lock().await.get(&there).await.html;
            (!html.contains("data-poll")).then_some(html)
        });
        let html = ended.await;
        assert!(
            html.contains("Em dia") && html.contains("completa"),
            "{html}"
        );
        assert!(
            !html.contains("entra agora com ela") && !html.contains("Senha nova,"),
            "{html}"
        );
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn what_was_typed_to_hold_messages_back_stays_in_a_form_that_is_refused() {
    let world = world(1).await;
    serving(&world, async |client: Client| {
        let mut browser = Browser::inside(&client).await;
        let token = browser.get("/alertas").await.token();
        for (form, fields, wrong) in [
            (
                "reter",
                [
                    ("tempo", "3600"),
                    ("perito", "Ana"),
                    ("motivo", "troca do roteador"),
                ],
                "perito",
            ),
            (
                "reter",
                [
                    ("tempo", "3600"),
                    ("perito", "#99999"),
                    ("motivo", "troca do roteador"),
                ],
                "ninguém tem este",
            ),
            (
                "manutencao",
                [
                    ("de", "agora"),
                    ("ate", "logo mais"),
                    ("motivo", "queda de energia"),
                ],
                "ate",
            ),
        ] {
            let mut all = vec![("token", token.as_str())];
            all.extend(fields);
            let page = browser.send(&format!("/alertas/{form}"), &all).await;
            assert_eq!(page.status, 422, "{wrong}: {page:?}");
            for (name, value) in fields {
                let kept = format!("value=\"{value}\"");
                assert!(page.html.contains(&kept), "{name}: {}", page.html);
            }
            assert!(page.html.contains(wrong), "{wrong}: {}", page.html);
        }
    })
    .await;
    let held = "SELECT count(*) FROM agendad_alert_silences";
    assert_eq!(world.count(held).await, 0);
    world.close().await;
}

#[tokio::test]
async fn pause_resume_and_sync_do_what_command_and_api_do() {
    let world = world(1).await;
    serving(&world, async |client: Client| {
        let mut browser = Browser::inside(&client).await;
        let user = world.users[0];
        let page = browser.press(user, "pausar").await;
        assert_eq!(page.leads_to(), format!("/peritos/{user}?aviso=pausado"));
        assert_eq!(audited(&world, "users.pause", user).await, 1);
        let page = browser.press(user, "sincronizar").await;
        assert_eq!(page.leads_to(), format!("/peritos/{user}?aviso=paused"));
        browser.press(user, "retomar").await;
        assert_eq!(audited(&world, "users.resume", user).await, 1);

        world
            .simulator
            .inject(Fault::always(FaultKind::Latency(Duration::from_secs(1))));
        let page = browser.press(user, "sincronizar").await;
        let (_, run) = page.leads_to().split_once("?execucao=").unwrap();
        let run = run.to_owned();
        let page = browser
            .get(&format!("/peritos/{user}?execucao={run}"))
            .await;
        assert!(page.html.contains("data-poll"), "{}", page.html);
        let poll = format!("/peritos/{user}/andamento/{run}");
        let page = browser.press(user, "sincronizar").await;
        assert_eq!(page.leads_to(), format!("/peritos/{user}?aviso=busy"));
        let browser = tokio::sync::Mutex::new(browser);
        let days = eventually("days being read", Duration::from_secs(20), async || {
            let html = browser.lock().await.get(&poll).await.html;
            html.contains("<progress max=\"15\"").then_some(html)
        });
        days.await;
        world.simulator.clear_faults();
        let ended = eventually("the end", Duration::from_secs(20), async || {
            let html = browser.lock().await.get(&poll).await.html;
            (!html.contains("data-poll")).then_some(html)
        });
        assert!(ended.await.contains("completa"));
        eventually("the audit", Duration::from_secs(60), async || {
            (audited(&world, "sync", user).await == 1).then_some(())
        })
        .await;
    })
    .await;
    assert_eq!(world.stored(0).await, world.truth(0));
    world.close().await;
}
