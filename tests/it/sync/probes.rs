//! A probe is bound by the rules of a run: the user's lock, their pause, one try of a password.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

use agendad::simulator::{Fault, FaultKind};
use agendad::sync::{Probed, RunFailure, SyncOutcome};
use tokio_util::sync::CancellationToken;

use crate::support::World;

async fn probe(world: &World, although_paused: bool) -> (Probed, Vec<&'static str>) {
    let mut pages = Vec::new();
    let stop = CancellationToken::new();
    let probed = world
        .app
        .syncer
        .probe(world.users[0], although_paused, &stop, |step| {
            pages.push(step.page.as_str());
        });
    (probed.await.unwrap(), pages)
}

#[tokio::test]
async fn a_probe_and_a_sync_of_one_user_exclude_each_other() {
    let world = World::new(1).await;
    let lock = world.app.syncer.control.try_lock(world.users[0]).await;
    let lock = lock.unwrap().unwrap();
    let (probed, pages) = probe(&world, false).await;
    assert!(matches!(probed, Probed::Busy), "{probed:?}");
    assert_eq!((pages.len(), world.simulator.stats().requests), (0, 0));
    lock.release().await;

    let (probed, pages) = probe(&world, false).await;
    assert!(matches!(probed, Probed::Walked(Ok(()))), "{probed:?}");
    assert_eq!(
        pages,
        [
            "front door",
            "login of the agenda",
            "search page",
            "list of dates",
            "result page"
        ]
    );
    let again = world.try_sync(0).await;
    assert!(
        matches!(again, SyncOutcome::Ran(_)),
        "the lock is free again: {again:?}"
    );
    world.close().await;
}

#[tokio::test]
async fn a_refused_probe_pauses_the_account_and_a_paused_one_is_not_probed() {
    let world = World::new(1).await;
    world
        .simulator
        .inject(Fault::next(FaultKind::WrongPassword, 1));
    let (probed, _) = probe(&world, false).await;
    let Probed::Walked(Err(RunFailure::Portal(error))) = &probed else {
        panic!("{probed:?}");
    };
    assert_eq!(error.failure_kind(), agendad::domain::FailureKind::Auth);

    let asked = world.simulator.stats().requests;
    let (probed, _) = probe(&world, false).await;
    let Probed::Refused(refusal) = probed else {
        panic!("{probed:?}");
    };
    let sentence = refusal.to_string();
    assert!(
        sentence.contains("paused (refused)") && sentence.contains("agendad users set-password"),
        "{sentence}"
    );
    assert_eq!(world.simulator.stats().requests, asked, "nobody was asked");

    let (probed, _) = probe(&world, true).await;
    assert!(matches!(probed, Probed::Walked(Ok(()))), "{probed:?}");
    world.close().await;
}
