//! When after its tick a job starts: each user at a fixed offset of their own, so that ten thousand users do
//! not all fall on minute 0.

use std::time::Duration;

use crate::clock::Clock;
use crate::domain::Window;
use crate::domain::ticks::shortest_distance;
use crate::domain::window::parse_cron;

/// The smallest distance between two windows of one user that fire at the same time.
pub const BETWEEN_WINDOWS: Duration = Duration::from_millis(1500);

/// Offset of a user within `splay`, plus a little for each window after the first, so that a user's
/// windows do not collide on their lock.
///
/// Fibonacci hashing spreads consecutive ids evenly over the splay.
#[must_use]
pub fn offset(usuario_id: i32, window_index: usize, splay: Duration) -> Duration {
    let hash = (usuario_id as u32).wrapping_mul(2_654_435_769);
    let part = f64::from(hash) / (f64::from(u32::MAX) + 1.0);
    if splay.is_zero() {
        return Duration::ZERO;
    }
    splay.mul_f64(part) + BETWEEN_WINDOWS * u32::try_from(window_index).unwrap_or(0)
}

/// A window whose ticks follow each other faster than all of its examiners start: whoever is still to start takes two
/// ticks as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crowded<'a> {
    /// Its name.
    pub window: &'a str,
    /// The shortest time between two of its ticks.
    pub distance: Duration,
}

/// The windows for which `splay` is too long.
#[must_use]
pub fn crowded<'a>(windows: &'a [Window], splay: Duration, clock: &Clock) -> Vec<Crowded<'a>> {
    let now = clock.now();
    let crowded = windows.iter().filter_map(|window| {
        let cron = parse_cron(&window.cron).ok()?;
        let distance = shortest_distance(&cron, now, clock.zone())?;
        (distance < splay).then_some(Crowded {
            window: &window.name,
            distance,
        })
    });
    crowded.collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_splay_beyond_the_shortest_distance_of_two_ticks_is_too_long() {
        let window = |name: &str, cron: &str| Window {
            name: name.to_owned(),
            from_day: 0,
            to_day: 3,
            cron: cron.to_owned(),
        };
        let windows = [
            window("near", "0 */15 6-20 * * *"),
            window("far", "0 0 */2 * * *"),
        ];
        let now = "2026-11-24T12:00:00Z".parse().unwrap();
        let clock = Clock::fixed(chrono_tz::America::Sao_Paulo, now);
        let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
        assert!(crowded(&windows, minutes(15), &clock).is_empty());
        let near = Crowded {
            window: "near",
            distance: minutes(15),
        };
        assert_eq!(crowded(&windows, minutes(16), &clock), [near]);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 5000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn an_offset_is_always_the_same_and_within_the_splay_of_its_window(
            user: i32, window in 0..50_usize, splay in 0..100 * 366 * 86_400_000_u64,
        ) {
            let splay = Duration::from_millis(splay);
            let found = offset(user, window, splay);
            prop_assert_eq!(found, offset(user, window, splay));
            let earliest = if splay.is_zero() { Duration::ZERO } else { BETWEEN_WINDOWS * window as u32 };
            prop_assert!(earliest <= found && found <= earliest + splay, "{:?}", found);
        }
    }

    #[test]
    fn offsets_are_fixed_within_the_splay_and_even() {
        let splay = Duration::from_secs(60);
        let mut per_second = [0; 60];
        for user in 1..=6000 {
            let offset_of_user = offset(user, 0, splay);
            assert_eq!(offset_of_user, offset(user, 0, splay));
            per_second[offset_of_user.as_secs() as usize] += 1;
        }
        assert!(
            per_second.iter().all(|count| (80..=120).contains(count)),
            "{per_second:?}"
        );
        assert_eq!(offset(5, 3, Duration::ZERO), Duration::ZERO);
    }
}
