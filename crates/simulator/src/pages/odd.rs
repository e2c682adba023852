//! Pages that stand in place of others: CAPTCHA, maintenance, refresh, error statuses; and the style
//! sheets that pages refer to.

use super::html::escape;
use crate::names::Names;

/// A CAPTCHA in place of the page.
pub(crate) fn captcha(names: &Names) -> String {
    format!(
        "<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=iso-8859-1\">\
         <title>eCNHsp - DETRAN - São Paulo</title></head>\r\n\
         <body><form method=post action=\"/gefor/SGU/verificacao.do\">\r\n\
         <p>Confirme que você não é um robô.</p>\r\n\
         <div class=\"g-re{}\" data-sitekey=\"simulado\"></div>\r\n\
         <input type=submit value=Continuar></form></body></html>\r\n",
        escape(&names.captcha_marker)
    )
}

/// The maintenance page.
pub(crate) fn maintenance(names: &Names) -> String {
    format!(
        "<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=iso-8859-1\">\
         <title>e-CNHsp - DETRAN - São Paulo</title></head>\r\n\
         <body><table align=center><tr><td><h2>{}</h2>\r\n\
         <tr><td>O atendimento volta em instantes.</table></body></html>\r\n",
        escape(&names.maintenance_texts)
    )
}

/// A page that leads to another by itself.
pub(crate) fn refresh(to: &str) -> String {
    format!(
        "<HTML><HEAD>\n<META HTTP-EQUIV=Refresh CONTENT=\"0; URL={to}\">\n\
         <title>eCNHsp - DETRAN - São Paulo</title></HEAD>\n<BODY>Aguarde...</BODY></HTML>\n"
    )
}

/// The application server's page for an error status.
pub(crate) fn error_status(code: u16) -> String {
    format!(
        "<html><head><title>Error report</title></head><body><h1>HTTP Status {code}</h1>\
         <HR size=1 noshade><p>The server could not fulfil this request.</p></body></html>\n"
    )
}

/// The firewall's page, which names its incident.
pub(crate) fn firewall(names: &Names) -> String {
    format!(
        "<html><head><meta name=\"robots\" content=\"noindex, nofollow\"></head>\r\n\
         <body><p>Request unsuccessful. {}: 1184000250098761-74528301956</p></body></html>\r\n",
        escape(&names.firewall_texts)
    )
}

/// The firewall's page as a frame and nothing else.
pub(crate) fn firewall_frame() -> &'static str {
    "<html style=\"height:100%\"><head><meta name=\"robots\" content=\"noindex, nofollow\"></head>\r\n\
     <body style=\"margin:0px;height:100%\"><iframe id=\"main-iframe\" \
     src=\"/_Incapsula_Resource?CWUDNSAI=23&amp;xinfo=7-1184-0&amp;edet=12\" frameborder=0 width=\"100%\" \
     height=\"100%\"></iframe></body></html>\r\n"
}

/// The firewall's page as a script and nothing else.
pub(crate) fn firewall_script() -> &'static str {
    "<html><head><meta name=\"robots\" content=\"noindex, nofollow\">\r\n\
     <script type=\"text/javascript\" src=\"/_Incapsula_Resource?SWJIYLWA=5b1f0c7e24d94a3c8f60b7d2a9134e58\">\
     </script></head><body></body></html>\r\n"
}

/// A page that nobody knows.
pub(crate) fn unknown() -> &'static str {
    "<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=iso-8859-1\">\
     <title>eCNHsp - DETRAN - São Paulo</title></head>\r\n\
     <body><h3>Recadastramento de Credenciados</h3>\r\n\
     <p>Confirme seus dados antes de continuar.</p>\r\n\
     <form name=\"RecadastroForm\" method=\"post\" action=\"/gefor/SGU/recadastro.do\">\r\n\
     <input type=\"text\" name=\"registro\" value=\"\"><input type=\"submit\" value=\"Confirmar\">\r\n\
     </form></body></html>\r\n"
}

/// A page of about so many bytes.
pub(crate) fn long(bytes: u64) -> String {
    const LINE: &str = "<div class=\"texto\">Consulta de unidades de atendimento</div>\r\n";
    let lines = usize::try_from(bytes).unwrap_or(usize::MAX) / LINE.len() + 1;
    format!("<html><body>\r\n{}</body></html>\r\n", LINE.repeat(lines))
}

/// What a request gets that belongs to no session and says no method.
pub(crate) fn unauthorized() -> String {
    "<html><head><title>Error report</title></head><body><h1>HTTP Status 401</h1>\
     <HR size=1 noshade><p>This request requires HTTP authentication.</p></body></html>\n"
        .to_owned()
}

/// The style sheet that pages refer to.
pub(crate) fn style() -> &'static str {
    ".texto { font-family: Arial; font-size: 11px; }\n"
}
