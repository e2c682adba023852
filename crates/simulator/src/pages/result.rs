//! The result page: the agenda of a day, in a table inside tables.

use std::time::Duration;

use chrono::NaiveDate;

use super::filler::RESULT_FILLER;
use super::frame::{Frame, Notices};
use super::html::{escape, hidden, messy};
use super::page::Page;
use super::scripts::Scripts;
use super::search::{AGENDA_PATH, Owner, heading};
use crate::booking::Booking;
use crate::config::EmptyDay;
use crate::invent::Unit;
use crate::names::Names;

const ODD_COLUMNS: &str =
    "Início,Documento,Candidato,Contato,Correio,Processo,Cat.,Médico,Psicológico";

/// The method field of a result page's form, whoever's it is.
const METHOD: &str = "agendaMedico";

/// What is wrong with a result.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct ResultDefects {
    /// Columns have other names.
    pub(crate) odd_columns: bool,
    /// No rows, and no word about it.
    pub(crate) no_rows: bool,
    /// Every row twice.
    pub(crate) twice: bool,
    /// Some rows cannot be read.
    pub(crate) malformed: bool,
    /// The row with the date is gone.
    pub(crate) no_date: bool,
    /// A status that nobody has heard of.
    pub(crate) unknown_status: bool,
}

/// The result page of a day.
pub(crate) struct ResultPage<'a> {
    pub(crate) names: &'a Names,
    pub(crate) owner: Owner,
    pub(crate) rest: Duration,
    pub(crate) unit: Unit,
    pub(crate) date: NaiveDate,
    pub(crate) bookings: &'a [Booking],
    pub(crate) empty_day: EmptyDay,
    pub(crate) twist: ResultDefects,
}

/// Writes it.
pub(crate) fn result(page: &ResultPage<'_>) -> Page {
    let names = page.names;
    let frame = Frame {
        filler: &RESULT_FILLER,
        scripts: Scripts::Agenda,
        notices: &Notices::default(),
        head: "",
        onload: "",
    };
    frame.page(&format!(
        "{heading}<form name=\"DivisaoEquitativaForm\" method=\"POST\" action=\"{AGENDA_PATH}\">\r\n{fields}\
         <table class=\"texto\" width=\"100%\">\r\n<tr><td class=\"texto\">\r\n\
         <fieldset>\r\n<legend class=\"fonte_legend\">{legend}</legend>\r\n\
         <table width=\"100%\">\r\n{date}\
         <tr><td>\r\n{rows}</td></tr>\r\n\
         </table>\r\n</fieldset>\r\n</td></tr>\r\n\
         <tr><td>\r\n<table id=\"tableBotoes\">\r\n<tr><td align=\"right\">\
         <a href=\"#\" onclick=\"voltar();\" class=\"bt_voltar\">VOLTAR</a></td></tr>\r\n</table>\r\n</td></tr>\r\n\
         <tr><td>\r\n<table><tr><td class=\"rodape\">PRODESP</td></tr></table>\r\n</td></tr>\r\n\
         </table>\r\n</form>\r\n",
        heading = heading(names, &page.owner, page.rest),
        fields = fields(page),
        legend = escape(&names.result_legend),
        date = date(page),
        rows = rows(page),
    ))
}

fn fields(page: &ResultPage<'_>) -> String {
    let names = page.names;
    hidden(&names.method_field, METHOD)
        + &hidden(&names.unit_field, page.unit.code)
        + &hidden(&names.examiner_field, &page.owner.id)
        + &hidden(&names.reference_field, "")
        + &hidden(&names.date_field, "")
}

fn date(page: &ResultPage<'_>) -> String {
    if page.twist.no_date {
        return String::new();
    }
    format!(
        "<tr><td class=\"texto\"><b>{}</b>&nbsp;{}</td></tr>\r\n",
        escape(&page.names.date_label),
        page.names.shown(page.date)
    )
}

fn rows(page: &ResultPage<'_>) -> String {
    let twist = page.twist;
    let wordy = page.empty_day == EmptyDay::Words && !twist.no_rows;
    if page.bookings.is_empty() && wordy {
        return format!(
            "<p class=\"texto\">{}</p>\r\n",
            escape(&page.names.empty_texts)
        );
    }
    let mut html = format!(
        "<table id=\"{}\" class=\"table table-striped table-bordered table-responsive\">\r\n",
        escape(&page.names.table_id)
    );
    html += &header(page);
    if !twist.no_rows {
        for (at, booking) in page.bookings.iter().enumerate() {
            let row = row(&cells(booking, twist, at), at);
            html += &row;
            if twist.twice {
                html += &row;
            }
        }
    }
    html + "</table>\r\n"
}

fn header(page: &ResultPage<'_>) -> String {
    let columns = if page.twist.odd_columns {
        ODD_COLUMNS
    } else {
        &page.names.columns
    };
    let heads: String = columns
        .split(',')
        .map(|column| format!("\t<th class=\"list_titulo\">{}</th>\r\n", escape(column)))
        .collect();
    format!("<tr>\r\n{heads}</tr>\r\n")
}

/// The texts of a row; of a malformed page, the first rows in turn are bad.
fn cells(booking: &Booking, twist: ResultDefects, at: usize) -> [String; 9] {
    let hour = booking.hour.format("%H:%M").to_string();
    let (hour, cpf) = match twist.malformed.then_some(at) {
        Some(0) => (
            booking.hour.format("%-Hh%M").to_string(),
            booking.cpf.clone(),
        ),
        Some(1) => ("25:99".to_owned(), booking.cpf.clone()),
        Some(2) => (hour, without_last(&booking.cpf)),
        Some(_) | None => (hour, booking.cpf.clone()),
    };
    let status = |known: &str| {
        if twist.unknown_status && at == 0 {
            "Em Perícia Complementar".to_owned()
        } else {
            known.to_owned()
        }
    };
    [
        hour,
        cpf,
        booking.nome.clone(),
        booking.telefone.clone(),
        booking.email.clone(),
        booking.tipo_processo.clone(),
        booking.categoria.clone(),
        status(&booking.status_medico),
        status(&booking.status_psicologico),
    ]
}

fn without_last(text: &str) -> String {
    let mut characters = text.chars();
    characters.next_back();
    characters.as_str().to_owned()
}

/// One row; how texts are spelt changes from row to row.
fn row(cells: &[String; 9], at: usize) -> String {
    let mut html = "<tr>\r\n".to_owned();
    for (column, cell) in cells.iter().enumerate() {
        html += &format!(
            "\t\t\t<td style=\"white-space: nowrap; text-align: left\" class=\"texto\">{}</td>\r\n",
            messy(cell, at + column)
        );
    }
    html + "</tr>\r\n"
}
