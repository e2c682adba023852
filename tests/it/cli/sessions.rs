//! `agendad sessions`: whose portal sessions are open, and ending them.

use agendad::config::sections::SessionStoreKind;
use agendad::simulator::{Fault, FaultKind, Place};

use crate::support::{Said, World, simulated};

#[tokio::test]
async fn sessions_are_listed_without_a_secret_and_ended_at_a_word() {
    let world = World::new(2).await;
    let program = world.program();
    let none = program.run(&["sessions", "list"]).await;
    assert!(none.err.contains("no sessions are open"), "{none:?}");
    world.sync(0).await;
    world.sync(1).await;

    let listed = program.run(&["sessions", "list", "--json"]).await.json();
    assert_eq!(listed[0]["usuario_id"], world.users[0]);
    assert_eq!(listed[1]["state"], "open");
    assert!(listed[0]["dies_at"].is_string(), "{listed}");
    let table = program.run(&["sessions", "list"]).await.out;
    for examiner in world.simulator.examiners() {
        assert!(!table.contains(&examiner.cpf) && !listed.to_string().contains(&examiner.cpf));
    }

    let first = world.users[0].to_string();
    let one = ["sessions", "clear", "--user", &first, "--json"];
    assert_eq!(program.run(&one).await.json()["cleared"], 1);
    assert_eq!(world.sync(1).await.logins, 0, "the other one stays");
    assert_eq!(world.sync(0).await.logins, 1);
    let all = program.run(&["sessions", "clear"]).await;
    assert!(all.out.contains("2 sessions are ended"), "{all:?}");
    assert_eq!(world.sync(1).await.logins, 1);
    let nobody = program.run(&["sessions", "clear", "--user", "9999"]).await;
    assert_eq!(nobody.code, Some(1), "{nobody:?}");
    let audited = "SELECT count(*) FROM agendad_audit WHERE action = 'sessions.clear'";
    assert_eq!(world.count(audited).await, 2);
    world.close().await;
}

#[tokio::test]
async fn a_session_in_a_daemons_memory_is_ended_by_that_daemon() {
    let mut settings = simulated();
    settings.examiners = 1;
    let world = World::with(settings, |config| {
        config.session.store = SessionStoreKind::Memory;
    })
    .await;
    let program = world.program().env("AGENDAD_SESSION__STORE", "memory");
    world.sync(0).await;
    let said = program.run(&["sessions", "clear", "--json"]).await;
    assert_eq!(said.code, Some(3), "{said:?}");
    let said = said.json();
    assert_eq!((&said["cleared"], &said["left"]), (&0.into(), &1.into()));
    assert_eq!(world.sync(0).await.logins, 0, "not yet");
    let closed = world.app.syncer.close_sessions(None).await;
    assert_eq!(closed.map(|closed| closed.closed).ok(), Some(1));
    assert_eq!(world.sync(0).await.logins, 1);
    world.close().await;
}

#[tokio::test]
async fn a_session_that_the_portal_did_not_end_is_no_success() {
    let world = World::new(1).await;
    let program = world.program();
    world.sync(0).await;
    let down = FaultKind::Status {
        code: 503,
        retry_after: None,
    };
    world
        .simulator
        .inject(Fault::always(down).at(Place::Logout));
    let said = program.run(&["sessions", "clear"]).await;
    assert_eq!(said.code, Some(3), "{said:?}");
    assert!(said.err.contains("the portal did not end them"), "{said:?}");
    assert_eq!(world.simulator.sessions().len(), 1);
    world.close().await;
}

#[tokio::test]
async fn a_walk_says_what_it_did_not_try_and_condemns_no_key_for_a_session_that_was_over() {
    let world = World::new(1).await;
    let program = world.program();
    let user = world.users[0].to_string();
    let walk = ["portal", "probe", "--user", &user];
    let end = |said: &Said| said.out.lines().last().unwrap_or_default().to_owned();
    let fresh = program.run(&walk).await;
    assert_eq!(fresh.code, Some(0), "{fresh:?}");
    let fits =
        "the profile fits. Not tried, because the session is kept: portal.profile.logout_path";
    assert!(end(&fresh).contains(&format!("{fits}.")), "{}", end(&fresh));
    let kept = program.run(&walk).await;
    assert!(
        end(&kept).contains(&format!("{fits} and the keys of the login")),
        "{}",
        end(&kept)
    );
    assert_eq!(world.simulator.expire_sessions(None), 1);
    let over = program.run(&walk).await;
    assert_eq!(over.code, Some(0), "{over:?}");
    assert!(end(&over).contains(&format!("{fits}.")), "{}", end(&over));
    world.close().await;
}
