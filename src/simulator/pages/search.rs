//! The search page, "Imprimir Agenda Diária".

use std::time::Duration;

use chrono::NaiveDate;

use super::frame::{Frame, Notices, submitter};
use super::html::{escape, hidden};
use super::login::path_of;
use super::shown;
use crate::simulator::invent::Unit;
use crate::simulator::names::Names;

/// What the search form shows.
pub(in crate::simulator) struct SearchForm<'a> {
    pub(in crate::simulator) names: &'a Names,
    pub(in crate::simulator) token: &'a str,
    pub(in crate::simulator) rest: Duration,
    pub(in crate::simulator) physician: bool,
    pub(in crate::simulator) units: Vec<Unit>,
    pub(in crate::simulator) unit: Option<Unit>,
    /// Reference date, as it shall stand in the field.
    pub(in crate::simulator) reference: String,
    /// Dates on offer.
    pub(in crate::simulator) dates: Vec<NaiveDate>,
    /// Option values are ISO dates.
    pub(in crate::simulator) iso: bool,
    /// Leave the form out.
    pub(in crate::simulator) formless: bool,
}

/// The heading of the agenda's pages.
pub(super) fn heading(physician: bool) -> &'static str {
    if physician {
        "Imprimir Agenda Diária do Médico"
    } else {
        "Imprimir Agenda Diária do Psicólogo"
    }
}

/// The hidden fields of the agenda's form.
pub(super) fn hidden_fields(names: &Names, token: &str) -> String {
    hidden(&names.method_field, "")
        + &hidden("varTiles", "imprimirAgendaDiaria")
        + &hidden("org.apache.struts.taglib.html.TOKEN", token)
}

/// The search page.
pub(in crate::simulator) fn search(form: &SearchForm<'_>, notices: &Notices) -> String {
    let names = form.names;
    let button = |function, method| {
        submitter(
            function,
            "imprimirAgendaDiariaForm",
            &names.method_field,
            method,
        )
    };
    let frame = Frame {
        names,
        notices,
        heading: heading(form.physician),
        rest: Some(form.rest),
        scripts: button("pesquisar", &names.method_search)
            + &button("carregarDatas", &names.method_list_dates)
            + &button("limpar", "limpar"),
    };
    let body = if form.formless {
        "<table><tr><td class=texto>Bem-vindo ao novo atendimento ao perito.</table>".to_owned()
    } else {
        fields(form)
    };
    frame.page(&(body + IMPORTANT))
}

fn fields(form: &SearchForm<'_>) -> String {
    let names = form.names;
    format!(
        "<form name=\"imprimirAgendaDiariaForm\" method=\"post\" action=\"{action}\">\n{hidden}\
         <table width=\"100%\" border=0>\n<tr>\n<td class=\"texto\">\n\
         <table width=100% class=borda><TR><TD>\n\
         <fieldset><legend class=\"fonte_legend\">PESQUISA</legend>\n\
         <table border=0 cellspacing=2>\n\
         <tr><td class=texto>Unidade de Tr&acirc;nsito&nbsp;<font color=red>*</font></td>\n\
         <td><select name=\"{unit}\" onchange=\"carregarDatas();\">\n{units}</select>\n\
         <tr><td class=texto>Data Refer&ecirc;ncia&nbsp;<font color=red>*</font>\n\
         <td><INPUT TYPE=text NAME={reference} VALUE=\"{reference_value}\" maxlength=10 size=12 onblur=\"carregarDatas();\">\n\
         <tr><td class=texto>Data de Agendamento&nbsp;<font color=red>*</font></td>\n\
         <td><SELECT name={date}>\n{options}</SELECT></td></tr>\n\
         <tr><td colspan=2><font color=red>Ser&atilde;o apresentadas as datas que possuem agendamento, a partir da \
         Data Refer&ecirc;ncia at&eacute; 7 dias posteriores, n&atilde;o necessariamente consecutivas.</font>\n\
         <tr><td colspan=2 align=right>\
         <a href=\"#\" onclick=\"limpar();\" class=\"bt_limpar\">LIMPAR</a>\n\
         <a href=\"#\" onclick=\"pesquisar();\" class=\"bt_pesquisar\">PESQUISAR</a>\n\
         </table>\n</fieldset>\n</TABLE>\n</td>\n</table>\n</form>\n",
        action = escape(path_of(&names.agenda_path)),
        hidden = hidden_fields(names, form.token),
        unit = escape(&names.unit_field),
        units = unit_options(form),
        reference = names.reference_field,
        reference_value = escape(&form.reference),
        date = names.date_field,
        options = options(&form.dates, form.iso),
    )
}

fn unit_options(form: &SearchForm<'_>) -> String {
    // A single unit is chosen by itself; of several, one must be.
    let several = form.units.len() > 1;
    let mut html = String::new();
    if several {
        html += "<option value=\"\">- SELECIONE -</option>\n";
    }
    for unit in &form.units {
        let selected = if !several || form.unit == Some(*unit) {
            " selected"
        } else {
            ""
        };
        html += &format!(
            "<OPTION value={}{selected}>{}\n",
            unit.code,
            escape(unit.name)
        );
    }
    html
}

/// The options of the dates on offer, alone.
pub(in crate::simulator) fn options(dates: &[NaiveDate], iso: bool) -> String {
    let mut html = "<option value=\"\" selected=\"selected\">- SELECIONE -</option>\n".to_owned();
    for date in dates {
        let value = if iso { date.to_string() } else { shown(*date) };
        html += &format!("<option value=\"{value}\">{}</option>\n", shown(*date));
    }
    html
}

const IMPORTANT: &str = "\
<div id=\"modalImportante\" class=\"modal\" style=\"position:absolute;left:200;top:120\">
<table border=1 bgcolor=#FFFFCC><tr><td align=center><b>Importante</b></td></tr>
<tr><td>Senhor(a) perito(a): confira a identidade do candidato antes do exame.
<tr><td align=center><a href=\"#\" onclick=\"document.getElementById('modalImportante').style.display='none';\">Fechar</a>
</table></div>
";
