//! The jobs that this process works on, as it knows itself. What the table says of it beyond that is lost: the answer
//! to a fetch that never arrived, or a job that was given up with its connection.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Ids of jobs. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct AtWork(Arc<Mutex<HashSet<i64>>>);

/// A job at work, until it is dropped.
pub(super) struct Hold {
    at_work: AtWork,
    id: i64,
}

impl AtWork {
    pub(super) fn hold(&self, id: i64) -> Hold {
        self.lock().insert(id);
        Hold {
            at_work: self.clone(),
            id,
        }
    }

    pub(super) fn jobs(&self) -> Vec<i64> {
        self.lock().iter().copied().collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<i64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.at_work.lock().remove(&self.id);
    }
}
