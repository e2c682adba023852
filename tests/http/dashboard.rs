//! The dashboard, looked at and used as an operator does, and as somebody who is none.
#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

use std::time::Duration;

use agendad::simulator::{Fault, FaultKind, Place};
use agendad::sync::SyncOutcome;
use reqwest::Method;
use reqwest::header::ORIGIN;

use crate::browser::{Browser, Page};
use crate::client::{Client, OPERATOR, serving, world, world_with};
use crate::support::{World, eventually};

const WHOLE_CPF: fn(&str) -> bool = |html| {
    let digits = |text: &[u8]| text.iter().all(u8::is_ascii_digit);
    html.as_bytes().windows(14).any(|w| {
        digits(&w[..3])
            && w[3] == b'.'
            && digits(&w[4..7])
            && w[7] == b'.'
            && digits(&w[8..11])
            && w[11] == b'-'
            && digits(&w[12..])
    })
};

async fn audited(world: &World, action: &str, user: i32) -> i64 {
    world
        .count(&format!(
            "SELECT count(*) FROM agendad_audit WHERE action = '{action}' AND actor = 'dashboard:operator' AND usuario_id = {user}"
        ))
        .await
}

#[tokio::test]
async fn nobody_sees_anything_before_he_has_logged_in() {
    let world = world(1).await;
    world.sync(0).await;
    serving(&world, async |client: Client| {
        let mut browser = Browser::of(&client);
        let user = world.users[0];
        for path in ["/", "/historico", "/execucoes/1", "/evidencias/x.html"] {
            let page = browser.get(path).await;
            assert_eq!(
                (page.status.as_u16(), page.html.as_str()),
                (303, ""),
                "{path}"
            );
            assert!(page.leads_to().starts_with("/entrar?para="), "{page:?}");
        }
        for act in ["sincronizar", "pausar", "retomar", "cpf"] {
            let page = browser.send(&format!("/peritos/{user}/{act}"), &[]).await;
            assert!(page.leads_to().starts_with("/entrar"), "{act}: {page:?}");
        }
        // A token is no cookie, and a cookie no token.
        let bearer = browser.request(Method::GET, "/").bearer_auth(OPERATOR);
        assert_eq!(browser.load(bearer).await.status, 303);
        for forged in [OPERATOR, "v1.00000000.AAAA", "", "%00"] {
            browser
                .cookies
                .insert("agendad".to_owned(), forged.to_owned());
            assert_eq!(browser.get("/").await.status, 303, "{forged}");
        }
    })
    .await;
    assert_eq!(world.count("SELECT count(*) FROM agendad_audit").await, 0);
    world.close().await;
}

