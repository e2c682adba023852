//! Cookies that die, and cookies that live.

use agendad::domain::RunStatus;
use agendad::simulator::{DeadSession, Fault, FaultKind, Place, SimulatorConfig, Stats};

use crate::support::{World, clock};

fn asked(stats: &Stats, kind: &str) -> u64 {
    stats.by_kind.get(kind).copied().unwrap_or_default()
}

#[tokio::test]
async fn a_session_that_dies_between_two_dates_costs_one_login_and_loses_nothing() {
    for dead_session in [
        DeadSession::Frameset,
        DeadSession::Entry,
        DeadSession::Login,
    ] {
        let mut settings = SimulatorConfig::new(clock());
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
    assert_eq!(report.logins, 1, "one new login, not one a date");
    world.simulator.clear_faults();
    let report = world.sync(0).await;
    assert_eq!(report.status, RunStatus::Success, "{report:?}");
    world.assert_true(0).await;
    world.close().await;
}
