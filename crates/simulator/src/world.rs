//! The truth: examiners, their accounts and agendas. Pages and the control address read it here; what
//! changes agendas is in `changes`.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::NaiveDate;
use tokio::sync::{broadcast, watch};

use super::agenda::{Agenda, Plan};
use super::booking::Booking;
use super::config::SimulatorConfig;
use super::events::AgendaEvent;
use super::faults::Faults;
use super::invent::Unit;
use super::people::{self, Examiner};
use super::requests::SimulatorError;
use super::sessions::Sessions;
use super::stats::{Counters, Stats};

const WRONG_PASSWORDS_UNTIL_BLOCKED: u32 = 5;
const EVENTS_KEPT: usize = 4096;
const PARKED_PAGES: usize = 1024;

/// Everything the simulator holds.
pub(super) struct World {
    pub(super) config: SimulatorConfig,
    pub(super) sessions: Sessions,
    pub(super) faults: Faults,
    pub(super) counters: Counters,
    pub(super) events: broadcast::Sender<AgendaEvent>,
    /// Time between two events of the agendas; none: still.
    pub(super) churn: watch::Sender<Option<Duration>>,
    first_day: NaiveDate,
    examiners: Vec<Examiner>,
    by_cpf: HashMap<String, usize>,
    states: Vec<Mutex<ExaminerState>>,
    dead_answers: AtomicUsize,
    parked: Mutex<VecDeque<(u64, Vec<u8>)>>,
}

/// What can change about one examiner.
#[derive(Default)]
pub(super) struct ExaminerState {
    pub(super) agenda: Agenda,
    new_password: Option<String>,
    wrong_in_a_row: u32,
}

/// What became of a login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Login {
    Welcome(usize),
    Wrong,
    Blocked,
}

impl World {
    pub(super) fn new(config: SimulatorConfig) -> Self {
        let examiners = people::examiners(config.examiners, config.seed, |index| {
            config.is_physician(index)
        });
        Self {
            sessions: Sessions::new(config.clock.clone(), config.session_ttl),
            faults: Faults::new(&config.faults, config.seed),
            counters: Counters::default(),
            events: broadcast::channel(EVENTS_KEPT).0,
            churn: watch::channel(config.churn).0,
            first_day: config.clock.today(),
            by_cpf: examiners.iter().map(|e| (e.cpf.clone(), e.index)).collect(),
            states: examiners.iter().map(|_| Mutex::default()).collect(),
            dead_answers: AtomicUsize::new(0),
            parked: Mutex::default(),
            examiners,
            config,
        }
    }

    /// How many examiners there are.
    pub(super) fn count(&self) -> usize {
        self.examiners.len()
    }

    /// All examiners, with their present passwords.
    pub(super) fn examiners(&self) -> Vec<Examiner> {
        (0..self.count())
            .map(|index| self.examiner(index))
            .collect()
    }

    /// One examiner, with their present password. The index must exist.
    pub(super) fn examiner(&self, index: usize) -> Examiner {
        let mut examiner = self.examiners[index].clone();
        if let Some(password) = &self.lock(index).new_password {
            examiner.senha.clone_from(password);
        }
        examiner
    }

    pub(super) fn by_cpf(&self, digits: &str) -> Option<usize> {
        self.by_cpf.get(digits).copied()
    }

