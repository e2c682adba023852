//! Mass removals, end to end.

use agendad::domain::RunStatus;
use agendad::simulator::Booking;

use crate::support::World;

/// The bookings of the first day that the guard watches over.
fn full_day(world: &World) -> Vec<Booking> {
    let bookings = world.simulator.agenda(0);
    let days = world.app.syncer.clock.today().iter_days().take(15);
    let mut full = days.map(|day| -> Vec<Booking> {
        let of_day = bookings.iter().filter(|booking| booking.date == day);
        of_day.cloned().collect()
    });
    full.find(|of_day| of_day.len() >= 5).unwrap()
}

fn empty(world: &World, of_day: &[Booking]) {
    for booking in of_day {
        world.simulator.cancel(0, &booking.key()).unwrap();
    }
}

#[tokio::test]
async fn a_day_that_empties_at_once_is_held_back_until_a_second_run_sees_the_same() {
    let world = World::new(1).await;
    world.sync(0).await;
    let before = world.stored(0).await;
    let of_day = full_day(&world);
    let gone = of_day.len() as i64;
    empty(&world, &of_day);

    let held = world.sync(0).await;
    assert_eq!(held.status, RunStatus::Partial, "{held:?}");
    assert!(held.error.is_none(), "held back is no error: {held:?}");
    assert_eq!((held.totals.held, held.totals.removed), (gone, 0));
    assert_eq!(world.stored(0).await, before);
    let read = "SELECT count(*) FROM sync_schedules WHERE last_success > (
                    SELECT max(started_at) FROM agenda_sync_runs)";
    assert_eq!(world.count(read).await, 0, "it is not believed yet");

    let believed = world.sync(0).await;
    assert_eq!(believed.status, RunStatus::Success, "{believed:?}");
    assert_eq!((believed.totals.held, believed.totals.removed), (0, gone));
    world.assert_true(0).await;
    world.close().await;
}

#[tokio::test]
async fn a_day_that_comes_back_while_it_is_held_was_never_removed() {
    let world = World::new(1).await;
    world.sync(0).await;
    let of_day = full_day(&world);
    empty(&world, &of_day);
    let held = world.sync(0).await;
    assert_eq!(held.totals.held, of_day.len() as i64, "{held:?}");
    for booking in of_day {
        world.simulator.book(0, booking).unwrap();
    }
    let back = world.sync(0).await;
    assert_eq!(back.status, RunStatus::Success, "{back:?}");
    world.assert_true(0).await;
    let changes = "SELECT count(*) FROM agenda_slot_changes WHERE kind <> 'inserted'";
    assert_eq!(world.count(changes).await, 0);
    // The count begins anew: the next time it is held again.
    empty(&world, &full_day(&world));
    assert!(world.sync(0).await.totals.held > 0);
    world.close().await;
}
