//! Logging in with a name, and what guessing comes to.

use std::time::Duration;

use agendad::domain::Role;
use futures::future::join_all;

use super::{PASSWORD, add, enter};
use crate::dashboard::browser::{Browser, Page};
use crate::http::client::{Client, OPERATOR, serving, world, world_with};
use crate::support::World;

#[tokio::test]
async fn once_an_operator_has_a_name_the_shared_key_lets_no_person_in() {
    let world = world(1).await;
    serving(&world, async |client: Client| {
        let mut before = Browser::inside(&client).await;
        assert!(before.get("/pessoas").await.html.contains("Ninguém ainda"));
        // Reception alone changes nothing: somebody must be able to do everything.
        add(&world, "recepcao.1", Role::Reception, None).await;
        assert_eq!(before.get("/").await.status, 200);
        let page = Browser::of(&client).get("/entrar").await.html;
        assert!(
            page.contains("name=\"senha\"") && page.contains("name=\"chave\""),
            "{page}"
        );

        add(&world, "ana", Role::Operator, None).await;
        assert!(before.get("/").await.leads_to().starts_with("/entrar"));
        let mut browser = Browser::of(&client);
        let page = browser.get("/entrar").await.html;
        assert!(!page.contains("name=\"chave\""), "{page}");
        assert!(page.contains("é só para programas"), "{page}");
        let page = browser.enter(OPERATOR).await;
        assert_eq!(page.status, 401);
        assert!(page.html.contains("é só para programas"), "{}", page.html);
        assert!(page.headers.get("set-cookie").is_none());
        assert_eq!(client.operator().get("/api/detran/slots").await.status, 200);

        let page = enter(&mut browser, " Ana ", PASSWORD).await;
        assert_eq!(page.status, 303, "{page:?}");
        let cookie = page.headers["set-cookie"].to_str().unwrap();
        for part in [
            "agendad=p1.",
            "HttpOnly",
            "SameSite=Strict",
            "Path=/",
            "Max-Age=43200",
        ] {
            assert!(cookie.contains(part), "{cookie}");
        }
        let page = browser.get("/").await;
        assert_eq!(page.status, 200);
        assert!(page.html.contains("Fulana de Tal"), "{}", page.html);
    })
    .await;
    let by = "SELECT count(*) FROM agendad_audit WHERE action = 'dashboard.login' AND actor = ";
    assert_eq!(world.count(&format!("{by}'dashboard:ana'")).await, 1);
    assert_eq!(world.count(&format!("{by}'dashboard:operator'")).await, 1);
    // Neither token nor password is anywhere.
    let kept = "SELECT count(*) FROM agendad_people WHERE password_hash NOT LIKE '$argon2id$%'";
    assert_eq!(world.count(kept).await, 0);
    world.close().await;
}

#[tokio::test]
async fn from_elsewhere_a_persons_cookie_travels_over_https_only() {
    let world = world_with(1, |config| config.http.behind_proxy = true).await;
    add(&world, "ana", Role::Operator, None).await;
    serving(&world, async |client: Client| {
        let mut browser = Browser::of(&client);
        let form = browser
            .form(
                "/entrar",
                &[("nome", "ana"), ("senha", PASSWORD), ("para", "/")],
            )
            .header("host", "agenda.example.org")
            .header("origin", "https://agenda.example.org")
            .header("x-forwarded-proto", "https")
            .header("x-forwarded-for", "192.0.2.7");
        let page = browser.load(form).await;
        let cookie = page.headers["set-cookie"].to_str().unwrap();
        assert!(cookie.starts_with("__Host-agendad=p1."), "{cookie}");
        assert!(
            cookie.ends_with("; HttpOnly; SameSite=Strict; Secure"),
            "{cookie}"
        );
    })
    .await;
    let address = "SELECT count(*) FROM agendad_people_sessions WHERE address = '192.0.2.7'";
    assert_eq!(world.count(address).await, 1);
    world.close().await;
}

/// What a page says, without what differs by time.
/// What is said of a name, but for the name itself, which stands in its field again.
fn said(page: &Page, name: &str) -> (u16, bool, String) {
    let html = page.html.split("<footer>").next().unwrap();
    let kept = format!("value=\"{name}\"");
    assert_eq!(html.matches(&kept).count(), 1, "{html}");
    (
        page.status.as_u16(),
        page.headers.contains_key("retry-after"),
        html.replace(&kept, ""),
    )
}

async fn time_passes(world: &World, seconds: u32) {
    world
        .execute(&format!(
            "UPDATE agendad_login_guesses SET locked_until = locked_until - interval '{seconds} s'"
        ))
        .await;
}

