//! Runs whose credentials the caller brings: the stored ones stay out of it, unless they are the same.
#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

use agendad::domain::{Cpf, FailureKind, RunStatus, WorkingDays};
use agendad::simulator::{Fault, FaultKind, Place};
use agendad::sync::{OwnCredentials, Refusal, RunReport, SyncOutcome};
use tokio_util::sync::CancellationToken;

use crate::support::{World, simulated};

fn given(world: &World, index: usize, password: &str) -> OwnCredentials {
    OwnCredentials {
        cpf: Cpf::parse(&world.simulator.examiners()[index].cpf).unwrap(),
        password: password.to_owned().into(),
        working_days: WorkingDays::ALL,
    }
}

async fn sync_as(world: &World, index: usize, given: &OwnCredentials) -> SyncOutcome {
    let (request, stop) = (world.request(index), CancellationToken::new());
    let syncer = &world.app.syncer;
    syncer
        .sync_as(&request, Some(given), &stop, &|_| {})
        .await
        .unwrap()
}

#[track_caller]
fn ran(outcome: SyncOutcome) -> RunReport {
    match outcome {
        SyncOutcome::Ran(report) => *report,
        SyncOutcome::Busy | SyncOutcome::TickDone | SyncOutcome::Refused(_) => {
            panic!("{outcome:?}")
        }
    }
}

/// Nobody has stored that the portal accepts them.
#[tokio::test]
async fn what_the_caller_brings_and_the_portal_has_accepted_is_not_given_up_for_lost_answers() {
    let mut settings = simulated();
    settings.examiners = 1;
    let world = World::with(settings, |config| config.session.logout_after_run = true).await;
    world.execute("DELETE FROM configuracoes_detran").await;
    let password = world.simulator.examiners()[0].senha.clone();
    let given = given(&world, 0, &password);
    assert_eq!(
        ran(sync_as(&world, 0, &given).await).status,
        RunStatus::Success
    );
    world
        .simulator
        .inject(Fault::always(FaultKind::AnswerLost).at(Place::Login));
    for _ in 0..3 {
        assert_eq!(
            ran(sync_as(&world, 0, &given).await).status,
            RunStatus::Failed
        );
    }
    world.simulator.clear_faults();
    assert_eq!(
        ran(sync_as(&world, 0, &given).await).status,
        RunStatus::Success
    );
    world.close().await;
}

#[tokio::test]
async fn an_examiner_without_an_account_is_synchronised_with_what_the_caller_brings() {
    let world = World::new(1).await;
    sqlx::query("DELETE FROM configuracoes_detran")
        .execute(&world.database.pool)
        .await
        .unwrap();
    let password = world.simulator.examiners()[0].senha.clone();
    let report = ran(sync_as(&world, 0, &given(&world, 0, &password)).await);
    assert_eq!(report.status, RunStatus::Success, "{report:?}");
    assert_eq!(world.stored(0).await, world.truth(0));
    let none = OwnCredentials {
        working_days: WorkingDays::parse(Some(r#"["domingo"]"#)).unwrap(),
        ..given(&world, 0, &password)
    };
    let report = ran(sync_as(&world, 0, &none).await);
    assert!(
        report.totals.unchanged < world.truth(0).len() as i64,
        "only the days asked for"
    );
    assert!(!format!("{none:?}").contains(&password));
    world.close().await;
}

#[tokio::test]
async fn a_wrong_password_of_the_callers_does_not_pause_the_stored_account() {
    let world = World::new(1).await;
    let report = ran(sync_as(&world, 0, &given(&world, 0, "wrong")).await);
    assert_eq!(report.error.unwrap().kind, FailureKind::Auth);
    assert_eq!(world.sync(0).await.status, RunStatus::Success);
    world.close().await;
}

#[tokio::test]
async fn the_stored_password_is_tried_once_whoever_brings_it() {
    let world = World::new(1).await;
    let old = world.simulator.examiners()[0].senha.clone();
    world.simulator.set_password(0, "another").unwrap();
    let report = ran(sync_as(&world, 0, &given(&world, 0, &old)).await);
    assert_eq!(report.error.unwrap().kind, FailureKind::Auth);
    for outcome in [
        world.try_sync(0).await,
        sync_as(&world, 0, &given(&world, 0, &old)).await,
    ] {
        assert!(
            matches!(outcome, SyncOutcome::Refused(Refusal::Paused { .. })),
            "{outcome:?}"
        );
    }
    assert_eq!(world.simulator.stats().login_refusals, 1);
    world.close().await;
}
