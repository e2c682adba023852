//! Logging in and out, and what nobody sees without it.

use reqwest::Method;
use reqwest::header::ORIGIN;

use crate::dashboard::browser::Browser;
use crate::http::client::{Client, OPERATOR, serving, world, world_with};

#[tokio::test]
async fn nobody_sees_anything_before_logging_in() {
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
async fn a_form_that_came_too_late_is_said_to_be_lost_and_its_page_comes_back() {
    let world = world(1).await;
    let user = world.users[0];
    serving(&world, async |client: Client| {
        for (form, page) in [
            (
                format!("/peritos/{user}/emails"),
                format!("/peritos/{user}"),
            ),
            ("/novo-perito".to_owned(), "/novo-perito".to_owned()),
            ("/conta/senha".to_owned(), "/conta".to_owned()),
        ] {
            let mut browser = Browser::of(&client);
            let answer = browser.send(&form, &[("email", "ana@example.com")]).await;
            assert_eq!(answer.status, 303, "{answer:?}");
            let login = browser.get(answer.leads_to()).await;
            assert!(
                login.html.contains("Nada foi gravado: a sessão terminou"),
                "{}",
                login.html
            );
            let english = browser.get(&format!("{}&lang=en", answer.leads_to())).await;
            assert!(
                english.html.contains("Nothing was saved"),
                "{}",
                english.html
            );
            let para = format!(r#"name="para" value="{page}""#);
            assert!(login.html.contains(&para), "{}", login.html);
            let fields = [("chave", OPERATOR), ("para", page.as_str())];
            let entered = browser.send("/entrar", &fields).await;
            let back = browser.get(entered.leads_to()).await;
            assert_eq!(back.leads_to(), page);
            assert_eq!(browser.get(&page).await.status, 200, "{page}");
        }

        // Whoever only leaves loses nothing.
        let mut browser = Browser::of(&client);
        let left = browser.send("/sair", &[]).await;
        assert_eq!(left.status, 303, "{left:?}");
        assert_eq!(left.leads_to(), "/entrar?para=%2F");
        let login = browser.get(left.leads_to()).await;
        assert!(!login.html.contains("Nada foi gravado"), "{}", login.html);
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn a_link_of_another_site_leads_to_its_page_once_more_with_the_session_and_never_in_a_circle()
{
    let world = world(1).await;
    let user = world.users[0];
    serving(&world, async |client: Client| {
        let mut browser = Browser::inside(&client).await;
        let mut stranger = Browser::of(&client);
        let linked = |browser: &Browser, path: &str, kind: &str| {
            browser
                .request(Method::GET, path)
                .header("sec-fetch-site", "cross-site")
                .header("sec-fetch-dest", kind)
        };
        for (path, query) in [
            (format!("/peritos/{user}"), "?"),
            (
                "/?busca=a%26b&ordem=nome".to_owned(),
                "?busca=a%26b&amp;ordem=nome&amp;",
            ),
        ] {
            // As from a browser, which sends no session along with such a link.
            let request = linked(&stranger, &path, "document");
            let bare = stranger.load(request).await;
            assert_eq!(bare.status, 200, "{bare:?}");
            assert_eq!(bare.headers["cache-control"], "no-store");
            let again = format!(r#"<meta http-equiv="refresh" content="0; url={query}veio=1">"#);
            assert!(bare.html.contains(&again), "{path}: {}", bare.html);
            let marked = match path.split_once('?') {
                Some(_) => format!("{path}&veio=1"),
                None => format!("{path}?veio=1"),
            };
            // Whoever has logged in sees it, and the mark is gone.
            let page = browser.get(&marked).await;
            assert_eq!(
                (page.status.as_u16(), page.leads_to()),
                (303, path.as_str())
            );
            assert_eq!(browser.get(&path).await.status, 200);
            // Whoever has not is led to the login, without the mark, and whatever the browser says.
            let para: String = url::form_urlencoded::Serializer::new(String::new())
                .append_pair("para", &path)
                .finish();
            let request = linked(&stranger, &marked, "document");
            for page in [stranger.load(request).await, stranger.get(&marked).await] {
                assert_eq!(page.leads_to(), format!("/entrar?{para}"));
            }
        }
        // A picture or a frame of another site is nobody's visit, and neither is a form.
        for kind in ["image", "iframe"] {
            let request = linked(&stranger, "/", kind);
            let page = stranger.load(request).await;
            assert_eq!(page.leads_to(), "/entrar?para=%2F", "{kind}");
        }
        let form = stranger
            .form(&format!("/peritos/{user}/pausar"), &[])
            .header("sec-fetch-site", "cross-site")
            .header("sec-fetch-dest", "document");
        let refused = stranger.load(form).await;
        assert_ne!(refused.status, 200, "{refused:?}");
        assert!(!refused.html.contains("http-equiv"), "{refused:?}");
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
async fn guessing_at_the_login_is_made_slow_and_counts_with_guesses_at_the_api() {
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
async fn while_nobody_can_log_in_the_dashboard_says_first_how_the_first_operator_is_made() {
    let world = world_with(1, |config| config.secrets.http_operator_token = None).await;
    serving(&world, async |client: Client| {
        let mut browser = Browser::of(&client);
        let page = browser.get("/").await;
        assert_eq!(page.status, 200);
        let at = |words: &str| {
            page.html
                .find(words)
                .unwrap_or_else(|| panic!("{words}: {page:?}"))
        };
        assert!(at("agendad people invite") < at("http.operator_token"));
        assert_eq!(browser.get("/historico").await.leads_to(), "/");
        assert_eq!(browser.enter("").await.leads_to(), "/");
    })
    .await;
    world.close().await;
}
