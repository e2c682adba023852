//! Ticks over years of days in zones that change their clocks in every way there is, against a reference that
//! knows no cron and no calendar: it walks minute by minute and looks at the wall.

use std::collections::BTreeSet;

use chrono::Timelike;
use chrono_tz::Tz;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::strategy::Union;

use super::*;
use crate::window::parse_cron;

/// Summer time at midnight, at one, at two; of half an hour; at :45; and a day left out (Apia, 2011-12-30).
const ZONES: [Tz; 7] = [
    Tz::America__Sao_Paulo,
    Tz::UTC,
    Tz::Europe__Lisbon,
    Tz::America__New_York,
    Tz::Australia__Lord_Howe,
    Tz::Asia__Kathmandu,
    Tz::Pacific__Apia,
];

/// The minutes and the hours that an expression names, on every day.
#[derive(Debug, Clone)]
struct Times {
    minutes: Vec<u32>,
    hours: Vec<u32>,
}

impl Times {
    fn cron(&self) -> Cron {
        let list = |numbers: &[u32]| {
            let texts: Vec<String> = numbers.iter().map(u32::to_string).collect();
            texts.join(",")
        };
        let (minutes, hours) = (list(&self.minutes), list(&self.hours));
        parse_cron(&format!("0 {minutes} {hours} * * *")).unwrap()
    }

    fn is_once_a_day(&self) -> bool {
        self.minutes.len() == 1 && self.hours.len() == 1
    }

    fn names(&self, wall: NaiveDateTime) -> bool {
        self.minutes.contains(&wall.minute()) && self.hours.contains(&wall.hour())
    }

    /// Every tick from `from` to `to`, both whole minutes, by walking.
    fn walked(&self, zone: Tz, from: DateTime<Utc>, to: DateTime<Utc>) -> BTreeSet<DateTime<Utc>> {
        let minute = TimeDelta::minutes(1);
        let wall = |at: DateTime<Utc>| at.with_timezone(&zone).naive_local();
        let mut ticks = BTreeSet::new();
        // Of those that are named.
        let mut shown: Vec<NaiveDateTime> = Vec::new();
        // Some hours before, so that all that is shown again is known.
        let mut at = from - TimeDelta::hours(3);
        while at <= to {
            let (before, now) = (wall(at - minute), wall(at));
            if self.is_once_a_day() {
                // Whatever the wall has passed, or left out, since a minute ago.
                let mut passed = before + minute;
                while passed <= now {
                    if self.names(passed) && !shown.contains(&passed) {
                        shown.push(passed);
                        ticks.insert(at);
                    }
                    passed += minute;
                }
            } else if self.names(now) {
                ticks.insert(at);
            }
            at += minute;
        }
        ticks.split_off(&from)
    }
}

fn times() -> impl Strategy<Value = Times> {
    let numbers = |count: u32| (0..count).collect::<Vec<u32>>();
    let one = (0..60_u32, 0..24_u32).prop_map(|(minute, hour)| (vec![minute], vec![hour]));
    // Where clocks are changed.
    let night = (0..60_u32, 0..4_u32).prop_map(|(minute, hour)| (vec![minute], vec![hour]));
    let steps = select(vec![1_usize, 5, 15, 20, 30]);
    let every =
        steps.prop_map(move |step| (numbers(60).into_iter().step_by(step).collect(), numbers(24)));
    let some = (
        subsequence(numbers(60), 1..6),
        subsequence(numbers(24), 1..12),
    );
    prop_oneof![one, night, every, some].prop_map(|(minutes, hours)| Times { minutes, hours })
}

/// A whole minute; every other time close to a change of the clock.
fn moment(zone: Tz) -> impl Strategy<Value = DateTime<Utc>> {
    let start: DateTime<Utc> = "2005-01-01T00:00:00Z".parse().unwrap();
    let any = (0..20 * 366 * 1440_i64).prop_map(move |minutes| start + TimeDelta::minutes(minutes));
    let changes = changes(zone, start);
    if changes.is_empty() {
        return any.boxed();
    }
    let near = (select(changes), -180..180_i64)
        .prop_map(|(change, minutes)| change + TimeDelta::minutes(minutes));
    prop_oneof![any, near].boxed()
}

