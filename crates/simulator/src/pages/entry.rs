//! The pages before the agenda login: frameset, header, and the entry page, whose link to the agenda
//! login has no address: a script of `login.js` sets the form's method and sends the form.

use super::address::path_of;
use super::filler::ENTRY_FILLER;
use super::frame::{Frame, Notices};
use super::html::{escape, hidden};
use super::page::Page;
use super::scripts::{self, Scripts};
use crate::names::Names;

/// What the entry page asks by itself, and how it is written.
#[derive(Debug, Clone, Default)]
pub(crate) struct Entry {
    /// A script call made when the page opens.
    pub(crate) call: Option<String>,
    /// A call in an attribute of the body, made when the page opens.
    pub(crate) onload: Option<String>,
    /// The functions that open dialogs are defined in the page too.
    pub(crate) inline_dialogs: bool,
    pub(crate) notices: Notices,
}

/// The root.
pub(crate) fn frameset(names: &Names) -> Page {
    Page::text(&format!(
        "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01 Frameset//EN\" \"http://www.w3.org/TR/html4/frameset.dtd\">\r\n\
         <html>\r\n<head>\r\n\
         <meta http-equiv=\"Content-Type\" content=\"text/html; charset=iso-8859-1\">\r\n\
         <title>e-CNHsp - DETRAN - São Paulo</title>\r\n\
         <script type=\"text/javascript\">\r\n\
         function showWait(mostrar) {{ /* ampulheta */ }}\r\n\
         if (top != self) {{ top.location.href = '/'; }}\r\n</script>\r\n</head>\r\n\
         <frameset rows=\"82,*\" frameborder=NO border=0 framespacing=0>\r\n  \
         <frame src=\"/GFR/barrasp/topo-basico-preto.html\" name=\"header\" scrolling=NO noresize>\r\n  \
         <frame src=\"{entry}\" name=\"body\">\r\n\
         </frameset>\r\n\
         <noframes><body>Seu navegador não suporta frames.</body></noframes>\r\n</html>\r\n",
        entry = escape(&names.entry_path),
    ))
}

/// The upper frame.
pub(crate) fn header() -> Page {
    Page::text(
        "<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=iso-8859-1\">\
         <title>Governo do Estado de São Paulo</title></head>\r\n\
         <body bgcolor=#000000><font color=white>Governo do Estado de São Paulo</font></body></html>\r\n",
    )
}

pub(crate) fn entry(names: &Names, entry: &Entry) -> Page {
    let frame = Frame {
        filler: &ENTRY_FILLER,
        scripts: Scripts::Login,
        notices: &entry.notices,
        head: &script(names, entry),
        onload: &format!(
            " callAppFunctions();{}",
            entry.onload.as_deref().unwrap_or_default()
        ),
    };
    frame.page(&format!(
        "<form name=\"LoginActionForm\" method=\"post\" action=\"{action}\">\r\n{fields}\
         <div id=\"conteudo\" class=\"container\">\r\n\
         <fieldset><legend class=\"fonte_legend\">Credenciados</legend>\r\n\
         <label for=\"cpf\">CPF:</label>\r\n\
         <input type=\"text\" name=\"{user}\" id=\"cpf\" value=\"\" maxlength=\"14\" onblur=\"pontuarCpf(this);\">\r\n\
         <a href=\"#\" onclick=\"verificarUsuario();\" class=\"btn\">Continuar</a>\r\n</fieldset>\r\n\
         <div class=\"atalhos\">\r\n\
         {link}\r\n\
         <a href=\"#\" class=\"link\" onclick=\"esqueciAcesso();\">Esqueci meu acesso</a>\r\n\
         </div>\r\n</div>\r\n</form>\r\n",
        action = escape(path_of(&names.entry_path)),
        fields = fields(names),
        user = escape(&names.login_user_field),
        link = link(names),
    ))
}

/// The link to the agenda login: a script, unless the login has an address.
fn link(names: &Names) -> String {
    let text = escape(&names.agenda_link);
    if names.agenda_path.is_empty() {
        format!("<a href=\"#\" class=\"link\" onclick=\"loginAgenda();\">{text}</a>")
    } else {
        let to = escape(&names.agenda_path);
        format!("<a href=\"{to}\" class=\"link\">{text}</a>")
    }
}

/// The hidden fields, in the order that was recorded.
fn fields(names: &Names) -> String {
    [
        (names.method_field.as_str(), "autenticar"),
        ("isCyberark", ""),
        (&names.login_user_field, ""),
        (&names.login_password_field, ""),
        ("autenticadoCyberark", "false"),
        ("cpfStorage", ""),
        ("novaSenha", ""),
        ("novaSenha1", ""),
        ("alteraSenha", "false"),
        ("idGrupoUsuario", "-1"),
        ("idCFC", ""),
        (&names.choice_unit_field, "-1"),
        ("msgPublicacao", ""),
        (&names.force_field, "false"),
    ]
    .map(|(name, value)| hidden(name, value))
    .concat()
}

fn script(names: &Names, entry: &Entry) -> String {
    let dialogs = if entry.inline_dialogs {
        scripts::dialogs(names)
    } else {
        String::new()
    };
    format!(
        "{dialogs}\tfunction callAppFunctions(){{\r\n\t\tif (!temErros) {{\r\n\t\t\t{call}\r\n\t\t}}\r\n\t}}\r\n",
        call = entry.call.as_deref().unwrap_or_default()
    )
}
