//! Logging out: when it is done, and what becomes of a logout that fails.

use std::time::Duration;

use agendad::domain::RunStatus;
use agendad::simulator::{Fault, FaultKind, Place};
use agendad::sync::SyncOutcome;
use tokio_util::sync::CancellationToken;

use crate::support::{World, eventually, simulated};
use crate::sync::one_session::{kind, minutes, world};

#[tokio::test]
async fn a_run_may_log_out_for_examiners_who_want_no_dialog() {
    let mut settings = simulated();
    settings.examiners = 1;
    let world = World::with(settings, |config| config.session.logout_after_run = true).await;
    for _ in 0..2 {
        let report = world.sync(0).await;
        assert_eq!(
            (report.status, report.logins),
            (RunStatus::Success, 1),
            "{report:?}"
        );
        assert!(world.simulator.sessions().is_empty());
    }
    world.close().await;
}

#[tokio::test]
async fn a_session_whose_logout_was_not_answered_stays_and_ends_nobody_elses() {
    let mut settings = simulated();
    settings.examiners = 1;
    let world = World::with(settings, |config| config.session.logout_after_run = true).await;
    let lose = || {
        let lost = FaultKind::Status {
            code: 503,
            retry_after: None,
        };
        world
            .simulator
            .inject(Fault::next(lost, 4).at(Place::Logout));
    };
    lose();
    for (open, reused) in [(1, false), (0, true)] {
        let report = world.sync(0).await;
        assert_eq!(report.status, RunStatus::Success, "{report:?}");
        assert_eq!(report.session_reused, reused);
        assert_eq!(world.simulator.sessions().len(), open);
    }
    lose();
    assert_eq!(world.sync(0).await.status, RunStatus::Success);
    world.simulator.examiner_logs_in(0).unwrap();
    assert_eq!(kind(&world.sync(0).await), Some("in_use"));
    assert_eq!(world.portal_saw(0).forced, 0);
    world.close().await;
}

#[tokio::test]
async fn a_session_whose_logout_has_another_address_by_now_stays_ours() {
    let mut settings = simulated();
    settings.examiners = 1;
    let world = World::with(settings, |config| config.session.logout_after_run = true).await;
    let gone = FaultKind::Status {
        code: 404,
        retry_after: None,
    };
    world
        .simulator
        .inject(Fault::always(gone).at(Place::Logout));
    for reused in [false, true] {
        let report = world.sync(0).await;
        assert_eq!(report.status, RunStatus::Success, "{report:?}");
        assert_eq!(report.session_reused, reused);
        assert_eq!(world.simulator.sessions().len(), 1);
    }
    world
        .execute("UPDATE configuracoes_detran SET ativo = FALSE")
        .await;
    let closed = world.app.syncer.close_sessions(None).await.unwrap();
    assert_eq!((closed.closed, closed.left), (0, 1));
    world.close().await;
}

#[tokio::test]
async fn an_account_that_is_switched_off_is_logged_out() {
    let world = world(minutes(45)).await;
    world.sync(0).await;
    assert_eq!(world.simulator.sessions().len(), 1);
    world
        .execute("UPDATE configuracoes_detran SET ativo = FALSE")
        .await;
    let closed = world.app.syncer.close_sessions(None).await.unwrap();
    assert_eq!(closed.closed, 1);
    assert!(world.simulator.sessions().is_empty());
    world.close().await;
}

#[tokio::test]
async fn the_examiners_session_is_left_alone_although_the_database_does_not_take_that_it_was_met() {
    let world = world(minutes(45)).await;
    world.simulator.examiner_logs_in(0).unwrap();
    for sql in [
        "CREATE FUNCTION undo() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '40P01'; END $$",
        "CREATE TRIGGER undo BEFORE UPDATE OF other_since ON portal_sessions FOR EACH ROW
         WHEN (NEW.other_since IS NOT NULL) EXECUTE FUNCTION undo()",
    ] {
        world.execute(sql).await;
    }
    assert_eq!(kind(&world.sync(0).await), Some("in_use"));
    world.execute("DROP TRIGGER undo ON portal_sessions").await;
    assert_eq!(kind(&world.sync(0).await), Some("in_use"));
    assert_eq!(world.portal_saw(0).forced, 0);
    world.close().await;
}

