//! The faults that are present, and which of them strike a request.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rand::Rng;
use rand::rngs::SmallRng;
use serde::{Serialize, Serializer};

use super::fault::{Fault, FaultKind, Scope, Times, Visit};
use crate::people;

/// A fault that is present, and what it did so far.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FaultReport {
    /// Names it as long as the simulator runs.
    pub id: u64,
    /// What was asked for; its `times` counts down. In JSON its text.
    #[serde(serialize_with = "as_text")]
    pub fault: Fault,
    /// How many requests it struck.
    pub struck: u64,
}

fn as_text<S: Serializer>(fault: &Fault, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(fault)
}

/// What strikes one request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Strike {
    /// Wait so long.
    pub(crate) latency: Duration,
    /// Do this. At most one that replaces or delivers the answer, any number that change a result.
    pub(crate) kinds: Vec<FaultKind>,
}

/// The faults that are present.
#[derive(Debug)]
pub(crate) struct Faults {
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    present: Vec<FaultReport>,
    next_id: u64,
    rng: SmallRng,
}

impl Faults {
    pub(crate) fn new(initial: &[Fault], seed: u64) -> Self {
        let faults = Self {
            inner: Mutex::new(Inner {
                present: Vec::new(),
                next_id: 1,
                rng: people::rng(&[seed, 3]),
            }),
        };
        for fault in initial {
            faults.add(fault.clone());
        }
        faults
    }

    pub(crate) fn add(&self, fault: Fault) -> u64 {
        let mut inner = self.lock();
        let id = inner.next_id;
        inner.next_id += 1;
        inner.present.push(FaultReport {
            id,
            fault,
            struck: 0,
        });
        id
    }

    pub(crate) fn clear(&self) {
        self.lock().present.clear();
    }

    pub(crate) fn list(&self) -> Vec<FaultReport> {
        self.lock().present.clone()
    }

    /// Decides what strikes a request, and counts it.
    pub(crate) fn strike(&self, visit: Visit, examiner: Option<usize>) -> Strike {
        let mut strike = Strike::default();
        let mut guard = self.lock();
        let inner = &mut *guard;
        for report in &mut inner.present {
            let blocked = !lies_in_wait(&report.fault, visit, examiner)
                || excludes(&strike.kinds, &report.fault.kind);
            if blocked || !happens(&mut report.fault.times, &mut inner.rng) {
                continue;
            }
            report.struck += 1;
            if let FaultKind::Latency(time) = report.fault.kind {
                strike.latency += time;
            } else {
                strike.kinds.push(report.fault.kind.clone());
            }
        }
        strike
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn lies_in_wait(fault: &Fault, visit: Visit, examiner: Option<usize>) -> bool {
    let for_him = match fault.scope {
        Scope::All => true,
        Scope::Examiner(index) => examiner == Some(index),
    };
    for_him && fault.fits(visit)
}

/// Of the faults that take the whole answer, the first wins; the others wait for their turn.
fn excludes(struck: &[FaultKind], kind: &FaultKind) -> bool {
    let changes_content = |kind: &FaultKind| {
        matches!(
            kind,
            FaultKind::Latency(_)
                | FaultKind::Layout
                | FaultKind::EmptyTable
                | FaultKind::WrongDate
                | FaultKind::DuplicateRows
                | FaultKind::MalformedRows
                | FaultKind::NoDate
                | FaultKind::UnknownStatus
                | FaultKind::OddDialog(_)
                | FaultKind::TwinForms
                | FaultKind::ListIgnoresReference
                | FaultKind::DatesForAllUnits
                | FaultKind::Taken
        )
    };
    !changes_content(kind) && struck.iter().any(|other| !changes_content(other))
}

fn happens(times: &mut Times, rng: &mut SmallRng) -> bool {
    match times {
        Times::Always => true,
        Times::Next(0) => false,
        Times::Next(left) => {
            *left -= 1;
            true
        }
        Times::Probability(p) => rng.random_bool(p.clamp(0.0, 1.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn struck(faults: &Faults, visit: Visit, examiner: Option<usize>) -> Vec<FaultKind> {
        faults.strike(visit, examiner).kinds
    }

    #[test]
    fn a_counted_fault_counts_only_requests_that_it_fits() {
        let faults = Faults::new(&[Fault::next(FaultKind::WrongDate, 2)], 1);
        assert_eq!(struck(&faults, Visit::Dates, Some(0)), []);
        assert_eq!(
            struck(&faults, Visit::Result, Some(0)),
            [FaultKind::WrongDate]
        );
        assert_eq!(
            struck(&faults, Visit::Result, Some(1)),
            [FaultKind::WrongDate]
        );
        assert_eq!(struck(&faults, Visit::Result, Some(0)), []);
        assert_eq!(faults.list()[0].struck, 2);
    }

    #[test]
    fn a_fault_for_one_examiner_leaves_the_others_alone() {
        let faults = Faults::new(&[Fault::always(FaultKind::Reset).only(3)], 1);
        assert_eq!(struck(&faults, Visit::Dates, Some(3)), [FaultKind::Reset]);
        assert_eq!(struck(&faults, Visit::Dates, Some(2)), []);
        assert_eq!(struck(&faults, Visit::Entry, None), []);
    }

    #[test]
    fn latencies_add_up_and_the_first_whole_answer_wins() {
        let second = Duration::from_secs(1);
        let faults = Faults::new(
            &[
                Fault::always(FaultKind::Latency(second)),
                Fault::next(FaultKind::Captcha, 1),
                Fault::next(FaultKind::Reset, 1),
                Fault::always(FaultKind::Latency(second)),
            ],
            1,
        );
        let first = faults.strike(Visit::Entry, None);
        assert_eq!(first.latency, 2 * second);
        assert_eq!(first.kinds, [FaultKind::Captcha]);
        assert_eq!(
            struck(&faults, Visit::Entry, None),
            [FaultKind::Reset],
            "it waited"
        );
    }

    #[test]
    fn changes_of_a_result_can_come_together() {
        let both = [FaultKind::DuplicateRows, FaultKind::MalformedRows];
        let faults = Faults::new(&both.clone().map(Fault::always), 1);
        assert_eq!(struck(&faults, Visit::Result, Some(0)), both);
    }

    #[test]
    fn a_probability_strikes_about_so_often() {
        let faults = Faults::new(&[Fault::sometimes(FaultKind::Reset, 0.25)], 1);
        let hits = (0..4000)
            .filter(|_| !struck(&faults, Visit::Entry, None).is_empty())
            .count();
        assert!((850..1150).contains(&hits), "{hits} of 4000");
    }

    #[test]
    fn cleared_faults_strike_no_more() {
        let faults = Faults::new(&[Fault::always(FaultKind::Reset)], 1);
        faults.clear();
        assert_eq!(struck(&faults, Visit::Entry, None), []);
        assert!(faults.list().is_empty());
    }
}
