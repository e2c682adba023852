//! The fixture's pages, written as the portal is known to write them.

use chrono::NaiveDate;

pub(crate) const AGENDA: &str = "/gefor/GFR/utilitarios/imprimirAgendaDiaria.do";
pub(crate) const ENTRY: &str = "/gefor/SGU/login.do";

pub(crate) const FRAMESET: &str = r#"<html><head><title>e-CNHsp - DETRAN - São Paulo</title></head>
<frameset rows="80,*"><frame name="header" src="/GFR/barrasp/topo-basico-preto.html">
<frame name="body" src="/gefor/SGU/login.do?method=iniciarLogin"></frameset></html>"#;

pub(crate) const CAPTCHA: &str =
    r#"<html><body><form><div class="g-recaptcha"></div></form></body></html>"#;
pub(crate) const MAINTENANCE: &str = "<html><body><h1>Sistema em manutenção</h1></body></html>";
pub(crate) const STRANGE: &str = "<html><body><p>Novo portal do perito</p></body></html>";

fn page(errors: &[&str], body: &str) -> String {
    let errors: String = errors
        .iter()
        .enumerate()
        .map(|(n, text)| format!("errors[{n}] = \"{text}\";\n"))
        .collect();
    format!(
        "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01 Transitional//EN\">\n<html><head>\
         <meta http-equiv=\"Content-Type\" content=\"text/html; charset=iso-8859-1\">\
         <title>eCNHsp - DETRAN - São Paulo</title><script>\nvar errors = new Array();\n{errors}\
         var messages = new Array();\n\
         function pesquisar() {{ document.f.method.value = 'pesquisar'; document.f.submit(); }}</script></head><body><table><tr><td>{body}</td></tr></table></body></html>"
    )
}

pub(crate) fn entry() -> String {
    page(
        &[],
        &format!(
            "<form action='{ENTRY}' method=post>Credenciados <input name=cpf></form>
             <a href=\"#\" onclick=\"top.showWait(true);location.href='{AGENDA}?method=iniciar';\">Consultar&nbsp;Agenda do Perito</a>"
        ),
    )
}

pub(crate) fn login(errors: &[&str]) -> String {
    page(
        errors,
        &format!(
            "<form name=f action='{AGENDA}' method=POST><input type=hidden name=method value=acessar>
             Acesso Restrito <input name=codigo><input type=password name=senha>
             <a href='#' onclick='acessar();'>Acessar</a></form>"
        ),
    )
}

/// What a search page was asked for.
#[derive(Clone, Copy, Default)]
pub(crate) struct Asked<'a> {
    unit: &'a str,
    reference: &'a str,
}

impl<'a> Asked<'a> {
    pub(crate) fn of(unit: &'a str, reference: &'a str) -> Self {
        Self { unit, reference }
    }
}

pub(crate) fn search(
    errors: &[&str],
    token: u32,
    units: &[(&str, &str)],
    asked: Asked<'_>,
    dates: &[NaiveDate],
) -> String {
    let Asked { unit, reference } = asked;
    let units: String = units
        .iter()
        .map(|(code, name)| {
            let selected = if *code == unit { " selected" } else { "" };
            format!("<option value=\"{code}\"{selected}>{name}</option>")
        })
        .collect();
    page(
        errors,
        &format!(
            "<a href='/gefor/sair.do' onclick='top.showWait(true);'>Sair</a>
             <form action='{AGENDA}' method='post'><input type=hidden name=method value=''>
             <input type=hidden name='org.apache.struts.taglib.html.TOKEN' value='t{token}'>
             <table><tr><td><fieldset><legend class=fonte_legend>PESQUISA</legend><table>
             <tr><td><select name=unidade><option value=''>- SELECIONE -</option>{units}</select>
             <tr><td><input name=dataReferencia value='{reference}'>
             <tr><td><select name=dataAgendamento>{}</select>
             <tr><td><a href='#' onclick='pesquisar();' class='bt_pesquisar'>PESQUISAR</a></table></fieldset></table></form>",
            options(dates)
        ),
    )
}

pub(crate) fn options(dates: &[NaiveDate]) -> String {
    let dates: String = dates
        .iter()
        .map(|date| {
            let text = date.format("%d/%m/%Y");
            format!("<option value=\"{text}\">{text}</option>")
        })
        .collect();
    format!("<option value=\"\">- SELECIONE -</option>{dates}")
}

/// `rows`: hour, CPF, name.
pub(crate) fn result(date: NaiveDate, rows: &[(String, String, String)]) -> String {
    let table = if rows.is_empty() {
        "<p>Nenhum agendamento encontrado.</p>".to_owned()
    } else {
        let rows: String = rows
            .iter()
            .map(|(time, cpf, nome)| {
                format!("<tr><td>{time}</td><td>{cpf}</td><td>{nome}</td><td>(11) 2345-6789</td><td></td><td>Não Realizado</td></tr>")
            })
            .collect();
        format!(
            "<table border=1><tr><td><b>Hora</b></td><td>CPF</td><td>Nome</td><td>Telefone</td><td>E-mail</td>
             <td>Status do Exame Psicológico</td></tr>{rows}</table>"
        )
    };
    page(
        &[],
        &format!(
            "<form action='{AGENDA}' method=post><input type=hidden name=method value=''><table><tr><td>
             <fieldset><legend>RESULTADO</legend><table><tr><td><b>DATA:</b> {}</td></tr><tr><td>{table}</td></tr></table>
             </fieldset></td></tr></table><a href='{AGENDA}?method=iniciar'>VOLTAR</a></form>",
            date.format("%d/%m/%Y")
        ),
    )
}