#[tokio::test]
async fn whoever_guesses_waits_longer_each_time_and_learns_of_no_name_whether_there_is_one() {
    let world = world_with(1, |config| config.http.max_failed_auth = 0).await;
    add(&world, "ana", Role::Operator, None).await;
    let off = add(&world, "desligada", Role::Reception, None).await;
    let store = &world.database.store;
    store.set_person_disabled(off, true, "test").await.unwrap();
    serving(&world, async |client: Client| {
        let mut browser = Browser::of(&client);
        for n in 1..=7 {
            let mut says =
                async |name, password| said(&enter(&mut browser, name, password).await, name);
            let known = says("ana", "wrong password").await;
            let disabled = says("desligada", PASSWORD).await;
            let unknown = says("bia", "wrong password").await;
            let none = says("não é nome!", "wrong password").await;
            assert_eq!(known, unknown, "{n}");
            assert_eq!(known, disabled, "{n}");
            assert_eq!(known, none, "{n}");
            assert_eq!(known.0, if n <= 5 { 401 } else { 429 }, "{n}");
        }
        // Not even the right one is looked at.
        assert_eq!(enter(&mut browser, "ana", PASSWORD).await.status, 429);
        time_passes(&world, 61).await;
        assert_eq!(
            enter(&mut browser, "ana", "wrong password").await.status,
            401
        );
        assert_eq!(enter(&mut browser, "ana", PASSWORD).await.status, 429);
        time_passes(&world, 61).await;
        assert_eq!(
            enter(&mut browser, "ana", PASSWORD).await.status,
            429,
            "twice as long"
        );
        time_passes(&world, 60).await;
        assert_eq!(enter(&mut browser, "ana", PASSWORD).await.status, 303);
        // A good one takes them all back.
        for _ in 0..4 {
            assert_eq!(
                enter(&mut Browser::of(&client), "ana", "wrong password")
                    .await
                    .status,
                401
            );
        }
        assert_eq!(
            enter(&mut Browser::of(&client), "ana", PASSWORD)
                .await
                .status,
            303
        );
    })
    .await;
    let longest =
        "UPDATE agendad_login_guesses SET failed = 1000000, locked_until = now() - interval '1 s'";
    world.execute(longest).await;
    store.guess_login("bia").await.unwrap();
    let rest = store.guess_login("bia").await.unwrap().unwrap();
    assert!(
        rest <= Duration::from_secs(3600) && rest > Duration::from_secs(3500),
        "{rest:?}"
    );
    world.close().await;
}

#[tokio::test]
async fn many_guesses_at_once_are_no_more_than_one_after_the_other() {
    let world = world_with(1, |config| config.http.max_failed_auth = 0).await;
    add(&world, "ana", Role::Operator, None).await;
    serving(&world, async |client: Client| {
        let guesses = (0..30).map(async |n: u32| {
            let password = format!("wrong password {n}");
            let mut browser = Browser::of(&client);
            enter(&mut browser, "ana", &password).await.status.as_u16()
        });
        let came = join_all(guesses).await;
        let looked_at = came.iter().filter(|status| **status == 401).count();
        assert_eq!(looked_at, 5, "{came:?}");
        assert!(
            came.iter().all(|status| [401, 429].contains(status)),
            "{came:?}"
        );
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn an_address_that_guesses_is_made_to_wait_whatever_names_it_tries() {
    let world = world_with(1, |config| config.http.max_failed_auth = 3).await;
    add(&world, "ana", Role::Operator, None).await;
    serving(&world, async |client: Client| {
        let mut browser = Browser::of(&client);
        for name in ["bia", "caio", "davi"] {
            assert_eq!(
                enter(&mut browser, name, "wrong password").await.status,
                401
            );
        }
        let page = enter(&mut browser, "eva", "wrong password").await;
        assert_eq!(page.status, 429);
        assert_eq!(page.headers["retry-after"], "60");
        // Programs are told apart.
        assert_eq!(client.operator().get("/api/detran/slots").await.status, 200);
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn a_lock_out_of_a_clock_that_was_ahead_keeps_nobody_out() {
    let world = world(1).await;
    let store = &world.database.store;
    for _ in 0..5 {
        assert_eq!(store.guess_login("ana").await.unwrap(), None);
    }
    assert!(store.guess_login("ana").await.unwrap().is_some());
    let ahead = "UPDATE agendad_login_guesses SET locked_until = locked_until + interval '1 year',
                 last_at = last_at + interval '1 year'";
    world.execute(ahead).await;
    // And counting begins anew.
    for _ in 0..5 {
        assert_eq!(store.guess_login("ana").await.unwrap(), None);
    }
    assert!(store.guess_login("ana").await.unwrap().is_some());
    world.close().await;
}
