//! How long a session lasts, and what ends it.

use agendad::domain::Role;

use super::{add, session};
use crate::dashboard::browser::Browser;
use crate::http::client::{Client, serving, world, world_with};
use crate::support::World;

async fn inside(client: &Client, world: &World, person: i32) -> Browser {
    let mut browser = Browser::of(client);
    let (cookie, _) = session(world, person).await;
    browser.cookies.insert("agendad".to_owned(), cookie);
    browser
}

async fn is_in(browser: &mut Browser) -> bool {
    browser.get("/conta").await.status == 200
}

async fn older(world: &World, column: &str, minutes: u32) {
    world
        .execute(&format!(
            "UPDATE agendad_people_sessions SET {column} = {column} - interval '{minutes} min'"
        ))
        .await;
}

#[tokio::test]
async fn a_session_that_rests_or_is_old_is_over() {
    let world = world(1).await;
    let ana = add(&world, "ana", Role::Operator, None).await;
    serving(&world, async |client: Client| {
        let mut browser = inside(&client, &world, ana).await;
        older(&world, "last_seen_at", 119).await;
        assert!(is_in(&mut browser).await, "and that was something done");
        older(&world, "last_seen_at", 119).await;
        // What an open page asks for by itself is nothing that anybody does.
        for path in ["/contato", "/conta"] {
            let asked = browser
                .request(reqwest::Method::GET, path)
                .header("sec-fetch-dest", "empty");
            assert_eq!(browser.load(asked).await.status, 200);
        }
        // Nor is what a page without scripts loads anew.
        assert_eq!(browser.get("/agenda?de=hoje&auto=1").await.status, 200);
        older(&world, "last_seen_at", 2).await;
        assert_eq!(browser.get("/contato").await.status, 401);
        assert!(!is_in(&mut browser).await);

        let mut browser = inside(&client, &world, ana).await;
        older(&world, "created_at", 719).await;
        assert!(is_in(&mut browser).await);
        older(&world, "created_at", 2).await;
        assert!(!is_in(&mut browser).await);
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn the_times_are_those_of_the_configuration() {
    let world = world_with(1, |config| {
        config.http.session_idle = std::time::Duration::from_secs(300);
        config.http.session_longest = std::time::Duration::from_secs(3600);
    })
    .await;
    let ana = add(&world, "ana", Role::Operator, None).await;
    serving(&world, async |client: Client| {
        let mut browser = inside(&client, &world, ana).await;
        older(&world, "last_seen_at", 6).await;
        assert!(!is_in(&mut browser).await);
        let mut browser = inside(&client, &world, ana).await;
        older(&world, "created_at", 61).await;
        assert!(!is_in(&mut browser).await);
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn whatever_changes_what_somebody_may_do_ends_their_sessions_and_nobody_elses() {
    let world = world(1).await;
    let ana = add(&world, "ana", Role::Operator, None).await;
    add(&world, "bia", Role::Operator, None).await;
    let caio = add(&world, "caio", Role::Reception, None).await;
    let store = &world.database.store;
    serving(&world, async |client: Client| {
        let mut other = inside(&client, &world, caio).await;
        for what in ["password", "role", "disabled", "removed"] {
            let mut browsers = [
                inside(&client, &world, ana).await,
                inside(&client, &world, ana).await,
            ];
            for browser in &mut browsers {
                assert!(is_in(browser).await, "{what}");
            }
            let done = match what {
                "password" => {
                    store
                        .set_person_password(ana, "$argon2id$another", "test")
                        .await
                }
                "role" => {
                    store
                        .set_person_role(ana, Role::Reception, None, "test")
                        .await
                }
                "disabled" => {
                    store.set_person_disabled(ana, true, "test").await.unwrap();
                    for browser in &mut browsers {
                        assert!(!is_in(browser).await, "{what}");
                    }
                    // Being let in again brings no session back.
                    store.set_person_disabled(ana, false, "test").await
                }
                _ => store.remove_person(ana, "test").await,
            };
            done.unwrap();
            for browser in &mut browsers {
                assert!(!is_in(browser).await, "{what}");
            }
        }
        assert!(is_in(&mut other).await);
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn an_examiner_whom_the_application_has_switched_off_is_out() {
    let world = world(1).await;
    let user = world.users[0];
    let perita = add(&world, "perita", Role::Examiner, Some(user)).await;
    serving(&world, async |client: Client| {
        let mut browser = inside(&client, &world, perita).await;
        assert!(is_in(&mut browser).await);
        world
            .execute(&format!(
                "UPDATE usuarios SET ativo = FALSE WHERE id = {user}"
            ))
            .await;
        assert!(!is_in(&mut browser).await);
        let page = super::enter(&mut browser, "perita", super::PASSWORD).await;
        assert_eq!(page.status, 401);
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn one_logs_out_here_or_everywhere_and_sees_where_one_is() {
    let world = world(1).await;
    let caio = add(&world, "caio", Role::Reception, None).await;
    let ana = add(&world, "ana", Role::Operator, None).await;
    serving(&world, async |client: Client| {
        let (mut here, mut there) = (
            inside(&client, &world, caio).await,
            inside(&client, &world, caio).await,
        );
        let mut their_browser = inside(&client, &world, ana).await;
        let page = here.get("/conta").await;
        assert_eq!(
            page.html.matches("name=\"sessao\"").count(),
            2,
            "{}",
            page.html
        );
        // Each button is read out with the moment alone.
        let labels = page.html.split("aria-label=\"Encerrar ").skip(1);
        let labels: Vec<&str> = labels.filter_map(|rest| rest.split('"').next()).collect();
        let is_moment = |label: &&str| label.matches(':').count() == 2 && !label.contains('&');
        assert!(
            labels.len() == 2 && labels.iter().all(is_moment),
            "{labels:?}"
        );
        // Somebody else's session is none that one can end.
        let theirs = "SELECT id FROM agendad_people_sessions WHERE person_id = ";
        let theirs = world.count(&format!("{theirs}{ana}")).await.to_string();
        let token = page.token();
        here.send("/conta/sessoes", &[("token", &token), ("sessao", &theirs)])
            .await;
        assert!(is_in(&mut their_browser).await);
        let copied = here.cookies.clone();
        let page = here.send("/sair", &[("token", &token)]).await;
        assert_eq!(page.leads_to(), "/entrar");
        here.cookies = copied;
        assert!(
            !is_in(&mut here).await,
            "whoever has copied the cookie is out too"
        );
        assert!(is_in(&mut there).await);
        let token = their_browser.get(&format!("/pessoas/{caio}")).await.token();
        their_browser
            .send(&format!("/pessoas/{caio}/sessoes"), &[("token", &token)])
            .await;
        assert!(!is_in(&mut there).await);
        assert!(is_in(&mut their_browser).await);
    })
    .await;
    let ended = "SELECT count(*) FROM agendad_audit WHERE action = 'people.log-out' AND actor = ";
    assert_eq!(world.count(&format!("{ended}'dashboard:ana'")).await, 1);
    assert_eq!(world.count(&format!("{ended}'dashboard:caio'")).await, 1);
    world.close().await;
}
