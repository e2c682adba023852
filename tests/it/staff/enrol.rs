//! An examiner is added in the browser, and their login tried.

use std::time::Duration;

use agendad::domain::Role;

use super::{PASSWORD, add, enter};
use crate::dashboard::browser::Browser;
use crate::http::client::{Client, serving, world};
use crate::support::eventually;

/// Waits until the panel of a run has no more to wait for.
async fn ended(browser: &mut Browser, panel: &str) {
    let browser = tokio::sync::Mutex::new(browser);
    eventually("the end of a run", Duration::from_secs(30), async || {
        let html = browser.lock().await.get(panel).await.html;
        (!html.contains("data-poll")).then_some(())
    })
    .await;
}

#[tokio::test]
async fn from_a_form_to_the_first_agenda_and_a_wrong_password_is_tried_once() {
    let world = world(3).await;
    add(&world, "ana", Role::Operator, None).await;
    let examiners = world.simulator.examiners();
    for user in &world.users {
        world
            .execute(&format!(
                "DELETE FROM configuracoes_detran WHERE usuario_id = {user}"
            ))
            .await;
    }
    serving(&world, async |client: Client| {
        let mut browser = Browser::of(&client);
        enter(&mut browser, "ana", PASSWORD).await;
        let page = browser.get("/comecar").await;
        assert!(page.html.contains("0 peritos"), "{}", page.html);
        let page = browser.get("/novo-perito").await;
        let token = page.token();
        let fields = |nome: &str, cpf: &str, password: &str, test: &str| {
            [
                ("token", token.clone()),
                ("nome", nome.to_owned()),
                ("cpf", cpf.to_owned()),
                ("senha", password.to_owned()),
                ("email", "perita@example.com".to_owned()),
                ("testar", test.to_owned()),
            ]
        };
        let mut sending = async |fields: [(&str, String); 6]| {
            let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
            browser.send("/novo-perito", &fields).await
        };
        let one = &examiners[0];
        for (nome, cpf, password) in [
            ("", one.cpf.as_str(), one.senha.as_str()),
            ("Ana Prado", "111.111.111-12", &one.senha),
            ("Ana Prado", &one.cpf, ""),
        ] {
            let page = sending(fields(nome, cpf, password, "1")).await;
            assert_eq!(page.status, 422, "{page:?}");
            assert!(page.html.contains("role=\"alert\""));
            assert!(
                password.is_empty() || !page.html.contains(password),
                "no password comes back"
            );
        }
        let page = sending(fields(&one.nome, &one.cpf, &one.senha, "1")).await;
        let (path, run) = page.leads_to().split_once("?execucao=").unwrap();
        let (path, run) = (path.to_owned(), run.to_owned());
        // Sent twice it is still the one examiner; anything else with this CPF is refused.
        let again = sending(fields(&one.nome, &one.cpf, &one.senha, "1")).await;
        assert_eq!(again.leads_to(), path);
        for (nome, password) in [
            ("Outra Pessoa", one.senha.as_str()),
            (&one.nome, "Outra-123"),
        ] {
            let other = sending(fields(nome, &one.cpf, password, "1")).await;
            assert_eq!(other.status, 422, "the CPF is read already");
        }

        // Of a password that the portal refuses it is said at once, and it was posted once.
        let two = &examiners[1];
        let before = world.simulator.stats().login_refusals;
        let page = sending(fields(&two.nome, &two.cpf, "Errada-123", "1")).await;
        let paused = page.leads_to().split('?').next().unwrap().to_owned();
        let three = &examiners[2];
        let page = sending(fields(&three.nome, &three.cpf, &three.senha, "")).await;
        let untried = page.leads_to().to_owned();
        assert!(!untried.contains('?'), "{untried}");

        let browser = tokio::sync::Mutex::new(browser);
        eventually("the agenda", Duration::from_secs(30), async || {
            let html = browser
                .lock()
                .await
                .get(&format!("{path}/andamento/{run}"))
                .await
                .html;
            (!html.contains("data-poll")).then_some(())
        })
        .await;
        let html = browser.lock().await.get(&path).await.html;
        assert!(html.contains("<table class=\"day\""), "{html}");
        eventually("the pause", Duration::from_secs(30), async || {
            let html = browser.lock().await.get(&paused).await.html;
            html.contains("/retomar").then_some(())
        })
        .await;
        assert_eq!(world.simulator.stats().login_refusals, before + 1);

        // Another password ends the pause; the same one is not posted again.
        let mut browser = browser.into_inner();
        for (password, notice) in [
            ("Errada-123", "mesma-senha"),
            ("", "senha-invalida"),
            ("Errada-456", "senha-guardada-lendo"),
            ("Errada-123", "senha-ja-recusada"),
            (two.senha.as_str(), "senha-guardada-lendo"),
        ] {
            let page = browser
                .send(
                    &format!("{paused}/senha"),
                    &[("token", &token), ("senha", password)],
                )
                .await;
            let there = page.leads_to().to_owned();
            let (address, run) = there.split_once("&execucao=").unzip();
            let address = address.unwrap_or(&there);
            assert_eq!(address, format!("{paused}?aviso={notice}"));
            let page = browser.get(&there).await;
            // Of a run, as long as it goes on; then the panel says how it ended.
            assert!(run.is_some() || page.html.contains("role=\"status\""));
            assert_eq!(run.is_some(), notice.ends_with("-lendo"), "{there}");
            if let Some(run) = run {
                ended(&mut browser, &format!("{paused}/andamento/{run}")).await;
            }
        }
        let html = browser.get(&paused).await.html;
        assert!(
            html.contains("<table class=\"day\""),
            "the agenda is there without a further step: {html}"
        );
        let refusals = world.simulator.stats().login_refusals;
        assert_eq!(refusals, before + 2, "each wrong one is tried once");

        // Whoever is switched off is left alone; a new password ends a pause.
        for (act, password, notice) in [
            ("desligar", "Outra-2", "senha-guardada-desligado"),
            ("ligar", &two.senha, "senha-guardada-lendo"),
            ("pausar", "Outra-3", "senha-guardada-lendo"),
        ] {
            browser
                .send(&format!("{paused}/{act}"), &[("token", &token)])
                .await;
            let logins = world.simulator.stats();
            let page = browser
                .send(
                    &format!("{paused}/senha"),
                    &[("token", &token), ("senha", password)],
                )
                .await;
            assert!(
                page.leads_to().contains(notice),
                "{notice}: {}",
                page.leads_to()
            );
            if let Some((_, run)) = page.leads_to().split_once("&execucao=") {
                ended(&mut browser, &format!("{paused}/andamento/{run}")).await;
            } else {
                let now = world.simulator.stats();
                assert_eq!(
                    (now.logins, now.login_refusals),
                    (logins.logins, logins.login_refusals)
                );
            }
        }
        // On the form of everything it is the same.
        let page = browser
            .send(
                &format!("{paused}/editar"),
                &[
                    ("token", &token),
                    ("nome", &two.nome),
                    ("dia-terca", "1"),
                    ("senha", "Ação-ñ-3"),
                ],
            )
            .await;
        assert!(
            page.leads_to().contains("senha-guardada-lendo"),
            "{}",
            page.leads_to()
        );
        let fields = [
            ("token", token.as_str()),
            ("dia-terca", "1"),
            ("dia-sexta", "1"),
            ("janela-near", "1"),
        ];
        let page = browser.send(&format!("{untried}/dias"), &fields).await;
        assert_eq!(page.leads_to(), format!("{untried}?aviso=dias-guardados"));
        let html = browser.get(&untried).await.html;
        assert_eq!(
            html.matches(" checked").count(),
            3,
            "two days, one window: {html}"
        );
        for (act, notice) in [("desligar", "desligado"), ("ligar", "ligado")] {
            let page = browser
                .send(&format!("{untried}/{act}"), &[("token", &token)])
                .await;
            assert_eq!(page.leads_to(), format!("{untried}?aviso={notice}"));
        }
        assert!(browser.get("/comecar").await.html.contains("3 peritos"));
    })
    .await;
    let audited = "SELECT count(*) FROM agendad_audit WHERE actor = 'dashboard:ana' AND action = ";
    for (action, n) in [
        ("users.add", 3),
        ("users.set-password", 7),
        ("users.enable", 2),
        ("users.disable", 2),
    ] {
        assert_eq!(
            world.count(&format!("{audited}'{action}'")).await,
            n,
            "{action}"
        );
    }
    let days = "SELECT count(*) FROM configuracoes_detran WHERE janelas = '{near}' AND dias_trabalho::jsonb = '[\"terca\", \"sexta\"]'";
    assert_eq!(world.count(days).await, 1);
    let clear = "SELECT count(*) FROM configuracoes_detran WHERE senha IS NOT NULL OR senha_cifrada IS NULL";
    assert_eq!(world.count(clear).await, 0);
    world.close().await;
}

#[tokio::test]
async fn where_the_application_asks_for_more_of_a_user_the_form_says_what_to_do() {
    let world = world(1).await;
    add(&world, "ana", Role::Operator, None).await;
    let one = world.simulator.examiners()[0].clone();
    for sql in [
        "DELETE FROM configuracoes_detran",
        "UPDATE usuarios SET senha_hash = 'x'",
        "ALTER TABLE usuarios ALTER COLUMN senha_hash SET NOT NULL",
    ] {
        world.execute(sql).await;
    }
    serving(&world, async |client: Client| {
        let mut browser = Browser::of(&client);
        enter(&mut browser, "ana", PASSWORD).await;
        let token = browser.get("/novo-perito").await.token();
        let fields = [
            ("token", token.as_str()),
            ("nome", one.nome.as_str()),
            ("cpf", one.cpf.as_str()),
            ("senha", one.senha.as_str()),
            ("email", ""),
            ("testar", ""),
        ];
        let page = browser.send("/novo-perito", &fields).await;
        assert_eq!(page.status, 422, "{page:?}");
        for words in ["senha_hash", "users add --user N"] {
            assert!(page.html.contains(words), "{words}: {}", page.html);
        }
    })
    .await;
    world.close().await;
}
