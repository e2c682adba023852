//! The connection that requests come on.

use std::sync::{Arc, Mutex, PoisonError};

use tokio_util::sync::CancellationToken;

/// The connection that requests come on.
#[derive(Debug, Clone, Default)]
pub(super) struct Connection {
    /// Cancelled: the connection is reset.
    pub(super) reset: CancellationToken,
    carried: Arc<Mutex<Carried>>,
}

#[derive(Debug, Default)]
struct Carried {
    examiner: Option<usize>,
    shared: bool,
}

impl Connection {
    /// Notes whose request came; says whether it is the first that makes the connection a shared one.
    pub(super) fn carries(&self, examiner: usize) -> bool {
        let mut carried = self.carried.lock().unwrap_or_else(PoisonError::into_inner);
        let first = *carried.examiner.get_or_insert(examiner);
        let news = first != examiner && !carried.shared;
        carried.shared |= news;
        news
    }
}
