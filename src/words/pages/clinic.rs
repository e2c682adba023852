//! Words about the clinic's day: its page, and the files of it.

use chrono::{Datelike, Days, NaiveDate};

use crate::domain::ExportColumn;
use crate::words::{Sentence, both, count, time};

pub(crate) const AGENDA_OF_DAY: Sentence = both("Agenda do dia", "Agenda of the day");
pub(crate) const FROM: Sentence = both("De", "From");
pub(crate) const TO: Sentence = both("Até", "To");
pub(crate) const SHOW: Sentence = both("Mostrar", "Show");
pub(crate) const EXAMINERS: Sentence = both("Peritos", "Examiners");
pub(crate) const ALL_EXAMINERS: Sentence = both("todos", "all");
pub(crate) const NAMES_OR_NUMBERS: Sentence = both(
    "Peritos: nomes ou números, com vírgula",
    "Examiners: names or numbers, with commas",
);
pub(crate) const SEARCH_HINT: Sentence = both(
    "Candidato: nome, CPF ou telefone",
    "Candidate: name, CPF or telephone",
);
/// In the field itself, so that it fits on a telephone.
pub(crate) const SEARCH_FOR: Sentence = both("Nome, CPF ou telefone", "Name, CPF or telephone");
pub(crate) const SEARCH: Sentence = both("Buscar", "Search");
pub(crate) const NOTHING_TO_SEARCH: Sentence = both(
    "Escreva ao menos duas letras do nome ou três algarismos.",
    "Type at least two letters of the name or three digits.",
);
pub(crate) const SEARCH_GAVE_UP: Sentence = both(
    "A busca demorou demais e parou antes de achar alguém. Escreva mais do nome, o CPF ou o telefone.",
    "The search took too long and ended before it had found anybody. Type more of the name, the CPF or the telephone.",
);
pub(crate) const ALL_DAYS: Sentence = both("Procurar em todos os dias", "Look through all days");
pub(crate) const NOBODY_FOUND: Sentence = both(
    "Nenhum candidato assim foi lido até agora.",
    "No such candidate has been read so far.",
);
pub(crate) const TODAY: Sentence = both("Hoje", "Today");
pub(crate) const TOMORROW: Sentence = both("Amanhã", "Tomorrow");
pub(crate) const NEXT_DAYS: Sentence = both("7 dias", "7 days");
pub(crate) const CHANGES: Sentence = both("Mudanças", "Changes");
pub(crate) const SINCE: Sentence = both("Desde as 18:00 de", "Since 18:00 of");
pub(crate) const NOTHING_CHANGED: Sentence = both("Nada mudou.", "Nothing has changed.");
pub(crate) const BY_TIME: Sentence = both("por horário", "by time");
pub(crate) const BY_EXAMINER: Sentence = both("por perito", "by examiner");
pub(crate) const FILES: Sentence = both("Planilha:", "File:");
pub(crate) const CSV_EXCEL: Sentence = both("CSV (Excel)", "CSV (Excel)");
pub(crate) const CSV_PLAIN: Sentence = both("CSV simples", "plain CSV");
pub(crate) const WITH_CPF: Sentence = both("Excel com CPF", "Excel with CPFs");
pub(crate) const PRINT: Sentence = both("Imprimir:", "Print:");
pub(crate) const PRINT_LIST: Sentence = both("uma lista", "one list");
pub(crate) const PRINT_BY_EXAMINER: Sentence =
    both("uma página por dia e perito", "one page a day and examiner");
pub(crate) const NO_SLOTS: Sentence =
    both("Nenhum horário nestes dias.", "No slots on these days.");
