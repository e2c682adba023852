//! What answers a password: one post, and whatever is not understood counts against the account.

use std::time::Duration;

use agendad::app::App;
use agendad::domain::RunStatus;
use agendad::simulator::{Fault, FaultKind, Place};
use agendad::sync::{Refusal, RunReport, SyncOutcome};

use crate::support::{World, eventually, pause_of, simulated};

const SOON: Duration = Duration::from_secs(20);

fn kind(report: &RunReport) -> Option<&'static str> {
    report.error.as_ref().map(|error| error.kind.as_str())
}

async fn resume(world: &World) {
    let (store, vault) = (&world.database.store, &world.app.syncer.vault);
    let user = world.users[0];
    let resumed = agendad::credentials::resume_with_same_password(store, vault, user, "test").await;
    assert_eq!(resumed.unwrap(), agendad::store::pauses::Resumed::Done);
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
        let paused = pause_of(&world, 0).await;
        assert_eq!(paused.as_deref(), Some(reason), "{label}");
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
        assert_eq!(pause_of(&world, 0).await, None);
        assert_eq!(world.sync(0).await.status, RunStatus::Success);
    }
    world.simulator.expire_sessions(None);
    for expected in [None, Some("unexplained")] {
        world.simulator.inject(silent());
        let report = world.sync(0).await;
        assert_eq!(kind(&report), Some("auth"), "{report:?}");
        assert_eq!(pause_of(&world, 0).await.as_deref(), expected);
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
        assert_eq!(pause_of(&world, 0).await, None, "{label}");
        world.simulator.clear_faults();
        assert_eq!(world.sync(0).await.status, RunStatus::Success, "{label}");
        world.close().await;
    }
}

#[tokio::test]
async fn whoever_is_met_after_an_answer_that_nobody_understands_is_left_alone() {
    for fault in [
        FaultKind::RefusedSilently,
        FaultKind::UnknownAfterPassword,
        FaultKind::RedirectLoop,
        FaultKind::Captcha,
    ] {
        let label = format!("{fault:?}");
        let world = World::new(1).await;
        world
            .simulator
            .inject(Fault::always(fault).at(Place::Login));
        assert_eq!(world.sync(0).await.status, RunStatus::Failed, "{label}");
        world.simulator.clear_faults();
        // The examiner looks with a browser whether the portal takes the password, and the operator resumes.
        world.simulator.examiner_logs_in(0).unwrap();
        resume(&world).await;
        let report = world.sync(0).await;
        assert_eq!(kind(&report), Some("in_use"), "{label}: {report:?}");
        assert_eq!(world.portal_saw(0).forced, 0, "{label}");
        world.close().await;
    }
}

#[tokio::test]
async fn saving_the_refused_password_again_does_not_post_it_again() {
    let world = World::new(1).await;
    let password = world.simulator.examiners()[0].senha.clone();
    world
        .simulator
        .inject(Fault::always(FaultKind::RefusedSilently).at(Place::Login));
    world.sync(0).await;
    world.set_password(0, &password).await;
    let outcome = world.try_sync(0).await;
    assert!(matches!(outcome, SyncOutcome::Refused(_)), "{outcome:?}");
    assert_eq!(world.portal_saw(0).passwords, 1);
    world.close().await;
}

/// How often it was posted, once nothing more is tried.
async fn posts_until_it_is_paused(world: &World) -> u64 {
    for _ in 0..2 {
        let outcome = world.try_sync(0).await;
        let refused = matches!(
            &outcome,
            SyncOutcome::Refused(Refusal::Paused { reason, .. }) if reason.as_str() == "unexplained"
        );
        assert!(refused, "{outcome:?}");
    }
    assert_eq!(pause_of(world, 0).await.as_deref(), Some("unexplained"));
    world.portal_saw(0).passwords
}

#[tokio::test]
async fn a_password_never_accepted_whose_answers_are_lost_is_posted_twice_and_not_for_ever() {
    let world = World::new(1).await;
    world
        .simulator
        .inject(Fault::always(FaultKind::AnswerLost).at(Place::Login));
    for _ in 0..2 {
        let report = world.sync(0).await;
        assert_ne!(kind(&report), Some("auth"), "{report:?}");
    }
    assert_eq!(posts_until_it_is_paused(&world).await, 2);
    world.simulator.clear_faults();
    // The same password saved again is no other one; whoever wants it posted once more says so.
    let password = world.simulator.examiners()[0].senha.clone();
    world.set_password(0, &password).await;
    assert_eq!(posts_until_it_is_paused(&world).await, 2);
    resume(&world).await;
    assert_eq!(world.sync(0).await.status, RunStatus::Success);
    world.close().await;
}