    /// What their days follow from, today.
    pub(super) fn plan(&self, index: usize) -> Plan<'_> {
        Plan {
            config: &self.config,
            examiner: index,
            first: self.first_day,
            today: self.config.clock.today(),
        }
    }

    /// Their state, for as long as the guard lives.
    pub(super) fn state(
        &self,
        index: usize,
    ) -> Result<MutexGuard<'_, ExaminerState>, SimulatorError> {
        if index < self.count() {
            Ok(self.lock(index))
        } else {
            Err(SimulatorError::UnknownExaminer(index))
        }
    }

    pub(super) fn unit(&self, index: usize, code: &str) -> Result<Unit, SimulatorError> {
        let units = self.plan(index).units();
        let found = units.into_iter().find(|unit| unit.code == code);
        found.ok_or_else(|| SimulatorError::UnknownUnit {
            examiner: index,
            unit: code.to_owned(),
        })
    }

    /// Their bookings of `from..=to`, open ends meaning all there are from the simulator's start on.
    pub(super) fn agenda(
        &self,
        index: usize,
        from: Option<NaiveDate>,
        to: Option<NaiveDate>,
    ) -> Result<Vec<Booking>, SimulatorError> {
        let state = self.state(index)?;
        let from = from.unwrap_or(self.first_day);
        let to = to.unwrap_or(NaiveDate::MAX);
        Ok(state.agenda.between(self.plan(index), from, to))
    }

    /// Tries CPF digits and password. Five wrong passwords in a row block the account.
    pub(super) fn login(&self, cpf: &str, password: &str) -> Login {
        let Some(index) = self.by_cpf(cpf) else {
            self.counters.login_refused(None);
            return Login::Wrong;
        };
        let mut state = self.lock(index);
        let right = state
            .new_password
            .as_ref()
            .unwrap_or(&self.examiners[index].senha)
            == password;
        let outcome = state.judge(right, index);
        drop(state);
        match outcome {
            Login::Welcome(_) => {}
            Login::Wrong | Login::Blocked => self.counters.login_refused(Some(index)),
        }
        outcome
    }

    /// Gives them another password, which also lifts a block.
    pub(super) fn set_password(&self, index: usize, password: &str) -> Result<(), SimulatorError> {
        let mut state = self.state(index)?;
        state.new_password = Some(password.to_owned());
        state.wrong_in_a_row = 0;
        Ok(())
    }

    /// The examiner logs in at a browser of their own, for their first unit; says how many sessions that
    /// ended.
    pub(super) fn examiner_logs_in(&self, index: usize) -> Result<usize, SimulatorError> {
        drop(self.state(index)?);
        let unit = self.plan(index).units()[0];
        Ok(self.sessions.enter_as_examiner(index, unit))
    }

    /// The examiner logs out there; says whether they were logged in.
    pub(super) fn examiner_logs_out(&self, index: usize) -> Result<bool, SimulatorError> {
        drop(self.state(index)?);
        Ok(self.sessions.leave_as_examiner(index))
    }

    pub(super) fn stats(&self) -> Stats {
        Stats {
            sessions_alive: self.sessions.count(),
            ..self.counters.read()
        }
    }

    /// A number that counts the answers given to dead sessions.
    pub(super) fn next_dead_answer(&self) -> usize {
        self.dead_answers.fetch_add(1, Ordering::Relaxed)
    }

    /// Keeps a page that a refresh will fetch; gives its number.
    pub(super) fn park(&self, page: Vec<u8>) -> u64 {
        let mut parked = self.parked.lock().unwrap_or_else(PoisonError::into_inner);
        let number = parked.back().map_or(1, |(last, _)| last + 1);
        if parked.len() == PARKED_PAGES {
            parked.pop_front();
        }
        parked.push_back((number, page));
        number
    }

    /// A page that was kept.
    pub(super) fn parked(&self, number: u64) -> Option<Vec<u8>> {
        let parked = self.parked.lock().unwrap_or_else(PoisonError::into_inner);
        let found = parked.iter().find(|(kept, _)| *kept == number);
        found.map(|(_, page)| page.clone())
    }

    fn lock(&self, index: usize) -> MutexGuard<'_, ExaminerState> {
        self.states[index]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl ExaminerState {
    fn judge(&mut self, right: bool, index: usize) -> Login {
        if self.wrong_in_a_row >= WRONG_PASSWORDS_UNTIL_BLOCKED {
            Login::Blocked
        } else if right {
            self.wrong_in_a_row = 0;
            Login::Welcome(index)
        } else {
            self.wrong_in_a_row += 1;
            if self.wrong_in_a_row >= WRONG_PASSWORDS_UNTIL_BLOCKED {
                Login::Blocked
            } else {
                Login::Wrong
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use agendad_domain::clock::Clock;

    fn world() -> World {
        let now = "2026-11-24T12:00:00Z".parse().unwrap();
        World::new(SimulatorConfig::new(Clock::fixed(
            chrono_tz::America::Sao_Paulo,
            now,
        )))
    }

    #[test]
    fn five_wrong_passwords_in_a_row_block_until_the_password_is_set() {
        let world = world();
        let examiner = world.examiner(2);
        for _ in 0..4 {
            assert_eq!(world.login(&examiner.cpf, "errada"), Login::Wrong);
        }
        assert_eq!(
            world.login(&examiner.cpf, &examiner.senha),
            Login::Welcome(2)
        );
        for _ in 0..4 {
            assert_eq!(world.login(&examiner.cpf, "errada"), Login::Wrong);
        }
        assert_eq!(world.login(&examiner.cpf, "errada"), Login::Blocked);
        assert_eq!(world.login(&examiner.cpf, &examiner.senha), Login::Blocked);
        world.set_password(2, "Nova-1").unwrap();
        assert_eq!(world.login(&examiner.cpf, &examiner.senha), Login::Wrong);
        assert_eq!(world.login(&examiner.cpf, "Nova-1"), Login::Welcome(2));
        assert_eq!(world.examiner(2).senha, "Nova-1");
    }

    #[test]
    fn an_unknown_cpf_is_simply_wrong() {
        let world = world();
        assert_eq!(world.login("00000000191", "x"), Login::Wrong);
        assert_eq!(world.stats().login_refusals, 1);
        assert!(world.state(10).is_err());
    }

    #[test]
    fn parked_pages_are_kept_in_bounds() {
        let world = world();
        let first = world.park(vec![1]);
        for _ in 0..PARKED_PAGES {
            world.park(vec![2]);
        }
        assert!(world.parked(first).is_none());
        assert_eq!(world.parked(first + 1), Some(vec![2]));
    }
}
