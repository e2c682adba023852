//! Words about the history.

use crate::words::{Sentence, both};

pub(crate) const HISTORY: Sentence = both("Histórico", "History");
pub(crate) const DAYS: Sentence = both("dias", "days");
pub(crate) const RUNS_BY_RESULT: Sentence = both("Leituras por resultado", "Runs by result");
pub(crate) const COMPLETE: Sentence = both("completas", "complete");
pub(crate) const PARTIAL: Sentence = both("parciais", "partial");
pub(crate) const FAILED: Sentence = both("falhas", "failed");
pub(crate) const SLOTS_BY_CHANGE: Sentence = both("Horários por mudança", "Slots by change");
pub(crate) const NEW: Sentence = both("novos", "new");
pub(crate) const CHANGED: Sentence = both("alterados", "changed");
pub(crate) const REMOVED: Sentence = both("removidos", "removed");
pub(crate) const NO_RUNS: Sentence = both("Nenhuma leitura nestes dias.", "No runs in these days.");
pub(crate) const SAME_NUMBERS: Sentence = both("Os mesmos números", "The same numbers");
pub(crate) const DAY: Sentence = both("Dia", "Day");
pub(crate) const COMPLETE_HEADING: Sentence = both("Completas", "Complete");
pub(crate) const PARTIAL_HEADING: Sentence = both("Parciais", "Partial");
pub(crate) const FAILED_HEADING: Sentence = both("Falhas", "Failed");
pub(crate) const NEW_HEADING: Sentence = both("Novos", "New");
pub(crate) const CHANGED_HEADING: Sentence = both("Alterados", "Changed");
pub(crate) const REMOVED_HEADING: Sentence = both("Removidos", "Removed");
pub(crate) const REQUESTS: Sentence = both("Consultas ao portal", "Requests");
