//! Sessions as the portal keeps them: opened by any visit, signed in by a login, dead after a time of
//! rest, a logout, or on demand.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::clock::Clock;

const SWEEP_EVERY: usize = 256;

/// All sessions.
pub(super) struct Sessions {
    clock: Clock,
    ttl: Duration,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    alive: HashMap<String, Session>,
    opened_since_sweep: usize,
}

#[derive(Clone)]
struct Session {
    token: String,
    examiner: Option<usize>,
    last_used: DateTime<Utc>,
}

/// A living session, as a request sees it.
#[derive(Clone)]
pub(super) struct Visitor {
    /// The cookie's value.
    pub(super) id: String,
    /// What the forms of this session must send back.
    pub(super) token: String,
    /// Who is logged in.
    pub(super) examiner: Option<usize>,
}

impl fmt::Debug for Visitor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Visitor")
            .field("examiner", &self.examiner)
            .finish_non_exhaustive()
    }
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
        let mut inner = self.lock();
        inner.opened_since_sweep += 1;
        if inner.opened_since_sweep >= SWEEP_EVERY {
            inner.opened_since_sweep = 0;
            let now = self.clock.now();
            inner.alive.retain(|_, session| !self.is_dead(session, now));
        }
        let id = format!("{:032X}.gefor1", rand::random::<u128>());
        let session = Session {
            token: format!("{:032x}", rand::random::<u128>()),
            examiner: None,
            last_used: self.clock.now(),
        };
        let visitor = session.seen_as(&id);
        inner.alive.insert(id, session);
        visitor
    }

    /// The session of a cookie, if it lives; it has been used now.
    pub(super) fn touch(&self, id: &str) -> Option<Visitor> {
        let now = self.clock.now();
        let mut inner = self.lock();
        let session = inner.alive.get_mut(id)?;
        if self.is_dead(session, now) {
            inner.alive.remove(id);
            return None;
        }
        session.last_used = now;
        Some(session.seen_as(id))
    }

    /// From now on the session is this examiner's.
    pub(super) fn sign_in(&self, id: &str, examiner: usize) {
        if let Some(session) = self.lock().alive.get_mut(id) {
            session.examiner = Some(examiner);
        }
    }

    /// Ends a session.
    pub(super) fn close(&self, id: &str) {
        self.lock().alive.remove(id);
    }

    /// Ends the sessions of one examiner, or of everybody; says how many.
    pub(super) fn expire(&self, examiner: Option<usize>) -> usize {
        let mut inner = self.lock();
        let before = inner.alive.len();
        inner
            .alive
            .retain(|_, session| examiner.is_some() && session.examiner != examiner);
        before - inner.alive.len()
    }

    /// Living sessions in which somebody is logged in.
    pub(super) fn signed_in(&self) -> usize {
        let now = self.clock.now();
        let inner = self.lock();
        let living = inner
            .alive
            .values()
            .filter(|session| !self.is_dead(session, now));
        living.filter(|session| session.examiner.is_some()).count()
    }

    fn is_dead(&self, session: &Session, now: DateTime<Utc>) -> bool {
        (now - session.last_used).to_std().unwrap_or_default() > self.ttl
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Session {
    fn seen_as(&self, id: &str) -> Visitor {
        Visitor {
            id: id.to_owned(),
            token: self.token.clone(),
            examiner: self.examiner,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sessions(ttl: Duration) -> Sessions {
        Sessions::new(Clock::system(chrono_tz::America::Sao_Paulo), ttl)
    }

    #[test]
    fn a_session_lives_until_it_is_closed() {
        let sessions = sessions(Duration::from_secs(60));
        let visitor = sessions.open();
        sessions.sign_in(&visitor.id, 7);
        let again = sessions.touch(&visitor.id).unwrap();
        assert_eq!(again.examiner, Some(7));
        assert_eq!(again.token, visitor.token, "the token is the session's");
        sessions.close(&visitor.id);
        assert!(sessions.touch(&visitor.id).is_none());
    }

    #[test]
    fn rest_kills_a_session() {
        let sessions = sessions(Duration::ZERO);
        let visitor = sessions.open();
        while sessions.touch(&visitor.id).is_some() {
            std::hint::spin_loop();
        }
        assert!(sessions.lock().alive.is_empty());
    }

    #[test]
    fn sessions_of_one_examiner_or_of_all_can_be_ended() {
        let sessions = sessions(Duration::from_secs(60));
        for examiner in [1, 1, 2] {
            let visitor = sessions.open();
            sessions.sign_in(&visitor.id, examiner);
        }
        assert_eq!(sessions.expire(Some(1)), 2);
        assert_eq!(sessions.signed_in(), 1);
        assert_eq!(sessions.expire(None), 1);
        assert_eq!(sessions.signed_in(), 0);
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
