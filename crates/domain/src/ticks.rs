//! When a cron expression fires, on the wall clock of a zone. What matches is croner's affair; what a wall
//! clock does when summer time begins and ends is said here, because croner says it differently forwards and
//! backwards:
//!
//! - An expression that names one time of the day fires once a day. A time that the wall shows twice counts
//!   the first time; one that it leaves out is made up for as soon as the wall goes on.
//! - Any other, such as `0 */15 * * * *`, fires whenever the wall shows what it names: also in the hour that
//!   is shown again, and not in one that is left out.

use std::time::Duration;

use chrono::{DateTime, MappedLocalTime, NaiveDateTime, SubsecRound, TimeDelta, TimeZone, Utc};
use croner::{Cron, Direction, JobType};

use super::Zone;

/// The last nominal firing time at or before `now`, on the wall of `zone`; `None` if there is none.
#[must_use]
pub fn last_tick(cron: &Cron, now: DateTime<Utc>, zone: impl Into<Zone>) -> Option<DateTime<Utc>> {
    let zone = zone.into();
    // A fraction of a second would stay, and two processes would name one tick differently.
    let now = now.trunc_subsecs(0);
    let wall = now.with_timezone(&zone).naive_local();
    // What the wall shows for the second time: its later part has been there before.
    let again = shown_again(wall, zone).filter(|(_, second)| *second <= now);
    let later = again.map(|(first, second)| wall + (second - first) - TimeDelta::seconds(1));
    let search = Search {
        cron,
        zone,
        direction: Direction::Backward,
    };
    let of = |wall| search.first(wall, |tick| tick <= now);
    of(wall).max(later.and_then(of))
}

/// The nominal firing time that lies `ticks` firings back: 1 is the last one, as [`last_tick`] names it. A
/// success before the fourth last tick means that four ticks have passed without one. `None` if the
/// expression has not fired so often.
#[must_use]
pub fn tick_before(
    cron: &Cron,
    now: DateTime<Utc>,
    zone: impl Into<Zone>,
    ticks: u32,
) -> Option<DateTime<Utc>> {
    let zone = zone.into();
    let mut tick = last_tick(cron, now, zone)?;
    for _ in 1..ticks {
        tick = last_tick(cron, tick - TimeDelta::seconds(1), zone)?;
    }
    Some(tick)
}

/// The next nominal firing time after `now`, on the wall of `zone`; `None` if there is none.
#[must_use]
pub fn next_tick(cron: &Cron, now: DateTime<Utc>, zone: impl Into<Zone>) -> Option<DateTime<Utc>> {
    let zone = zone.into();
    let now = now.trunc_subsecs(0);
    let wall = now.with_timezone(&zone).naive_local();
    // What the wall shows for the first time: its earlier part will be there again.
    let again = shown_again(wall, zone).filter(|(first, _)| *first == now);
    let earlier = again.map(|(first, second)| wall - (second - first) + TimeDelta::seconds(1));
    let search = Search {
        cron,
        zone,
        direction: Direction::Forward,
    };
    let of = |wall| search.first(wall, |tick| tick > now);
    let (next, before) = (of(wall + TimeDelta::seconds(1)), earlier.and_then(of));
    next.into_iter().chain(before).min()
}

/// The shortest time between two of the firings to come, as far as a month and two hundred of them tell. `None`: there are
/// no two.
#[must_use]
pub fn shortest_distance(
    cron: &Cron,
    now: DateTime<Utc>,
    zone: impl Into<Zone>,
) -> Option<Duration> {
    const FIRINGS: usize = 200;
    let zone: Zone = zone.into();
    let end = now + TimeDelta::days(32);
    let next = |tick: &DateTime<Utc>| next_tick(cron, *tick, zone);
    let ticks: Vec<_> = std::iter::successors(next(&now), next)
        .take_while(|tick| *tick <= end)
        .take(FIRINGS)
        .collect();
    let distances = ticks.windows(2).map(|pair| pair[1] - pair[0]);
    distances.min()?.to_std().ok()
}

/// A way along the times that match.
#[derive(Clone, Copy)]
struct Search<'a> {
    cron: &'a Cron,
    zone: Zone,
    direction: Direction,
}

