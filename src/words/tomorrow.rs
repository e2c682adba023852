//! Tomorrow's agenda by e-mail.

use chrono::{DateTime, Datelike, NaiveDate, Utc};

use super::{Sentence, both, count, day, time};
use crate::domain::{DayState, Zone};

pub(crate) const HOUR: Sentence = both("hora", "time");
pub(crate) const CANDIDATE: Sentence = both("candidato", "candidate");
pub(crate) const PROCESS: Sentence = both("processo", "process");
pub(crate) const CPF: Sentence = both("CPF", "CPF");
pub(crate) const CLOSED: Sentence = both("exame já encerrado", "exam closed already");
pub(crate) const FOOT: Sentence = both(
    "Enviado pelo agendad a pedido. Para não receber mais, desligue na sua página ou avise quem cuida do agendad na clínica. \
     O que vale é o portal: esta lista é o que ele mostrava quando foi lido.",
    "Sent by agendad, as wished. To get it no longer, switch it off on your page, or tell whoever looks after agendad at the clinic. \
     What counts is the portal: this list is what it showed when it was read.",
);

/// A day with its weekday.
pub(crate) fn on(date: NaiveDate) -> Sentence<String> {
    let weekday = date.weekday().num_days_from_monday();
    let Sentence { pt, en } = usize::try_from(weekday)
        .ok()
        .and_then(|at| time::WEEKDAYS.get(at).copied())
        .unwrap_or(both("", ""));
    let (br, iso) = (date.format("%d/%m/%Y"), date.format("%Y-%m-%d"));
    sentence!("{pt}, {br}", "{en}, {iso}")
}

/// The subject: what somebody wants to know at a glance.
pub(crate) fn subject(date: NaiveDate, state: DayState) -> Sentence<String> {
    let Sentence { pt, en } = on(date);
    let what = match state {
        DayState::Listed { slots, .. } => appointments(slots),
        DayState::Empty { .. } | DayState::DayOff => {
            both("nenhum atendimento", "no appointments").owned()
        }
        DayState::Unread { .. } => both("NÃO LIDA", "NOT READ").owned(),
        DayState::OutsideWindows => both("não é lida", "is not read").owned(),
    };
    let (pt_what, en_what) = (what.pt, what.en);
    sentence!(
        "Agenda de amanhã ({pt}): {pt_what}",
        "Tomorrow's agenda ({en}): {en_what}"
    )
}

fn appointments(slots: i64) -> Sentence<String> {
    count(
        slots,
        both("atendimento", "appointment"),
        both("atendimentos", "appointments"),
    )
}

pub(crate) fn greeting(nome: &str) -> Sentence<String> {
    sentence!("Olá, {nome}.", "Hello {nome}.")
}

/// What is known of the day, and what that means.
pub(crate) fn state(
    date: NaiveDate,
    state: DayState,
    now: DateTime<Utc>,
    zone: Zone,
) -> Sentence<String> {
    let Sentence { pt, en } = on(date);
    let known = day::state(state, now, zone);
    let (pt_known, en_known) = (known.pt, known.en);
    match state {
        DayState::Listed { .. } => {
            sentence!("Amanhã, {pt}: {pt_known}.", "Tomorrow, {en}: {en_known}.")
        }
        DayState::Empty { .. } => sentence!(
            "Amanhã, {pt}: nenhum atendimento ({pt_known}).",
            "Tomorrow, {en}: no appointments ({en_known})."
        ),
        DayState::Unread { .. } | DayState::OutsideWindows => sentence!(
            "ATENÇÃO, amanhã, {pt}: {pt_known}. A agenda no portal pode ser outra: confira lá antes de sair.",
            "ATTENTION, tomorrow, {en}: {en_known}. The agenda at the portal may be another one: look there before you leave."
        ),
        DayState::DayOff => sentence!("Amanhã, {pt}: {pt_known}.", "Tomorrow, {en}: {en_known}."),
    }
}
