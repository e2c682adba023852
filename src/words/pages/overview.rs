//! Words about the overview.

use crate::words::{Sentence, both};

pub(crate) const OVERVIEW: Sentence = both("Visão geral", "Overview");
pub(crate) const EXAMINERS: Sentence = both("Peritos", "Examiners");
pub(crate) const ALL: Sentence = both("todos", "all");
pub(crate) const PROBLEM: Sentence = both("com problema", "in trouble");
pub(crate) const LATE: Sentence = both("atrasados", "late");
pub(crate) const PAUSED: Sentence = both("pausados", "paused");
pub(crate) const OFF: Sentence = both("desligados", "off");
pub(crate) const NAME_OR_NUMBER: Sentence = both("Nome ou número", "Name or number");
pub(crate) const SEARCH: Sentence = both("Buscar", "Search");
pub(crate) const TABLE_CAPTION: Sentence = both(
    "Peritos e a idade da última leitura completa de cada período",
    "Examiners, and the age of the last success of each window",
);
pub(crate) const EXAMINER: Sentence = both("Perito", "Examiner");
pub(crate) const AGE_OF_LAST_SUCCESS: Sentence = both(
    ": idade da última leitura completa",
    ": age of the last success",
);
pub(crate) const NEXT: Sentence = both("Próxima", "Next");
pub(crate) const SLOTS: Sentence = both("Horários", "Slots");
pub(crate) const STATE: Sentence = both("Estado", "State");
pub(crate) const NOW: Sentence = both("agora", "now");
pub(crate) const READING: Sentence = both("Lendo", "Reading");
pub(crate) const RUN: Sentence = both("leitura", "run");
pub(crate) const NO_EXAMINERS_YET: Sentence = both(
    "Nenhum perito ainda. Para acrescentar: ",
    "No examiners yet. To add one: ",
);
pub(crate) const IN_BROWSER: Sentence = both("aqui no navegador", "here in the browser");
pub(crate) const VERIFY: Sentence = both("Verificar os acessos", "Verify the logins");
pub(crate) const IMPORT: Sentence = both("Importar peritos", "Import examiners");
pub(crate) const ADD_EXAMINER: Sentence = both("Acrescentar perito", "Add an examiner");
pub(crate) const FIRST_STEPS: Sentence = both("O que falta configurar", "What is left to set up");
pub(crate) const NO_SUCH_EXAMINER: Sentence = both("Nenhum perito assim. ", "No such examiner. ");
pub(crate) const SEE_ALL: Sentence = both("Ver todos", "See all");
