//! What a run costs the portal, counted by the portal.

use agendad::config::portal::DurationOrNever;
use agendad::domain::RunStatus;

use crate::support::{World, simulated};

/// A world in which every day has appointments, read from today on for so many days.
async fn world(units: usize, days: u64) -> World {
    let mut settings = simulated();
    settings.examiners = 1;
    settings.empty_day_ratio = 0.0;
    settings.units_of.insert(0, units);
    let mut world = World::with(settings, |config| {
        config.portal.other_session_patience = DurationOrNever::For(std::time::Duration::ZERO);
    })
    .await;
    world.last_day = days - 1;
    world
}

async fn costs(world: &World) -> u64 {
    let before = world.simulator.stats().requests;
    let report = world.sync(0).await;
    assert_eq!(report.status, RunStatus::Success, "{report:?}");
    let cost = world.simulator.stats().requests - before;
    assert_eq!(cost, u64::from(report.requests), "as the run says itself");
    cost
}

#[tokio::test]
async fn a_run_costs_a_request_a_date_one_a_list_and_three_a_login() {
    for (days, lists) in [(4, 1), (11, 2)] {
        let world = world(1, days).await;
        assert_eq!(costs(&world).await, 3 + lists + days, "fresh, {days} days");
        assert_eq!(costs(&world).await, lists + days, "kept, {days} days");
        world.simulator.expire_sessions(None);
        world
            .execute("UPDATE portal_sessions SET sealed = NULL")
            .await;
        world.simulator.examiner_logs_in(0).unwrap();
        assert_eq!(
            costs(&world).await,
            4 + lists + days,
            "with force, {days} days"
        );
        world.close().await;
    }
}

#[tokio::test]
async fn a_choice_of_units_costs_two_more_a_login_and_a_logout_between_two_units() {
    let world = world(2, 4).await;
    let day_and_list = 1 + 4;
    assert_eq!(costs(&world).await, 2 * (5 + day_and_list) + 1, "fresh");
    assert_eq!(
        costs(&world).await,
        day_and_list + 1 + 5 + day_and_list,
        "kept"
    );
    world.close().await;
}

#[tokio::test]
async fn the_logout_of_a_session_that_is_too_old_counts_too() {
    let world = world(1, 4).await;
    costs(&world).await;
    world
        .execute("UPDATE portal_sessions SET opened_at = opened_at - interval '50 minutes'")
        .await;
    assert_eq!(costs(&world).await, 1 + 3 + 1 + 4);
    let stats = world.simulator.stats();
    assert_eq!(stats.by_kind.get("logout"), Some(&1), "{stats:?}");
    world.close().await;
}

#[tokio::test]
async fn a_session_uses_one_connection_and_asks_one_thing_after_another() {
    let world = world(1, 11).await;
    costs(&world).await;
    let stats = world.simulator.stats();
    assert_eq!(
        (stats.connections, stats.connections_shared),
        (1, 0),
        "{stats:?}"
    );
    assert_eq!(stats.examiners[&0].requests_max, 1);
    world.close().await;
}
