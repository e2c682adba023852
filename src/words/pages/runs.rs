//! Words about runs in a list.

use crate::words::{Sentence, both};

pub(crate) const NO_RUNS_YET: Sentence = both("Nenhuma leitura ainda.", "No runs yet.");
pub(crate) const START: Sentence = both("Início", "Start");
pub(crate) const WINDOW: Sentence = both("Período", "Days");
pub(crate) const RESULT: Sentence = both("Resultado", "Result");
pub(crate) const NEW_CHANGED_REMOVED: Sentence =
    both("novos, alterados, removidos", "new, changed, removed");
pub(crate) const DURATION: Sentence = both("Duração", "Duration");
pub(crate) const ASKED_FOR: Sentence = both("a pedido", "asked for");
