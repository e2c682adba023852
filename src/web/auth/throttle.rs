//! Guessing tokens is made slow: an address that has sent too many of a kind that could be guesses is told to
//! wait instead of being told that the next one is wrong. A right one is never asked here.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// The time in which failures are counted, and for which an address is refused.
const WINDOW: Duration = Duration::from_secs(60);
/// Addresses remembered; an attacker with more of them is not stopped by counting.
const REMEMBERED: usize = 10_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Guess {
    /// The operator token.
    Operator,
    /// The application's signature.
    Signature,
    /// Name and password of somebody.
    Person,
    /// The secret address of a sheet; right ones count too.
    Sheet,
}

impl Guess {
    /// What a wrong token tries: one of three parts would be signed.
    pub(crate) fn of(token: &str) -> Self {
        if token.matches('.').count() == 2 {
            Self::Signature
        } else {
            Self::Operator
        }
    }
}

/// Counts guesses by address and kind.
#[derive(Debug)]
pub(crate) struct Throttle {
    allowed: u32,
    failures: Mutex<HashMap<(IpAddr, Guess), Failures>>,
}

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    since: Instant,
}

impl Throttle {
    /// `allowed` failures within a minute; 0: any number.
    pub(crate) fn new(allowed: u32) -> Self {
        Self {
            allowed,
            failures: Mutex::default(),
        }
    }

    /// How much longer an address is refused with guesses of a kind; `None` if it is not.
    pub(crate) fn refused(&self, address: IpAddr, guess: Guess) -> Option<Duration> {
        let failures = *self.lock().get(&(network(address), guess))?;
        let left = WINDOW.checked_sub(failures.since.elapsed())?;
        (self.allowed > 0 && failures.count >= self.allowed).then_some(left)
    }

    /// Notes a wrong token, or that a sheet was fetched.
    pub(crate) fn failed(&self, address: IpAddr, guess: Guess) {
        if self.allowed == 0 {
            return;
        }
        let now = Instant::now();
        let mut failures = self.lock();
        if failures.len() >= REMEMBERED {
            failures.retain(|_, old| old.since.elapsed() < WINDOW);
        }
        if failures.len() >= REMEMBERED {
            failures.clear();
        }
        let new = Failures {
            count: 0,
            since: now,
        };
        let entry = failures.entry((network(address), guess)).or_insert(new);
        if entry.since.elapsed() >= WINDOW {
            *entry = new;
        }
        entry.count += 1;
        if entry.count == self.allowed {
            // From the last failure on.
            entry.since = now;
            match guess {
                Guess::Sheet => {
                    tracing::warn!(%address, "an address fetches sheets too often; it is refused them for a minute");
                }
                Guess::Operator | Guess::Signature | Guess::Person => {
                    tracing::warn!(%address, ?guess, "too many wrong tokens; further ones are refused for a minute");
                }
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(IpAddr, Guess), Failures>> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whoever has one IPv6 address has 2^64 of them.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_is_refused_for_a_minute_after_so_many_failures() {
        let throttle = Throttle::new(3);
        let (a, b) = (address("192.0.2.1"), address("192.0.2.2"));
        for _ in 0..3 {
            assert_eq!(throttle.refused(a, Guess::Operator), None);
            throttle.failed(a, Guess::Operator);
        }
        assert!(throttle.refused(a, Guess::Operator).is_some());
        assert_eq!(throttle.refused(b, Guess::Operator), None);
        assert_eq!(throttle.refused(a, Guess::Signature), None, "another kind");
        tokio::time::advance(WINDOW + Duration::from_secs(1)).await;
        assert_eq!(throttle.refused(a, Guess::Operator), None);
        throttle.failed(a, Guess::Operator);
        assert_eq!(throttle.refused(a, Guess::Operator), None, "counted anew");
    }

    #[tokio::test(start_paused = true)]
    async fn neighbours_in_one_ipv6_network_are_one_address() {
        let throttle = Throttle::new(1);
        throttle.failed(address("2001:db8::1"), Guess::Operator);
        assert!(
            throttle
                .refused(address("2001:db8::ffff"), Guess::Operator)
                .is_some()
        );
        assert!(
            throttle
                .refused(address("2001:db8:0:1::1"), Guess::Operator)
                .is_none()
        );
        throttle.failed(address("::ffff:192.0.2.1"), Guess::Operator);
        assert!(
            throttle
                .refused(address("192.0.2.1"), Guess::Operator)
                .is_some()
        );
    }

    #[tokio::test(start_paused = true)]
    async fn zero_is_no_limit_and_the_memory_is_bounded() {
        let throttle = Throttle::new(0);
        throttle.failed(address("192.0.2.1"), Guess::Operator);
        assert_eq!(
            throttle.refused(address("192.0.2.1"), Guess::Operator),
            None
        );
        let throttle = Throttle::new(1);
        for n in 0..(2 * REMEMBERED as u32) {
            let address = IpAddr::from((n + 0x0a00_0000).to_be_bytes());
            throttle.failed(address, Guess::Operator);
        }
        assert!(throttle.lock().len() <= REMEMBERED);
    }
}
