//! The pages of people, of oneself, and of what was done.

use agendad::domain::Role;

use super::{PASSWORD, add, enter};
use crate::dashboard::browser::Browser;
use crate::http::client::{Client, serving, world};

const NEW: &str = "tres gatos e um cao";

#[tokio::test]
async fn an_operator_adds_somebody_who_then_works_under_a_name() {
    let world = world(1).await;
    world.sync(0).await;
    let user = world.users[0];
    let ana = add(&world, "ana", Role::Operator, None).await;
    serving(&world, async |client: Client| {
        let mut ana_at = Browser::of(&client);
        enter(&mut ana_at, "ana", PASSWORD).await;
        let token = ana_at.get("/pessoas").await.token();
        let mut adding = async |fields: &[(&str, &str)]| {
            let mut all = vec![("token", token.as_str())];
            all.extend(fields);
            ana_at.send("/pessoas", &all).await
        };
        let somebody = |papel, password| {
            [
                ("acesso", "caio"),
                ("nome", "Caio Prado"),
                ("papel", papel),
                ("senha", password),
            ]
        };
        for (wrong, told) in [
            (somebody("recepcao", "curta"), "menos de"),
            (somebody("recepcao", "caio-caio-"), "nome de acesso"),
            (somebody("operador", "1234567890"), "senha"),
            (somebody("rei", NEW), "Escolha um papel."),
            (somebody("perito", NEW), "perito"),
        ] {
            let page = adding(&wrong).await;
            assert_eq!(page.status, 422, "{page:?}");
            let (_, notice) = page.html.split_once("role=\"status\"").unwrap();
            let notice = notice.split("</p>").next().unwrap();
            assert!(notice.contains(told), "{told}: {notice}");
            // What was typed is there still, but for the password.
            let papel = wrong[2].1;
            let chosen = format!("<option value=\"{papel}\" selected>");
            assert!(page.html.contains("value=\"Caio Prado\""), "{}", page.html);
            assert!(page.html.contains("value=\"caio\""), "{}", page.html);
            assert!(
                papel == "rei" || page.html.contains(&chosen),
                "{}",
                page.html
            );
            assert!(!page.html.contains(&format!("\"{}\"", wrong[3].1)));
        }
        let bad = [
            ("acesso", "João!"),
            ("nome", "João"),
            ("papel", "recepcao"),
            ("senha", NEW),
        ];
        let page = adding(&bad).await;
        assert_eq!(page.status, 422);
        assert!(page.html.contains("value=\"João!\""), "{}", page.html);
        let page = adding(&somebody("recepcao", NEW)).await;
        assert_eq!(page.leads_to(), "/pessoas?aviso=added");
        // Sent twice it is still the one person; anything else under this name is refused.
        let again = adding(&somebody("recepcao", NEW)).await;
        assert_eq!(again.leads_to(), "/pessoas?aviso=added");
        let other = "outra chuva no telhado";
        for (role, password) in [("operador", NEW), ("recepcao", other)] {
            let page = adding(&somebody(role, password)).await;
            assert_eq!(page.status, 422, "{role}");
        }
        for notice in ["short", "like-login", "added", "login-taken"] {
            let page = ana_at.get(&format!("/pessoas?aviso={notice}")).await.html;
            assert!(page.contains("role=\"status\""), "{notice}: {page}");
        }

        let mut caio = Browser::of(&client);
        let page = enter(&mut caio, "caio", NEW).await;
        assert_eq!(page.status, 303, "{page:?}");
        assert_eq!(caio.get("/").await.leads_to(), "/agenda");
        let page = caio.get("/agenda?de=hoje&ate=2099-01-01").await.html;
        assert!(
            page.contains("href=\"tel:"),
            "reception calls candidates: {page}"
        );
        for hidden in ["/pessoas", "/leituras", "/alertas", "/historico"] {
            assert!(!page.contains(&format!("href=\"{hidden}")), "{hidden}");
        }
        let page = caio.get(&format!("/peritos/{user}")).await.html;
        assert!(
            page.contains("/sincronizar") && page.contains("/cpf"),
            "{page}"
        );
        for hidden in ["/pausar", "/calendario", "/execucoes/"] {
            assert!(!page.contains(hidden), "{hidden}");
        }
        caio.get("/agenda/planilha.csv").await;
        caio.press(user, "cpf").await;
    })
    .await;
    for (actor, action) in [
        ("dashboard:ana", "dashboard.login"),
        ("dashboard:ana", "people.add"),
        ("dashboard:caio", "dashboard.login"),
        ("dashboard:caio", "agenda.export"),
        ("dashboard:caio", "cpf.show"),
    ] {
        let sql = format!(
            "SELECT count(*) FROM agendad_audit WHERE actor = '{actor}' AND action = '{action}'"
        );
        assert_eq!(world.count(&sql).await, 1, "{actor} {action}");
    }
    let hashed = format!(
        "SELECT count(*) FROM agendad_people WHERE id <> {ana} AND password_hash LIKE '$argon2id$v=19$m=19456,t=2,p=1$%'"
    );
    assert_eq!(world.count(&hashed).await, 1);
    world.close().await;
}

