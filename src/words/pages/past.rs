//! Words about what has been: runs of all examiners, how the days of one went, alerts that are open and over.

use crate::words::{Sentence, both, count};

pub(crate) const RUNS: Sentence = both("Leituras", "Runs");
pub(crate) const ALERTS: Sentence = both("Alertas", "Alerts");
pub(crate) const EXAMINER: Sentence = both("Perito", "Examiner");
pub(crate) const ANYBODY: Sentence = both("todos", "all");
pub(crate) const RESULT: Sentence = both("Resultado", "Result");
pub(crate) const REASON: Sentence = both("Motivo", "Reason");
pub(crate) const DAYS_READ: Sentence = both("Período", "Days");
pub(crate) const DAY: Sentence = both("Dia", "Day");
pub(crate) const FILTER: Sentence = both("Filtrar", "Filter");
pub(crate) const ALL_RUNS: Sentence = both("Ver todas", "See all");
pub(crate) const NO_SUCH_RUNS: Sentence = both("Nenhuma leitura assim. ", "No such runs. ");
pub(crate) const START: Sentence = both("Início", "Start");
pub(crate) const NUMBER: Sentence = both("Número do perito", "Examiner's number");

pub(crate) const LAST_DAYS: Sentence = both("Os últimos 14 dias", "The last 14 days");
pub(crate) const LEGEND: Sentence = both(
    "✓ tudo lido, ▲ em parte ou com falhas, ■ nada lido, ○ nenhuma leitura. Um dia leva às suas leituras.",
    "✓ all read, ▲ in part or with failures, ■ nothing read, ○ no runs. A day leads to its runs.",
);
pub(crate) const UP_TO_DATE: Sentence = both("Tempo em dia", "Up to date");
pub(crate) const UP_TO_DATE_MEANS: Sentence = both(
    "A parte do tempo em que a última leitura completa de cada período não era antiga demais; de vários períodos, o pior.",
    "The part of the time in which the last complete run of each window was not too old; of several windows, the worst.",
);
pub(crate) const NO_READINGS: Sentence = both("nenhuma leitura", "no runs");

pub(crate) const OPEN: Sentence = both("Abertos", "Open");
pub(crate) const OVER: Sentence = both("Encerrados", "Over");
pub(crate) const NONE_OPEN: Sentence = both("Nenhum alerta aberto.", "No alert is open.");
pub(crate) const NONE_OVER: Sentence = both("Nenhum alerta encerrado.", "No alert is over yet.");
pub(crate) const WHAT: Sentence = both("O que houve", "What");
pub(crate) const SINCE: Sentence = both("Desde", "Since");
pub(crate) const LASTED: Sentence = both("Durou", "Lasted");
pub(crate) const TOLD: Sentence = both("Avisado", "Told");
pub(crate) const NOBODY_TOLD: Sentence = both("ninguém foi avisado", "nobody was told");
pub(crate) const WHAT_TO_DO: Sentence = both("O que fazer", "What to do");

/// What was written is no examiner's number.
pub(crate) fn no_number(text: &str) -> Sentence<String> {
    sentence!(
        "“{text}” não é o número de um perito, que está ao lado do nome, como #7.",
        "“{text}” is no examiner's number, which stands beside the name, as in #7."
    )
}

pub(crate) fn last(days: i64) -> Sentence<String> {
    sentence!("{days} dias", "{days} days")
}

/// How the runs of a day ended.
pub(crate) fn day(success: i64, partial: i64, failed: i64) -> Sentence<String> {
    let good = count(
        success,
        both("completa", "complete"),
        both("completas", "complete"),
    );
    let part = count(
        partial,
        both("parcial", "partial"),
        both("parciais", "partial"),
    );
    let bad = count(failed, both("falha", "failed"), both("falhas", "failed"));
    let (a, b, c) = (good.pt, part.pt, bad.pt);
    let (d, e, f) = (good.en, part.en, bad.en);
    sentence!("{a}, {b}, {c}", "{d}, {e}, {f}")
}

/// More runs than are counted.
pub(crate) fn more_than(n: i64) -> Sentence<String> {
    sentence!("mais de {n}", "more than {n}")
}