/// The hours after which the zone's clocks differ from what they were, in twenty years.
fn changes(zone: Tz, start: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    let fixed = |at: DateTime<Utc>| chrono::Offset::fix(at.with_timezone(&zone).offset());
    let days = (0..20 * 366).map(|day| start + TimeDelta::days(day));
    let changed = days.filter(|day| fixed(*day) != fixed(*day + TimeDelta::days(1)));
    let hours = |day: DateTime<Utc>| (0..24).map(move |hour| day + TimeDelta::hours(hour));
    changed
        .filter_map(|day| {
            hours(day).find(|hour| fixed(*hour) != fixed(*hour + TimeDelta::hours(1)))
        })
        .collect()
}

fn zone_and_moment() -> impl Strategy<Value = (Tz, DateTime<Utc>)> {
    Union::new(ZONES.map(|zone| (Just(zone), moment(zone))))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    /// Looked at every minute or now and then, forwards or backwards: each tick is there once, by one name.
    #[test]
    fn every_tick_is_named_alike_whoever_looks_and_none_is_left_out(
        (zone, from) in zone_and_moment(), times in times(), hours in 1..5_i64,
    ) {
        let (cron, to) = (times.cron(), from + TimeDelta::hours(hours));
        let expected = times.walked(zone, from, to);

        let mut looked = BTreeSet::new();
        let mut before = None;
        let mut at = from;
        while at <= to {
            // Looks come with a fraction of a second.
            let tick = last_tick(&cron, at + TimeDelta::milliseconds(853), zone);
            prop_assert!(tick <= Some(at), "{:?} is in the future at {}", tick, at);
            prop_assert!(before <= tick, "at {} it went back from {:?} to {:?}", at, before, tick);
            before = tick;
            looked.extend(tick.filter(|tick| *tick >= from));
            at += TimeDelta::minutes(1);
        }
        prop_assert_eq!(&looked, &expected, "looking every minute");

        let mut next = Vec::new();
        let mut at = from - TimeDelta::seconds(1);
        while let Some(tick) = next_tick(&cron, at, zone).filter(|tick| *tick <= to) {
            next.push(tick);
            at = tick;
        }
        prop_assert!(next.iter().eq(&expected), "going forwards: {:?} {:?}", next, expected);

        let back: Vec<_> = (1..=expected.len() as u32)
            .map_while(|ticks| tick_before(&cron, to, zone, ticks))
            .collect();
        prop_assert!(back.iter().eq(expected.iter().rev()), "going backwards: {:?} {:?}", back, expected);
    }
}

#[test]
fn a_quarter_of_an_hour_is_one_in_the_repeated_hour_too() {
    let cron = parse_cron("0 */15 * * * *").unwrap();
    let mut at: DateTime<Utc> = "2026-11-01T04:00:00Z".parse().unwrap();
    for _ in 0..16 {
        let look = at + TimeDelta::seconds(7);
        assert_eq!(last_tick(&cron, look, Tz::America__New_York), Some(at));
        at += TimeDelta::minutes(15);
        assert_eq!(next_tick(&cron, look, Tz::America__New_York), Some(at));
    }
}

/// As in São Paulo until 2018: the day of the change had no midnight.
#[test]
fn a_time_that_is_left_out_is_made_up_for_as_soon_as_the_wall_goes_on() {
    let sunday: DateTime<Utc> = "2018-11-04T03:00:00Z".parse().unwrap();
    for text in ["0 0 0 * * *", "0 30 0 * * *", "0 0 0 * * 7", "0 0 0 4 11 *"] {
        let cron = parse_cron(text).unwrap();
        let zone = Tz::America__Sao_Paulo;
        let look = sunday + TimeDelta::minutes(5);
        assert_eq!(last_tick(&cron, look, zone), Some(sunday), "{text}");
        let before = sunday - TimeDelta::minutes(5);
        assert_eq!(next_tick(&cron, before, zone), Some(sunday), "{text}");
    }
}