pub(crate) const PAST_THE_END: Sentence = both(
    "A lista termina antes desta página. ",
    "The list ends before this page. ",
);
pub(crate) const FROM_THE_BEGINNING: Sentence = both("Ver do começo", "See it from its beginning");
pub(crate) const UNREAD_DAYS: Sentence = both(
    "Não lidos: a lista pode estar errada",
    "Not read: the list may be wrong",
);
pub(crate) const EMPTY_DAYS: Sentence = both("Dias sem horários", "Days without slots");
pub(crate) const DAYS_WITHOUT_SLOTS: Sentence = both(
    "Dias sem horários ou não lidos",
    "Days without slots, or not read",
);
pub(crate) const DAYS_NOT_READ: Sentence = both(
    "Folgas e dias que não são lidos",
    "Days off, and days that are not read",
);
pub(crate) const BACK: Sentence = both("Voltar à agenda", "Back to the agenda");
pub(crate) const ISSUES_RECORDED: Sentence =
    both("Cada planilha fica registrada.", "Each file is recorded.");

pub(crate) const DAY: Sentence = both("Data", "Day");
pub(crate) const HOUR: Sentence = both("Hora", "Hour");
pub(crate) const CANDIDATE: Sentence = both("Candidato", "Candidate");
pub(crate) const TELEPHONES: Sentence = both("Telefones", "Telephones");
pub(crate) const EMAIL: Sentence = both("E-mail", "E-mail");
pub(crate) const CPF: Sentence = both("CPF", "CPF");
pub(crate) const PROCESS: Sentence = both("Processo", "Process");
pub(crate) const CATEGORY: Sentence = both("Categoria", "Category");
pub(crate) const EXAMS: Sentence = both("Exames", "Exams");
pub(crate) const MEDICAL_EXAM: Sentence = both("Exame médico", "Medical exam");
pub(crate) const PSYCHOLOGICAL_EXAM: Sentence = both("Exame psicológico", "Psychological exam");
pub(crate) const MEDICAL: Sentence = both("médico", "medical");
pub(crate) const PSYCHOLOGICAL: Sentence = both("psicológico", "psychological");
pub(crate) const STATUS: Sentence = both("Situação", "Status");
pub(crate) const MISSING: Sentence = both(
    "sumiu do portal, a confirmar",
    "gone from the portal, to be confirmed",
);
pub(crate) const EXAMINER: Sentence = both("Perito", "Examiner");
pub(crate) const UNIT: Sentence = both("Unidade", "Unit");
pub(crate) const FIRST_SEEN: Sentence = both("Visto desde", "First seen");
pub(crate) const READ_AT: Sentence = both("Lido em", "Read at");
pub(crate) const SEEN: Sentence = both("Visto / lido", "Seen / read");
pub(crate) const SEEN_FIRST: Sentence = both("visto", "seen");
pub(crate) const READ: Sentence = both("lido", "read");
pub(crate) const CHANGED_AT: Sentence = both("Mudou em", "Changed at");
pub(crate) const WHAT: Sentence = both("Mudança", "Change");
pub(crate) const FIELDS: Sentence = both("Campos", "Fields");

pub(crate) fn slots(n: i64) -> Sentence<String> {
    count(n, both("horário", "slot"), both("horários", "slots"))
}

pub(crate) fn printed_at(at: &str) -> Sentence<String> {
    sentence!("impresso em {at}", "printed at {at}")
}

pub(crate) fn changed_since(day: NaiveDate, today: NaiveDate) -> Sentence<String> {
    let Sentence { pt, en } = evening(day, today);
    sentence!(
        "O que mudou desde {pt} às 18:00",
        "What has changed since {en} 18:00"
    )
}

/// A day gone by: "ontem", "sexta 27/11".
pub(crate) fn evening(day: NaiveDate, today: NaiveDate) -> Sentence<String> {
    if day + Days::new(1) == today {
        return both("ontem", "yesterday").owned();
    }
    let Sentence { pt, en } = time::WEEKDAYS[day.weekday().num_days_from_monday() as usize];
    let is_this_year = day.year() == today.year();
    let date = day.format(if is_this_year { "%d/%m" } else { "%d/%m/%Y" });
    sentence!("{pt} {date}", "{en} {date}")
}

