//! What pages show, to whom, and what they tell the browser.

use agendad::domain::Role;
use agendad::simulator::{Fault, FaultKind, Place};
use reqwest::Method;

use super::{WHOLE_CPF, guarded};
use crate::dashboard::browser::{Browser, Page};
use crate::http::client::{Client, serving, world};
use crate::staff::{PASSWORD, add, enter};

#[tokio::test]
async fn an_open_page_learns_that_the_login_is_over_and_which_day_it_is() {
    let world = world(1).await;
    world.sync(0).await;
    serving(&world, async |client: Client| {
        let mut browser = Browser::of(&client);
        assert_eq!(browser.get("/contato").await.status, 401);
        let mut browser = Browser::inside(&client).await;
        let page = browser.get("/").await;
        let told: serde_json::Value =
            serde_json::from_str(&browser.get("/contato").await.html).unwrap();
        let today = world.app.syncer.clock.today();
        assert_eq!(told["day"], today.to_string());
        for part in [
            r#"data-contact="/contato""#.to_owned(),
            r#"data-login="/entrar""#.to_owned(),
            format!(r#"data-day="{today}""#),
            r#"data-zone="America/Sao_Paulo""#.to_owned(),
            r#"data-lost="Sem contato desde {}; dados antigos""#.to_owned(),
            r#"data-as="age""#.to_owned(),
            r#"data-as="until""#.to_owned(),
        ] {
            assert!(page.html.contains(&part), "{part} is not in {}", page.html);
        }
        let midnight: chrono::DateTime<chrono::Utc> =
            told["midnight"].as_str().unwrap().parse().unwrap();
        let now: chrono::DateTime<chrono::Utc> = told["at"].as_str().unwrap().parse().unwrap();
        assert!(
            now < midnight && midnight <= now + chrono::TimeDelta::hours(25),
            "{told}"
        );
        browser.send("/sair", &[("token", &page.token())]).await;
        assert_eq!(browser.get("/contato").await.status, 401);
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn without_a_script_a_page_that_grows_old_is_loaded_anew_but_not_the_answer_to_a_form() {
    let world = world(1).await;
    world.sync(0).await;
    serving(&world, async |client: Client| {
        let mut browser = Browser::inside(&client).await;
        let user = world.users[0];
        for (path, query) in [
            ("/".to_owned(), "?auto=1"),
            // The same page is loaded, and its links are those that somebody would follow.
            ("/?ordem=nome".to_owned(), "?ordem=nome&amp;auto=1"),
            ("/?ordem=nome&auto=1".to_owned(), "?ordem=nome&amp;auto=1"),
        ] {
            let anew = format!(
                r#"<noscript><meta http-equiv="refresh" content="60; url={query}"></noscript>"#
            );
            let html = browser.get(&path).await.html;
            assert!(
                html.contains(&anew) && html.contains("data-refresh"),
                "{path}: {html}"
            );
            assert_eq!(html.matches("auto=1").count(), 1, "{path}: {html}");
        }
        // A form to fill in would be emptied: then it is loaded anew by whoever wants it.
        let path = format!("/peritos/{user}");
        let html = browser.get(&path).await.html;
        let by_hand =
            format!(r#"<noscript><p class="dim"><a href="{path}">Ver como está agora</a>"#);
        assert!(
            !html.contains("http-equiv") && html.contains(&by_hand),
            "{html}"
        );
        // And a script holds back no more than the part in which somebody types.
        let (before, part) = html
            .split_once(r#"<div id="account" data-refresh="15">"#)
            .unwrap();
        let head = r#"<div class="head" id="head" data-refresh="15">"#;
        assert!(before.contains(head), "how they are doing: {before}");
        for form in ["senha", "emails", "dias"] {
            let form = format!(r#"action="{path}/{form}""#);
            assert!(
                part.contains(&form) && !before.contains(&form),
                "{form}: {html}"
            );
        }
        add(&world, "rita", Role::Reception, None).await;
        let mut reception = Browser::of(&client);
        enter(&mut reception, "rita", PASSWORD).await;
        let html = reception.get(&path).await.html;
        assert!(html.contains(r#"content="60; url=?auto=1""#), "{html}");
        let html = browser.press(user, "cpf").await.html;
        assert!(
            !html.contains("http-equiv") && !html.contains("data-refresh"),
            "{html}"
        );
        // Where it leads is the page on which the form stood.
        assert!(
            html.contains(&format!(r#"data-page="/peritos/{user}""#)),
            "{html}"
        );
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn a_slash_behind_a_page_leads_to_the_page() {
    let world = world(1).await;
    serving(&world, async |client: Client| {
        let mut browser = Browser::of(&client);
        for (path, page) in [
            ("/historico/", "/historico"),
            ("/peritos/3/?aviso=a%26b", "/peritos/3?aviso=a%26b"),
            ("/peritos/3/editar/", "/peritos/3/editar"),
            ("/entrar/", "/entrar"),
        ] {
            let answer = browser.get(path).await;
            assert_eq!((answer.status.as_u16(), answer.leads_to()), (303, page));
        }
        for path in [
            "/historico//",
            "/nada/",
            "/sair/",
            "//evil.example/",
            "/peritos//",
            "/api/detran/runs/",
            "/api/openapi.json/",
        ] {
            assert_eq!(browser.get(path).await.status, 404, "{path}");
        }
        assert_eq!(browser.send("/entrar/", &[]).await.status, 404);
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn whatever_an_address_says_the_answer_is_a_page_of_ours() {
    let world = world(1).await;
    let user = world.users[0];
    let ours = async |browser: &mut Browser, path: &str, status: u16| {
        let page = browser.get(path).await;
        assert_eq!(page.status, status, "{path}: {}", page.html);
        assert!(
            page.html.contains("<!DOCTYPE html>"),
            "{path}: {}",
            page.html
        );
    };
    serving(&world, async |client: Client| {
        let mut browser = Browser::inside(&client).await;
        for day in [
            "-262143-01-01",
            "-5000-01-01",
            "+262142-12-31",
            "0000-00-00",
            "%00",
            "%FF",
        ] {
            for path in [
                "/leituras?dia=",
                "/auditoria?dia=",
                "/agenda?de=",
                "/agenda?mudancas=1&desde=",
            ] {
                ours(&mut browser, &format!("{path}{day}"), 200).await;
            }
        }
        for path in [
            "/?busca=%00&ordem=%00&pagina=%00",
            "/?busca=a&busca=b",
            "/?pagina=-1",
            "/leituras?periodo=%00&perito=%00&motivo=%00&resultado=%00",
            "/leituras?periodo=a&periodo=b",
            "/auditoria?quem=%00&tipo=%00",
            "/auditoria?quem=a&quem=b",
            "/agenda?busca=%00&perito=%00",
            "/alertas?pagina=1&pagina=2&aviso=%00",
            "/historico?dias=7&dias=9",
            "/ajustes?parte=%00&parte=x",
            "/pessoas?aviso=%00&pagina=x",
            "/conta?aviso=a&aviso=b",
            &format!("/peritos/{user}?execucao=x&aviso=%00"),
            &format!("/peritos/{user}?execucao=1&execucao=2"),
        ] {
            ours(&mut browser, path, 200).await;
        }
        for path in [
            "/peritos/abc",
            "/peritos/99999999999",
            "/peritos/1/andamento/x",
            "/execucoes/%FF",
            "/evidencias/%FF",
        ] {
            ours(&mut browser, path, 404).await;
        }
        let token = browser.get("/").await.token();
        for act in [
            "pausar",
            "sincronizar",
            "cpf",
            "calendario",
            "calendario/revogar",
            "retomar",
            "retomar/mesma-senha",
            "emails",
        ] {
            let path = format!("/peritos/abc/{act}");
            let page = browser.send(&path, &[("token", &token)]).await;
            assert_eq!(page.status, 404, "{path}: {}", page.html);
            assert!(
                page.html.contains("<!DOCTYPE html>"),
                "{path}: {}",
                page.html
            );
        }
        // A refused form is in the other language where the form is, not on the overview.
        let page = browser
            .send("/novo-perito", &[("token", &token), ("nome", "")])
            .await;
        assert_eq!(page.status, 422, "{}", page.html);
        assert!(
            page.html.contains(r#"href="/novo-perito?lang=en""#),
            "{}",
            page.html
        );
        let mut nobody = Browser::of(&client);
        for path in [
            "/entrar?para=a&para=b&novo=1",
            "/primeiro-acesso?codigo=%00&codigo=x",
        ] {
            ours(&mut nobody, path, 200).await;
        }
        for path in ["/assets/%FF", "/calendar/%FF", "/planilha/%FF"] {
            assert_eq!(nobody.get(path).await.status, 404, "{path}");
        }
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn every_page_is_there_in_both_languages_and_tells_the_browser_to_trust_nothing_else() {
    let world = world(2).await;
    world.sync(0).await;
    world
        .simulator
        .inject(Fault::always(FaultKind::Layout).at(Place::Result));
    world.sync(1).await;
    let failed = world.count("SELECT max(id) FROM agenda_sync_runs").await;
    serving(&world, async |client: Client| {
        let mut browser = Browser::inside(&client).await;
        let (a, b) = (world.users[0], world.users[1]);
        let kept = kept_page(&browser.get(&format!("/execucoes/{failed}")).await);
        for (path, pt, en) in [
            ("/".to_owned(), "Visão geral", "Overview"),
            (
                format!("/?busca={a}&ordem=nome&filtro=atrasados&pagina=7"),
                "Visão geral",
                "Overview",
            ),
            (
                format!("/peritos/{a}"),
                "Sincronizar agora",
                "Synchronise now",
            ),
            (
                format!("/peritos/{b}"),
                // All days, or only those that have appointments.
                "não foi entendida",
                "was not understood",
            ),
            (
                format!("/execucoes/{failed}"),
                "Dias com problema",
                "Days in trouble",
            ),
            (
                "/historico?dias=30".to_owned(),
                "Leituras por resultado",
                "Runs by result",
            ),
            ("/leituras".to_owned(), "Leituras", "Runs"),
            ("/alertas".to_owned(), "Alertas", "Alerts"),
        ] {
            let sign = if path.contains('?') { '&' } else { '?' };
            for (language, word) in [("pt", pt), ("en", en)] {
                let page = browser.get(&format!("{path}{sign}lang={language}")).await;
                assert_eq!(page.status, 200, "{path}");
                assert!(page.html.contains(word), "{path} {language}: {}", page.html);
                assert!(!WHOLE_CPF(&page.html), "{path}");
                guarded(&page);
            }
        }
        // The language stays.
        assert!(browser.get("/historico").await.html.contains("History"));
        let page = browser.get(&format!("/evidencias/{kept}")).await;
        assert_eq!(page.status, 200);
        assert_eq!(page.headers["content-type"], "text/plain; charset=utf-8");
        guarded(&page);
        for missing in [
            "/peritos/999999",
            "/peritos/x",
            "/execucoes/999999",
            "/evidencias/..%2Fvault.key",
            "/evidencias/nada.html",
        ] {
            assert_eq!(browser.get(missing).await.status, 404, "{missing}");
        }
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn style_and_script_are_our_own_and_are_kept_by_the_browser() {
    let world = world(1).await;
    serving(&world, async |client: Client| {
        let mut browser = Browser::of(&client);
        let html = browser.get("/entrar").await.html;
        for ending in [".css", ".js", ".svg"] {
            let at = html.find(ending).unwrap();
            let start = html[..at].rfind('"').unwrap() + 1;
            let address = &html[start..at + ending.len()];
            let file = browser.get(address).await;
            assert_eq!(file.status, 200, "{address}");
            assert!(
                file.headers["cache-control"]
                    .to_str()
                    .unwrap()
                    .contains("immutable")
            );
            let again = browser
                .request(Method::GET, address)
                .header("if-none-match", &file.headers["etag"]);
            assert_eq!(browser.load(again).await.status, 304);
        }
        assert_eq!(
            browser.get("/assets/0000000000000000.css").await.status,
            404
        );
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn hostile_names_stay_text() {
    let world = world(1).await;
    world.sync(0).await;
    let hostile = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>";
    for sql in [
        "UPDATE usuarios SET nome = $1",
        "UPDATE agenda_slots SET payload = jsonb_build_object('nome', $1::text, 'cpf', $1::text, 'tipo_processo', $1::text, 'categoria', $1::text), unidade_code = $1 || id",
        "UPDATE agenda_sync_runs SET window_name = $1, error = $1, error_details = jsonb_build_object('kind', $1::text, 'chain', jsonb_build_array($1::text),
             'notes', jsonb_build_array($1::text), 'backtrace', $1::text, 'dates', jsonb_build_array(jsonb_build_object('date', $1::text, 'unidade', $1::text, 'kind', $1::text, 'message', $1::text, 'evidence', $1::text)))",
        "UPDATE agenda_slot_changes SET fields = jsonb_build_object($1::text, jsonb_build_object('old', $1::text, 'new', $1::text))",
    ] {
        sqlx::query(sql).bind(hostile).execute(&world.database.pool).await.unwrap();
    }
    serving(&world, async |client: Client| {
        let mut browser = Browser::inside(&client).await;
        let user = world.users[0];
        let search: String = url::form_urlencoded::byte_serialize(hostile.as_bytes()).collect();
        for path in [
            "/".to_owned(),
            format!("/?busca={search}&filtro={search}&ordem={search}"),
            format!("/peritos/{user}?aviso={search}"),
            "/execucoes/1".to_owned(),
            format!("/entrar?para={search}"),
        ] {
            let html = browser.get(&path).await.html;
            assert!(
                !html.contains("<script>alert") && !html.contains("<img src=x"),
                "{path}: {html}"
            );
        }
        let page = browser.press(user, "cpf").await;
        assert!(
            page.html.contains("&lt;script&gt;") && !page.html.contains("<script>alert"),
            "{}",
            page.html
        );
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn who_needs_attention_comes_first() {
    let world = world(4).await;
    for index in 0..3 {
        world.sync(index).await;
    }
    let [late, off, well, new] = world.users[..] else {
        panic!()
    };
    for sql in [
        format!(
            "UPDATE sync_schedules SET last_success = now() - interval '3 days' WHERE usuario_id = {late}"
        ),
        format!(
            "UPDATE configuracoes_detran SET credencial_mudada_em = now() - interval '4 days' WHERE usuario_id = {late}"
        ),
        format!("UPDATE configuracoes_detran SET ativo = FALSE WHERE usuario_id = {off}"),
    ] {
        world.execute(&sql).await;
    }
    serving(&world, async |client: Client| {
        let mut browser = Browser::inside(&client).await;
        let order = |html: &str| -> Vec<i32> {
            let (_, html) = html.split_once("class=\"people\"").unwrap();
            html.split("href=\"/peritos/")
                .skip(1)
                .map(|rest| rest.split('"').next().unwrap().parse().unwrap())
                .collect()
        };
        let html = browser.get("/").await.html;
        let found = order(&html);
        assert_eq!((found[0], found[3]), (late, off), "{found:?}");
        for words in ["Atrasado", "Desligado", "Em dia", "Novo", "3 d"] {
            assert!(html.contains(words), "{words}: {html}");
        }
        assert_eq!(order(&browser.get("/?filtro=atrasados").await.html), [late]);
        assert_eq!(order(&browser.get("/?filtro=desligados").await.html), [off]);
        assert_eq!(
            order(&browser.get("/?ordem=id").await.html),
            [late, off, well, new]
        );
        assert_eq!(
            order(&browser.get(&format!("/?busca={well}")).await.html),
            [well]
        );
    })
    .await;
    world.close().await;
}

/// The name of the page that a run has kept.
fn kept_page(page: &Page) -> String {
    let (_, rest) = page.html.split_once("/evidencias/").unwrap();
    rest.split('"').next().unwrap().to_owned()
}
