//! Guessing tokens is made slow: an address that has sent too many wrong ones is refused for a while,
//! right ones included.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// The time in which failures are counted, and for which an address is refused.
const WINDOW: Duration = Duration::from_secs(60);
/// Addresses remembered; an attacker with more of them is not stopped by counting.
const REMEMBERED: usize = 10_000;

/// Counts failed authentications by address.
#[derive(Debug)]
pub(crate) struct Throttle {
    allowed: u32,
    failures: Mutex<HashMap<IpAddr, Failures>>,
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

    /// How much longer an address is refused; `None` if it is not.
    pub(crate) fn refused(&self, address: IpAddr) -> Option<Duration> {
        let failures = *self.lock().get(&network(address))?;
        let left = WINDOW.checked_sub(failures.since.elapsed())?;
        (self.allowed > 0 && failures.count >= self.allowed).then_some(left)
    }

    /// Notes a wrong token.
    pub(crate) fn failed(&self, address: IpAddr) {
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
        let entry = failures.entry(network(address)).or_insert(new);
        if entry.since.elapsed() >= WINDOW {
            *entry = new;
        }
        entry.count += 1;
        if entry.count == self.allowed {
            // From the last failure on.
            entry.since = now;
            tracing::warn!(%address, "too many wrong tokens; refused for a minute");
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, Failures>> {
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
            assert_eq!(throttle.refused(a), None);
            throttle.failed(a);
        }
        assert!(throttle.refused(a).is_some());
        assert_eq!(throttle.refused(b), None);
        tokio::time::advance(WINDOW + Duration::from_secs(1)).await;
        assert_eq!(throttle.refused(a), None);
        throttle.failed(a);
        assert_eq!(throttle.refused(a), None, "counted anew");
    }

    #[tokio::test(start_paused = true)]
    async fn neighbours_in_one_ipv6_network_are_one_address() {
        let throttle = Throttle::new(1);
        throttle.failed(address("2001:db8::1"));
        assert!(throttle.refused(address("2001:db8::ffff")).is_some());
        assert!(throttle.refused(address("2001:db8:0:1::1")).is_none());
        throttle.failed(address("::ffff:192.0.2.1"));
        assert!(throttle.refused(address("192.0.2.1")).is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn zero_is_no_limit_and_the_memory_is_bounded() {
        let throttle = Throttle::new(0);
        throttle.failed(address("192.0.2.1"));
        assert_eq!(throttle.refused(address("192.0.2.1")), None);
        let throttle = Throttle::new(1);
        for n in 0..(2 * REMEMBERED as u32) {
            throttle.failed(IpAddr::from((n + 0x0a00_0000).to_be_bytes()));
        }
        assert!(throttle.lock().len() <= REMEMBERED);
    }
}
