//! What the portal's firewall costs: after it turned this process away, the process leaves the portal alone for a
//! while, and tries with one run then. People who ask by hand are not bound by it.
//!
//! Its state is that of one process and of one configuration: a reload, or another proxy, begins anew.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::errors::PortalError;
use agendad_telemetry::metrics::names::FIREWALL;

/// No pause grows beyond this.
const LONGEST: Duration = Duration::from_secs(4 * 3600);

/// So many resets in a row, while nothing else is answered, are a firewall that turns machines away.
const RESETS: u32 = 4;

/// Whether the firewall lets this process through. Cheap to clone; clones share one state.
#[derive(Debug, Clone)]
pub struct Firewall {
    pause: Duration,
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug, Default)]
struct Inner {
    /// Resets since the last answer.
    resets: u32,
    rest: Option<Rest>,
    /// The last rest that an answer has ended.
    last: Option<EndedRest>,
}

#[derive(Debug, Clone, Copy)]
struct Rest {
    since: Instant,
    until: Instant,
    length: Duration,
    sign: TurnedAway,
}

#[derive(Debug, Clone, Copy)]
struct EndedRest {
    at: Instant,
    length: Duration,
    sign: TurnedAway,
}

/// How the firewall turned this process away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TurnedAway {
    Page,
    /// By resetting connections, before any byte of an answer.
    Resets,
}

/// What may be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirewallState {
    /// Everything.
    Open,
    /// Nothing, until then.
    Resting {
        /// When one run may try.
        until: Instant,
        /// How it began.
        sign: TurnedAway,
    },
    /// One run, whose outcome decides.
    Trying,
}

impl Firewall {
    pub(crate) fn new(pause: Duration) -> Self {
        Self {
            pause,
            inner: Arc::default(),
        }
    }

    /// The state; ask it before work is begun.
    #[must_use]
    pub fn state(&self) -> FirewallState {
        match self.lock().rest {
            None => FirewallState::Open,
            Some(rest) if Instant::now() < rest.until => FirewallState::Resting {
                until: rest.until,
                sign: rest.sign,
            },
            Some(_) => FirewallState::Trying,
        }
    }

    /// Leave for a request that no person asked for.
    ///
    /// # Errors
    /// `firewall` while the process rests.
    pub(crate) fn admit(&self) -> Result<(), PortalError> {
        match self.state() {
            FirewallState::Resting { until, .. } => {
                Err(PortalError::firewall_rests(until - Instant::now()))
            }
            FirewallState::Open | FirewallState::Trying => Ok(()),
        }
    }

    /// The portal itself has answered a request that `left` then. One that left before the rest began says nothing of what
    /// the firewall lets through since.
    pub(crate) fn answered(&self, left: Instant) {
        let mut inner = self.lock();
        inner.resets = 0;
        if let Some(rest) = inner.rest.take_if(|rest| left >= rest.since) {
            inner.last = Some(EndedRest {
                at: Instant::now(),
                length: rest.length,
                sign: rest.sign,
            });
            tracing::info!("the portal answers again; its firewall lets this machine through");
        }
    }

    /// A session's first request was reset. Whether that is the firewall, because nothing else was answered.
    pub(crate) fn first_request_was_reset(&self) -> bool {
        let mut inner = self.lock();
        inner.resets = inner.resets.saturating_add(1);
        inner.resets >= RESETS
    }