/// A list for paper that is too long for one page of the browser.
pub(crate) fn in_parts(slots: i64, parts: u32) -> Sentence<String> {
    sentence!(
        "São {slots} horários, em {parts} partes: imprima uma de cada vez.",
        "There are {slots} slots, in {parts} parts: print them one by one."
    )
}

pub(crate) fn part(part: u32, parts: u32) -> Sentence<String> {
    sentence!("parte {part} de {parts}", "part {part} of {parts}")
}

pub(crate) fn and_further(n: usize) -> Sentence<String> {
    sentence!("e mais {n}", "and {n} more")
}

pub(crate) fn only_first(examiners: usize) -> Sentence<String> {
    sentence!(
        "Dias sem horários ou não lidos: só dos primeiros {examiners} peritos, por nome. Escolha peritos para ver os outros.",
        "Days without slots, or not read: of the first {examiners} examiners only, by name. Choose examiners to see the others."
    )
}

/// A day was asked for that there is not.
pub(crate) fn no_day(text: &str) -> Sentence<String> {
    sentence!(
        "“{text}” não é um dia; vale, por exemplo, 28/11, 28/11/2026, amanhã ou seg.",
        "“{text}” is no day; write 28/11, 28/11/2026, tomorrow or mon, for example."
    )
}

pub(crate) fn no_examiner(name: &str) -> Sentence<String> {
    sentence!(
        "Nenhum perito tem o nome ou o número “{name}”.",
        "No examiner has the name or number “{name}”."
    )
}

/// More days were asked for than are shown at once.
pub(crate) fn shortened(days: u64, last: &str) -> Sentence<String> {
    sentence!(
        "São no máximo {days} dias de uma vez: aqui, até {last}.",
        "At most {days} days at once: here, until {last}."
    )
}

pub(crate) fn cut(rows: i64) -> Sentence<String> {
    sentence!(
        "A lista foi cortada em {rows} linhas; peça menos dias.",
        "The list was cut at {rows} rows; ask for fewer days."
    )
}

/// Of a search that very many are meant by.
pub(crate) const NARROW_IT_DOWN: Sentence = both(
    "Há mais candidatos assim: aqui estão só os de data mais recente. Escreva mais do nome, o CPF ou o telefone.",
    "There are more such candidates: here are only those of the latest dates. Type more of the name, the CPF or the telephone.",
);

/// A search for words that many have each came back to this day, and has not tried what else may be meant.
pub(crate) fn searched_from(day: NaiveDate, is_nobody: bool) -> Sentence<String> {
    let (br, iso) = (day.format("%d/%m/%Y"), day.format("%Y-%m-%d"));
    if is_nobody {
        return sentence!(
            "Ninguém com estas palavras inteiras de {br} em diante; o resto ainda não foi procurado.",
            "Nobody with these whole words from {iso} on; the rest was not looked through yet."
        );
    }
    sentence!(
        "Procurado de {br} em diante; antes disso pode haver mais.",
        "Looked through from {iso} on; there may be more before that."
    )
}

/// What a column of a file is called.
pub(crate) const fn column(column: ExportColumn) -> Sentence {
    match column {
        ExportColumn::Day => DAY,
        ExportColumn::Hour => HOUR,
        ExportColumn::Candidate => CANDIDATE,
        ExportColumn::Telephones => TELEPHONES,
        ExportColumn::Email => EMAIL,
        ExportColumn::Cpf => CPF,
        ExportColumn::Process => PROCESS,
        ExportColumn::Category => CATEGORY,
        ExportColumn::MedicalExam => MEDICAL_EXAM,
        ExportColumn::PsychologicalExam => PSYCHOLOGICAL_EXAM,
        ExportColumn::Status => STATUS,
        ExportColumn::Examiner => EXAMINER,
        ExportColumn::Unit => UNIT,
        ExportColumn::FirstSeen => FIRST_SEEN,
        ExportColumn::ReadAt => READ_AT,
        ExportColumn::ChangedAt => CHANGED_AT,
        ExportColumn::What => WHAT,
        ExportColumn::Fields => FIELDS,
    }
}
