//! What can happen to an agenda: bookings, cancellations, changes. Each is atomic for its examiner and
//! tells its event.

use chrono::{NaiveDate, NaiveTime};

use super::booking::{Booking, BookingKey};
use super::events::{AgendaChange, AgendaEvent};
use super::invent::{self, Unit};
use super::names::Names;
use super::requests::{BookingRequest, Change, SimulatorError};
use super::world::World;

impl World {
    pub(super) fn book(
        &self,
        index: usize,
        request: BookingRequest,
    ) -> Result<Booking, SimulatorError> {
        let mut state = self.state(index)?;
        let unit = self.unit_or_first(index, request.unit.as_deref())?;
        let day = state.agenda.day_mut(self.plan(index), unit, request.date);
        let booking = fulfil(request, unit.code, day, &self.config.names);
        day.push(booking.clone());
        day.sort_by_key(|other| other.hour);
        self.tell(index, AgendaChange::Booked, &booking);
        Ok(booking)
    }

    pub(super) fn cancel(&self, index: usize, key: &BookingKey) -> Result<Booking, SimulatorError> {
        let mut state = self.state(index)?;
        let unit = self.unit(index, &key.unit)?;
        let day = state.agenda.day_mut(self.plan(index), unit, key.date);
        let at = position(day, index, key)?;
        let booking = day.remove(at);
        self.tell(index, AgendaChange::Cancelled, &booking);
        Ok(booking)
    }

    pub(super) fn change(
        &self,
        index: usize,
        key: &BookingKey,
        change: Change,
    ) -> Result<Booking, SimulatorError> {
        let mut state = self.state(index)?;
        let unit = self.unit(index, &key.unit)?;
        let day = state.agenda.day_mut(self.plan(index), unit, key.date);
        let at = position(day, index, key)?;
        change.apply(&mut day[at]);
        let booking = day[at].clone();
        self.tell(index, AgendaChange::Changed, &booking);
        Ok(booking)
    }

    pub(super) fn reschedule(
        &self,
        index: usize,
        key: &BookingKey,
        date: NaiveDate,
        hour: Option<NaiveTime>,
    ) -> Result<Booking, SimulatorError> {
        let mut state = self.state(index)?;
        let unit = self.unit(index, &key.unit)?;
        let plan = self.plan(index);
        let day = state.agenda.day_mut(plan, unit, key.date);
        let at = position(day, index, key)?;
        let mut booking = day.remove(at);
        let day = state.agenda.day_mut(plan, unit, date);
        booking.date = date;
        booking.hour = match hour {
            Some(hour) => hour,
            None => invent::free_hour(day, &mut invent::fresh_rng()),
        };
        day.push(booking.clone());
        day.sort_by_key(|other| other.hour);
        let what = AgendaChange::Rescheduled {
            from_date: key.date,
            from_hour: key.hour,
        };
        self.tell(index, what, &booking);
        Ok(booking)
    }

    /// Makes a day be exactly this, in this order; day and unit of the bookings are set to fit.
    pub(super) fn set_day(
        &self,
        index: usize,
        unit: &str,
        date: NaiveDate,
        mut bookings: Vec<Booking>,
    ) -> Result<(), SimulatorError> {
        let mut state = self.state(index)?;
        let unit = self.unit(index, unit)?;
        for booking in &mut bookings {
            booking.date = date;
            unit.code.clone_into(&mut booking.unit);
        }
        let day = state.agenda.day_mut(self.plan(index), unit, date);
        let before = std::mem::replace(day, bookings);
        self.tell_difference(index, &before, day);
        Ok(())
    }

    /// The same for bookings of which not everything is given; gives the day as it is then.
    pub(super) fn set_day_as_wished(
        &self,
        index: usize,
        unit: &str,
        date: NaiveDate,
        wishes: Vec<BookingRequest>,
    ) -> Result<Vec<Booking>, SimulatorError> {
        let mut bookings = Vec::new();
        for wish in wishes {
            let booking = fulfil(wish, unit, &bookings, &self.config.names);
            bookings.push(booking);
        }
        self.set_day(index, unit, date, bookings)?;
        let unit = self.unit(index, unit)?;
        Ok(self.state(index)?.agenda.day(self.plan(index), unit, date))
    }

    fn unit_or_first(&self, index: usize, code: Option<&str>) -> Result<Unit, SimulatorError> {
        match code {
            Some(code) => self.unit(index, code),
            None => Ok(self.plan(index).units()[0]),
        }
    }

    fn tell_difference(&self, index: usize, before: &[Booking], after: &[Booking]) {
        let lacks = |day: &[Booking], key| day.iter().all(|other| other.key() != key);
        for gone in before.iter().filter(|old| lacks(after, old.key())) {
            self.tell(index, AgendaChange::Cancelled, gone);
        }
        for booking in after {
            if lacks(before, booking.key()) {
                self.tell(index, AgendaChange::Booked, booking);
            } else if !before.contains(booking) {
                self.tell(index, AgendaChange::Changed, booking);
            }
        }
    }