#[tokio::test]
async fn the_operator_logs_in_and_out() {
    let world = world(1).await;
    serving(&world, async |client: Client| {
        let mut browser = Browser::of(&client);
        let page = browser.enter("wrong").await;
        assert_eq!(page.status, 401);
        assert!(page.html.contains("não é a do operador"), "{}", page.html);
        let page = browser.enter(OPERATOR).await;
        let cookie = page.headers["set-cookie"].to_str().unwrap().to_owned();
        for part in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        assert!(
            !cookie.contains(OPERATOR) && !cookie.contains("Secure"),
            "{cookie}"
        );
        assert_eq!(browser.get(page.leads_to()).await.leads_to(), "/");
        let page = browser.get("/").await;
        assert_eq!(page.status, 200);

        // Whoever has copied the cookie is out too, at once and after a restart.
        let copied = browser.cookies.clone();
        let page = browser.send("/sair", &[("token", &page.token())]).await;
        assert_eq!(page.leads_to(), "/entrar");
        browser.cookies = copied;
        assert!(browser.get("/").await.leads_to().starts_with("/entrar"));
        let logins = "SELECT count(*) FROM agendad_audit WHERE action = 'dashboard.login'";
        assert_eq!(world.count(logins).await, 1);
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn from_elsewhere_the_cookie_travels_over_https_only() {
    let world = world_with(1, |config| config.http.behind_proxy = true).await;
    serving(&world, async |client: Client| {
        let mut browser = Browser::of(&client);
        let form = browser
            .form(
                "/entrar",
                &[("chave", OPERATOR), ("para", "//evil.example")],
            )
            .header("host", "agenda.example.org")
            .header(ORIGIN, "https://agenda.example.org")
            .header("x-forwarded-proto", "https");
        let page = browser.load(form).await;
        let cookie = page.headers["set-cookie"].to_str().unwrap();
        assert!(cookie.starts_with("__Host-agendad=v1."), "{cookie}");
        assert!(cookie.ends_with("; Secure"), "{cookie}");
        assert_eq!(page.leads_to(), "/entrar?entrou=1&para=%2F");
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn guessing_at_the_door_is_made_slow_and_counts_with_guesses_at_the_api() {
    let world = world_with(1, |config| config.http.max_failed_auth = 3).await;
    serving(&world, async |client: Client| {
        let mut browser = Browser::of(&client);
        client
            .with("guess")
            .get("/api/detran/stats")
            .await
            .expect(401, "token");
        for _ in 0..2 {
            assert_eq!(browser.enter("guess").await.status, 401);
        }
        let page = browser.enter("guess").await;
        assert_eq!(page.status, 429, "{page:?}");
        assert_eq!(page.headers["retry-after"], "60");
        assert!(page.headers.get("set-cookie").is_none());
        // The operator at the same address is let in.
        assert_eq!(browser.enter(OPERATOR).await.status, 303);
    })
    .await;
    world.close().await;
}

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
            r#"data-door="/entrar""#.to_owned(),
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
        let anew = r#"<noscript><meta http-equiv="refresh" content="60"></noscript>"#;
        for path in ["/".to_owned(), format!("/peritos/{user}")] {
            let html = browser.get(&path).await.html;
            assert!(
                html.contains(anew) && html.contains("data-refresh"),
                "{path}"
            );
        }
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
            ("another site", &token, ("sec-fetch-site", "cross-site")),
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
async fn without_an_operator_token_the_dashboard_says_how_to_set_one() {
    let world = world_with(1, |config| config.secrets.http_operator_token = None).await;
    serving(&world, async |client: Client| {
        let mut browser = Browser::of(&client);
        let page = browser.get("/").await;
        assert_eq!(page.status, 200);
        assert!(page.html.contains("http.operator_token"), "{}", page.html);
        assert_eq!(browser.get("/historico").await.leads_to(), "/");
        assert_eq!(browser.enter("").await.leads_to(), "/");
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
                "Execuções por resultado",
                "Runs by result",
            ),
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

/// The name of the page that a run has kept.
fn kept_page(page: &Page) -> String {
    let (_, rest) = page.html.split_once("/evidencias/").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

fn guarded(page: &Page) {
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none';"), "{policy}");
    assert!(
        policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"),
        "{policy}"
    );
    assert_eq!(page.headers["x-content-type-options"], "nosniff");
    assert_eq!(page.headers["cache-control"], "no-store");
    assert_eq!(page.headers["referrer-policy"], "same-origin");
    for inline in [
        "<style",
        " style=",
        "<script>",
        " onclick=",
        "javascript:",
        "http://",
        "https://",
    ] {
        let found = page.html.contains(inline);
        assert!(
            !found || page.headers["content-type"] != "text/html; charset=utf-8",
            "{inline}: {}",
            page.html
        );
    }
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
async fn an_examiner_who_works_at_the_portal_is_waited_for_in_a_sentence() {
    let world = world(1).await;
    world.sync(0).await;
    world
        .execute(
            "UPDATE portal_sessions SET closed_at = now(), other_since = now() - interval '1 minute',
                 other_last_met = now(), other_wait_until = now() + interval '45 minutes'",
        )
        .await;
    serving(&world, async |client: Client| {
        let mut browser = Browser::inside(&client).await;
        let page = browser.get(&format!("/peritos/{}", world.users[0])).await;
        assert!(
            page.html
                .contains("O perito está usando o portal; agendad espera até "),
            "{}",
            page.html
        );
        world
            .execute("UPDATE portal_sessions SET other_last_met = now() + interval '1 year'")
            .await;
        let page = browser.get(&format!("/peritos/{}", world.users[0])).await;
        assert!(
            !page.html.contains("O perito está usando"),
            "a stamp from the future"
        );
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn an_examiner_who_is_never_disconnected_is_waited_for_without_an_hour() {
    let world = world(1).await;
    world.sync(0).await;
    world
        .execute(
            "UPDATE portal_sessions SET closed_at = now(), other_since = now() - interval '1 minute',
                 other_last_met = now(), other_wait_until = NULL",
        )
        .await;
    serving(&world, async |client: Client| {
        let mut browser = Browser::inside(&client).await;
        for (language, sentence) in [
            (
                "pt",
                "O perito está usando o portal; agendad espera até que saia.",
            ),
            (
                "en",
                "The examiner is using the portal; agendad waits until they leave.",
            ),
        ] {
            let page = browser.get(&format!("/?lang={language}")).await;
            assert!(page.html.contains(sentence), "{}", page.html);
        }
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn a_firewall_that_turns_this_process_or_another_away_is_said_with_its_hour_and_a_cure() {
    let world = world(1).await;
    world
        .simulator
        .inject(Fault::always(FaultKind::Firewall(200)));
    world.sync(0).await;
    serving(&world, async |client: Client| {
        let mut browser = Browser::inside(&client).await;
        let own = "O firewall do portal recusa esta máquina; agendad espera até ";
        for path in ["/".to_owned(), format!("/peritos/{}", world.users[0])] {
            let page = browser.get(&path).await;
            for part in [own, "outra linha", "portal.proxy", "portal.user_agent"] {
                assert!(page.html.contains(part), "{path}: {part}: {}", page.html);
            }
        }
        world
            .execute(
                "INSERT INTO agendad_alert_reports (instance, firewall_until)
                 VALUES ('maquina2/99', now() + interval '1 hour'),
                        ('old/1', now() + interval '1 hour')",
            )
            .await;
        world
            .execute(
                "UPDATE agendad_alert_reports SET reported_at = now() - interval '1 hour' WHERE instance = 'old/1'",
            )
            .await;
        let page = browser.get("/?lang=en").await;
        let other = "maquina2: The portal's firewall turns this machine away; agendad waits until ";
        assert!(page.html.replace("&#39;", "'").contains(other), "{}", page.html);
        assert!(!page.html.contains("old:"), "a daemon that is gone");
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn the_units_of_an_examiner_are_shown_with_when_each_was_last_read() {
    let world = world(1).await;
    world.sync(0).await;
    let user = world.users[0];
    serving(&world, async |client: Client| {
        let mut browser = Browser::inside(&client).await;
        let page = browser.get(&format!("/peritos/{user}")).await;
        assert!(!page.html.contains("Unidades"), "one unit needs no list");
        world
            .execute(&format!(
                "INSERT INTO portal_units (usuario_id, code, name, last_read_at, had_slots, offered, missing_since) VALUES
                     ({user}, '9781', '<b>POUPATEMPO</b>', now() - interval '3 hours', FALSE, TRUE, NULL),
                     ({user}, '9782', 'CIR-SAO PAULO', NULL, NULL, FALSE, now() - interval '2 days')"
            ))
            .await;
        let page = browser.get(&format!("/peritos/{user}")).await;
        for part in [
            "Unidades",
            "&lt;b&gt;POUPATEMPO",
            ">há 3 h</time>",
            "CIR-SAO PAULO",
            "nunca",
            "fora do portal",
            ">há 2 d</time>",
        ] {
            assert!(page.html.contains(part), "{part}: {}", page.html);
        }
    })
    .await;
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
            .inject(Fault::always(FaultKind::Latency(Duration::from_millis(60))));
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
        eventually("the audit", Duration::from_secs(5), async || {
            (audited(&world, "sync", user).await == 1).then_some(())
        })
        .await;
    })
    .await;
    assert_eq!(world.stored(0).await, world.truth(0));
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
