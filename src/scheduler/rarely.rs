//! What befalls many jobs alike is said of one of them.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How long the same is not said again.
const EVERY: Duration = Duration::from_secs(60);

/// What was said lately, and when.
#[derive(Debug)]
pub(super) struct Rarely<T>(Mutex<Vec<(T, Instant)>>);

impl<T> Default for Rarely<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: PartialEq> Rarely<T> {
    /// Whether this is to be said: it was not within the last minute.
    pub(super) fn is_to_be_said(&self, what: T) -> bool {
        let mut said = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        said.retain(|(_, at)| at.elapsed() < EVERY);
        let is_new = said.iter().all(|(known, _)| *known != what);
        if is_new {
            said.push((what, Instant::now()));
        }
        is_new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_same_is_said_once_a_minute_and_something_else_at_once() {
        let said = Rarely::default();
        assert!(said.is_to_be_said("a"));
        tokio::time::advance(EVERY - Duration::from_secs(1)).await;
        assert!(!said.is_to_be_said("a"));
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(said.is_to_be_said("a"));
        assert!(!said.is_to_be_said("a"));
        assert!(said.is_to_be_said("b"));
        assert!(!said.is_to_be_said("a"));
    }
}
