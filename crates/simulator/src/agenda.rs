//! The agenda of one examiner: days that follow from the seed and are worked out when asked for, and
//! days that were changed and are kept. Knows no HTTP and no time of its own.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate, NaiveTime};
use rand::Rng;
use rand::rngs::SmallRng;
use rand::seq::index;

use super::booking::Booking;
use super::config::SimulatorConfig;
use super::invent::{STEPS, UNITS, Unit, hour_of_step, invent};
use super::people;

/// Days before the start that have appointments too: the portal offers dates that have passed.
const DAYS_BEFORE: u64 = 7;

/// The agenda of one examiner.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    changed: BTreeMap<(NaiveDate, &'static str), Vec<Booking>>,
}

/// What the days of one examiner follow from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan<'a> {
    pub(super) config: &'a SimulatorConfig,
    pub(super) examiner: usize,
    /// The day on which the simulator started.
    pub(super) first: NaiveDate,
    pub(super) today: NaiveDate,
}

impl Plan<'_> {
    /// The examiner's units.
    pub(super) fn units(&self) -> Vec<Unit> {
        let wanted = self.config.units;
        let extra = usize::from(wanted > 1 && self.examiner % 5 == 4);
        let own = self.config.units_of.get(&self.examiner).copied();
        (0..own.unwrap_or(wanted + extra))
            .map(|offset| UNITS[(self.examiner + offset) % UNITS.len()])
            .collect()
    }

    /// First day that has appointments.
    fn earliest(&self) -> NaiveDate {
        let earlier = self.first.checked_sub_days(Days::new(DAYS_BEFORE));
        earlier.unwrap_or(self.first)
    }

    /// Last day that has appointments.
    pub(super) fn last(&self) -> NaiveDate {
        self.today + Days::new(self.config.days_ahead.into())
    }

    fn generate(&self, unit: Unit, date: NaiveDate) -> Vec<Booking> {
        let Some(mut rng) = self.opened(unit, date) else {
            return Vec::new();
        };
        let (fewest, most) = self.config.slots_per_day;
        let count = rng.random_range(fewest..=most);
        let mut hours: Vec<NaiveTime> = index::sample(&mut rng, STEPS.max(count), count)
            .into_iter()
            .map(hour_of_step)
            .collect();
        hours.sort_unstable();
        hours
            .into_iter()
            .map(|hour| {
                let names = &self.config.names;
                invent(unit.code, date, hour, names, &mut rng)
            })
            .collect()
    }

    /// The generator of a day that has bookings, nothing for a day without.
    fn opened(&self, unit: Unit, date: NaiveDate) -> Option<SmallRng> {
        if date < self.earliest() || date > self.last() {
            return None;
        }
        let place = unit.code.parse::<u64>().unwrap_or_default();
        let as_on = self.config.as_on.unwrap_or(self.first);
        let day = (as_on + (date - self.first)).num_days_from_ce();
        let day = u64::from(day.unsigned_abs());
        let mut rng = people::rng(&[self.config.seed, 2, self.examiner as u64, place, day]);
        (!rng.random_bool(self.config.empty_day_ratio)).then_some(rng)
    }
}

impl Agenda {
    /// The bookings of a day, in the order of the page.
    pub(super) fn day(&self, plan: Plan<'_>, unit: Unit, date: NaiveDate) -> Vec<Booking> {
        match self.changed.get(&(date, unit.code)) {
            Some(bookings) => bookings.clone(),
            None => plan.generate(unit, date),
        }
    }

    /// Whether the day has any booking.
    pub(super) fn has_any(&self, plan: Plan<'_>, unit: Unit, date: NaiveDate) -> bool {
        match self.changed.get(&(date, unit.code)) {
            Some(bookings) => !bookings.is_empty(),
            None => plan.opened(unit, date).is_some(),
        }
    }

