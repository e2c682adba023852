//! Words about one run.

use crate::words::{Sentence, both};

pub(crate) const RUN: Sentence = both("Leitura", "Run");
pub(crate) const EXAMINER: Sentence = both("Perito", "Examiner");
pub(crate) const OVERVIEW: Sentence = both("Visão geral", "Overview");
pub(crate) const RESULT: Sentence = both("Resultado", "Result");
pub(crate) const WINDOW: Sentence = both("Período", "Days");
pub(crate) const ASKED_FOR_BY: Sentence = both("Pedida por", "Asked for by");
pub(crate) const START: Sentence = both("Início", "Start");
pub(crate) const DURATION: Sentence = both("Duração", "Duration");
pub(crate) const CHANGES: Sentence = both("Mudanças", "Changes");
pub(crate) const REQUESTS: Sentence = both("Consultas ao portal", "Requests");
pub(crate) const SESSION: Sentence = both("Sessão", "Session");
pub(crate) const SCHEDULE: Sentence = both("automaticamente", "the schedule");
pub(crate) const COMMAND_LINE: Sentence = both("linha de comando", "command line");
pub(crate) const API_OR_DASHBOARD: Sentence =
    both("sistema da clínica ou painel", "API or dashboard");
pub(crate) const EARLIER_SYSTEM: Sentence = both("sistema anterior", "the earlier system");
pub(crate) const REPEATED: Sentence = both("repetidas", "repeated");
pub(crate) const REUSED: Sentence = both("aproveitada", "reused");
pub(crate) const LOGINS: Sentence = both("entrada(s) no portal", "login(s)");
pub(crate) const DAYS_IN_TROUBLE: Sentence = both("Dias com problema", "Days in trouble");
pub(crate) const DAY: Sentence = both("Dia", "Day");
pub(crate) const UNIT: Sentence = both("Unidade", "Unit");
pub(crate) const REASON: Sentence = both("Motivo", "Reason");
pub(crate) const PAGE_KEPT: Sentence = both("Página guardada", "Page kept");
pub(crate) const TECHNICAL_DETAILS: Sentence = both("Detalhes técnicos", "Technical details");
/// Why a run is partial of which only single rows could not be read.
pub(crate) const UNREAD_ROWS: Sentence = both(
    "Uma ou mais linhas da agenda não puderam ser lidas; as outras foram gravadas, e os horários que poderiam ser essas linhas ficaram como estavam. Corrija-as no portal.",
    "One or more rows of the agenda could not be read; the others were stored, and slots that those rows could be stay as they were. Have them corrected at the portal.",
);
