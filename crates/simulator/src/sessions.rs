//! Sessions as the portal keeps them: opened by any visit, entered by a login, one a person, dead after a
//! time of rest, a logout, or on demand.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::invent::Unit;
use agendad_domain::clock::Clock;

const SWEEP_EVERY: usize = 256;

pub(super) struct Sessions {
    clock: Clock,
    ttl: Duration,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    alive: HashMap<String, Session>,
    /// The session that each examiner is in.
    entered: HashMap<usize, String>,
    opened_since_sweep: usize,
}

struct Session {
    entered: Option<Entered>,
    /// Who logged in and has yet to choose a unit.
    chooser: Option<usize>,
    at_agenda_login: bool,
    last_used: DateTime<Utc>,
}

#[derive(Clone, Copy)]
struct Entered {
    examiner: usize,
    unit: Unit,
    since: DateTime<Utc>,
    by: HeldBy,
}

/// Who is in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HeldBy {
    /// Whoever logged in over HTTP.
    Client,
    /// The examiner, at a browser that the simulator only imagines.
    Examiner,
}

/// A session that somebody is logged in to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SessionReport {
    /// Whose account, by index.
    pub examiner: usize,
    /// Who is in it.
    pub by: HeldBy,
    pub unit: &'static str,
    /// The login.
    pub since: DateTime<Utc>,
    /// The last request.
    pub last_used: DateTime<Utc>,
}

/// A living session, as a request sees it.
#[derive(Clone)]
pub(super) struct Visitor {
    /// The cookie's value.
    pub(super) id: String,
    /// Who is logged in, and for which unit.
    pub(super) examiner: Option<(usize, Unit)>,
    /// Who logged in and has yet to choose a unit.
    pub(super) chooser: Option<usize>,
    /// The agenda login page was shown in it.
    pub(super) at_agenda_login: bool,
}

impl fmt::Debug for Visitor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Visitor")
            .field("examiner", &self.examiner)
            .finish_non_exhaustive()
    }
}

/// A login with a right password, on its way to a session.
#[derive(Debug, Clone, Copy)]
pub(super) struct LoginRequest {
    pub(super) examiner: usize,
    /// The unit; none, if it has yet to be chosen.
    pub(super) unit: Option<Unit>,
    /// End the session elsewhere.
    pub(super) force: bool,
}

/// What becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LoginOutcome {
    /// In; so many sessions were ended for it.
    In(usize),
    /// The unit has to be chosen; so many sessions were ended already.
    Choose(usize),
    /// Another session of the same person lives.
    Elsewhere,
}

impl Sessions {
    pub(super) fn new(clock: Clock, ttl: Duration) -> Self {
        Self {
            clock,
            ttl,
            inner: Mutex::default(),
        }
    }

    /// Opens a session in which nobody is logged in.
    pub(super) fn open(&self) -> Visitor {
        let id = format!("{:032X}.gefor1", rand::random::<u128>());
        let session = Session {
            entered: None,
            chooser: None,
            at_agenda_login: false,
            last_used: self.clock.now(),
        };
        let visitor = session.seen_as(&id);
        let mut inner = self.lock();
        self.sweep_sometimes(&mut inner);
        inner.alive.insert(id, session);
        visitor
    }

    /// The session of a cookie, if it lives; it has been used now.
    pub(super) fn touch(&self, id: &str) -> Option<Visitor> {
        let now = self.clock.now();
        let mut inner = self.lock();
        let session = inner.alive.get_mut(id)?;
        if self.is_dead(session, now) {
            inner.end(id);
            return None;
        }
        session.last_used = now;
        Some(session.seen_as(id))
    }

    /// The agenda login page is shown in this session.
    pub(super) fn show_agenda_login(&self, id: &str) {
        if let Some(session) = self.lock().alive.get_mut(id) {
            session.at_agenda_login = true;
        }
    }

    /// Lets somebody with a right password in to the session, unless they are in another one.
    pub(super) fn admit(&self, id: &str, wanted: LoginRequest) -> LoginOutcome {
        let mut inner = self.lock();
        let ended = match inner.entered.get(&wanted.examiner) {
            Some(other) if other != id && self.lives(&inner, other) => {
                if !wanted.force {
                    return LoginOutcome::Elsewhere;
                }
                let other = other.clone();
                inner.end(&other);
                1
            }
            Some(_) | None => 0,
        };
        inner.leave(id);
        let Some(unit) = wanted.unit else {
            if let Some(session) = inner.alive.get_mut(id) {
                session.chooser = Some(wanted.examiner);
            }
            return LoginOutcome::Choose(ended);
        };
        let now = self.clock.now();
        if let Some(session) = inner.alive.get_mut(id) {
            session.chooser = None;
            session.entered = Some(Entered {
                examiner: wanted.examiner,
                unit,
                since: now,
                by: HeldBy::Client,
            });
            inner.entered.insert(wanted.examiner, id.to_owned());
        }
        LoginOutcome::In(ended)
    }