#[tokio::test]
async fn a_logout_is_written_down_although_the_database_undoes_it_at_first() {
    let mut settings = simulated();
    settings.examiners = 1;
    let world = World::with(settings, |config| config.session.logout_after_run = true).await;
    // A sequence counts what is undone, too.
    for sql in [
        "CREATE SEQUENCE tries",
        "CREATE FUNCTION undo() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN
             IF nextval('tries') <= 2 THEN RAISE EXCEPTION 'no' USING ERRCODE = '40P01'; END IF;
             RETURN NEW;
         END $$",
        "CREATE TRIGGER undo BEFORE UPDATE OF closed_at ON portal_sessions FOR EACH ROW
         WHEN (OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL) EXECUTE FUNCTION undo()",
    ] {
        world.execute(sql).await;
    }
    assert_eq!(world.sync(0).await.status, RunStatus::Success);
    let open = "SELECT count(*) FROM portal_sessions WHERE closed_at IS NULL";
    assert_eq!(world.count(open).await, 0);
    // Else it would be taken for ours.
    world.simulator.examiner_logs_in(0).unwrap();
    assert_eq!(kind(&world.sync(0).await), Some("in_use"));
    assert_eq!(world.portal_saw(0).forced, 0);
    world.close().await;
}

#[tokio::test]
async fn a_portal_that_does_not_answer_a_logout_is_not_waited_for() {
    let world = world(minutes(45)).await;
    world.sync(0).await;
    world
        .execute("UPDATE configuracoes_detran SET ativo = FALSE")
        .await;
    let hangs = FaultKind::Latency(Duration::from_secs(300));
    let hangs = Fault::always(hangs).at(Place::Logout);
    world.simulator.inject(hangs);
    let closing = world.app.syncer.close_sessions(None);
    let closed = tokio::time::timeout(Duration::from_secs(20), closing).await;
    let closed = closed.unwrap().unwrap();
    // It may still be there, and is ended by the next look.
    assert_eq!((closed.closed, closed.left), (0, 1));
    world.simulator.clear_faults();
    let closed = world.app.syncer.close_sessions(None).await.unwrap();
    assert_eq!((closed.closed, closed.left), (1, 0));
    assert!(world.simulator.sessions().is_empty());
    world.close().await;
}

#[tokio::test]
async fn a_run_that_takes_too_long_logs_out_all_the_same() {
    let mut settings = simulated();
    settings.examiners = 1;
    settings.empty_day_ratio = 0.0;
    let world = World::with(settings, |config| {
        config.session.logout_after_run = true;
        // The login fits, and the days do not.
        config.scheduler.run_timeout = Duration::from_secs(8);
    })
    .await;
    let latency = FaultKind::Latency(Duration::from_secs(1));
    world
        .simulator
        .inject(Fault::always(latency).at(Place::Result));
    let report = world.sync(0).await;
    assert_eq!(kind(&report), Some("timeout"), "{report:?}");
    assert!(world.simulator.sessions().is_empty());
    let open = "SELECT count(*) FROM portal_sessions WHERE closed_at IS NULL";
    assert_eq!(world.count(open).await, 0);
    world.close().await;
}

#[tokio::test]
async fn a_logout_after_the_time_out_is_not_waited_for_beyond_a_stop() {
    let mut settings = simulated();
    settings.examiners = 1;
    settings.empty_day_ratio = 0.0;
    let world = World::with(settings, |config| {
        config.session.logout_after_run = true;
        // The login fits, and the days do not.
        config.scheduler.run_timeout = Duration::from_secs(8);
    })
    .await;
    for (place, latency) in [
        (Place::Result, Duration::from_secs(1)),
        (Place::Logout, Duration::from_secs(300)),
    ] {
        let latency = FaultKind::Latency(latency);
        world.simulator.inject(Fault::always(latency).at(place));
    }
    let (request, stop) = (world.request(0), CancellationToken::new());
    let run = world.app.syncer.sync(&request, &stop, &|_| {});
    let stops = async {
        eventually("it logs out", Duration::from_secs(60), async || {
            let asked = world.simulator.stats().by_kind.contains_key("logout");
            asked.then(|| stop.cancel())
        })
        .await;
        std::time::Instant::now()
    };
    let (outcome, stopped) = tokio::join!(run, stops);
    assert!(matches!(outcome.unwrap(), SyncOutcome::Ran(_)));
    let took = stopped.elapsed();
    assert!(took < Duration::from_secs(5), "{took:?}");
    world.close().await;
}
