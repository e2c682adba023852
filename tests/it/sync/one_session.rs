//! One session a person, and it is the examiner's before it is ours.

use std::time::Duration;

use agendad::config::portal::DurationOrNever;
use agendad::domain::RunStatus;
use agendad::simulator::{Fault, FaultKind, Place};
use agendad::sync::{RunReport, SyncOutcome};
use tokio_util::sync::CancellationToken;

use crate::support::{World, eventually, simulated};

pub(super) fn kind(report: &RunReport) -> Option<&'static str> {
    report.error.as_ref().map(|error| error.kind.as_str())
}

pub(super) async fn world(patience: DurationOrNever) -> World {
    let mut settings = simulated();
    settings.examiners = 1;
    settings.empty_day_ratio = 0.0;
    World::with(settings, |config| {
        config.portal.other_session_patience = patience;
        // Nobody rests from so many failures.
        config.portal.breaker.failures = 0;
    })
    .await
}

pub(super) fn minutes(minutes: u64) -> DurationOrNever {
    DurationOrNever::For(Duration::from_secs(60 * minutes))
}

/// As if all that is written down of sessions and of the password had happened so many minutes earlier.
async fn minutes_pass(world: &World, minutes: u32) {
    let earlier = |column: &str| format!("{column} = {column} - interval '{minutes} minutes'");
    let columns = ["opened_at", "last_used_at", "other_since", "other_last_met"];
    let columns = columns.map(earlier).join(", ");
    world
        .execute(&format!("UPDATE portal_sessions SET {columns}"))
        .await;
    let password = earlier("credencial_mudada_em");
    world
        .execute(&format!("UPDATE configuracoes_detran SET {password}"))
        .await;
}

#[tokio::test]
async fn the_examiners_own_session_is_left_alone_and_nothing_is_removed() {
    let world = world(minutes(45)).await;
    world.sync(0).await;
    let stored = world.stored(0).await;
    world.simulator.examiner_logs_in(0).unwrap();
    for _ in 0..2 {
        let report = world.sync(0).await;
        assert_eq!(report.status, RunStatus::Failed, "{report:?}");
        assert_eq!(kind(&report), Some("in_use"));
    }
    assert_eq!(world.portal_saw(0).forced, 0, "nothing was forced");
    assert_eq!(world.stored(0).await, stored);
    // Neither paused nor condemned: when they have left, all goes on.
    world.simulator.examiner_logs_out(0).unwrap();
    let report = world.sync(0).await;
    assert_eq!(
        (report.status, report.logins),
        (RunStatus::Success, 1),
        "{report:?}"
    );
    world.close().await;
}

#[tokio::test]
async fn an_examiner_who_logs_in_in_the_middle_of_a_run_is_left_alone_too() {
    let world = world(minutes(45)).await;
    world.sync(0).await;
    let stored = world.stored(0).await;
    world
        .simulator
        .inject(Fault::next(FaultKind::Taken, 1).at(Place::Result));
    let report = world.sync(0).await;
    assert_eq!(kind(&report), Some("in_use"), "{report:?}");
    assert_eq!(world.portal_saw(0).forced, 0);
    assert_eq!(world.stored(0).await, stored, "nothing was removed");
    assert_eq!(report.totals.removed, 0);
    world.close().await;
}

#[tokio::test]
async fn it_is_ended_when_the_patience_is_over_and_not_before() {
    let world = world(minutes(45)).await;
    world.sync(0).await;
    world.simulator.examiner_logs_in(0).unwrap();
    for waited in [0, 15, 30] {
        let report = world.sync(0).await;
        assert_eq!(kind(&report), Some("in_use"), "after {waited} minutes");
        minutes_pass(&world, 15).await;
    }
    let report = world.sync(0).await;
    assert_eq!(report.status, RunStatus::Success, "{report:?}");
    assert_eq!(world.portal_saw(0).forced, 1);
    world.close().await;
}

#[tokio::test]
async fn zero_patience_ends_it_at_once_and_never_means_never() {
    let at_once = world(minutes(0)).await;
    at_once.simulator.examiner_logs_in(0).unwrap();
    let report = at_once.sync(0).await;
    assert_eq!(report.status, RunStatus::Success, "{report:?}");
    assert_eq!(at_once.portal_saw(0).forced, 1);
    at_once.close().await;

    let never = world(DurationOrNever::Forever).await;
    never.simulator.examiner_logs_in(0).unwrap();
    for _ in 0..4 {
        assert_eq!(kind(&never.sync(0).await), Some("in_use"));
        minutes_pass(&never, 25).await;
    }
    assert_eq!(never.portal_saw(0).forced, 0);
    never.close().await;
}

