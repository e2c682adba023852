//! Words about the agenda of an examiner.

use crate::words::{Sentence, both, count};

pub(crate) const NOTHING_AHEAD: Sentence =
    both("Nenhum horário daqui em diante.", "No slots from today on.");
pub(crate) const TODAY: Sentence = both("hoje", "today");
pub(crate) const HOUR: Sentence = both("Hora", "Hour");
pub(crate) const CANDIDATE: Sentence = both("Candidato", "Candidate");
pub(crate) const PROCESS: Sentence = both("Processo", "Process");
pub(crate) const STATUS: Sentence = both("Situação", "Status");
pub(crate) const MISSING: Sentence = both(
    "sumiu do portal, a confirmar",
    "gone from the portal, to be confirmed",
);

pub(crate) fn slots(n: i64) -> Sentence<String> {
    count(n, both("horário", "slot"), both("horários", "slots"))
}
