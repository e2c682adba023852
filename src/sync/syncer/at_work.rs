//! For whom this process is at work. A run whose lock is lost goes on until it knows what the portal makes of its password,
//! and has written that down; the server may have given the lock to the next one by then, which must not post the same.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::domain::Cpf;

/// The persons for whom something of this process is at work.
#[derive(Debug, Default)]
pub struct AtWork(Arc<Mutex<BTreeSet<Cpf>>>);

/// Work for a person. Until it is dropped, nothing else in this process begins any.
#[derive(Debug)]
pub(in crate::sync) struct Work {
    cpf: Cpf,
    at_work: Arc<Mutex<BTreeSet<Cpf>>>,
}

impl AtWork {
    /// `None` if something of this process is at work for that person still.
    pub(in crate::sync) fn begin(&self, cpf: &Cpf) -> Option<Work> {
        let begins = persons(&self.0).insert(cpf.clone());
        begins.then(|| Work {
            cpf: cpf.clone(),
            at_work: Arc::clone(&self.0),
        })
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        persons(&self.at_work).remove(&self.cpf);
    }
}

/// Never held across an `await`.
fn persons(at_work: &Mutex<BTreeSet<Cpf>>) -> MutexGuard<'_, BTreeSet<Cpf>> {
    at_work.lock().unwrap_or_else(PoisonError::into_inner)
}
