//! All logins are tried one after another: once each, never one that is paused or was refused, one round at a time.

use std::time::Duration;

use agendad::domain::Role;
use agendad::simulator::{Fault, FaultKind};

use super::{PASSWORD, add, enter};
use crate::dashboard::browser::Browser;
use crate::http::client::{Client, serving, world};
use crate::support::{World, eventually};

async fn refused_and_paused() -> World {
    let world = world(5).await;
    add(&world, "ana", Role::Operator, None).await;
    world.simulator.set_password(1, "Outra-1234").unwrap();
    let paused = world.users[2];
    world
        .execute(&format!(
            "UPDATE configuracoes_detran SET pausa_motivo = 'manual' WHERE usuario_id = {paused}"
        ))
        .await;
    let off = world.users[3];
    world
        .execute(&format!(
            "UPDATE configuracoes_detran SET ativo = FALSE WHERE usuario_id = {off}"
        ))
        .await;
    world
}

fn posted(world: &World) -> Vec<u64> {
    (0..5)
        .map(|index| world.portal_saw(index).passwords)
        .collect()
}

#[tokio::test]
async fn each_login_is_tried_once_and_a_second_round_tries_no_refused_password_again() {
    let world = refused_and_paused().await;
    serving(&world, async |client: Client| {
        let mut browser = Browser::of(&client);
        enter(&mut browser, "ana", PASSWORD).await;
        let token = browser.get("/verificar").await.token();
        let browser = tokio::sync::Mutex::new(browser);
        for (round, expected) in [(1, vec![1, 1, 0, 0, 1]), (2, vec![2, 1, 0, 0, 2])] {
            let page = browser
                .lock()
                .await
                .send("/verificar", &[("token", &token)])
                .await;
            assert_eq!(page.leads_to(), "/verificar");
            let html = eventually(
                "the end of the round",
                Duration::from_secs(30),
                async || {
                    let html = browser.lock().await.get("/verificar").await.html;
                    // Without a script it is loaded again.
                    let goes_on = html.contains("data-refresh=\"2\"");
                    assert_eq!(
                        goes_on,
                        html.contains("http-equiv=\"refresh\" content=\"2"),
                        "{html}"
                    );
                    (!goes_on).then_some(html)
                },
            )
            .await;
            assert!(html.contains("Todos tiveram a sua vez"), "{html}");
            assert_eq!(html.matches("o portal aceitou").count(), 2, "{html}");
            let refused = if round == 1 {
                "o portal recusou"
            } else {
                "Senha recusada"
            };
            assert!(
                html.to_lowercase().contains(&refused.to_lowercase()),
                "{round}: {html}"
            );
            assert!(html.contains("desligado; não tentado"), "{html}");
            assert_eq!(posted(&world), expected, "round {round}");
        }
    })
    .await;
    let read = "SELECT count(*) FROM agenda_slots";
    assert_eq!(world.count(read).await, 0, "nothing is read");
    assert_eq!(
        world.count("SELECT count(*) FROM agenda_sync_runs").await,
        0
    );
    let audit = "SELECT count(*) FROM agendad_audit WHERE action = 'users.verify' AND actor = 'dashboard:ana'";
    assert_eq!(world.count(audit).await, 2);
    world.close().await;
}

#[tokio::test]
async fn one_round_at_a_time_and_where_the_portal_is_down_it_ends() {
    let world = refused_and_paused().await;
    let program = world.program();
    let verify = ["verify", "--all", "--json"];
    assert_eq!(
        program.run(&["verify"]).await.code,
        Some(2),
        "it has to be said"
    );
    let lock = world.app.syncer.control.try_lock(0).await.unwrap().unwrap();
    assert_eq!(program.run(&verify).await.code, Some(75));
    serving(&world, async |client: Client| {
        let mut browser = Browser::of(&client);
        enter(&mut browser, "ana", PASSWORD).await;
        let token = browser.get("/verificar").await.token();
        let page = browser.send("/verificar", &[("token", &token)]).await;
        assert!(page.html.contains("já está em andamento"), "{}", page.html);
    })
    .await;
    lock.release().await;
    assert_eq!(posted(&world), [0, 0, 0, 0, 0]);
    let fault = Fault::always(FaultKind::Status {
        code: 503,
        retry_after: None,
    });
    world.simulator.inject(fault);
    let said = program.run(&verify).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    let told = said.json();
    assert_eq!(
        (&told["complete"], &told["logins"][0]["login"]),
        (&false.into(), &"unavailable".into()),
        "{told}"
    );
    assert_eq!(told["logins"][4]["login"], "not_tried");
    world.simulator.clear_faults();
    let said = program.run(&verify).await;
    assert_eq!(said.code, Some(3), "{said:?}");
    let logins: Vec<_> = (0..5)
        .map(|n| {
            said.json()["logins"][n]["login"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(logins, ["accepted", "refused", "paused", "off", "accepted"]);
    world.close().await;
}

#[tokio::test]
async fn a_daemon_that_stops_ends_the_round_after_the_login_under_way() {
    let world = world(5).await;
    add(&world, "ana", Role::Operator, None).await;
    serving(&world, async |client: Client| {
        let mut browser = Browser::of(&client);
        enter(&mut browser, "ana", PASSWORD).await;
        let token = browser.get("/verificar").await.token();
        world
            .simulator
            .inject(Fault::always(FaultKind::Latency(Duration::from_millis(
                300,
            ))));
        browser.send("/verificar", &[("token", &token)]).await;
        eventually("the first login", Duration::from_secs(20), async || {
            (world.portal_saw(0).passwords == 1).then_some(())
        })
        .await;
    })
    .await;
    assert!(
        posted(&world)[4] == 0,
        "the last one had no turn: {:?}",
        posted(&world)
    );
    let audit = "SELECT count(*) FROM agendad_audit WHERE action = 'users.verify'";
    assert_eq!(world.count(audit).await, 1, "and it is written down");
    assert!(
        world
            .app
            .syncer
            .control
            .try_lock(0)
            .await
            .unwrap()
            .is_some(),
        "another round can begin"
    );
    world.close().await;
}

#[tokio::test]
async fn whoever_is_being_read_just_then_has_their_turn_afterwards() {
    let world = world(2).await;
    let program = world.program();
    let lock = world
        .app
        .syncer
        .control
        .try_lock(world.users[0])
        .await
        .unwrap()
        .unwrap();
    let (said, ()) = tokio::join!(program.run(&["verify", "--all", "--json"]), async {
        eventually(
            "the other one's turn",
            Duration::from_secs(30),
            async || (world.portal_saw(1).logins == 1).then_some(()),
        )
        .await;
        lock.release().await;
    });
    assert_eq!(said.code, Some(0), "{said:?}");
    assert_eq!(said.json()["logins"][0]["login"], "accepted");
    assert_eq!(
        [0, 1].map(|index| world.portal_saw(index).passwords),
        [1, 1]
    );
    world.close().await;
}
