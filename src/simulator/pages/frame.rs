//! What all inner pages share: head, scripts with `errors[]` and `messages[]`, menu, countdown, footer.

use std::time::Duration;

use super::html::{escape, script_string};
use crate::simulator::names::Names;

/// Texts that the page shows by `alert`.
#[derive(Debug, Clone, Default)]
pub(in crate::simulator) struct Notices {
    /// `errors[]`.
    pub(in crate::simulator) errors: Vec<String>,
    /// `messages[]`.
    pub(in crate::simulator) messages: Vec<String>,
}

impl Notices {
    /// One error.
    pub(in crate::simulator) fn error(text: &str) -> Self {
        Self {
            errors: vec![text.to_owned()],
            messages: Vec::new(),
        }
    }
}

/// An inner page.
pub(super) struct Frame<'a> {
    pub(super) names: &'a Names,
    pub(super) notices: &'a Notices,
    /// Line under the header.
    pub(super) heading: &'a str,
    /// Rest of the session, shown as a countdown; also decides whether the menu of a logged-in
    /// examiner is shown.
    pub(super) rest: Option<Duration>,
    /// Functions of the page's own buttons.
    pub(super) scripts: String,
}

impl Frame<'_> {
    /// The page around `content`.
    pub(super) fn page(&self, content: &str) -> String {
        format!(
            "{head}<BODY bgcolor=#FFFFFF topmargin=0 leftmargin=0 onload=\"mostrarMensagens();\">\n\
             <table width=100% border=0 cellpadding=0 cellspacing=0>\n\
             <TR><TD colspan=2 class=barra_titulo><img src=\"/gefor/img/logo.gif\" width=120 height=40 alt=\"\">\n\
             <tr><td colspan=\"2\" class=\"titulo_pagina\">&nbsp;<b>{heading}</b>\n\
             {countdown}</td>\n\
             <tr><td width=160 valign=top class=\"menu_lateral\">\n{menu}</td>\n\
             <td valign=top>\n{content}\n</td></tr>\n\
             <tr><td colspan=2 align=center class=rodape>PRODESP - v3.94 (30/10/2025)</td></tr>\n\
             </table>\n</BODY>\n</HTML>\n",
            head = self.head(),
            heading = escape(self.heading),
            countdown = self.countdown(),
            menu = self.menu(),
        )
    }

    fn head(&self) -> String {
        format!(
            "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01 Transitional//EN\" \"http://www.w3.org/TR/html4/loose.dtd\">\n\
             <HTML>\n<HEAD>\n\
             <META HTTP-EQUIV=\"Content-Type\" CONTENT=\"text/html; charset=iso-8859-1\">\n\
             <meta http-equiv=Pragma content=no-cache>\n\
             <TITLE>eCNHsp - DETRAN - São Paulo</TITLE>\n\
             <link rel=stylesheet type=\"text/css\" href=\"/gefor/css/estilo.css\">\n\
             <script type=\"text/javascript\" src=\"/gefor/js/geral.js\"></script>\n\
             <SCRIPT language=JavaScript>\n<!--\n\
             var errors = new Array();\n{errors}\
             var messages = new Array();\n{messages}\
             function mostrarMensagens() {{\n  \
               for (var i = 0; i < errors.length; i++) {{ alert(errors[i]); }}\n  \
               for (var j = 0; j < messages.length; j++) {{ alert(messages[j]); }}\n}}\n\
             function navegar(endereco) {{ top.showWait(true); window.location.href = endereco; }}\n\
             window.history.forward(1);\n{scripts}//-->\n</SCRIPT>\n</HEAD>\n",
            errors = assignments("errors", &self.notices.errors),
            messages = assignments("messages", &self.notices.messages),
            scripts = self.scripts,
        )
    }

    fn countdown(&self) -> String {
        self.rest.map_or(String::new(), |rest| {
            let seconds = rest.as_secs();
            format!(
                "<span id=relogio>Tempo restante: {:02}:{:02}:{:02}</span>\n",
                seconds / 3600,
                seconds / 60 % 60,
                seconds % 60
            )
        })
    }

    fn menu(&self) -> String {
        if self.rest.is_none() {
            return "&nbsp;".to_owned();
        }
        format!(
            "<table border=0 class=menu>\n\
             <TR><TD><a href=\"{agenda}\" onclick=\"top.showWait(true);\" class=menu>Serviços</a>\n\
             <TR><TD><A HREF='/gefor/SGU/logout.do?method=sair' onclick=\"top.showWait(true);\" class=menu>\n\
             &nbsp;{logout}</A></TD></TR>\n</table>",
            agenda = escape(&self.names.agenda_path),
            logout = escape(&self.names.logout_link),
        )
    }
}

/// The function that sets the hidden method and sends the page's form.
pub(super) fn submitter(function: &str, form: &str, method_field: &str, method: &str) -> String {
    format!(
        "function {function}() {{\n  top.showWait(true);\n  \
         document.{form}['{method_field}'].value = '{method}';\n  document.{form}.submit();\n}}\n"
    )
}

fn assignments(array: &str, texts: &[String]) -> String {
    texts
        .iter()
        .enumerate()
        .map(|(at, text)| format!("  {array}[{at}] = {};\n", script_string(text)))
        .collect()
}
