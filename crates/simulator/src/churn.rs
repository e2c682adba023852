//! Life in the agendas: every now and then somebody books, cancels, moves or changes something.

use std::sync::Arc;

use chrono::Days;
use rand::Rng;
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;
use tokio_util::sync::CancellationToken;

use super::booking::Booking;
use super::invent;
use super::names::Names;
use super::requests::{BookingRequest, Change};
use super::world::World;

const NEAR_DAYS: u64 = 3;

/// Lets things happen until told to stop.
pub(super) async fn live(world: Arc<World>, stop: CancellationToken) {
    let mut rate = world.churn.subscribe();
    let mut rng = invent::fresh_rng();
    loop {
        let interval = *rate.borrow_and_update();
        let next = async {
            match interval {
                Some(interval) => tokio::time::sleep(interval).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            changed = rate.changed() => {
                if changed.is_err() {
                    return;
                }
            }
            () = next => happen_unless_still(&world, &mut rng),
        }
    }
}

/// The lock of the rate is held meanwhile: who has ended the churn knows that nothing is under way.
fn happen_unless_still(world: &World, rng: &mut SmallRng) {
    let rate = world.churn.borrow();
    if rate.is_some() {
        happen(world, rng);
    }
}

/// One random event. Full days rather lose bookings, thin days rather gain some.
fn happen(world: &World, rng: &mut SmallRng) {
    let index = rng.random_range(0..world.count());
    let today = world.config.clock.today();
    let last = u64::from(world.config.days_ahead);
    // People book and cancel mostly for the days to come soon.
    let last = if rng.random_bool(0.5) {
        last.min(NEAR_DAYS)
    } else {
        last
    };
    let date = today + Days::new(rng.random_range(0..=last));
    let Ok(day) = world.agenda(index, Some(date), Some(date)) else {
        return;
    };
    let (fewest, most) = world.config.slots_per_day;
    let typical = fewest.midpoint(most);
    let chance_to_book = if day.len() > typical { 0.3 } else { 0.6 };
    match day.choose(rng) {
        Some(booking) if !rng.random_bool(chance_to_book) => disturb(world, index, booking, rng),
        Some(_) | None => {
            let unit = world
                .plan(index)
                .units()
                .choose(rng)
                .map(|unit| unit.code.to_owned());
            let request = BookingRequest {
                unit,
                ..BookingRequest::on(date)
            };
            drop(world.book(index, request));
        }
    }
}

/// The booking may have gone meanwhile; then nothing happens.
fn disturb(world: &World, index: usize, booking: &Booking, rng: &mut SmallRng) {
    let key = booking.key();
    match rng.random_range(0..10) {
        0..6 => drop(world.cancel(index, &key)),
        6..8 => {
            let ahead = Days::new(rng.random_range(0..=u64::from(world.config.days_ahead)));
            let date = world.config.clock.today() + ahead;
            drop(world.reschedule(index, &key, date, None));
        }
        _ => {
            let names = &world.config.names;
            drop(world.change(index, &key, other_contents(booking, names, rng)));
        }
    }
}

fn other_contents(booking: &Booking, names: &Names, rng: &mut SmallRng) -> Change {
    let invented = invent::invent(&booking.unit, booking.date, booking.hour, names, rng);
    Change {
        telefone: Some(invented.telefone),
        email: Some(invented.email),
        status_medico: Some(invented.status_medico),
        status_psicologico: Some(invented.status_psicologico),
        ..Change::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::AgendaChange;
    use crate::{SimulatorConfig, people};
    use agendad_domain::clock::Clock;

    #[test]
    fn everything_happens_and_days_stay_about_as_full_as_they_were() {
        let now = "2026-11-24T12:00:00Z".parse().unwrap();
        let mut config = SimulatorConfig::new(Clock::fixed(chrono_tz::America::Sao_Paulo, now));
        config.examiners = 2;
        let world = World::new(config);
        let mut events = world.events.subscribe();
        let mut rng = people::rng(&[5]);
        for _ in 0..3000 {
            happen(&world, &mut rng);
        }
        let told: Vec<AgendaChange> = std::iter::from_fn(|| events.try_recv().ok())
            .map(|event| event.what)
            .collect();
        assert_eq!(told.len(), 3000);
        let count = |wanted: fn(&AgendaChange) -> bool| told.iter().filter(|w| wanted(w)).count();
        assert!(count(|what| matches!(what, AgendaChange::Booked)) > 500);
        assert!(count(|what| matches!(what, AgendaChange::Cancelled)) > 300);
        assert!(count(|what| matches!(what, AgendaChange::Changed)) > 100);
        assert!(count(|what| matches!(what, AgendaChange::Rescheduled { .. })) > 100);
        let left = world.agenda(0, None, None).unwrap().len();
        assert!((50..600).contains(&left), "{left} bookings");
    }
}
