//! Accounts are never endangered: a refusal is final until somebody acts.

use std::time::Duration;

use agendad::config::sections::SessionStoreKind;
use agendad::domain::RunStatus;
use agendad::simulator::{Fault, FaultKind, Place};
use agendad::sync::{Refusal, RunReport, SyncOutcome};

use crate::support::{World, clock, eventually, simulated};

fn kind(report: &RunReport) -> Option<&'static str> {
    report.error.as_ref().map(|error| error.kind.as_str())
}

/// Asks for a sync that must be refused because of a pause, without any word to the portal.
async fn refused(world: &World, reason: &str) {
    let before = world.simulator.stats();
    for outcome in [world.try_sync(0).await, world.try_sync(0).await] {
        match outcome {
            SyncOutcome::Refused(Refusal::Paused { reason: found, .. }) => {
                assert_eq!(found.as_str(), reason);
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(world.simulator.stats().requests, before.requests);
}

/// A world of one examiner whose password was changed at the portal, and who was refused once.
async fn refused_world() -> World {
    let world = World::new(1).await;
    world.sync(0).await;
    world.simulator.set_password(0, "Outra-1234").unwrap();
    world.simulator.expire_sessions(None);
    let report = world.sync(0).await;
    assert_eq!(report.status, RunStatus::Failed);
    assert_eq!(kind(&report), Some("auth"), "{report:?}");
    assert_eq!(report.logins, 1);
    assert_eq!(world.portal_saw(0).login_refusals, 1);
    world
}

#[tokio::test]
async fn a_wrong_password_is_tried_once_by_whatever_process() {
    let world = refused_world().await;
    refused(&world, "refused").await;
    let second = world.second_app().await;
    let outcome = world.sync_in(&second, 0).await;
    assert!(matches!(outcome, SyncOutcome::Refused(_)), "{outcome:?}");
    second.close().await.unwrap();
    assert_eq!(world.portal_saw(0).login_refusals, 1);
    world.close().await;
}

#[tokio::test]
async fn new_credentials_end_the_pause_whoever_writes_them() {
    let world = refused_world().await;
    world.set_password(0, "Outra-1234").await;
    let report = world.sync(0).await;
    assert_eq!(report.status, RunStatus::Success, "{report:?}");

    // Refused again; this time the earlier application writes the new password in clear text.
    world.simulator.set_password(0, "Açaí d'água").unwrap();
    world.simulator.expire_sessions(None);
    assert_eq!(kind(&world.sync(0).await), Some("auth"));
    refused(&world, "refused").await;
    world
        .execute("UPDATE configuracoes_detran SET senha = 'Açaí d''água'")
        .await;
    let report = world.sync(0).await;
    assert_eq!(report.status, RunStatus::Success, "{report:?}");
    assert_eq!(world.portal_saw(0).login_refusals, 2);
    world.close().await;
}

#[tokio::test]
async fn a_new_password_is_tried_though_the_session_of_the_old_one_is_kept() {
    for store in [SessionStoreKind::Postgres, SessionStoreKind::Memory] {
        let mut settings = simulated();
        settings.examiners = 1;
        let world = World::with(settings, |config| config.session.store = store).await;
        world.sync(0).await;
        assert_eq!(world.sync(0).await.logins, 0, "{store:?}: it is kept");
        world.simulator.set_password(0, "Outra-1234").unwrap();
        world.set_password(0, "Outra-1234").await;
        let report = world.sync(0).await;
        assert_eq!(report.status, RunStatus::Success, "{report:?}");
        assert_eq!(report.logins, 1, "{store:?}");
        assert_eq!(world.sync(0).await.logins, 0, "{store:?}: once");

        world.set_password(0, "errada").await;
        assert_eq!(kind(&world.sync(0).await), Some("auth"), "{store:?}");
        refused(&world, "refused").await;
        world.close().await;
    }
}

#[tokio::test]
async fn an_operator_can_resume_an_account_that_is_right_again() {
    let world = refused_world().await;
    let password = world.simulator.examiners()[0].senha.clone();
    assert_eq!(
        password, "Outra-1234",
        "the simulator tells the present one"
    );
    world.simulator.set_password(0, "Ipê-0001").unwrap();
    world.set_password(0, "Ipê-0001").await;
    world
        .database
        .store
        .pause_account(world.users[0], "test")
        .await
        .unwrap();
    refused(&world, "manual").await;
    world
        .database
        .store
        .resume_account(world.users[0], "test")
        .await
        .unwrap();
    assert_eq!(world.sync(0).await.status, RunStatus::Success);
    world.close().await;
}

#[tokio::test]
async fn a_password_that_was_changed_during_the_run_is_not_blamed_for_the_old_one() {
    let world = World::new(1).await;
    world.simulator.set_password(0, "Outra-1234").unwrap();
    let slow = FaultKind::Latency(Duration::from_millis(300));
    world.simulator.inject(Fault::always(slow).at(Place::Login));
    let change = async {
        eventually(
            "a login is under way",
            Duration::from_secs(10),
            async || {
                let stats = world.simulator.stats();
                stats.by_kind.contains_key("login").then_some(())
            },
        )
        .await;
        world.set_password(0, "Outra-1234").await;
    };
    let (report, ()) = tokio::join!(world.sync(0), change);
    assert_eq!(kind(&report), Some("auth"), "{report:?}");
    let report = world.sync(0).await;
    assert_eq!(report.status, RunStatus::Success, "{report:?}");
    world.close().await;
}

#[tokio::test]
async fn a_captcha_pauses_for_the_configured_time_and_no_longer() {
    let mut settings = simulated();
    settings.examiners = 1;
    let pause = Duration::from_secs(8);
    let world = World::with(settings, |config| {
        config.portal.profile.captcha_pause = pause;
    })
    .await;
    world
        .simulator
        .inject(Fault::always(FaultKind::Captcha).at(Place::Agenda));
    let report = world.sync(0).await;
    assert_eq!(
        (kind(&report), report.logins),
        (Some("captcha"), 0),
        "{report:?}"
    );
    world.simulator.clear_faults();

    let account = world.database.store.account(world.users[0]).await.unwrap();
    let until = account.unwrap().pause.unwrap().until.unwrap();
    let rest = (until - clock().now()).to_std().unwrap();
    assert!(rest <= pause, "{rest:?}");
    refused(&world, "captcha").await;

    let report = eventually("the pause ends", pause * 3, async || {
        match world.try_sync(0).await {
            SyncOutcome::Ran(report) => Some(report),
            _ => None,
        }
    })
    .await;
    assert!(clock().now() >= until);
    assert_eq!(report.status, RunStatus::Success, "{report:?}");
    world.close().await;
}

#[tokio::test]
async fn a_password_that_cannot_be_opened_is_never_sent() {
    let world = World::new(1).await;
    for stored in ["'v1.nonsense'", "NULL"] {
        world
            .execute(&format!(
                "UPDATE configuracoes_detran SET senha_cifrada = {stored}"
            ))
            .await;
        let report = world.sync(0).await;
        assert_eq!(
            (report.status, kind(&report)),
            (RunStatus::Failed, Some("vault")),
            "{report:?}"
        );
        assert_eq!((report.requests, report.logins), (0, 0));
    }
    // Not the portal's refusal, so no pause: a run goes as soon as the password is there.
    let password = world.simulator.examiners()[0].senha.clone();
    world.set_password(0, &password).await;
    assert_eq!(world.sync(0).await.status, RunStatus::Success);
    world.close().await;
}

#[tokio::test]
async fn an_empty_password_beside_the_sealed_one_is_no_new_one() {
    let world = refused_world().await;
    assert_eq!(world.count(ACCEPTED).await, 0);
    world
        .execute("UPDATE configuracoes_detran SET credencial_aceita_em = now()")
        .await;
    // As an application does that writes a form back whose password nobody filled in.
    for password in ["''", "NULL", "''"] {
        world
            .execute(&format!(
                "UPDATE configuracoes_detran SET senha = {password}"
            ))
            .await;
        refused(&world, "refused").await;
        assert_eq!(world.count(ACCEPTED).await, 1, "{password}");
    }
    world
        .execute("UPDATE configuracoes_detran SET senha = 'Outra-1234'")
        .await;
    assert_eq!(world.count(ACCEPTED).await, 0);
    let report = world.sync(0).await;
    assert_eq!(report.status, RunStatus::Success, "{report:?}");
    world.close().await;
}

const ACCEPTED: &str =
    "SELECT count(*) FROM configuracoes_detran WHERE credencial_aceita_em IS NOT NULL";

/// The earlier application has written a password in clear text beside the sealed one, and the portal takes it.
async fn accepted_in_clear_text() -> World {
    let world = World::new(1).await;
    assert_eq!(world.sync(0).await.status, RunStatus::Success);
    world.simulator.set_password(0, "Outra-1234").unwrap();
    world.simulator.expire_sessions(None);
    world
        .execute("UPDATE configuracoes_detran SET senha = 'Outra-1234'")
        .await;
    assert_eq!(world.sync(0).await.status, RunStatus::Success);
    assert_eq!(world.count(ACCEPTED).await, 1);
    world
}

#[tokio::test]
async fn the_sealed_password_that_comes_back_when_the_clear_one_is_emptied_is_none_that_was_accepted()
 {
    for emptied in ["''", "NULL"] {
        let world = accepted_in_clear_text().await;
        let emptying = format!("UPDATE configuracoes_detran SET senha = {emptied}");
        world.execute(&emptying).await;
        assert_eq!(world.count(ACCEPTED).await, 0, "{emptied}");
        // Nobody knows what the portal makes of the old one: two lost answers are enough.
        world.simulator.expire_sessions(None);
        let lost = Fault::always(FaultKind::AnswerLost).at(Place::Login);
        world.simulator.inject(lost);
        let before = world.portal_saw(0).passwords;
        for _ in 0..2 {
            assert_eq!(world.sync(0).await.status, RunStatus::Failed, "{emptied}");
        }
        refused(&world, "unexplained").await;
        assert_eq!(world.portal_saw(0).passwords - before, 2, "{emptied}");
        world.close().await;
    }
}

#[tokio::test]
async fn emptying_the_clear_password_ends_no_pause_and_sealing_it_forgets_nothing() {
    let world = accepted_in_clear_text().await;
    let (store, vault) = (&world.database.store, &world.app.syncer.vault);
    let sealed = agendad::credentials::seal_clear(store, vault, "test").await;
    assert_eq!(sealed.unwrap(), 1);
    assert_eq!(world.count(ACCEPTED).await, 1);
    world
        .execute("UPDATE configuracoes_detran SET senha = 'Mais-uma-1'")
        .await;
    assert!(store.pause_account(world.users[0], "test").await.unwrap());
    world
        .execute("UPDATE configuracoes_detran SET senha = ''")
        .await;
    refused(&world, "manual").await;
    world.close().await;
}
