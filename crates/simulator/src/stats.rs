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
    /// Requests by step: `entry`, `agenda` (the agenda login page), `login`, `force` (a login that ends a
    /// session elsewhere), `choice` (the page), `search`, `dates`, `result`, `logout`, `script`, `other`.
    pub by_kind: BTreeMap<String, u64>,
    /// Posts with a password.
    pub passwords: u64,
    /// Logins that succeeded.
    pub logins: u64,
    /// Sessions elsewhere that a login ended.
    pub forced: u64,
    /// Logins answered by the question whether the session elsewhere shall end.
    pub in_use: u64,
    /// Logins answered by the choice of a unit.
    pub choices: u64,
    /// Logins that were refused.
    pub login_refusals: u64,
    /// Inner pages asked for with no session or a dead one.
    pub dead_sessions: u64,
    /// Sessions with somebody logged in, now.
    pub sessions_alive: usize,
    pub connections: u64,
    /// Connections that carried requests of more than one examiner.
    pub connections_shared: u64,
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
    /// Requests in their sessions, and logins with their CPF.
    pub requests: u64,
    /// Posts with their CPF and a password.
    pub passwords: u64,
    /// Logins that succeeded.
    pub logins: u64,
    /// Sessions elsewhere that a login ended.
    pub forced: u64,
    /// Logins answered by the question whether the session elsewhere shall end.
    pub in_use: u64,
    /// Logins that were refused.
    pub login_refusals: u64,
    /// Requests at once, now.
    #[serde(skip)]
    pub requests_running: u64,
    /// Most of their requests that were being answered at once.
    pub requests_max: u64,
}

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
        *stats.by_kind.entry(visit.to_string()).or_default() += 1;
        if let Some(index) = examiner {
            let one = stats.examiners.entry(index).or_default();
            one.requests += 1;
            one.requests_running += 1;
            one.requests_max = one.requests_max.max(one.requests_running);
        }
        stats.requests_running += 1;
        stats.requests_max = stats.requests_max.max(stats.requests_running);
        Running {
            counters: self,
            examiner,
        }
    }

    pub(super) fn password(&self, examiner: Option<usize>) {
        self.count(examiner, |all| &mut all.passwords, |one| &mut one.passwords);
    }

    pub(super) fn login(&self, examiner: usize, forced: bool) {
        let whose = Some(examiner);
        self.count(whose, |all| &mut all.logins, |one| &mut one.logins);
        if forced {
            self.forced(examiner);
        }
    }

    pub(super) fn forced(&self, examiner: usize) {
        self.count(Some(examiner), |all| &mut all.forced, |one| &mut one.forced);
    }

    pub(super) fn in_use(&self, examiner: usize) {
        self.count(Some(examiner), |all| &mut all.in_use, |one| &mut one.in_use);
    }

    pub(super) fn choice(&self) {
        self.lock().choices += 1;
    }

    pub(super) fn login_refused(&self, examiner: Option<usize>) {
        self.count(
            examiner,
            |all| &mut all.login_refusals,
            |one| &mut one.login_refusals,
        );
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
        stats.connections += 1;
        stats.connections_open += 1;
        stats.connections_max = stats.connections_max.max(stats.connections_open);
        Open { counters: self }
    }

    pub(super) fn connection_shared(&self) {
        self.lock().connections_shared += 1;
    }

    fn count(
        &self,
        examiner: Option<usize>,
        all: fn(&mut Stats) -> &mut u64,
        one: fn(&mut ExaminerStats) -> &mut u64,
    ) {
        let mut stats = self.lock();
        *all(&mut stats) += 1;
        if let Some(index) = examiner {
            *one(stats.examiners.entry(index).or_default()) += 1;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Stats> {
        self.stats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request that is being answered.
pub(super) struct Running<'a> {
    counters: &'a Counters,
    examiner: Option<usize>,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let mut stats = self.counters.lock();
        stats.requests_running -= 1;
        if let Some(index) = self.examiner {
            stats.examiners.entry(index).or_default().requests_running -= 1;
        }
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
        assert_eq!(stats.examiners[&4].requests_max, 1);
    }

    #[test]
    fn what_became_of_a_password_is_counted_for_all_and_for_its_examiner() {
        let counters = Counters::default();
        counters.password(Some(2));
        counters.login(2, true);
        counters.password(None);
        counters.login_refused(None);
        let stats = counters.read();
        assert_eq!((stats.passwords, stats.logins, stats.forced), (2, 1, 1));
        assert_eq!(stats.login_refusals, 1);
        assert_eq!(
            (stats.examiners[&2].passwords, stats.examiners.len()),
            (1, 1)
        );
    }
}