#[tokio::test]
async fn a_password_that_was_refused_since_it_was_accepted_is_one_never_accepted() {
    let world = World::new(1).await;
    assert_eq!(world.sync(0).await.status, RunStatus::Success);
    world.simulator.set_password(0, "Outra-1234").unwrap();
    world.simulator.expire_sessions(None);
    assert_eq!(kind(&world.sync(0).await), Some("auth"));
    assert_eq!(pause_of(&world, 0).await.as_deref(), Some("refused"));
    resume(&world).await;
    let before = world.portal_saw(0).passwords;
    world
        .simulator
        .inject(Fault::always(FaultKind::AnswerLost).at(Place::Login));
    for _ in 0..2 {
        let report = world.sync(0).await;
        assert_ne!(kind(&report), Some("auth"), "{report:?}");
    }
    assert_eq!(posts_until_it_is_paused(&world).await, before + 2);
    world.close().await;
}

/// A gateway has answered in the portal's place: that is a failure of the way, however long it lasts.
#[tokio::test]
async fn a_gateway_that_answers_for_the_portal_pauses_no_new_account() {
    let world = World::new(1).await;
    let gateway = FaultKind::Status {
        code: 502,
        retry_after: None,
    };
    world
        .simulator
        .inject(Fault::always(gateway).at(Place::Login));
    for _ in 0..3 {
        let report = world.sync(0).await;
        assert_eq!(kind(&report), Some("unavailable"), "{report:?}");
        assert_eq!(pause_of(&world, 0).await, None);
    }
    world.simulator.clear_faults();
    assert_eq!(world.sync(0).await.status, RunStatus::Success);
    world.close().await;
}

/// The portal itself has broken over it, and may have counted it as wrong.
#[tokio::test]
async fn a_password_over_which_the_portal_breaks_is_posted_twice_and_not_for_ever() {
    let world = World::new(1).await;
    let broken = FaultKind::Status {
        code: 500,
        retry_after: None,
    };
    world
        .simulator
        .inject(Fault::always(broken).at(Place::Login));
    for _ in 0..2 {
        let report = world.sync(0).await;
        assert_eq!(kind(&report), Some("unavailable"), "{report:?}");
    }
    assert_eq!(posts_until_it_is_paused(&world).await, 2);
    world.close().await;
}

/// That a page speaks of maintenance is but a word: it may be meant for one account.
#[tokio::test]
async fn a_password_never_accepted_is_not_posted_for_ever_to_a_page_of_maintenance() {
    let world = World::new(1).await;
    world
        .simulator
        .inject(Fault::always(FaultKind::Maintenance).at(Place::Login));
    for posts in [1, 2] {
        let report = world.sync(0).await;
        assert_eq!(kind(&report), Some("unavailable"), "{report:?}");
        assert_eq!(world.portal_saw(0).passwords, posts);
    }
    assert_eq!(posts_until_it_is_paused(&world).await, 2);
    world.close().await;
}

/// A run in a process, once nobody holds the examiner's lock.
async fn not_busy(world: &World, process: &App) -> SyncOutcome {
    eventually("the lock is free", SOON, async || {
        let outcome = world.sync_in(process, 0).await;
        (!matches!(outcome, SyncOutcome::Busy)).then_some(outcome)
    })
    .await
}

#[tokio::test]
async fn a_process_that_dies_with_every_password_posts_it_twice() {
    let world = World::new(1).await;
    let slow = FaultKind::Latency(Duration::from_secs(300));
    world.simulator.inject(Fault::always(slow).at(Place::Login));
    for posts in 1..=2 {
        let process = world.second_app().await;
        let posted = eventually("it is posted", SOON, async || {
            (world.portal_saw(0).passwords == posts).then_some(())
        });
        tokio::select! {
            outcome = not_busy(&world, &process) => panic!("{outcome:?}"),
            () = posted => {}
        }
        // What it had begun goes with it.
        process.close().await.unwrap();
    }
    world.simulator.clear_faults();
    let other = world.second_app().await;
    let outcome = not_busy(&world, &other).await;
    assert!(matches!(outcome, SyncOutcome::Refused(_)), "{outcome:?}");
    assert_eq!(pause_of(&world, 0).await.as_deref(), Some("unexplained"));
    assert_eq!(world.portal_saw(0).passwords, 2);
    other.close().await.unwrap();
    world.close().await;
}

