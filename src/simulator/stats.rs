//! What the simulator counted: requests, logins, refusals, connections.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;

use super::faults::Visit;

/// Counts since the start. "Now" values are named so.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Stats {
    /// Requests to the portal.
    pub requests: u64,
    /// Requests by what they asked for: `entry`, `login_page`, `login_post`, `search`, `dates`,
    /// `result`, `logout`, `other`.
    pub by_kind: BTreeMap<String, u64>,
    /// Logins that succeeded.
    pub logins: u64,
    /// Logins that were refused.
    pub login_refusals: u64,
    /// Forms that came without the session's token.
    pub wrong_tokens: u64,
    /// Inner pages asked for with no session or a dead one.
    pub dead_sessions: u64,
    /// Sessions with somebody logged in, now.
    pub sessions_alive: usize,
    /// Connections open, now.
    pub connections_open: u64,
    /// Most connections that were open at once.
    pub connections_max: u64,
    /// Requests being answered, now.
    pub requests_running: u64,
    /// Most requests that were being answered at once.
    pub requests_max: u64,
    /// Events of the agendas: bookings, cancellations, changes.
    pub agenda_events: u64,
    /// Examiners with any request of theirs, by index.
    pub examiners: BTreeMap<usize, ExaminerStats>,
}

/// Counts of one examiner.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct ExaminerStats {
    /// Requests in his sessions, and logins with his CPF.
    pub requests: u64,
    /// Logins that succeeded.
    pub logins: u64,
    /// Logins that were refused.
    pub login_refusals: u64,
}

/// The counters.
#[derive(Debug, Default)]
pub(super) struct Counters {
    stats: Mutex<Stats>,
}

impl Counters {
    pub(super) fn read(&self) -> Stats {
        self.lock().clone()
    }

    /// A request begins; it ends when the guard is dropped.
    pub(super) fn request(&self, visit: Visit, examiner: Option<usize>) -> Running<'_> {
        let mut stats = self.lock();
        stats.requests += 1;
        *stats.by_kind.entry(name(visit).to_owned()).or_default() += 1;
        if let Some(index) = examiner {
            stats.examiners.entry(index).or_default().requests += 1;
        }
        stats.requests_running += 1;
        stats.requests_max = stats.requests_max.max(stats.requests_running);
        Running { counters: self }
    }

    pub(super) fn login(&self, examiner: usize) {
        let mut stats = self.lock();
        stats.logins += 1;
        stats.examiners.entry(examiner).or_default().logins += 1;
    }

    pub(super) fn login_refused(&self, examiner: Option<usize>) {
        let mut stats = self.lock();
        stats.login_refusals += 1;
        if let Some(index) = examiner {
            stats.examiners.entry(index).or_default().login_refusals += 1;
        }
    }

    pub(super) fn wrong_token(&self) {
        self.lock().wrong_tokens += 1;
    }

    pub(super) fn dead_session(&self) {
        self.lock().dead_sessions += 1;
    }

    pub(super) fn agenda_event(&self) {
        self.lock().agenda_events += 1;
    }

    /// A connection opens; it closes when the guard is dropped.
    pub(super) fn connection(&self) -> Open<'_> {
        let mut stats = self.lock();
        stats.connections_open += 1;
        stats.connections_max = stats.connections_max.max(stats.connections_open);
        Open { counters: self }
    }

    fn lock(&self) -> MutexGuard<'_, Stats> {
        self.stats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request that is being answered.
pub(super) struct Running<'a> {
    counters: &'a Counters,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.counters.lock().requests_running -= 1;
    }
}

/// A connection that is open.
pub(super) struct Open<'a> {
    counters: &'a Counters,
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.counters.lock().connections_open -= 1;
    }
}

fn name(visit: Visit) -> &'static str {
    match visit {
        Visit::Entry => "entry",
        Visit::LoginPage => "login_page",
        Visit::LoginPost => "login_post",
        Visit::Search => "search",
        Visit::Dates => "dates",
        Visit::Result => "result",
        Visit::Logout => "logout",
        Visit::Other => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_by_kind_and_examiner_and_at_once() {
        let counters = Counters::default();
        {
            let _first = counters.request(Visit::Dates, Some(4));
            let _second = counters.request(Visit::Entry, None);
        }
        drop(counters.request(Visit::Dates, Some(4)));
        let stats = counters.read();
        assert_eq!((stats.requests, stats.requests_max), (3, 2));
        assert_eq!(stats.by_kind["dates"], 2);
        assert_eq!(stats.examiners[&4].requests, 2);
    }
}