    fn tell(&self, index: usize, what: AgendaChange, booking: &Booking) {
        self.counters.agenda_event();
        let event = AgendaEvent::of(index, what, booking);
        // Nobody listening is no error.
        drop(self.events.send(event));
    }
}

/// The booking that was asked for, among those of its day.
fn fulfil(request: BookingRequest, unit: &str, day: &[Booking], names: &Names) -> Booking {
    let mut rng = invent::fresh_rng();
    let hour = match request.hour {
        Some(hour) => hour,
        None => invent::free_hour(day, &mut rng),
    };
    let mut booking = invent::invent(unit, request.date, hour, names, &mut rng);
    request.apply(&mut booking);
    booking
}

fn position(day: &[Booking], index: usize, key: &BookingKey) -> Result<usize, SimulatorError> {
    day.iter()
        .position(|booking| booking.key() == *key)
        .ok_or(SimulatorError::NoSuchBooking {
            examiner: index,
            date: key.date,
            hour: key.hour,
        })
}

#[cfg(test)]
mod tests {
    use chrono::Days;

    use super::*;
    use crate::SimulatorConfig;
    use agendad_domain::clock::Clock;

    fn world() -> World {
        let now = "2026-11-24T12:00:00Z".parse().unwrap();
        let clock = Clock::fixed(chrono_tz::America::Sao_Paulo, now);
        World::new(SimulatorConfig::new(clock))
    }

    fn all(world: &World) -> Vec<Booking> {
        world.agenda(0, None, None).unwrap()
    }

    #[test]
    fn a_booking_appears_moves_changes_and_vanishes_and_each_is_told() {
        let world = world();
        let mut events = world.events.subscribe();
        let before = all(&world);
        let today = world.config.clock.today();

        let booked = world.book(0, BookingRequest::on(today)).unwrap();
        assert!(all(&world).contains(&booked));
        let tomorrow = today + Days::new(1);
        let moved = world.reschedule(0, &booked.key(), tomorrow, None).unwrap();
        assert!(!all(&world).contains(&booked) && all(&world).contains(&moved));
        let nome = Some("JOANA D'ARC PRADO".to_owned());
        let changed = world
            .change(
                0,
                &moved.key(),
                Change {
                    nome,
                    ..Change::default()
                },
            )
            .unwrap();
        assert_eq!(changed.key(), moved.key());
        world.cancel(0, &changed.key()).unwrap();
        assert_eq!(all(&world), before);

        let told: Vec<AgendaChange> = std::iter::from_fn(|| events.try_recv().ok())
            .map(|event| event.what)
            .collect();
        assert_eq!(
            told,
            [
                AgendaChange::Booked,
                AgendaChange::Rescheduled {
                    from_date: today,
                    from_hour: booked.hour
                },
                AgendaChange::Changed,
                AgendaChange::Cancelled,
            ]
        );
        assert_eq!(world.stats().agenda_events, 4);
    }

    #[test]
    fn a_day_can_be_set_and_the_difference_is_told() {
        let world = world();
        let today = world.config.clock.today();
        let code = world.plan(0).units()[0].code;
        let kept = world.book(0, BookingRequest::on(today)).unwrap();
        let gone = world.book(0, BookingRequest::on(today)).unwrap();
        world
            .set_day(0, code, today, vec![kept.clone(), gone.clone()])
            .unwrap();
        let mut events = world.events.subscribe();
        let changed = Booking {
            categoria: "ACC".into(),
            ..kept
        };
        world
            .set_day(0, code, today, vec![changed.clone()])
            .unwrap();
        assert_eq!(
            world.agenda(0, Some(today), Some(today)).unwrap(),
            [changed]
        );
        let mut next = || events.try_recv().unwrap();
        assert_eq!(
            (next().what, next().what),
            (AgendaChange::Cancelled, AgendaChange::Changed)
        );
        world.set_day(0, code, today, Vec::new()).unwrap();
        assert!(
            world
                .agenda(0, Some(today), Some(today))
                .unwrap()
                .is_empty()
        );
    }

    #[test]
    fn what_does_not_exist_is_said() {
        let world = world();
        let today = world.config.clock.today();
        let elsewhere = BookingRequest {
            unit: Some("9999".into()),
            ..BookingRequest::on(today)
        };
        assert!(matches!(
            world.book(0, elsewhere),
            Err(SimulatorError::UnknownUnit { .. })
        ));
        let booking = world.book(0, BookingRequest::on(today)).unwrap();
        assert!(world.cancel(1, &booking.key()).is_err());
        assert_eq!(
            world.book(10, BookingRequest::on(today)).unwrap_err(),
            SimulatorError::UnknownExaminer(10)
        );
    }
}