    /// The examiner logs in at a browser of their own, which ends any other session of theirs, or goes on
    /// using it; says how many were ended.
    pub(super) fn enter_as_examiner(&self, examiner: usize, unit: Unit) -> usize {
        let now = self.clock.now();
        let mut inner = self.lock();
        let mut ended = 0;
        if let Some(id) = inner.entered.get(&examiner).cloned() {
            let lives = self.lives(&inner, &id);
            let session = inner.alive.get_mut(&id);
            match session.filter(|session| lives && session.is_by(HeldBy::Examiner)) {
                Some(session) => {
                    session.last_used = now;
                    return 0;
                }
                None => {
                    inner.end(&id);
                    ended = usize::from(lives);
                }
            }
        }
        let id = format!("{:032X}.gefor1", rand::random::<u128>());
        let entered = Entered {
            examiner,
            unit,
            since: now,
            by: HeldBy::Examiner,
        };
        let session = Session {
            entered: Some(entered),
            chooser: None,
            at_agenda_login: true,
            last_used: now,
        };
        inner.alive.insert(id.clone(), session);
        inner.entered.insert(examiner, id);
        ended
    }

    /// The examiner logs out at their own browser; says whether they were logged in there.
    pub(super) fn leave_as_examiner(&self, examiner: usize) -> bool {
        let mut inner = self.lock();
        let Some(id) = inner.entered.get(&examiner).cloned() else {
            return false;
        };
        let lives = self.lives(&inner, &id);
        let session = inner.alive.get(&id);
        if !session.is_some_and(|session| session.is_by(HeldBy::Examiner)) {
            return false;
        }
        inner.end(&id);
        lives
    }

    /// Ends a session.
    pub(super) fn close(&self, id: &str) {
        self.lock().end(id);
    }

    /// Ends the sessions of one examiner, or of everybody; says how many.
    pub(super) fn expire(&self, examiner: Option<usize>) -> usize {
        let mut inner = self.lock();
        let before = inner.alive.len();
        match examiner {
            Some(examiner) => {
                if let Some(id) = inner.entered.get(&examiner).cloned() {
                    inner.end(&id);
                }
            }
            None => *inner = Inner::default(),
        }
        before - inner.alive.len()
    }

    /// Living sessions in which somebody is logged in, by examiner.
    pub(super) fn list(&self) -> Vec<SessionReport> {
        let now = self.clock.now();
        let inner = self.lock();
        let mut reports: Vec<SessionReport> = inner
            .alive
            .values()
            .filter(|session| !self.is_dead(session, now))
            .filter_map(|session| {
                let entered = session.entered?;
                Some(SessionReport {
                    examiner: entered.examiner,
                    by: entered.by,
                    unit: entered.unit.code,
                    since: entered.since,
                    last_used: session.last_used,
                })
            })
            .collect();
        reports.sort_by_key(|report| report.examiner);
        reports
    }

    /// How many there are of those.
    pub(super) fn count(&self) -> usize {
        let now = self.clock.now();
        let inner = self.lock();
        let entered = inner.entered.values().filter_map(|id| inner.alive.get(id));
        entered
            .filter(|session| !self.is_dead(session, now))
            .count()
    }

    fn lives(&self, inner: &Inner, id: &str) -> bool {
        let now = self.clock.now();
        let session = inner.alive.get(id);
        session.is_some_and(|session| !self.is_dead(session, now))
    }

    fn is_dead(&self, session: &Session, now: DateTime<Utc>) -> bool {
        (now - session.last_used).to_std().unwrap_or_default() > self.ttl
    }

