//! The pages before any login: frameset, header, and the page with the box "Credenciados" below which
//! stands the link to the agenda.

use super::frame::{Frame, Notices};
use super::html::{escape, hidden};
use crate::simulator::config::LinkStyle;
use crate::simulator::names::Names;

/// The root.
pub(in crate::simulator) fn frameset(names: &Names) -> String {
    format!(
        "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01 Frameset//EN\" \"http://www.w3.org/TR/html4/frameset.dtd\">\n\
         <html>\n<head>\n\
         <meta http-equiv=\"Content-Type\" content=\"text/html; charset=iso-8859-1\">\n\
         <title>e-CNHsp - DETRAN - São Paulo</title>\n\
         <script type=\"text/javascript\">\n\
         function showWait(mostrar) {{ /* ampulheta */ }}\n\
         if (top != self) {{ top.location.href = '/'; }}\n</script>\n</head>\n\
         <FRAMESET rows=\"82,*\" frameborder=NO border=0 framespacing=0>\n  \
         <FRAME src=\"/GFR/barrasp/topo-basico-preto.html\" name=header scrolling=NO noresize>\n  \
         <frame src=\"{entry}\" name=\"body\">\n\
         </FRAMESET>\n\
         <noframes><body>Seu navegador não suporta frames.</body></noframes>\n</html>\n",
        entry = escape(&names.entry_path),
    )
}

/// The upper frame.
pub(in crate::simulator) fn header() -> &'static str {
    "<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=iso-8859-1\">\
     <title>Governo do Estado de São Paulo</title></head>\n\
     <body bgcolor=#000000><table width=100%><tr><td><font color=white>Governo do Estado de São Paulo\
     </font></table></body></html>\n"
}

/// The page with the box "Credenciados" and the link to the agenda.
pub(in crate::simulator) fn entry(
    names: &Names,
    link: LinkStyle,
    token: &str,
    notices: &Notices,
) -> String {
    let frame = Frame {
        names,
        notices,
        heading: "Acesso ao Sistema",
        rest: None,
        scripts: "function continuar() { document.loginForm.submit(); }\n".to_owned(),
    };
    frame.page(&format!(
        "<form name=loginForm method=post action=\"/gefor/SGU/login.do\">\n{fields}\
         <table align=center width=400 class=caixa>\n\
         <tr><td class=texto><fieldset><legend class=fonte_legend>Credenciados</legend>\n\
         <table><tr><td class=texto>CPF:<td><INPUT type=text name=cpf maxlength=14>\n\
         <tr><td><td><a href=\"#\" onclick=\"continuar();\" class=bt_continuar>Continuar</a></table>\n\
         </fieldset></table>\n</form>\n\
         <p align=center>{link}</p>\n\
         <p align=center><a href=\"http://www.detran.sp.gov.br/\" target=_blank>Portal do Detran</a></p>",
        fields = hidden("method", "continuar") + &hidden("org.apache.struts.taglib.html.TOKEN", token),
        link = agenda_link(names, link),
    ))
}

fn agenda_link(names: &Names, style: LinkStyle) -> String {
    let to = escape(&names.agenda_path);
    let text = escape(&names.agenda_link).replacen(' ', "&nbsp;", 1);
    match style {
        LinkStyle::Location => format!(
            "<a href=\"#\" onclick=\"top.showWait(true); window.location.href='{to}';\" class=link>\n{text}</a>"
        ),
        LinkStyle::Call => format!(
            "<A HREF=\"#\" ONCLICK=\"navegar('{to}'); return false;\" class=link><span>{text}</span></A>"
        ),
        LinkStyle::Href => {
            format!("<a href=\"{to}\" onclick=\"top.showWait(true);\" class=link>{text}</a>")
        }
    }
}
