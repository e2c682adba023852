//! The agenda's own login page.

use super::address::path_of;
use super::filler::LOGIN_FILLER;
use super::frame::{Frame, Notices};
use super::html::{escape, hidden};
use super::page::Page;
use super::scripts::Scripts;
use crate::names::Names;

/// What is wrong with a login page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct LoginDefects {
    /// Its fields have names that nobody expects.
    pub(crate) odd: bool,
    /// Another form of the same name comes first.
    pub(crate) twin: bool,
}

pub(crate) fn login(names: &Names, notices: &Notices, twist: LoginDefects) -> Page {
    let (user, password) = if twist.odd {
        ("identificacao", "chave")
    } else {
        (
            names.login_user_field.as_str(),
            names.login_password_field.as_str(),
        )
    };
    let frame = Frame {
        filler: &LOGIN_FILLER,
        scripts: Scripts::Login,
        notices,
        head: "",
        onload: "",
    };
    frame.page(&format!(
        "{twin}<form name=\"LoginActionForm\" method=\"post\" action=\"{action}\" autocomplete=\"off\">\r\n{fields}\
         <table class=\"texto\" align=\"center\">\r\n<tr><td class=\"texto\">\r\n\
         <fieldset>\r\n<legend class=\"fonte_legend\">Acesso à Agenda Diária do Perito</legend>\r\n\
         <table cellpadding=\"2\">\r\n\
         <tr><td class=\"texto\" align=\"right\">CPF:&nbsp;</td>\r\n\
         <td><input type=\"text\" name=\"{user}\" value=\"\" maxlength=\"14\" size=\"20\" onblur=\"pontuarCpf(this);\"></td></tr>\r\n\
         <tr><td class=\"texto\" align=\"right\">Senha:&nbsp;</td>\r\n\
         <td><input type=\"password\" name=\"{password}\" value=\"\" maxlength=\"30\"></td></tr>\r\n\
         <tr><td colspan=\"2\" align=\"center\"><a href=\"#\" onclick=\"login();\">Acessar</a></td></tr>\r\n\
         </table>\r\n</fieldset>\r\n</td></tr>\r\n</table>\r\n</form>\r\n",
        action = escape(path_of(&names.entry_path)),
        fields = fields(names),
        twin = if twist.twin { TWIN } else { "" },
    ))
}

const TWIN: &str = "\
<form name=\"LoginActionForm\" method=\"post\" action=\"/gefor/SGU/consultaProtocolo.do\">\r
<input type=\"text\" name=\"protocolo\" value=\"\">\r
</form>\r
";

/// The hidden fields, in the order that was recorded.
fn fields(names: &Names) -> String {
    [
        (names.method_field.as_str(), "autenticar"),
        ("novaSenha", ""),
        ("novaSenha1", ""),
        ("alteraSenha", "false"),
        ("idGrupoUsuario", "-1"),
        ("idCFC", ""),
        (&names.choice_unit_field, "-1"),
        ("msgPublicacao", ""),
        ("consultaAgenda", "true"),
        ("autenticadoCyberark", "false"),
    ]
    .map(|(name, value)| hidden(name, value))
    .concat()
}