    /// The firewall turned a request away: rest, and longer each time for its page, also where it has let through something
    /// in between.
    pub(crate) fn turned_away(&self, sign: TurnedAway) {
        let now = Instant::now();
        let mut inner = self.lock();
        let before = match inner.rest {
            // Somebody else has met it at the same time.
            Some(rest) if now < rest.until => return,
            Some(rest) => Some(rest.length),
            None => inner.last.and_then(|last| last.counts_at(now)),
        };
        let length = match (before, sign) {
            (Some(before), TurnedAway::Page) => (before * 2).min(LONGEST.max(self.pause)),
            (None, TurnedAway::Page) | (_, TurnedAway::Resets) => self.pause,
        };
        inner.rest = Some(Rest {
            since: now,
            until: now + length,
            length,
            sign,
        });
        inner.resets = 0;
        drop(inner);
        FIREWALL.one([]);
        tracing::warn!(
            rest = ?length,
            ?sign,
            "the portal's firewall turned this machine away; nothing is asked for a while"
        );
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl EndedRest {
    /// Its length, if it is not so long ago that the firewall has changed its mind. Resets never count.
    fn counts_at(self, now: Instant) -> Option<Duration> {
        let is_recent = (now - self.at) / 2 < self.length;
        (is_recent && self.sign == TurnedAway::Page).then_some(self.length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAUSE: Duration = Duration::from_secs(900);

    fn rest(firewall: &Firewall) -> Option<Duration> {
        match firewall.state() {
            FirewallState::Resting { until, .. } => Some(until - Instant::now()),
            FirewallState::Open | FirewallState::Trying => None,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn its_page_doubles_the_pause_up_to_four_hours_and_an_answer_ends_it() {
        let firewall = Firewall::new(PAUSE);
        let mut pauses = Vec::new();
        for _ in 0..6 {
            firewall.turned_away(TurnedAway::Page);
            firewall.turned_away(TurnedAway::Page);
            let pause = rest(&firewall).unwrap();
            assert!(firewall.admit().is_err());
            pauses.push(pause.as_secs() / 60);
            tokio::time::advance(pause).await;
            assert_eq!(firewall.state(), FirewallState::Trying);
        }
        assert_eq!(pauses, [15, 30, 60, 120, 240, 240]);
        firewall.answered(Instant::now());
        assert_eq!(firewall.state(), FirewallState::Open);
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_to_what_left_before_the_rest_does_not_end_it() {
        let firewall = Firewall::new(PAUSE);
        let left = Instant::now();
        tokio::time::advance(Duration::from_secs(1)).await;
        firewall.turned_away(TurnedAway::Page);
        firewall.answered(left);
        assert_eq!(rest(&firewall), Some(PAUSE));
        // As whoever asks by hand meanwhile.
        firewall.answered(Instant::now());
        assert_eq!(firewall.state(), FirewallState::Open);
    }

    #[tokio::test(start_paused = true)]
    async fn its_page_doubles_the_pause_also_where_it_lets_one_request_through_in_between() {
        for (sign, lets_through_for, expected) in [
            (TurnedAway::Page, 0, [15, 30, 60, 120, 240, 240]),
            (TurnedAway::Page, 29, [15, 30, 60, 120, 240, 240]),
            (TurnedAway::Page, 480, [15; 6]),
            (TurnedAway::Resets, 0, [15; 6]),
        ] {
            let firewall = Firewall::new(PAUSE);
            let mut pauses = Vec::new();
            for _ in 0..6 {
                firewall.turned_away(sign);
                let pause = rest(&firewall).unwrap();
                pauses.push(pause.as_secs() / 60);
                tokio::time::advance(pause).await;
                firewall.answered(Instant::now());
                tokio::time::advance(Duration::from_secs(lets_through_for * 60)).await;
            }
            assert_eq!(pauses, expected, "{sign:?} {lets_through_for}");
        }
        // A page after resets is the first one.
        let firewall = Firewall::new(PAUSE);
        firewall.turned_away(TurnedAway::Resets);
        tokio::time::advance(PAUSE).await;
        firewall.answered(Instant::now());
        firewall.turned_away(TurnedAway::Page);
        assert_eq!(rest(&firewall), Some(PAUSE));
    }

    #[tokio::test(start_paused = true)]
    async fn four_resets_without_an_answer_are_the_firewall_and_never_double() {
        let firewall = Firewall::new(PAUSE);
        let resets = |count: u32| (0..count).any(|_| firewall.first_request_was_reset());
        assert!(!resets(3));
        firewall.answered(Instant::now());
        assert!(!resets(3));
        assert!(resets(1));
        for _ in 0..3 {
            firewall.turned_away(TurnedAway::Resets);
            assert_eq!(rest(&firewall), Some(PAUSE));
            tokio::time::advance(PAUSE).await;
        }
    }
}