    /// The day, kept from now on, to be changed.
    pub(super) fn day_mut(
        &mut self,
        plan: Plan<'_>,
        unit: Unit,
        date: NaiveDate,
    ) -> &mut Vec<Booking> {
        self.changed
            .entry((date, unit.code))
            .or_insert_with(|| plan.generate(unit, date))
    }

    /// All bookings of `from..=to`, by day, then unit, then as on the page.
    pub(super) fn between(&self, plan: Plan<'_>, from: NaiveDate, to: NaiveDate) -> Vec<Booking> {
        let mut days: Vec<NaiveDate> = plan
            .earliest()
            .max(from)
            .iter_days()
            .take_while(|day| *day <= plan.last().min(to))
            .collect();
        days.extend(
            self.changed
                .keys()
                .map(|(day, _)| *day)
                .filter(|day| (from..=to).contains(day)),
        );
        days.sort_unstable();
        days.dedup();
        let units = plan.units();
        days.iter()
            .flat_map(|day| units.iter().map(move |unit| (*day, *unit)))
            .flat_map(|(day, unit)| self.day(plan, unit, day))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use agendad_domain::clock::Clock;

    fn config() -> SimulatorConfig {
        let now = "2026-11-24T12:00:00Z".parse().unwrap();
        SimulatorConfig::new(Clock::fixed(chrono_tz::America::Sao_Paulo, now))
    }

    fn plan(config: &SimulatorConfig, examiner: usize) -> Plan<'_> {
        let today = config.clock.today();
        Plan {
            config,
            examiner,
            first: today,
            today,
        }
    }

    #[test]
    fn a_day_is_the_same_whenever_it_is_worked_out() {
        let config = config();
        let plan = plan(&config, 3);
        let agenda = Agenda::default();
        let whole = agenda.between(plan, plan.first, plan.last());
        assert!(!whole.is_empty());
        assert_eq!(whole, agenda.between(plan, plan.first, plan.last()));
        let tomorrow = Plan {
            today: plan.today + Days::new(1),
            ..plan
        };
        let later = agenda.between(tomorrow, plan.first, plan.last());
        assert_eq!(whole, later, "a day that passes changes no other day");
    }

    #[test]
    fn days_hold_what_the_configuration_says() {
        let mut config = config();
        config.slots_per_day = (2, 3);
        config.empty_day_ratio = 0.0;
        let plan = plan(&config, 0);
        let agenda = Agenda::default();
        for day in plan.first.iter_days().take(21) {
            let bookings = agenda.day(plan, plan.units()[0], day);
            assert!((2..=3).contains(&bookings.len()));
            assert!(bookings.is_sorted_by_key(|booking| booking.hour));
        }
        let after = plan.last() + Days::new(1);
        assert!(!agenda.has_any(plan, plan.units()[0], after));
    }

    #[test]
    fn a_changed_day_is_kept_even_outside_the_generated_ones() {
        let config = config();
        let plan = plan(&config, 0);
        let unit = plan.units()[0];
        let far = plan.last() + Days::new(40);
        let mut agenda = Agenda::default();
        let booking = invent(
            unit.code,
            far,
            hour_of_step(0),
            &config.names,
            &mut people::rng(&[1]),
        );
        agenda.day_mut(plan, unit, far).push(booking.clone());
        assert_eq!(agenda.between(plan, far, far), [booking]);
        assert!(agenda.has_any(plan, unit, far));
    }

    #[test]
    fn with_several_units_every_fifth_examiner_has_one_more() {
        let mut config = config();
        assert_eq!(plan(&config, 4).units().len(), 1);
        config.units = 2;
        assert_eq!(plan(&config, 0).units().len(), 2);
        assert_eq!(plan(&config, 4).units().len(), 3);
    }

    #[test]
    fn a_day_fuller_than_its_grid_shares_hours() {
        let mut config = config();
        config.slots_per_day = (100, 100);
        config.empty_day_ratio = 0.0;
        let plan = plan(&config, 0);
        assert_eq!(
            Agenda::default()
                .day(plan, plan.units()[0], plan.today)
                .len(),
            100
        );
    }
}
