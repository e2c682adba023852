//! What answers a password: one post, and whatever is not understood counts against the account.

use agendad::domain::RunStatus;
use agendad::simulator::{Fault, FaultKind, Place};
use agendad::sync::{Refusal, RunReport, SyncOutcome};

use crate::support::World;

fn kind(report: &RunReport) -> Option<&'static str> {
    report.error.as_ref().map(|error| error.kind.as_str())
}

async fn pause(world: &World) -> Option<String> {
    sqlx::query_scalar("SELECT pausa_motivo FROM configuracoes_detran WHERE usuario_id = $1")
        .bind(world.users[0])
        .fetch_one(&world.database.pool)
        .await
        .unwrap()
}

/// Each way of the portal to say no, with the reason by which the account rests.
fn refusals() -> Vec<(FaultKind, &'static str)> {
    vec![
        (FaultKind::WrongPassword, "refused"),
        (FaultKind::RefusedRedirect, "refused"),
        (FaultKind::RefusedAlert, "refused"),
        (FaultKind::Blocked, "blocked"),
        (FaultKind::ChangePassword, "change_password"),
        (FaultKind::RefusedSilently, "unexplained"),
        (FaultKind::UnknownAfterPassword, "unexplained"),
        (FaultKind::RedirectLoop, "unexplained"),
        (
            FaultKind::ForeignRedirect("http://portal.invalid/".to_owned()),
            "unexplained",
        ),
        (FaultKind::Captcha, "unexplained"),
    ]
}

#[tokio::test]
async fn a_password_never_accepted_is_posted_once_whatever_the_portal_answers() {
    for (fault, reason) in refusals() {
        let label = format!("{fault:?}");
        let world = World::new(1).await;
        world
            .simulator
            .inject(Fault::always(fault).at(Place::Login));
        let report = world.sync(0).await;
        assert_eq!(report.status, RunStatus::Failed, "{label}: {report:?}");
        let expected = if label == "Captcha" {
            "captcha"
        } else {
            "auth"
        };
        assert_eq!(kind(&report), Some(expected), "{label}: {report:?}");
        assert_eq!(pause(&world).await.as_deref(), Some(reason), "{label}");
        for _ in 0..2 {
            let refused = world.try_sync(0).await;
            let paused = matches!(
                &refused,
                SyncOutcome::Refused(Refusal::Paused { reason: found, .. }) if found.as_str() == reason
            );
            assert!(paused, "{label}: {refused:?}");
        }
        assert_eq!(world.portal_saw(0).passwords, 1, "{label}");
        world.close().await;
    }
}

#[tokio::test]
async fn a_password_accepted_before_is_condemned_by_two_unexplained_answers_in_a_row() {
    let world = World::new(1).await;
    world.sync(0).await;
    let silent = || Fault::next(FaultKind::RefusedSilently, 1).at(Place::Login);
    for _ in 0..2 {
        // One alone is forgiven, again and again, as long as a good answer lies between.
        world.simulator.expire_sessions(None);
        world.simulator.inject(silent());
        let report = world.sync(0).await;
        assert_eq!(kind(&report), Some("auth"), "{report:?}");
        assert_eq!(pause(&world).await, None);
        assert_eq!(world.sync(0).await.status, RunStatus::Success);
    }
    world.simulator.expire_sessions(None);
    for expected in [None, Some("unexplained")] {
        world.simulator.inject(silent());
        let report = world.sync(0).await;
        assert_eq!(kind(&report), Some("auth"), "{report:?}");
        assert_eq!(pause(&world).await.as_deref(), expected);
    }
    world.close().await;
}

#[tokio::test]
async fn a_way_that_fails_condemns_nobody() {
    for fault in [
        FaultKind::AnswerLost,
        FaultKind::Reset,
        FaultKind::Maintenance,
        FaultKind::Firewall(200),
    ] {
        let label = format!("{fault:?}");
        let world = World::new(1).await;
        world
            .simulator
            .inject(Fault::always(fault).at(Place::Login));
        let report = world.sync(0).await;
        assert_eq!(report.status, RunStatus::Failed, "{label}");
        assert_ne!(kind(&report), Some("auth"), "{label}: {report:?}");
        assert_eq!(pause(&world).await, None, "{label}");
        world.simulator.clear_faults();
        assert_eq!(world.sync(0).await.status, RunStatus::Success, "{label}");
        world.close().await;
    }
}

#[tokio::test]
async fn saving_the_refused_password_again_does_not_post_it_again() {
    let world = World::new(1).await;
    let senha = world.simulator.examiners()[0].senha.clone();
    world
        .simulator
        .inject(Fault::always(FaultKind::RefusedSilently).at(Place::Login));
    world.sync(0).await;
    world.set_password(0, &senha).await;
    let outcome = world.try_sync(0).await;
    assert!(matches!(outcome, SyncOutcome::Refused(_)), "{outcome:?}");
    assert_eq!(world.portal_saw(0).passwords, 1);
    world.close().await;
}
