//! Words about the page of one examiner.

use crate::words::{Sentence, both, count};

pub(crate) const OVERVIEW: Sentence = both("Visão geral", "Overview");
pub(crate) const AGENDA: Sentence = both("Agenda", "Agenda");
pub(crate) const WHAT_CHANGED: Sentence = both("O que mudou", "What changed");
pub(crate) const RUNS: Sentence = both("Leituras", "Runs");
pub(crate) const CALENDAR: Sentence = both("Calendário", "Calendar");
pub(crate) const SYNCHRONISE_NOW: Sentence = both("Sincronizar agora", "Synchronise now");
pub(crate) const RESUME: Sentence = both("Retomar", "Resume");
pub(crate) const PAUSE: Sentence = both("Pausar", "Pause");
pub(crate) const LAST_SUCCESS: Sentence = both("Última leitura, ", "Last success, ");
pub(crate) const NEXT_RUN: Sentence = both("Próxima leitura", "Next run");
pub(crate) const NONE_PLANNED: Sentence = both("nenhuma marcada", "none planned");
pub(crate) const LOAD_ANEW: Sentence = both("Ver como está agora", "See how it stands now");
pub(crate) const HIDE_CPFS: Sentence = both("Ocultar CPF", "Hide CPFs");
pub(crate) const CPFS_ARE_RECORDED: Sentence = both(
    "Fica registrado quem pediu",
    "It is recorded that you asked",
);
pub(crate) const SHOW_CPFS: Sentence = both("Mostrar CPF", "Show CPFs");

pub(crate) fn slots_ahead(n: i64) -> Sentence<String> {
    let one = both("horário à frente", "slot ahead");
    count(n, one, both("horários à frente", "slots ahead"))
}
