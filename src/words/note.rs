//! What a run remarks on: the English is the note's own.

use chrono::NaiveDate;

use super::{Sentence, both, count};
use crate::domain::note::{LeftUndone, NotedDays, RefusalReason, TableRefusal};
use crate::domain::{Note, SlotRemark};

/// One remark. Of an old record's, only the English is there.
pub(crate) fn sentence(note: &Note) -> Sentence<String> {
    let pt = in_portuguese(note);
    sentence!("{pt}", "{note}")
}

fn in_portuguese(note: &Note) -> String {
    match note {
        Note::UnknownStatus { status } => format!(
            "a situação de exame {status:?} não é conhecida e não encerra o horário (portal.profile.closing_statuses, open_statuses)"
        ),
        Note::NoExamColumn { column } => format!(
            "a tabela do portal está sem a coluna {column}, e por isso nenhum horário é dado como encerrado (portal.profile.columns)"
        ),
        Note::RemovalsHeld { date } => format!(
            "{}: horários que sumiram continuam na agenda até que outra leitura confirme a remoção",
            day(*date)
        ),
        Note::Slot { date, time, remark } => {
            format!("{} {}: {}", day(*date), time.format("%H:%M"), slot(remark))
        }
        Note::Appointments { days, left, why } => {
            let days = match days {
                None => "de leituras anteriores".to_owned(),
                Some(NotedDays { first, last }) if first == last => day(*first),
                Some(NotedDays { first, last }) => format!("{} a {}", day(*first), day(*last)),
            };
            format!("{days}: {}: {}", undone(*left), refusal(why))
        }
        Note::AccountUntold { code } => format!(
            "configuracoes_detran não aceita ultima_sincronizacao (um gatilho ou uma restrição): o aplicativo não fica sabendo quando a agenda foi lida pela última vez [{code}]"
        ),
        Note::Text { text } => text.clone(),
    }
}

fn day(date: NaiveDate) -> String {
    date.format("%d/%m/%Y").to_string()
}

fn slot(remark: &SlotRemark) -> String {
    match remark {
        SlotRemark::Cut { column } => {
            format!("o valor de {column} foi encurtado para caber em agendamentos")
        }
        SlotRemark::ImpossibleTelephone => {
            "o telefone tem um número que não existe na numeração do Brasil".to_owned()
        }
        SlotRemark::TelephoneWithoutArea => {
            "o telefone tem um número sem DDD (appointments.area_code)".to_owned()
        }
        SlotRemark::OtherLetters { encoding } => format!(
            "gravado com as letras mais próximas, pois um banco de dados em {encoding} não tem todas"
        ),
        SlotRemark::Refused { why } => {
            format!("o agendamento não pôde ser gravado: {}", refusal(why))
        }
    }
}

fn undone(left: LeftUndone) -> String {
    let counted = |n, one, many| count(n, both(one, ""), both(many, "")).pt;
    match left {
        LeftUndone::Unstored(n) => counted(
            n,
            "agendamento não pôde ser gravado",
            "agendamentos não puderam ser gravados",
        ),
        LeftUndone::Uncancelled(n) => counted(
            n,
            "agendamento de horário removido não pôde ser cancelado",
            "agendamentos de horários removidos não puderam ser cancelados",
        ),
        LeftUndone::Outdated => "os agendamentos não puderam ser atualizados".to_owned(),
    }
}

fn refusal(TableRefusal { code, reason }: &TableRefusal) -> String {
    let why = match reason {
        RefusalReason::Narrow => "o valor não cabe em uma coluna de agendamentos",
        RefusalReason::ValueMissing(column) => {
            return format!("a coluna {column} de agendamentos não pode ficar vazia [{code}]");
        }
        RefusalReason::Constraint(name) => {
            return format!("a restrição {name} de agendamentos não permite [{code}]");
        }
        RefusalReason::RightMissing => "falta uma permissão em agendamentos",
        RefusalReason::ColumnMissing => "falta uma coluna em agendamentos",
        RefusalReason::OtherType => "uma coluna de agendamentos é de outro tipo",
        RefusalReason::Trigger => "um gatilho (trigger) de agendamentos não permite",
        RefusalReason::Altered => {
            "agendamentos muda o dia, o horário ou o CPF ao gravar, ou descarta o registro (um gatilho, ou o tipo de uma coluna)"
        }
        RefusalReason::Waited => {
            "a espera por agendamentos foi longa demais (alguém pode estar com um registro aberto)"
        }
        RefusalReason::Other => "agendamentos não aceita",
    };
    format!("{why} [{code}]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_whole_in_either_language() {
        let first = "2026-11-30".parse().unwrap();
        let why = TableRefusal {
            code: "23502".to_owned(),
            reason: RefusalReason::ValueMissing("convenio".to_owned()),
        };
        let note = Note::Appointments {
            days: Some(NotedDays { first, last: first }),
            left: LeftUndone::Unstored(3),
            why,
        };
        let Sentence { pt, en } = sentence(&note);
        assert_eq!(
            pt,
            "30/11/2026: 3 agendamentos não puderam ser gravados: a coluna convenio de agendamentos não pode ficar vazia [23502]"
        );
        assert_eq!(
            en,
            "2026-11-30: 3 appointments could not be stored: column convenio of agendamentos must have a value [23502]"
        );
    }
}