#[tokio::test]
async fn a_forced_session_that_is_taken_back_is_not_forced_again_that_day() {
    let world = world(minutes(0)).await;
    world.simulator.examiner_logs_in(0).unwrap();
    assert_eq!(world.sync(0).await.status, RunStatus::Success);
    world.simulator.examiner_logs_in(0).unwrap();
    for _ in 0..3 {
        let report = world.sync(0).await;
        assert_eq!(kind(&report), Some("in_use"), "{report:?}");
        let message = &report.error.as_ref().unwrap().message;
        assert!(message.contains("took the session back"), "{message}");
    }
    assert_eq!(world.portal_saw(0).forced, 1);
    world.close().await;
}

#[tokio::test]
async fn a_forced_session_that_is_taken_back_before_we_log_out_is_not_forced_again_that_day() {
    for is_swept in [false, true] {
        let world = world(minutes(0)).await;
        world.simulator.examiner_logs_in(0).unwrap();
        assert_eq!(world.sync(0).await.status, RunStatus::Success);
        world.simulator.examiner_logs_in(0).unwrap();
        // Too old to be taken up: it is logged out first, and whether it was still there is not said.
        minutes_pass(&world, 50).await;
        world
            .execute("UPDATE portal_sessions SET last_used_at = now()")
            .await;
        if is_swept {
            let closed = world.app.syncer.close_sessions(None).await.unwrap();
            assert_eq!(closed.closed, 1);
        }
        for _ in 0..2 {
            let report = world.sync(0).await;
            assert_eq!(kind(&report), Some("in_use"), "{report:?}");
            let message = &report.error.as_ref().unwrap().message;
            assert!(message.contains("took the session back"), "{message}");
        }
        assert_eq!(world.portal_saw(0).forced, 1);
        world.close().await;
    }
}

#[tokio::test]
async fn a_login_that_lets_nobody_in_makes_nobodys_session_ours() {
    let refused = |code| FaultKind::Status {
        code,
        retry_after: None,
    };
    for (fault, place) in [
        (FaultKind::ChoiceEmpty, Place::Choice),
        (FaultKind::Reset, Place::Choice),
        (refused(500), Place::Choice),
        (refused(503), Place::Login),
        (refused(429), Place::Login),
        (FaultKind::Maintenance, Place::Login),
        (FaultKind::Firewall(200), Place::Login),
    ] {
        let mut settings = simulated();
        settings.examiners = 1;
        settings.units_of.insert(0, 2);
        let world = World::with(settings, |_| {}).await;
        let label = format!("{fault:?} at {place:?}");
        world.simulator.inject(Fault::always(fault).at(place));
        assert_eq!(world.sync(0).await.status, RunStatus::Failed, "{label}");
        world.simulator.clear_faults();
        world.simulator.examiner_logs_in(0).unwrap();
        let report = world.sync(0).await;
        assert_eq!(kind(&report), Some("in_use"), "{label}: {report:?}");
        assert_eq!(world.portal_saw(0).forced, 0, "{label}");
        world.close().await;
    }
}

/// What surely judges no password.
fn unjudged() -> Vec<FaultKind> {
    let refused = |code| FaultKind::Status {
        code,
        retry_after: None,
    };
    vec![
        refused(503),
        refused(429),
        FaultKind::Maintenance,
        FaultKind::Firewall(200),
    ]
}

#[tokio::test]
async fn a_session_of_ours_stays_ours_though_a_login_came_to_nothing() {
    for fault in unjudged() {
        let world = world(minutes(45)).await;
        let label = format!("{fault:?}");
        world.sync(0).await;
        minutes_pass(&world, 10).await;
        world
            .execute("UPDATE portal_sessions SET sealed = NULL")
            .await;
        world
            .simulator
            .inject(Fault::always(fault).at(Place::Login));
        for _ in 0..2 {
            assert_eq!(world.sync(0).await.status, RunStatus::Failed, "{label}");
        }
        world.simulator.clear_faults();
        let report = world.sync(0).await;
        assert_eq!(report.status, RunStatus::Success, "{label}: {report:?}");
        assert_eq!(world.portal_saw(0).forced, 1, "{label}");
        world.close().await;
    }
}

