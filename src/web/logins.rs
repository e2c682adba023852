//! The round in which all logins are tried, as the dashboard of this process sees it.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};

use super::syncs::Syncs;
use crate::domain::verification::End;
use crate::examiners::verify::{self, Begun, Tried};
use crate::store::StoreError;
use crate::sync::Syncer;

/// The last round of this process.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    pub(crate) began_at: DateTime<Utc>,
    pub(crate) tried: Vec<Tried>,
    /// How it ended; `None`: it goes on.
    pub(crate) end: Option<End>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct LoginBoard(Arc<Mutex<Option<Shown>>>);

impl LoginBoard {
    pub(crate) fn show(&self) -> Option<Shown> {
        let shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        shown.clone()
    }

    /// Begins a round on behalf of `actor`; false if one is under way, here or elsewhere.
    pub(crate) async fn begin(
        &self,
        syncer: &Arc<Syncer>,
        syncs: &Syncs,
        actor: &str,
    ) -> Result<bool, StoreError> {
        let Begun::Round(round) = verify::begin(syncer, actor).await? else {
            return Ok(false);
        };
        let board = self.clone();
        board.set(|shown| {
            *shown = Some(Shown {
                began_at: syncer.clock.now(),
                tried: round.tried().to_vec(),
                end: None,
            });
        });
        let syncer = Arc::clone(syncer);
        syncs.go_on(|closing, stop| async move {
            let if_it_dies = EndsWith(board.clone());
            let tell = |tried: &[Tried]| {
                board.set(|shown| {
                    if let Some(shown) = shown {
                        tried.clone_into(&mut shown.tried);
                    }
                });
            };
            let end = Box::pin(round.run(&syncer, &closing, &stop, tell)).await;
            board.end(end);
            drop(if_it_dies);
        });
        Ok(true)
    }

    /// The first word counts.
    fn end(&self, end: End) {
        self.set(|shown| {
            if let Some(shown) = shown {
                shown.end.get_or_insert(end);
            }
        });
    }

    fn set(&self, change: impl FnOnce(&mut Option<Shown>)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// A round that dies does not go on for ever on the page.
struct EndsWith(LoginBoard);

impl Drop for EndsWith {
    fn drop(&mut self) {
        self.0.end(End::Stopped);
    }
}
