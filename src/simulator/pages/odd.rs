//! Pages that stand in place of others: CAPTCHA, maintenance, refresh, error statuses; and the files
//! that pages refer to.

/// A CAPTCHA in place of the page.
pub(in crate::simulator) fn captcha() -> &'static str {
    "<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=iso-8859-1\">\n\
     <title>eCNHsp - DETRAN - São Paulo</title>\n\
     <script src=\"/gefor/js/recaptcha/api.js\" async defer></script></head>\n\
     <body><form method=post action=\"/gefor/SGU/verificacao.do\">\n\
     <p>Confirme que você não é um robô.</p>\n\
     <div class=\"g-recaptcha\" data-sitekey=\"simulado\"></div>\n\
     <input type=submit value=Continuar></form></body></html>\n"
}

/// The maintenance page.
pub(in crate::simulator) fn maintenance() -> &'static str {
    "<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=iso-8859-1\">\n\
     <title>e-CNHsp - DETRAN - São Paulo</title></head>\n\
     <body><table align=center><tr><td><h2>Sistema em manutenção</h2>\n\
     <tr><td>O sistema encontra-se temporariamente indisponível. Tente novamente mais tarde.\
     </table></body></html>\n"
}

/// A page that leads to another by itself.
pub(in crate::simulator) fn refresh(to: &str) -> String {
    format!(
        "<HTML><HEAD>\n<META HTTP-EQUIV=Refresh CONTENT=\"0; URL={to}\">\n\
         <title>eCNHsp - DETRAN - São Paulo</title></HEAD>\n<BODY>Aguarde...</BODY></HTML>\n"
    )
}

/// The application server's page for an error status.
pub(in crate::simulator) fn error_status(code: u16) -> String {
    format!(
        "<html><head><title>Error report</title></head><body><h1>HTTP Status {code}</h1>\
         <HR size=1 noshade><p>The server could not fulfil this request.</p></body></html>\n"
    )
}

/// The script that pages refer to.
pub(in crate::simulator) fn script() -> &'static str {
    "function showWait(mostrar) {}\n"
}

/// The style sheet that pages refer to.
pub(in crate::simulator) fn style() -> &'static str {
    ".texto { font-family: Arial; font-size: 11px; }\n"
}
