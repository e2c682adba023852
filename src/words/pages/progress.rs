//! Words about a sync that is watched.

use crate::words::{Sentence, both};

pub(crate) const SYNCHRONISING: Sentence = both("Sincronizando", "Synchronising");
pub(crate) const DAYS: Sentence = both("dias", "days");
pub(crate) const OPENING_SESSION: Sentence = both(
    "abrindo a sessão no portal…",
    "opening the session at the portal…",
);
pub(crate) const SYNC: Sentence = both("Sincronização ", "Sync ");