#[tokio::test]
async fn a_login_that_came_to_nothing_has_not_used_a_session_of_ours() {
    let world = world(minutes(45)).await;
    world.sync(0).await;
    world
        .execute("UPDATE portal_sessions SET sealed = NULL")
        .await;
    minutes_pass(&world, 25).await;
    world
        .simulator
        .inject(Fault::always(FaultKind::Maintenance).at(Place::Login));
    assert_eq!(world.sync(0).await.status, RunStatus::Failed);
    world.simulator.clear_faults();
    // By now it has rested for longer than the portal allows: whoever is met there may be the examiner.
    minutes_pass(&world, 10).await;
    let report = world.sync(0).await;
    assert_eq!(kind(&report), Some("in_use"), "{report:?}");
    assert_eq!(world.portal_saw(0).forced, 0);
    world.close().await;
}

/// The examiner logs in, and is left alone.
async fn the_examiner_is_left_alone(world: &World) {
    world.simulator.examiner_logs_in(0).unwrap();
    let report = world.sync(0).await;
    assert_eq!(kind(&report), Some("in_use"), "{report:?}");
    assert_eq!(world.portal_saw(0).forced, 0);
}

#[tokio::test]
async fn a_login_that_is_broken_off_before_its_post_makes_nobodys_session_ours() {
    let world = world(minutes(45)).await;
    for sql in [
        "CREATE FUNCTION undo() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$",
        "CREATE TRIGGER undo BEFORE UPDATE OF unanswered_in_a_row ON portal_sessions FOR EACH ROW
         EXECUTE FUNCTION undo()",
    ] {
        world.execute(sql).await;
    }
    assert_eq!(world.sync(0).await.status, RunStatus::Failed);
    assert_eq!(world.portal_saw(0).passwords, 0);
    world.execute("DROP TRIGGER undo ON portal_sessions").await;
    the_examiner_is_left_alone(&world).await;
    world.close().await;
}

#[tokio::test]
async fn a_login_that_is_stopped_before_its_post_or_while_it_waits_for_another_makes_nobodys_session_ours()
 {
    for is_posted in [false, true] {
        let mut settings = simulated();
        settings.examiners = 1;
        let world = World::with(settings, |config| {
            if is_posted {
                config.portal.max_retry_after = Duration::from_secs(60);
            } else {
                config.portal.pause_between_requests = Duration::from_secs(4);
            }
        })
        .await;
        if is_posted {
            let busy = FaultKind::Status {
                code: 503,
                retry_after: Some(60),
            };
            world.simulator.inject(Fault::always(busy).at(Place::Login));
        }
        let (request, stop) = (world.request(0), CancellationToken::new());
        let run = world.app.syncer.sync(&request, &stop, &|_| {});
        let stops = eventually("it is about to post", Duration::from_secs(30), async || {
            let posted = world.portal_saw(0).passwords == 1;
            let begun = world.count("SELECT count(*) FROM portal_sessions").await == 1;
            (if is_posted { posted } else { begun }).then(|| stop.cancel())
        });
        let (outcome, ()) = tokio::join!(run, stops);
        assert!(matches!(outcome.unwrap(), SyncOutcome::Ran(_)));
        assert_eq!(world.portal_saw(0).passwords, u64::from(is_posted));
        world.simulator.clear_faults();
        the_examiner_is_left_alone(&world).await;
        world.close().await;
    }
}

#[tokio::test]
async fn a_login_whose_answer_was_lost_stays_ours_whatever_else_it_met() {
    let mut settings = simulated();
    settings.examiners = 1;
    let world = World::with(settings, |config| config.session.logout_after_run = true).await;
    world.sync(0).await;
    let refused = FaultKind::Status {
        code: 503,
        retry_after: None,
    };
    for fault in [
        Fault::next(FaultKind::AnswerLost, 1).at(Place::Login),
        Fault::next(refused, 3).at(Place::Login),
    ] {
        world.simulator.inject(fault);
    }
    assert_eq!(kind(&world.sync(0).await), Some("unavailable"));
    world.simulator.clear_faults();
    assert_eq!(world.simulator.sessions().len(), 1);
    let report = world.sync(0).await;
    assert_eq!(report.status, RunStatus::Success, "{report:?}");
    assert_eq!(world.portal_saw(0).forced, 1, "the one that it had opened");
    world.close().await;
}

