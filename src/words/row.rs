//! What is wrong with a row of a day's table.

use super::Sentence;
use crate::domain::{RowFault, RowProblem};

/// `row 3: a CPF has 11 digits, this has 12`
#[must_use]
pub fn fault(fault: &RowFault) -> Sentence<String> {
    let (number, problem) = (fault.number, &fault.problem);
    Sentence {
        pt: format!("linha {number}: {}", in_portuguese(problem)),
        en: format!("row {number}: {problem}"),
    }
}

fn in_portuguese(problem: &RowProblem) -> String {
    match problem {
        RowProblem::NestedTable => "uma célula contém uma tabela".to_owned(),
        RowProblem::CellCount { cells, headers } => {
            format!("a linha tem {cells} células para {headers} títulos")
        }
        RowProblem::Hour {
            written: Some(text),
        } => format!("a hora {text:?} não é HH:MM"),
        RowProblem::Hour { written: None } => "a hora não é HH:MM".to_owned(),
        RowProblem::Cpf { digits } => format!("o CPF tem {digits} dígitos em vez de 11"),
        RowProblem::CpfLetters => "o CPF contém letras".to_owned(),
        RowProblem::MorePages => {
            "a lista continua em outra página do portal, que não é lida".to_owned()
        }
        RowProblem::Elsewhere => "um agendamento está fora da tabela".to_owned(),
        RowProblem::OtherDay => "a linha diz um dia diferente do pedido".to_owned(),
        RowProblem::OtherHeader => "a linha está abaixo de outro cabeçalho".to_owned(),
        RowProblem::Scripted => "o conteúdo da linha é escrito por um script".to_owned(),
        RowProblem::Unknown => "não entendida".to_owned(),
    }
}
