//! The jobs that this process works on, as it knows itself. What the table says of it beyond that is lost: the answer
//! to a fetch that never arrived, or a job that was given up with its connection.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct AtWork(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
struct Known {
    /// Ids of jobs.
    at_work: HashSet<i64>,
    /// How many have begun since the process did.
    begun: u64,
}

/// A job at work, until it is dropped.
pub(super) struct Hold {
    at_work: AtWork,
    id: i64,
}

impl AtWork {
    pub(super) fn hold(&self, id: i64) -> Hold {
        let mut known = self.lock();
        known.at_work.insert(id);
        known.begun += 1;
        drop(known);
        Hold {
            at_work: self.clone(),
            id,
        }
    }

    pub(super) fn jobs(&self) -> Vec<i64> {
        self.lock().at_work.iter().copied().collect()
    }

    /// How many have begun so far.
    pub(super) fn begun(&self) -> u64 {
        self.lock().begun
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.at_work.lock().at_work.remove(&self.id);
    }
}