#[tokio::test]
async fn who_cannot_follow_an_operators_advice_is_told_whom_to_tell() {
    let world = world(1).await;
    let user = world.users[0];
    for (login, role, own) in [
        ("ana", Role::Operator, None),
        ("bia", Role::Examiner, Some(user)),
        ("caio", Role::Reception, None),
    ] {
        add(&world, login, role, own).await;
    }
    let store = &world.database.store;
    store.pause_account(user, "test").await.unwrap();
    serving(&world, async |client: Client| {
        let path = format!("/peritos/{user}");
        for (change, of_operators, of_others) in [
            (
                "SELECT",
                "Retomar quando quiser",
                "Pausado por um operador, que pode retomar quando quiser. Avise quem cuida do agendad.",
            ),
            (
                "UPDATE configuracoes_detran SET ativo = FALSE",
                "agendad users enable",
                "A conta está desligada: nada é lido. Não devia ser assim? Avise quem cuida do agendad.",
            ),
        ] {
            world.execute(change).await;
            for login in ["ana", "bia", "caio"] {
                let mut browser = Browser::of(&client);
                enter(&mut browser, login, PASSWORD).await;
                let page = browser.get(&path).await.html;
                let is_operator = login == "ana";
                assert_eq!(page.contains(of_operators), is_operator, "{login}: {page}");
                assert_eq!(page.contains(of_others), !is_operator, "{login}: {page}");
                let told = browser.press(user, "sincronizar").await.leads_to().to_owned();
                let told = browser.get(&told).await.html;
                let (_, notice) = told.split_once("role=\"status\">").unwrap();
                let (notice, _) = notice.split_once("</p>").unwrap();
                let is_plain = notice.ends_with("Avise quem cuida do agendad.");
                assert_eq!(is_plain, !is_operator, "{login}: {notice}");
            }
        }
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn somebody_who_can_do_everything_is_always_left() {
    let world = world(1).await;
    let (ana, bia) = (
        add(&world, "ana", Role::Operator, None).await,
        add(&world, "bia", Role::Operator, None).await,
    );
    let store = &world.database.store;
    store.set_person_disabled(bia, true, "test").await.unwrap();
    serving(&world, async |client: Client| {
        let mut browser = Browser::of(&client);
        enter(&mut browser, "ana", PASSWORD).await;
        let token = browser.get("/pessoas").await.token();
        for act in ["papel", "desativar", "remover"] {
            let fields = [("token", token.as_str()), ("papel", "recepcao")];
            let page = browser
                .send(&format!("/pessoas/{ana}/{act}"), &fields)
                .await;
            assert!(
                page.leads_to().ends_with("aviso=last-operator"),
                "{act}: {page:?}"
            );
        }
        assert_eq!(
            browser.get("/pessoas").await.status,
            200,
            "and they are still logged in"
        );
        browser
            .send(&format!("/pessoas/{bia}/ativar"), &[("token", &token)])
            .await;
        // By a second page, which leads back too.
        let path = format!("/pessoas/{ana}/remover");
        let page = browser.get(&format!("/pessoas/{ana}")).await.html;
        assert!(page.contains(&format!("href=\"{path}\"")), "{page}");
        assert!(!page.contains(&format!("action=\"{path}\"")), "{page}");
        let page = browser.get(&path).await;
        for part in [
            "Remover esta pessoa?".to_owned(),
            format!("href=\"/pessoas/{ana}\""),
            format!("action=\"{path}\""),
        ] {
            assert!(page.html.contains(&part), "{part}: {}", page.html);
        }
        assert_eq!(browser.get("/pessoas/9999/remover").await.status, 404);
        let page = browser.send(&path, &[("token", &page.token())]).await;
        assert!(page.leads_to().ends_with("aviso=changed"), "{page:?}");
    })
    .await;
    // Two who take each other's rights away at once leave one.
    let caio = add(&world, "caio", Role::Operator, None).await;
    let (a, b) = tokio::join!(
        store.remove_person(bia, "test"),
        store.remove_person(caio, "test")
    );
    a.unwrap();
    b.unwrap();
    assert!(store.staffed().await.unwrap().operator);
    world.close().await;
}

#[tokio::test]
async fn one_changes_ones_own_password_by_knowing_the_old_one() {
    let world = world(1).await;
    add(&world, "ana", Role::Operator, None).await;
    add(&world, "caio", Role::Reception, None).await;
    serving(&world, async |client: Client| {
        let mut browser = Browser::of(&client);
        enter(&mut browser, "caio", PASSWORD).await;
        let token = browser.get("/conta").await.token();
        let mut change = async |old: &str, new: &str| {
            let fields = [("token", token.as_str()), ("atual", old), ("senha", new)];
            browser
                .send("/conta/senha", &fields)
                .await
                .leads_to()
                .to_owned()
        };
        assert_eq!(
            change("wrong password", NEW).await,
            "/conta?aviso=wrong-password"
        );
        // To choose a poor one is no guess, however often.
        for _ in 0..6 {
            assert_eq!(change(PASSWORD, "caio").await, "/conta?aviso=short");
        }
        assert_eq!(change(PASSWORD, NEW).await, "/conta?aviso=changed");
        assert!(
            browser
                .get("/conta")
                .await
                .leads_to()
                .starts_with("/entrar")
        );
        assert_eq!(enter(&mut browser, "caio", PASSWORD).await.status, 401);
        assert_eq!(enter(&mut browser, "caio", NEW).await.status, 303);
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn what_was_done_is_found_by_who_what_examiner_and_day() {
    let world = world(1).await;
    let user = world.users[0];
    add(&world, "ana", Role::Operator, None).await;
    world
        .execute(&format!(
            "INSERT INTO agendad_audit (actor, action, usuario_id, details, at)
             SELECT 'cli:root', 'users.pause', {user}, jsonb_build_object('n', n, 'x', repeat('<b>', 200)), now() - interval '3 days'
             FROM generate_series(1, 120) n"
        ))
        .await;
    serving(&world, async |client: Client| {
        let mut browser = Browser::of(&client);
        enter(&mut browser, "ana", PASSWORD).await;
        let rows = |html: &str| html.matches("<tr>").count() - 1;
        let page = browser.get("/auditoria").await.html;
        assert_eq!(rows(&page), 50);
        assert!(page.len() < 60_000, "{}", page.len());
        assert!(page.contains("há mais antigas"), "{page}");
        assert!(!page.contains("<b>"));
        let mut count =
            async |query: &str| rows(&browser.get(&format!("/auditoria?{query}")).await.html);
        assert_eq!(
            count("pagina=3").await,
            22,
            "120, one who was added, one login"
        );
        assert_eq!(count("quem=ana").await, 1);
        assert_eq!(count("quem=dashboard:ana").await, 1);
        assert_eq!(count("quem=root&pagina=3").await, 20);
        assert_eq!(count("tipo=people.").await, 1);
        assert_eq!(
            count(&format!("perito={user}&tipo=users.&pagina=3")).await,
            20
        );
        let today = world.app.syncer.clock.today();
        assert_eq!(count(&format!("dia={today}")).await, 2);
        browser.get("/agenda/planilha.csv?mudancas=1").await;
        let page = browser.get("/auditoria?tipo=agenda.").await.html;
        let said = "com CPF: não, formato: CSV, linhas: 0, com telefones: sim, o quê: mudanças";
        assert!(page.contains(said), "{page}");
        let secret = r#"{"alerts.email.password": "(hidden)", "alerts.email.username": "(not set)"}"#;
        let secret = format!("INSERT INTO agendad_audit (actor, action, details) VALUES ('cli:root', 'settings.change', '{secret}')");
        world.execute(&secret).await;
        let page = browser.get("/auditoria?tipo=settings.").await.html;
        for said in ["alerts.email.password: (oculto)", "alerts.email.username: (não definido)"] {
            assert!(page.contains(said), "{page}");
        }
        let page = browser.get("/auditoria?quem=ninguem&dia=x&pagina=-1").await;
        assert_eq!(page.status, 200);
        assert!(page.html.contains("Nada assim"), "{}", page.html);
    })
    .await;
    world.close().await;
}
