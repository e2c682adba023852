//! What the page of an examiner says of waiting and of units.

use agendad::simulator::{Fault, FaultKind};

use crate::dashboard::browser::Browser;
use crate::http::client::{Client, serving, world};

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
async fn a_first_run_under_way_is_no_trouble_and_no_share_of_time() {
    let world = world(1).await;
    let user = world.users[0];
    serving(&world, async |client: Client| {
        let mut browser = Browser::inside(&client).await;
        let page = browser.get(&format!("/peritos/{user}")).await;
        let unread = "<span class=\"unread\">ainda não lido</span>";
        assert!(page.html.contains(unread), "{}", page.html);
        world
            .execute(&format!(
                "INSERT INTO agenda_sync_runs (usuario_id, window_name, window_start, window_end, status)
                 VALUES ({user}, 'near', current_date, current_date + 3, 'running')"
            ))
            .await;
        let page = browser.get(&format!("/peritos/{user}")).await;
        let being_read = "<span class=\"dim\">sendo lido agora</span>";
        assert!(page.html.contains(being_read), "{}", page.html);
        for wrong in ["class=\"unread\"", "<dd>0 %</dd>"] {
            assert!(!page.html.contains(wrong), "{wrong}: {}", page.html);
        }
        let page = browser.get("/").await;
        assert!(page.html.contains("É a primeira leitura"), "{}", page.html);
    })
    .await;
    world.close().await;
}