/// Between the portal's refusal and the pause for it: as often as a process that dies before the answer.
#[tokio::test]
async fn a_process_that_dies_with_every_refusal_posts_the_password_twice() {
    const TRIED: &str = "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM tries";
    let world = World::new(1).await;
    world.simulator.set_password(0, "Outra-1234").unwrap();
    // Nobody can write the pause. A sequence counts what is undone, too.
    for sql in [
        "CREATE SEQUENCE tries",
        "CREATE FUNCTION undo() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN
             PERFORM nextval('tries');
             RAISE EXCEPTION 'no' USING ERRCODE = '40P01';
         END $$",
        "CREATE TRIGGER undo BEFORE INSERT ON portal_refusals FOR EACH ROW EXECUTE FUNCTION undo()",
    ] {
        world.execute(sql).await;
    }
    for posts in 1..=2 {
        let process = world.second_app().await;
        let before = world.count(TRIED).await;
        let refused = eventually("it is refused", SOON, async || {
            let posted = world.portal_saw(0).passwords == posts;
            (posted && world.count(TRIED).await > before).then_some(())
        });
        tokio::select! {
            outcome = not_busy(&world, &process) => panic!("{outcome:?}"),
            () = refused => {}
        }
        process.close().await.unwrap();
    }
    world.execute("DROP TRIGGER undo ON portal_refusals").await;
    let other = world.second_app().await;
    let outcome = not_busy(&world, &other).await;
    assert!(matches!(outcome, SyncOutcome::Refused(_)), "{outcome:?}");
    assert_eq!(pause_of(&world, 0).await.as_deref(), Some("unexplained"));
    assert_eq!(world.portal_saw(0).passwords, 2);
    other.close().await.unwrap();
    world.close().await;
}

#[tokio::test]
async fn only_lost_answers_in_a_row_and_to_one_password_count() {
    let mut settings = simulated();
    settings.examiners = 1;
    // Nobody rests from so many failures.
    let world = World::with(settings, |config| config.portal.breaker.failures = 0).await;
    let lose = || {
        let lost = Fault::next(FaultKind::AnswerLost, 1).at(Place::Login);
        world.simulator.inject(lost);
    };
    let password = world.simulator.examiners()[0].senha.clone();
    let sync = async || {
        let report = world.sync(0).await;
        assert_ne!(kind(&report), Some("auth"), "{report:?}");
        assert_eq!(pause_of(&world, 0).await, None);
        report.status
    };
    // An answer lies between, though it lets nobody in: the examiner is using the portal.
    world.simulator.examiner_logs_in(0).unwrap();
    let in_use = async || {
        let report = world.sync(0).await;
        assert_eq!(kind(&report), Some("in_use"), "{report:?}");
    };
    in_use().await;
    for _ in 0..2 {
        lose();
        assert_eq!(sync().await, RunStatus::Failed);
        in_use().await;
    }
    world.simulator.examiner_logs_out(0).unwrap();
    // Who is too busy for everybody has not looked at the password.
    for _ in 0..3 {
        let busy = FaultKind::Status {
            code: 503,
            retry_after: None,
        };
        world.simulator.inject(Fault::always(busy).at(Place::Login));
        assert_eq!(sync().await, RunStatus::Failed);
        world.simulator.clear_faults();
    }
    // Another password lies between.
    lose();
    assert_eq!(sync().await, RunStatus::Failed);
    world.set_password(0, "Outra-1234").await;
    lose();
    assert_eq!(sync().await, RunStatus::Failed);
    world.set_password(0, &password).await;
    // Sessions whose login had no answer may be the examiner's own, and would be left alone.
    world.simulator.expire_sessions(None);
    assert_eq!(sync().await, RunStatus::Success);
    // Once it was accepted, answers may be lost as often as they like.
    for _ in 0..3 {
        world.simulator.expire_sessions(None);
        world
            .simulator
            .inject(Fault::always(FaultKind::AnswerLost).at(Place::Login));
        assert_eq!(sync().await, RunStatus::Failed);
        world.simulator.clear_faults();
    }
    world.simulator.expire_sessions(None);
    assert_eq!(sync().await, RunStatus::Success);
    world.close().await;
}