    fn sweep_sometimes(&self, inner: &mut Inner) {
        inner.opened_since_sweep += 1;
        if inner.opened_since_sweep < SWEEP_EVERY {
            return;
        }
        inner.opened_since_sweep = 0;
        let now = self.clock.now();
        let dead: Vec<String> = inner
            .alive
            .iter()
            .filter(|(_, session)| self.is_dead(session, now))
            .map(|(id, _)| id.clone())
            .collect();
        for id in dead {
            inner.end(&id);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn end(&mut self, id: &str) {
        self.leave(id);
        self.alive.remove(id);
    }

    /// Whoever is in the session is no more.
    fn leave(&mut self, id: &str) {
        let entered = self
            .alive
            .get_mut(id)
            .and_then(|session| session.entered.take());
        if let Some(entered) = entered {
            self.entered.remove(&entered.examiner);
        }
    }
}

impl Session {
    fn is_by(&self, who: HeldBy) -> bool {
        self.entered.is_some_and(|entered| entered.by == who)
    }

    fn seen_as(&self, id: &str) -> Visitor {
        Visitor {
            id: id.to_owned(),
            examiner: self.entered.map(|entered| (entered.examiner, entered.unit)),
            chooser: self.chooser,
            at_agenda_login: self.at_agenda_login,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invent::UNITS;

    fn sessions(ttl: Duration) -> Sessions {
        Sessions::new(Clock::system(chrono_tz::America::Sao_Paulo), ttl)
    }

    fn minute() -> Sessions {
        sessions(Duration::from_secs(60))
    }

    fn wanted(examiner: usize, force: bool) -> LoginRequest {
        LoginRequest {
            examiner,
            unit: Some(UNITS[0]),
            force,
        }
    }

    fn entered(sessions: &Sessions, examiner: usize) -> String {
        let id = sessions.open().id;
        let admission = sessions.admit(&id, wanted(examiner, false));
        assert_eq!(admission, LoginOutcome::In(0));
        id
    }

    #[test]
    fn a_session_lives_until_it_is_closed() {
        let sessions = minute();
        let id = entered(&sessions, 7);
        let again = sessions.touch(&id).unwrap();
        assert_eq!(again.examiner, Some((7, UNITS[0])));
        sessions.close(&id);
        assert!(sessions.touch(&id).is_none());
        entered(&sessions, 7);
    }

    #[test]
    fn a_person_is_in_one_session_and_only_force_ends_it() {
        let sessions = minute();
        let first = entered(&sessions, 3);
        let second = sessions.open().id;
        let admit = |force| sessions.admit(&second, wanted(3, force));
        assert_eq!(admit(false), LoginOutcome::Elsewhere);
        assert!(sessions.touch(&first).is_some());
        assert_eq!(admit(true), LoginOutcome::In(1));
        assert!(sessions.touch(&first).is_none());
        assert_eq!(admit(false), LoginOutcome::In(0), "the same session again");
        assert_eq!(sessions.count(), 1);
    }

    #[test]
    fn force_ends_the_other_session_before_the_unit_is_chosen() {
        let sessions = minute();
        let first = entered(&sessions, 3);
        let second = sessions.open().id;
        let undecided = LoginRequest {
            unit: None,
            ..wanted(3, true)
        };
        assert_eq!(sessions.admit(&second, undecided), LoginOutcome::Choose(1));
        assert!(sessions.touch(&first).is_none());
        assert_eq!(sessions.count(), 0);
    }

    #[test]
    fn the_examiner_takes_the_session_and_gives_it_back() {
        let sessions = minute();
        let ours = entered(&sessions, 3);
        assert_eq!(sessions.enter_as_examiner(3, UNITS[0]), 1);
        assert_eq!(sessions.enter_as_examiner(3, UNITS[0]), 0, "still there");
        assert!(sessions.touch(&ours).is_none());
        let next = sessions.open().id;
        assert_eq!(
            sessions.admit(&next, wanted(3, false)),
            LoginOutcome::Elsewhere
        );
        assert_eq!(sessions.list()[0].by, HeldBy::Examiner);
        assert!(sessions.leave_as_examiner(3));
        assert!(!sessions.leave_as_examiner(3));
        assert_eq!(sessions.admit(&next, wanted(3, false)), LoginOutcome::In(0));
        assert!(!sessions.leave_as_examiner(3), "that one is a client's");
    }

    #[test]
    fn rest_kills_a_session_and_a_dead_one_does_not_count() {
        let sessions = sessions(Duration::ZERO);
        let visitor = sessions.open();
        while sessions.touch(&visitor.id).is_some() {
            std::hint::spin_loop();
        }
        assert!(sessions.lock().alive.is_empty());
        entered(&sessions, 1);
        while sessions.count() > 0 {
            std::hint::spin_loop();
        }
        entered(&sessions, 1);
    }

    #[test]
    fn sessions_of_one_examiner_or_of_all_can_be_ended() {
        let sessions = minute();
        for examiner in [1, 2, 3] {
            entered(&sessions, examiner);
        }
        assert_eq!(sessions.expire(Some(1)), 1);
        assert_eq!(sessions.count(), 2);
        assert_eq!(sessions.expire(None), 2);
        assert_eq!(sessions.count(), 0);
    }

    #[test]
    fn forgotten_sessions_are_swept() {
        let sessions = sessions(Duration::ZERO);
        for _ in 0..10 * SWEEP_EVERY {
            sessions.open();
        }
        assert!(sessions.lock().alive.len() <= 2 * SWEEP_EVERY);
    }
}
