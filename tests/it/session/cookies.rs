//! Cookies that die, and cookies that live.

use std::time::Duration;

use agendad::app::Roles;
use agendad::domain::RunStatus;
use agendad::simulator::{DeadSession, Fault, FaultKind, Place, Stats};
use agendad::sync::SyncOutcome;

use crate::support::{Daemon, World, eventually, simulated};

fn asked(stats: &Stats, kind: &str) -> u64 {
    stats.by_kind.get(kind).copied().unwrap_or_default()
}

#[tokio::test]
async fn a_session_that_dies_between_two_dates_costs_one_login_and_loses_nothing() {
    for dead_session in [
        DeadSession::Frameset,
        DeadSession::Entry,
        DeadSession::Unauthorized,
    ] {
        let mut settings = simulated();
        settings.examiners = 1;
        settings.empty_day_ratio = 0.0;
        settings.variants.dead_session = dead_session;
        let world = World::with(settings, |_| {}).await;
        let healthy = world.sync(0).await;
        assert_eq!(healthy.logins, 1);
        world
            .execute("UPDATE agenda_slots SET last_seen_at = last_seen_at - interval '1 hour'")
            .await;

        let expired = Fault::next(FaultKind::Expired, 1).at(Place::Result);
        let before = world.simulator.stats();
        world.simulator.inject(expired);
        let report = world.sync(0).await;
        let after = world.simulator.stats();

        assert_eq!(report.status, RunStatus::Success, "{report:?}");
        assert!(report.session_reused, "until it died");
        assert_eq!(report.logins, 1);
        assert_eq!(after.logins - before.logins, 1);
        let days = 15;
        let results = asked(&after, "result") - asked(&before, "result");
        assert_eq!(results, days + 1, "one date is asked for twice");
        let lists = asked(&after, "dates") - asked(&before, "dates");
        assert_eq!(lists, 2, "what was known stays known");
        let unseen =
            "SELECT count(*) FROM agenda_slots WHERE last_seen_at < now() - interval '30 minutes'";
        assert_eq!(world.count(unseen).await, 0, "every day was read");
        world.assert_true(0).await;
        world.close().await;
    }
}

#[tokio::test]
async fn a_portal_that_fails_for_a_while_does_not_cost_the_session() {
    let world = World::new(1).await;
    world.sync(0).await;
    world.simulator.inject(Fault::always(FaultKind::Reset));
    let report = world.sync(0).await;
    assert_eq!(report.status, RunStatus::Failed, "{report:?}");
    world.simulator.clear_faults();
    let report = world.sync(0).await;
    assert_eq!(
        (report.logins, report.session_reused),
        (0, true),
        "{report:?}"
    );
    world.close().await;
}

#[tokio::test]
async fn a_session_that_dies_again_after_the_new_login_ends_the_run_and_the_next_one_recovers() {
    let world = World::new(1).await;
    world.sync(0).await;
    world
        .simulator
        .inject(Fault::always(FaultKind::Expired).at(Place::Dates));
    let report = world.sync(0).await;
    let kind = report.error.as_ref().map(|error| error.kind.as_str());
    assert_eq!(kind, Some("session_expired"), "{report:?}");
    assert_eq!(report.logins, 3, "three new logins at most, not one a date");
    world.simulator.clear_faults();
    let report = world.sync(0).await;
    assert_eq!(report.status, RunStatus::Success, "{report:?}");
    world.assert_true(0).await;
    world.close().await;
}

#[tokio::test]
async fn a_session_is_shared_by_all_processes_and_outlives_them() {
    let world = World::new(1).await;
    assert_eq!(world.sync(0).await.logins, 1);
    for _ in 0..2 {
        let other = world.second_app().await;
        let SyncOutcome::Ran(report) = world.sync_in(&other, 0).await else {
            panic!("no run");
        };
        assert_eq!((report.logins, report.session_reused), (0, true));
        other.close().await.unwrap();
    }
    assert_eq!(world.sync(0).await.logins, 0);
    let sealed: String = sqlx::query_scalar("SELECT sealed FROM portal_sessions")
        .fetch_one(&world.database.pool)
        .await
        .unwrap();
    let cpf = &world.simulator.examiners()[0].cpf;
    assert!(
        sealed.starts_with("v1.") && !sealed.contains(cpf),
        "{sealed}"
    );
    world.close().await;
}

#[tokio::test]
async fn a_session_that_is_as_it_was_kept_is_stamped_but_not_written_again() {
    let world = World::new(1).await;
    let kept = async || -> (String, i64, chrono::DateTime<chrono::Utc>) {
        sqlx::query_as("SELECT sealed, generation, last_used_at FROM portal_sessions")
            .fetch_one(&world.database.pool)
            .await
            .unwrap()
    };
    world.sync(0).await;
    let (first, generation, used) = kept().await;
    assert_eq!(world.sync(0).await.logins, 0);
    let (same, same_generation, used_again) = kept().await;
    assert_eq!((same, same_generation), (first.clone(), generation));
    assert!(used_again > used);

    // The next login's is another one, and is written.
    world
        .execute("UPDATE portal_sessions SET opened_at = now() - interval '45 minutes'")
        .await;
    assert_eq!(world.sync(0).await.logins, 1);
    let (other, other_generation, _) = kept().await;
    assert!(other != first && other_generation > generation);
    assert_eq!(world.sync(0).await.logins, 0, "it can be taken up");
    world.close().await;
}

#[tokio::test]
async fn a_session_is_used_for_its_ttl_from_the_login_however_often_it_was_used() {
    let world = World::new(1).await;
    world.sync(0).await;
    let age = |minutes: u32| {
        format!("UPDATE portal_sessions SET opened_at = now() - interval '{minutes} minutes'")
    };
    world
        .execute("UPDATE configuracoes_detran SET credencial_mudada_em = now() - interval '1 day'")
        .await;
    world.execute(&age(44)).await;
    assert_eq!(world.sync(0).await.logins, 0);
    world.execute(&age(45)).await;
    assert_eq!(world.sync(0).await.logins, 1);
    assert_eq!(world.sync(0).await.logins, 0);
    world.close().await;
}

#[tokio::test]
async fn the_session_of_an_account_that_was_switched_off_is_ended_by_one_daemon() {
    let world = World::new(2).await;
    world.sync(0).await;
    world.sync(1).await;
    let off = world.users[0];
    let store = &world.database.store;
    assert!(store.set_active(off, false).await.unwrap());
    // While a run of somebody else's has the examiner, it is left alone.
    let control = &world.app.syncer.control;
    let lock = control.try_lock(off).await.unwrap().unwrap();
    let left = world.app.syncer.close_sessions(None).await.unwrap();
    assert_eq!((left.closed, left.left), (0, 1));
    lock.release().await;

    let daemon = Daemon::start(world.daemon_config(), Roles::ALL).await;
    let open = "SELECT count(*) FROM portal_sessions WHERE closed_at IS NULL AND usuario_id = ";
    eventually("it is ended", Duration::from_secs(120), async || {
        (world.count(&format!("{open}{off}")).await == 0).then_some(())
    })
    .await;
    assert_eq!(world.count(&format!("{open}{}", world.users[1])).await, 1);
    let kept = "SELECT count(*) FROM portal_sessions WHERE sealed IS NOT NULL AND usuario_id = ";
    assert_eq!(world.count(&format!("{kept}{off}")).await, 0);
    daemon.stop().await;
    world.close().await;
}