impl Search<'_> {
    /// The first tick that is wanted, for a time that matches from `wall` on.
    fn first(
        self,
        mut wall: NaiveDateTime,
        wanted: impl Fn(DateTime<Utc>) -> bool,
    ) -> Option<DateTime<Utc>> {
        loop {
            let matching = self.matching(wall)?;
            let mut ticks = self.ticks(matching).into_iter().flatten();
            let tick = match self.direction {
                Direction::Forward => ticks.find(|tick| wanted(*tick)),
                Direction::Backward => ticks.rfind(|tick| wanted(*tick)),
            };
            if tick.is_some() {
                return tick;
            }
            wall = match self.direction {
                Direction::Forward => matching + TimeDelta::seconds(1),
                Direction::Backward => matching - TimeDelta::seconds(1),
            };
        }
    }

    /// The next time that matches, from `wall` on: on a wall without summer time.
    fn matching(self, wall: NaiveDateTime) -> Option<NaiveDateTime> {
        let plain = wall.and_utc();
        let found = match self.direction {
            Direction::Forward => self.cron.find_next_occurrence(&plain, true),
            Direction::Backward => self.cron.find_previous_occurrence(&plain, true),
        };
        found.ok().map(|found| found.naive_utc())
    }

    /// When that is, in order.
    fn ticks(self, matching: NaiveDateTime) -> [Option<DateTime<Utc>>; 2] {
        let once_a_day = self.cron.determine_job_type() == JobType::FixedTime;
        let [first, second] = match self.zone.from_local_datetime(&matching) {
            MappedLocalTime::Single(tick) => [Some(tick), None],
            MappedLocalTime::Ambiguous(first, _) if once_a_day => [Some(first), None],
            MappedLocalTime::Ambiguous(first, second) => [Some(first), Some(second)],
            MappedLocalTime::None if once_a_day => {
                return [self.zone.end_of_gap(matching), None];
            }
            MappedLocalTime::None => [None, None],
        };
        [first, second].map(|tick| tick.map(|tick| tick.with_timezone(&Utc)))
    }
}

/// Both instants at which the wall shows this, if there are two.
fn shown_again(wall: NaiveDateTime, zone: Zone) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    match zone.from_local_datetime(&wall) {
        MappedLocalTime::Ambiguous(first, second) => {
            Some((first.with_timezone(&Utc), second.with_timezone(&Utc)))
        }
        MappedLocalTime::Single(_) | MappedLocalTime::None => None,
    }
}

#[cfg(test)]
mod properties;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::window::parse_cron;

    #[test]
    fn the_last_tick_is_nominal_and_on_the_zones_wall() {
        let cron = parse_cron("0 0 */2 * * *").unwrap();
        let tick = |now: &str| {
            last_tick(&cron, now.parse().unwrap(), chrono_tz::America::Sao_Paulo).unwrap()
        };
        assert_eq!(
            tick("2026-11-24T12:34:56Z"),
            "2026-11-24T11:00:00Z".parse::<DateTime<Utc>>().unwrap()
        );
        assert_eq!(
            tick("2026-11-24T11:00:00.853Z"),
            "2026-11-24T11:00:00Z".parse::<DateTime<Utc>>().unwrap()
        );
        assert_eq!(
            tick("2026-11-24T11:00:00Z"),
            "2026-11-24T11:00:00Z".parse::<DateTime<Utc>>().unwrap()
        );
    }

    #[test]
    fn ticks_are_counted_back_over_nights_without_any() {
        let working_hours = parse_cron("0 0 8-10 * * *").unwrap();
        let back = |ticks| {
            let now = "2026-11-24T11:30:00Z".parse().unwrap();
            let zone = chrono_tz::America::Sao_Paulo;
            tick_before(&working_hours, now, zone, ticks).unwrap()
        };
        for (ticks, expected) in [
            (1, "2026-11-24T11:00:00Z"),
            (2, "2026-11-23T13:00:00Z"),
            (4, "2026-11-23T11:00:00Z"),
        ] {
            assert_eq!(back(ticks), expected.parse::<DateTime<Utc>>().unwrap());
        }
    }
    #[test]
    fn the_shortest_distance_is_within_a_day_or_between_two() {
        let now = "2026-11-24T12:00:00Z".parse().unwrap();
        for (text, minutes) in [
            ("0 */15 6-20 * * *", Some(15)),
            ("0 0,50 * * * *", Some(10)),
            ("0 0 7,12 * * MON", Some(5 * 60)),
            ("0 0 6 * * *", Some(24 * 60)),
            ("0 0 0 1 1 *", None),
        ] {
            let cron = parse_cron(text).unwrap();
            let found = shortest_distance(&cron, now, chrono_tz::America::Sao_Paulo);
            let expected = minutes.map(|minutes| Duration::from_secs(60 * minutes));
            assert_eq!(found, expected, "{text}");
        }
    }
}
