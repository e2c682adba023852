//! Words about what changed lately.

use crate::words::{Sentence, both};

pub(crate) const NOTHING_YET: Sentence = both("Nada mudou ainda.", "Nothing has changed yet.");
pub(crate) const SEEN: Sentence = both("Visto", "Seen");
pub(crate) const SLOT: Sentence = both("Horário", "Slot");
pub(crate) const CHANGE: Sentence = both("Mudança", "Change");
pub(crate) const FIELD_CHANGED: Sentence = both("mudou", "changed");
