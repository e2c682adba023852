//! The result page: the agenda of a day, in a table inside tables.

use std::time::Duration;

use chrono::NaiveDate;

use super::frame::{Frame, Notices, submitter};
use super::html::{escape, messy, references};
use super::login::path_of;
use super::search::{heading, hidden_fields};
use super::shown;
use crate::simulator::booking::Booking;
use crate::simulator::invent::Unit;
use crate::simulator::names::Names;

const COLUMNS: [&str; 9] = [
    "Hora",
    "CPF",
    "Nome",
    "Telefone",
    "E-mail",
    "Tipo de Processo",
    "Categoria",
    "Status do Exame Médico",
    "Status do Exame Psicológico",
];
const ODD_COLUMNS: [&str; 9] = [
    "Início",
    "Documento",
    "Candidato",
    "Contato",
    "Correio",
    "Processo",
    "Cat.",
    "Médico",
    "Psicológico",
];

/// What is wrong with a result.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::simulator) struct ResultTwist {
    /// Columns have other names.
    pub(in crate::simulator) odd_columns: bool,
    /// No rows, and no word about it.
    pub(in crate::simulator) no_rows: bool,
    /// Every row twice.
    pub(in crate::simulator) twice: bool,
    /// Some rows cannot be read.
    pub(in crate::simulator) malformed: bool,
}

/// The result page of a day.
pub(in crate::simulator) struct ResultPage<'a> {
    pub(in crate::simulator) names: &'a Names,
    pub(in crate::simulator) token: &'a str,
    pub(in crate::simulator) rest: Duration,
    pub(in crate::simulator) physician: bool,
    pub(in crate::simulator) unit: Unit,
    pub(in crate::simulator) date: NaiveDate,
    pub(in crate::simulator) bookings: &'a [Booking],
    pub(in crate::simulator) twist: ResultTwist,
}

/// Writes it.
pub(in crate::simulator) fn result(page: &ResultPage<'_>) -> String {
    let names = page.names;
    let frame = Frame {
        names,
        notices: &Notices::default(),
        heading: heading(page.physician),
        rest: Some(page.rest),
        scripts: submitter(
            "voltar",
            "imprimirAgendaDiariaForm",
            &names.method_field,
            "iniciar",
        ),
    };
    frame.page(&format!(
        "<FORM NAME=imprimirAgendaDiariaForm METHOD=POST ACTION=\"{action}\">\n{hidden}\
         <table width=100%><tr><td class=texto>\n\
         <table class=borda width=100%><tr><td>\n\
         <fieldset>\n<legend class=\"fonte_legend\">RESULTADO</legend>\n\
         <table width=\"100%\">\n\
         <tr><td class=texto>UNIDADE:&nbsp;{unit}</td>\n\
         <tr><td class=\"texto\"><b>DATA:</b>&nbsp;{date}\n\
         <tr><td>\n{rows}</td></tr>\n\
         </table>\n</fieldset>\n\
         <tr><td align=right>\
         <a href=\"{back}\" onclick=\"top.showWait(true);\" class=\"bt_voltar\">VOLTAR</a>\n\
         </table>\n</table>\n</FORM>",
        action = escape(path_of(&names.agenda_path)),
        hidden = hidden_fields(names, page.token),
        unit = escape(page.unit.name),
        date = shown(page.date),
        rows = rows(page),
        back = escape(&names.agenda_path),
    ))
}

fn rows(page: &ResultPage<'_>) -> String {
    if page.bookings.is_empty() && !page.twist.no_rows {
        return "<p class=texto>Nenhum agendamento encontrado para a data informada.</p>\n".into();
    }
    let mut html =
        "<TABLE border=1 cellpadding=2 cellspacing=0 class=grid width=100%>\n".to_owned();
    html += &header(page.twist.odd_columns);
    if !page.twist.no_rows {
        for (at, booking) in page.bookings.iter().enumerate() {
            let row = row(&cells(booking, page.twist.malformed.then_some(at)), at);
            html += &row;
            if page.twist.twice {
                html += &row;
            }
        }
    }
    html + "</TABLE>\n"
}

fn header(odd: bool) -> String {
    let columns = if odd { ODD_COLUMNS } else { COLUMNS };
    let mut html = "<TR class=cabecalho>\n".to_owned();
    for (at, column) in columns.iter().enumerate() {
        let text = references(column);
        html += &match at % 3 {
            0 => format!("<td align=center><b>{text}</b></td>\n"),
            1 => format!("<TD nowrap><B>&nbsp;{text}</B>\n"),
            _ => format!("<td><b>{}</b></td>", text.replacen(' ', "&nbsp;", 1)),
        };
    }
    html + "</TR>\n"
}

/// The texts of a row; of a malformed page, the first rows in turn are bad.
fn cells(booking: &Booking, malformed: Option<usize>) -> [String; 9] {
    let hour = booking.hour.format("%H:%M").to_string();
    let (hour, cpf) = match malformed {
        Some(0) => (
            booking.hour.format("%-Hh%M").to_string(),
            booking.cpf.clone(),
        ),
        Some(1) => ("25:99".to_owned(), booking.cpf.clone()),
        Some(2) => (hour, without_last(&booking.cpf)),
        Some(_) | None => (hour, booking.cpf.clone()),
    };
    [
        hour,
        cpf,
        booking.nome.clone(),
        booking.telefone.clone(),
        booking.email.clone(),
        booking.tipo_processo.clone(),
        booking.categoria.clone(),
        booking.status_medico.clone(),
        booking.status_psicologico.clone(),
    ]
}

fn without_last(text: &str) -> String {
    let mut characters = text.chars();
    characters.next_back();
    characters.as_str().to_owned()
}

/// One row; which end tags are missing and how texts are spelt changes from row to row.
fn row(cells: &[String; 9], at: usize) -> String {
    let class = if at.is_multiple_of(2) {
        "linha_par"
    } else {
        "linha_impar"
    };
    let mut html = format!("<tr class={class}>\n");
    for (column, cell) in cells.iter().enumerate() {
        let text = messy(cell, at + column);
        html += &match (at + column) % 4 {
            0 => format!("<td>{text}\n"),
            1 => format!("<TD align=left nowrap>{text}</TD>\n"),
            2 => format!("<td><font size=1>{text}</font></td>\n"),
            _ => format!("<td class=\"texto\">{text}</td>\n"),
        };
    }
    if at.is_multiple_of(3) {
        html
    } else {
        html + "</tr>\n"
    }
}
