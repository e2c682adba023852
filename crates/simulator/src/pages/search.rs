//! The search page: what a login leads to.

use std::time::Duration;

use chrono::NaiveDate;

use super::filler::SEARCH_FILLER;
use super::frame::{Frame, Notices};
use super::html::{escape, hidden};
use super::page::Page;
use super::scripts::Scripts;
use crate::invent::Unit;
use crate::names::Names;

/// Where search form and result page send.
pub(crate) const AGENDA_PATH: &str = "/gefor/GFR/divisao/divisaoEquitativa.do";

/// Whose page it is.
#[derive(Debug, Clone)]
pub(crate) struct Owner {
    pub(crate) physician: bool,
    /// Value of the field that says which examiner it is.
    pub(crate) id: String,
}

/// What the search form shows.
pub(crate) struct SearchForm<'a> {
    pub(crate) names: &'a Names,
    pub(crate) owner: Owner,
    pub(crate) rest: Duration,
    /// Value of the method field.
    pub(crate) method: &'a str,
    pub(crate) units: Vec<Unit>,
    pub(crate) unit: Unit,
    /// Dates on offer.
    pub(crate) dates: Vec<NaiveDate>,
    pub(crate) notices: Notices,
    pub(crate) twist: SearchDefects,
}

/// What is wrong with a search page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct SearchDefects {
    /// The form is gone.
    pub(crate) formless: bool,
    /// The form stands there twice; the first one searches for something else.
    pub(crate) twin: bool,
}

/// The title line of the agenda's pages.
pub(super) fn title<'a>(names: &'a Names, owner: &Owner) -> &'a str {
    if owner.physician {
        &names.physician_title
    } else {
        &names.psychologist_title
    }
}

/// What stands above the content of the agenda's pages.
pub(super) fn heading(names: &Names, owner: &Owner, rest: Duration) -> String {
    let seconds = rest.as_secs();
    format!(
        "<div id=\"conteudo\" class=\"titulo_pagina\"><h3>{title}</h3>\r\n\
         <span id=\"relogio\">Tempo restante: {:02}:{:02}:{:02}</span></div>\r\n",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60,
        title = escape(title(names, owner)),
    )
}

pub(crate) fn search(form: &SearchForm<'_>) -> Page {
    let frame = Frame {
        filler: &SEARCH_FILLER,
        scripts: Scripts::Agenda,
        notices: &form.notices,
        head: "",
        onload: "",
    };
    let mut content = heading(form.names, &form.owner, form.rest);
    if form.twist.twin {
        content += &twin(form);
    }
    content += &if form.twist.formless {
        "<div class=\"texto\">Bem-vindo ao novo atendimento ao perito.</div>\r\n".to_owned()
    } else {
        fields(form)
    };
    frame.page(&(content + IMPORTANT))
}

fn fields(form: &SearchForm<'_>) -> String {
    let names = form.names;
    format!(
        "<form name=\"DivisaoEquitativaForm\" method=\"POST\" action=\"{AGENDA_PATH}\">\r\n{method}\
         <table class=\"texto\" width=\"100%\">\r\n<tr><td class=\"texto\">\r\n\
         <fieldset>\r\n<legend class=\"fonte_legend\">Pesquisa</legend>\r\n\
         <table border=\"0\" cellspacing=\"2\">\r\n\
         <tr><td class=\"texto\">Unidade de Trânsito&nbsp;<font color=\"red\">*</font></td>\r\n\
         <td><select name=\"{unit}\" onchange=\"listarDatas();\">\r\n{units}</select>\r\n{examiner}</td></tr>\r\n\
         <tr><td class=\"texto\">Data Referência&nbsp;<font color=\"red\">*</font></td>\r\n\
         <td><input type=\"text\" name=\"{reference}\" value=\"\" maxlength=\"8\" size=\"12\" onblur=\"listarDatas();\"></td></tr>\r\n\
         <tr><td class=\"texto\">Data de Agendamento&nbsp;<font color=\"red\">*</font></td>\r\n\
         <td><select name=\"{date}\" id=\"agendamentos\">\r\n{dates}</select></td></tr>\r\n\
         <tr><td colspan=\"2\"><font color=\"red\">Serão apresentadas as datas que possuem agendamento, a partir da \
         Data Referência até 7 dias posteriores, não necessariamente consecutivas.</font></td></tr>\r\n\
         </table>\r\n</fieldset>\r\n</td></tr>\r\n\
         <tr><td>\r\n<table id=\"tableBotoes\">\r\n<tr><td align=\"right\">\
         <a href=\"#\" onclick=\"limpar();\" class=\"bt_limpar\">LIMPAR</a>\r\n\
         <a href=\"#\" onclick=\"pesquisar();\" class=\"bt_pesquisar\">PESQUISAR</a></td></tr>\r\n</table>\r\n</td></tr>\r\n\
         <tr><td>\r\n<table><tr><td class=\"rodape\">PRODESP</td></tr></table>\r\n</td></tr>\r\n\
         </table>\r\n</form>\r\n",
        method = hidden(&names.method_field, form.method),
        unit = escape(&names.unit_field),
        units = units(form),
        examiner = hidden(&names.examiner_field, &form.owner.id),
        reference = escape(&names.reference_field),
        date = escape(&names.date_field),
        dates = dates(form),
    )
}

fn units(form: &SearchForm<'_>) -> String {
    let mut html = "<option value=\"\">- Selecione -</option>\r\n".to_owned();
    for unit in &form.units {
        let selected = if form.unit == *unit {
            " selected=\"selected\""
        } else {
            ""
        };
        html += &format!(
            "<option value=\"{}\"{selected}>{}</option>\r\n",
            unit.code,
            escape(unit.name)
        );
    }
    html
}

fn dates(form: &SearchForm<'_>) -> String {
    let mut html = "<option value=\"\">- Selecione -</option>\r\n".to_owned();
    for date in &form.dates {
        let shown = form.names.shown(*date);
        html += &format!("<option value=\"{shown}\">{shown}</option>\r\n");
    }
    html
}

/// A form of the same name that has nothing to do with an examiner's agenda.
fn twin(form: &SearchForm<'_>) -> String {
    format!(
        "<form name=\"DivisaoEquitativaForm\" method=\"POST\" action=\"/gefor/GFR/divisao/consultaRapida.do\">\r\n\
         {}<input type=\"text\" name=\"protocolo\" value=\"\">\r\n</form>\r\n",
        hidden(&form.names.method_field, "consultarProtocolo")
    )
}

const IMPORTANT: &str = "\
<div id=\"modalImportante\" class=\"modal\">\r
<b>Importante</b>\r
<p>Senhor(a) perito(a): confira a identidade do candidato antes do exame.</p>\r
<a href=\"#\" onclick=\"fecharImportante();\">Fechar</a>\r
</div>\r
";
