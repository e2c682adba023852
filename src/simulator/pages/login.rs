//! "Acesso Restrito": the agenda's own login.

use super::frame::{Frame, Notices, submitter};
use super::html::{escape, hidden};
use crate::simulator::names::Names;

/// The login page; `odd` gives its fields names that nobody expects.
pub(in crate::simulator) fn login(
    names: &Names,
    token: &str,
    notices: &Notices,
    odd: bool,
) -> String {
    let (user, password) = if odd {
        ("identificacao", "chave")
    } else {
        (
            names.login_user_field.as_str(),
            names.login_password_field.as_str(),
        )
    };
    let frame = Frame {
        names,
        notices,
        heading: "Acesso Restrito",
        rest: None,
        scripts: submitter(
            "acessar",
            "acessoAgendaForm",
            &names.method_field,
            "acessar",
        ),
    };
    frame.page(&format!(
        "<FORM name=\"acessoAgendaForm\" method=\"post\" action=\"{action}\" autocomplete=off>\n{fields}\
         <TABLE border=0 align=center>\n<TR><TD class=texto>\n\
         <table><tr><td><fieldset>\n\
         <legend class=\"fonte_legend\">Acesso &agrave; Agenda Di&aacute;ria do Perito</legend>\n\
         <table cellpadding=2>\n\
         <tr><td class=texto align=right>CPF:&nbsp;<td><input type=text name={user} value=\"\" maxlength=14 size=20>\n\
         <tr><td class=texto align=right>Senha:&nbsp;</td><td><input type=\"password\" name=\"{password}\" maxlength=\"30\">\n\
         <tr><td colspan=2 align=center><a href=\"#\" onclick=\"acessar();\" class=\"bt_acessar\">Acessar</a>\n\
         <tr><td colspan=2><a href=\"/gefor/SGU/esqueciSenha.do?method=iniciar\">Esqueci minha senha</a>\n\
         </table></fieldset></table>\n</TABLE>\n</FORM>",
        action = escape(path_of(&names.agenda_path)),
        fields = hidden(&names.method_field, "acessar")
            + &hidden("varTiles", "acessoAgenda")
            + &hidden("org.apache.struts.taglib.html.TOKEN", token),
    ))
}

/// An address without its query.
pub(in crate::simulator) fn path_of(address: &str) -> &str {
    address.split('?').next().unwrap_or(address)
}
