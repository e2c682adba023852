//! The choice of a unit.

use super::address::path_of;
use super::filler::CHOICE_FILLER;
use super::frame::{Frame, Notices};
use super::html::{escape, hidden};
use super::page::Page;
use super::scripts::Scripts;
use crate::names::Names;

/// The page: one option for each code and name.
pub(crate) fn choice(names: &Names, units: &[(String, &str)], profiles: &[&str]) -> Page {
    let frame = Frame {
        filler: &CHOICE_FILLER,
        scripts: Scripts::Choice,
        notices: &Notices::default(),
        head: "",
        onload: "",
    };
    let options: String = units
        .iter()
        .map(|(code, name)| format!("<option value=\"{code}\">{}</option>\r\n", escape(name)))
        .collect();
    frame.page(&format!(
        "<h3>Escolha de Perfil e/ou Visão</h3>\r\n\
         <form name=\"LoginActionForm\" method=\"post\" action=\"{action}\">\r\n{method}{profiles}\
         <table class=\"texto\">\r\n<tr><td class=\"texto\">Unidade de Trânsito:</td>\r\n\
         <td><select name=\"{unit}\" id=\"{unit}\">\r\n\
         <option value=\"\">- Selecione -</option>\r\n{options}</select></td></tr>\r\n\
         <tr><td colspan=\"2\"><a href=\"#\" onclick=\"enviar();\">ENVIAR</a></td></tr>\r\n\
         </table>\r\n</form>\r\n",
        action = escape(path_of(&names.entry_path)),
        method = hidden(&names.method_field, "openChoice"),
        profiles = profile_select(profiles),
        unit = escape(&names.choice_unit_field),
    ))
}

fn profile_select(profiles: &[&str]) -> String {
    if profiles.is_empty() {
        return String::new();
    }
    let options: String = profiles
        .iter()
        .enumerate()
        .map(|(at, name)| format!("<option value=\"{}\">{}</option>\r\n", at + 1, escape(name)))
        .collect();
    format!(
        "<select name=\"idGrupoUsuario\">\r\n<option value=\"-1\">- Selecione -</option>\r\n{options}</select>\r\n"
    )
}
