//! Days that are as they were, which is nearly always. What is stored of each day is read once, when a run starts, as
//! one digest a day; a day whose reading has the same digest has nothing to store, and its slots are noted as seen
//! again together with those of all other such days when the run is recorded ([`Store::finish_run`](super::Store::finish_run)).

use chrono::NaiveDate;
use sha2::{Digest, Sha256};

use agendad_domain::Slot;

/// What was stored of one day of one unit when a run started: it has current slots.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
pub struct StoredDay {
    /// The unit's code.
    pub unit: String,
    pub date: NaiveDate,
    /// Of its current slots, as [`digest`] makes it of a reading. `None`: not known, so the day has to be stored.
    pub digest: Option<String>,
    /// A slot waits for its appointment, for one that was cancelled to come back, or for one that could not follow it.
    pub wants_appointment: bool,
    /// Of a slot the removal is held back. Whoever sees it again has to write that at once: should the run die before
    /// its record, the next one would take it for missed twice in a row.
    pub is_missed: bool,
}

/// A day of one unit after a run's window, within reach of its lists of dates, of which current slots are stored.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
pub struct DayBeyond {
    /// The unit's code.
    pub unit: String,
    pub date: NaiveDate,
}

/// A day that was read completely and is what was stored of it when the run started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnchangedDay {
    /// The unit's code.
    pub unit: String,
    pub date: NaiveDate,
    /// The digest of what was read.
    pub digest: String,
}

/// What identity, content and status of all slots of a day come to, whatever their order.
#[must_use]
pub fn digest(slots: &[Slot<'_>]) -> String {
    let text =
        |slot: &Slot<'_>| [&slot.external_uid, &slot.content_hash, slot.status.as_str()].concat();
    let mut texts: Vec<String> = slots.iter().map(text).collect();
    texts.sort_unstable();
    let mut sha = Sha256::new();
    for text in texts {
        sha.update(text);
    }
    hex::encode(sha.finalize())
}