#[tokio::test]
async fn a_session_that_a_post_opened_whose_answer_was_lost_is_ours_in_the_same_run_too() {
    let mut settings = simulated();
    settings.examiners = 1;
    settings.variants.login_opens_session = true;
    let world = World::with(settings, |config| config.session.logout_after_run = true).await;
    let lose = || {
        let lost = Fault::next(FaultKind::AnswerLost, 1).at(Place::Login);
        world.simulator.inject(lost);
    };
    assert_eq!(world.sync(0).await.status, RunStatus::Success);
    lose();
    let report = world.sync(0).await;
    assert_eq!(report.status, RunStatus::Success, "{report:?}");
    assert_eq!(world.portal_saw(0).forced, 1, "the one that it had opened");
    // Where the examiner was met before, whoever is met now may be they.
    world.simulator.examiner_logs_in(0).unwrap();
    for loses in [false, true] {
        if loses {
            lose();
        }
        let report = world.sync(0).await;
        assert_eq!(kind(&report), Some("in_use"), "{report:?}");
    }
    assert_eq!(world.portal_saw(0).forced, 1);
    world.close().await;
}

#[tokio::test]
async fn a_session_of_ours_whose_cookies_are_lost_is_taken_over_at_once() {
    let world = world(minutes(45)).await;
    world.sync(0).await;
    world
        .execute("UPDATE portal_sessions SET sealed = NULL")
        .await;
    let report = world.sync(0).await;
    assert_eq!(
        (report.status, report.logins),
        (RunStatus::Success, 1),
        "{report:?}"
    );
    assert_eq!(world.portal_saw(0).forced, 1);
    world.close().await;
}

#[tokio::test]
async fn a_session_that_rested_too_long_counts_as_the_examiners() {
    let world = world(minutes(45)).await;
    world.sync(0).await;
    world
        .execute("UPDATE portal_sessions SET sealed = NULL")
        .await;
    minutes_pass(&world, 40).await;
    let report = world.sync(0).await;
    assert_eq!(kind(&report), Some("in_use"), "{report:?}");
    world.close().await;
}

#[tokio::test]
async fn a_session_in_which_the_portal_did_not_serve_us_was_not_used() {
    let world = world(minutes(45)).await;
    world.sync(0).await;
    minutes_pass(&world, 25).await;
    world
        .simulator
        .inject(Fault::always(FaultKind::Maintenance));
    let report = world.sync(0).await;
    assert_eq!(kind(&report), Some("unavailable"), "{report:?}");
    world.simulator.clear_faults();
    // By now it has rested for longer than the portal allows; with its cookies gone nothing tells it from the examiner's.
    minutes_pass(&world, 10).await;
    world
        .execute("UPDATE portal_sessions SET sealed = NULL")
        .await;
    let report = world.sync(0).await;
    assert_eq!(kind(&report), Some("in_use"), "{report:?}");
    assert_eq!(world.portal_saw(0).forced, 0);
    world.close().await;
}

#[tokio::test]
async fn two_processes_share_one_session() {
    let world = world(minutes(45)).await;
    world.sync(0).await;
    let other = world.second_app().await;
    for app in [&other, &world.app, &other] {
        let outcome = world.sync_in(app, 0).await;
        let SyncOutcome::Ran(report) = outcome else {
            panic!("{outcome:?}");
        };
        assert_eq!(
            (report.status, report.logins, report.session_reused),
            (RunStatus::Success, 0, true),
            "{report:?}"
        );
    }
    assert_eq!(world.portal_saw(0).logins, 1, "one login for all of them");
    other.close().await.unwrap();
    world.close().await;
}

#[tokio::test]
async fn a_session_older_than_its_ttl_is_logged_out_and_a_new_one_opened() {
    let world = world(minutes(45)).await;
    world.sync(0).await;
    minutes_pass(&world, 50).await;
    world
        .execute("UPDATE portal_sessions SET last_used_at = now()")
        .await;
    let before = world.simulator.stats();
    let report = world.sync(0).await;
    let after = world.simulator.stats();
    assert_eq!(
        (report.status, report.logins),
        (RunStatus::Success, 1),
        "{report:?}"
    );
    let logouts = |stats: &agendad::simulator::Stats| {
        stats.by_kind.get("logout").copied().unwrap_or_default()
    };
    assert_eq!(logouts(&after) - logouts(&before), 1);
    assert_eq!(
        world.portal_saw(0).forced,
        0,
        "nobody's session had to be ended"
    );
    world.close().await;
}
