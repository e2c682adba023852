//! What a page is, whatever it looks like; and that nothing is read from a page that is something else.

use agendad::domain::FailureKind::{self, Layout, Unavailable};
use agendad::portal::offline;
use chrono::NaiveDate;

use crate::portal::bench::{day, profile, unit};
use crate::portal::pages;

pub(super) fn date() -> NaiveDate {
    day("2026-11-24")
}

pub(crate) fn what(html: &str) -> &'static str {
    let bytes = encoding_rs::WINDOWS_1252.encode(html).0;
    match offline::classify(&bytes, None, &profile()) {
        Ok(name) => name,
        Err(error) => error.failure_kind().as_str(),
    }
}

#[test]
fn every_page_has_its_class() {
    let asked = pages::Asked::of("7", "24/11/2026");
    let search = pages::search(&[], 1, &[("7", "CIR")], asked, &[date()]);
    let result = pages::result(date(), &[]);
    let blocked = "<html><body><table><tr><td>Request unsuccessful. Incapsula incident ID: 1-2</td></tr></table>\
                   <a href='https://www.imperva.com/'>Imperva</a></body></html>";
    let alert = "<html><script>alert('Sua sess\\xe3o expirou. Entre novamente.');</script></html>";
    let sent_away = "<html><script>top.location.href='/gefor/SGU/login.do;jsessionid=A1?method=iniciarLogin';</script></html>";
    let to_folder = |path: &str| format!("<html><script>top.location='{path}'</script></html>");
    let interrupted =
        "<html><body><h1>Pardon Our Interruption...</h1><p>You are a bot.</p></body></html>";
    let notice = "<p>O sistema estará em manutenção domingo.</p></body>";
    for (html, class) in [
        (pages::FRAMESET.to_owned(), "frameset"),
        (pages::entry(), "front door"),
        (pages::login(&[]), "login of the agenda"),
        (
            pages::login(&["CPF ou senha inválidos."]),
            "login of the agenda",
        ),
        (search.clone(), "search page"),
        (search.replace("</body>", notice), "search page"),
        (search.replace("unidade", "UNIDADE"), "unknown page"),
        (
            search.replace("<table>", "<a href=x>Resultado</a><table>"),
            "search page",
        ),
        (
            search.replace(
                "<form",
                "<fieldset><legend>RESULTADO</legend></fieldset><form",
            ),
            "search page",
        ),
        (result.clone(), "result page"),
        (result.replace("</body>", notice), "result page"),
        (pages::options(&[date()]), "list of dates"),
        (pages::options(&[]), "list of dates"),
        (pages::MAINTENANCE.to_owned(), "unavailable"),
        (blocked.to_owned(), "firewall"),
        (interrupted.to_owned(), "firewall"),
        (alert.to_owned(), "session over"),
        (sent_away.to_owned(), "session over"),
        (to_folder("/gefor/"), "session over"),
        (to_folder("/gefor/GFR/"), "unknown page"),
        (
            sent_away.replace("/gefor", "https://www.example.com/gefor"),
            "unknown page",
        ),
        (
            sent_away
                .replace("top.location", "function f() { top.location")
                .replace(";<", "; }<"),
            "unknown page",
        ),
        (pages::CAPTCHA.to_owned(), "captcha"),
        // A CAPTCHA decides, whatever else is on the page.
        (
            search.replace("<table>", "<img src='/CAPTCHA.jpg'><table>"),
            "captcha",
        ),
        (
            result.replace(
                "<table>",
                "<script src=https://x/recaptcha/api.js></script><table>",
            ),
            "captcha",
        ),
        (pages::STRANGE.to_owned(), "unknown page"),
        (
            "<html><script>errors[0]='Sua sess&atilde;o expirou.'</script></html>".to_owned(),
            "session over",
        ),
        (
            "<html><script>messages[0]='Sua sess&atilde;o expirou.'</script></html>".to_owned(),
            "session over",
        ),
        (
            "<html><p>Sess&atilde;o encerrada</p></html>".to_owned(),
            "session over",
        ),
        (
            "<html><form><input type=password name=x></form></html>".to_owned(),
            "front door",
        ),
        (
            "<html><meta http-equiv=refresh content='0;url=/x'></html>".to_owned(),
            "page that leads on",
        ),
        (
            "<html><meta http-equiv=refresh content='1800;url=/x'></html>".to_owned(),
            "unknown page",
        ),
        ("<div>".repeat(100_000), "unknown page"),
        ("{\"json\": 1}".to_owned(), "unknown page"),
        (String::new(), "unavailable"),
        (
            "<!DOCTYPE HTML><html><body><p>half".to_owned(),
            "unavailable",
        ),
    ] {
        let start: String = html.chars().take(200).collect();
        assert_eq!(what(&html), class, "{start}");
    }
}

#[test]
fn a_page_with_the_legend_in_its_menu_is_what_it_is_without_it() {
    let menu = "<ul><li><a href=x>Agenda</a><li>Resultado</ul>";
    let over = "<fieldset><legend>Resultado</legend>Sua sessão expirou.</fieldset>";
    let refresh = "<html><meta http-equiv=refresh content='0;url=/x'><body></body></html>";
    for (page, class) in [
        (pages::entry(), "front door"),
        (pages::login(&[]), "login of the agenda"),
        (pages::MAINTENANCE.to_owned(), "unavailable"),
        (pages::CAPTCHA.to_owned(), "captcha"),
        (format!("<html><body>{over}</body></html>"), "session over"),
        (refresh.to_owned(), "page that leads on"),
        ("<html><body></body></html>".to_owned(), "result page"),
        (around("DATA: 24/11/2026 Sem tabela"), "result page"),
    ] {
        let page = page.replacen("</body>", &format!("{menu}</body>"), 1);
        assert!(page.contains(menu), "{page}");
        assert_eq!(what(&page), class, "{page}");
    }
}

pub(super) fn read(html: &str) -> Result<usize, (FailureKind, String)> {
    let bytes = encoding_rs::WINDOWS_1252.encode(html).0;
    offline::read_day(&bytes, None, &profile(), &unit(), date())
        .map(|reading| reading.rows.len())
        .map_err(|error| (error.failure_kind(), error.to_string()))
}

/// A result page around `content`, which says its date itself.
pub(crate) fn around(content: &str) -> String {
    format!(
        "<html><body><fieldset><legend>RESULTADO</legend>{content}</fieldset><a href=x>VOLTAR</a></body></html>"
    )
}

pub(crate) const HEAD: &str = "<tr><td>Hora</td><td>CPF</td><td>Nome</td></tr>";
pub(crate) const ROW: &str = "<tr><td>9:30</td><td>52998224725</td><td>MARIA</td></tr>";

#[test]
fn a_day_is_empty_only_if_the_page_says_so() {
    let empty = "DATA: 24/11/2026 <p>Nenhum registro encontrado</p>";
    assert_eq!(read(&around(empty)), Ok(0));
    let in_the_table = format!(
        "DATA: 24/11/2026<table>{HEAD}<tr><td colspan=3>NENHUM AGENDAMENTO</td></tr></table>"
    );
    assert_eq!(read(&around(&in_the_table)), Ok(0));
    let spacer =
        format!("DATA: 24/11/2026<table>{HEAD}<tr><td colspan=3>&nbsp;</td></tr>{ROW}</table>");
    assert_eq!(read(&around(&spacer)), Ok(1));
    for silent in [
        "DATA: 24/11/2026".to_owned(),
        format!("DATA: 24/11/2026<table>{HEAD}</table>"),
        format!("DATA: 24/11/2026<table>{HEAD}<tr><td colspan=3>&nbsp;</td></tr></table>"),
        // Said above the result, where it means something else.
        format!("DATA: 24/11/2026<table>{HEAD}</table>"),
    ] {
        let page =
            around(&silent).replace("<fieldset>", "<p>Nenhum registro selecionado</p><fieldset>");
        assert_eq!(read(&page).unwrap_err().0, Layout, "{silent}");
    }
}

#[test]
fn a_day_is_read_only_from_its_own_page() {
    let table = format!("<table>{HEAD}{ROW}</table>");
    assert_eq!(
        read(&around(&format!("DATA:&nbsp;24/11/2026{table}"))),
        Ok(1)
    );
    for (content, says) in [
        (format!("DATA: 25/11/2026{table}"), "wrong date"),
        // The day was offered, and the table is there.
        (table.clone(), ""),
        (format!("DATA: 24/11/26{table}"), "what follows is no date"),
        (format!("DATA: 25/11/2026-quarta{table}"), "wrong date"),
        (format!("DATA: 24/11/2026-terça{table}"), ""),
        (format!("(DATA: 24/11/2026){table}"), ""),
        (
            format!("DATA: 25.11.2026{table}"),
            "what follows is no date",
        ),
        (format!("DATA: {table}"), ""),
        (
            table.replace(
                "<table>",
                "<table><tr><td colspan=3>DATA: 25/11/2026</td></tr>",
            ),
            "wrong date",
        ),
        (
            table.replace(
                "<table>",
                "<table><tr><td colspan=3>DATA: 24/11/2026</td></tr>",
            ),
            "",
        ),
        (
            format!("DATA: 24/11/2026<table>{HEAD}</table><table>{ROW}</table>Nenhum registro"),
            "elsewhere than under the header",
        ),
        (
            format!("DATA: 24/11/2026 DATA: 25/11/2026{table}"),
            "several dates",
        ),
        (format!("DATA: 24/11/2026{table}{table}"), "two tables"),
        (
            format!("<input type=hidden name=unidade value=9>DATA: 24/11/2026{table}"),
            "",
        ),
        (
            format!("<form><input type=hidden name=unidade value=9></form>DATA: 24/11/2026{table}"),
            "another unit",
        ),
        (
            format!("<form><input type=hidden name=unidade value=0></form>DATA: 24/11/2026{table}"),
            "",
        ),
        (
            format!(
                "<form><input type=hidden name=unidade value=-1></form>DATA: 24/11/2026{table}"
            ),
            "",
        ),
        (
            format!(
                "DATA: 24/11/2026<table>{}{ROW}</table>",
                HEAD.replace("CPF", "Nome")
            ),
            "column `cpf`",
        ),
        (
            format!(
                "DATA: 24/11/2026<table>{}{ROW}</table>",
                HEAD.replace("<td>Nome", "<td>Nome<td>Nome")
            ),
            "two columns",
        ),
    ] {
        match read(&around(&content)) {
            Err((kind, text)) => assert!(kind == Layout && text.contains(says), "{says}: {text}"),
            Ok(rows) => assert!(says.is_empty() && rows == 1, "{content}"),
        }
    }
    let half = around(&format!("DATA: 24/11/2026{table}")).replace("VOLTAR</a></body></html>", "");
    assert_eq!(read(&half).unwrap_err().0, Unavailable);
}

#[test]
fn a_date_counts_wherever_it_is_said_of_the_table() {
    let table = format!("<table>{HEAD}{ROW}</table>");
    let of = |date: &str| {
        let says = format!("DATA: {date}");
        [
            table.replace("<table>", &format!("<table><caption>{says}</caption>")),
            table.replace("</table>", &format!("<caption>{says}</caption></table>")),
            table.replace(ROW, &format!("<tr><td colspan=3>{says}</td></tr>{ROW}")),
            table.replace(
                ROW,
                &format!("{ROW}<tr><td colspan=2><b>DATA:</b><td>{date}</tr>"),
            ),
            format!("{table}<p><b>DATA</b>: {date}</p>"),
            format!("{table}<table><tr><td>{says}</table>"),
        ]
    };
    for content in of("25/11/2026") {
        let (kind, text) = read(&around(&content)).unwrap_err();
        assert!(
            kind == Layout && text.contains("wrong date"),
            "{content}: {text}"
        );
    }
    for content in of("24/11/2026") {
        let page = around(&content);
        let bytes = encoding_rs::WINDOWS_1252.encode(&page).0;
        let reading = offline::read_day(&bytes, None, &profile(), &unit(), date()).unwrap();
        assert!(reading.row_errors.is_empty(), "{content}: {reading:?}");
        assert_eq!(reading.rows.len(), 1, "{content}");
    }
    let nested = format!("<tr><td colspan=3><table><tr><td>DATA: 25/11/2026</table></tr>{ROW}");
    let (_, text) = read(&around(&table.replace(ROW, &nested))).unwrap_err();
    assert!(text.contains("wrong date"), "{text}");
}

#[test]
fn a_date_above_the_legend_counts_where_the_result_says_none() {
    let table = format!("<table>{HEAD}{ROW}</table>");
    let said = |above: &str, content: &str| {
        let page = around(content).replace("<fieldset>", &format!("<p>{above}</p><fieldset>"));
        read(&page).map_err(|(_, text)| text)
    };
    let empty = "Nenhum registro encontrado";
    for content in [&*table, empty] {
        let error = said("<b>DATA:</b> 25/11/2026", content).unwrap_err();
        assert!(error.contains("wrong date"), "{content}: {error}");
        let rows = said("<b>DATA:</b> 24/11/2026", content);
        assert_eq!(rows, Ok(usize::from(content != empty)), "{content}");
    }
    let dated = format!("DATA: 24/11/2026{table}");
    assert_eq!(said("DATA: 25/11/2026", &dated), Ok(1), "its own counts");
    let footed = format!("{table}<p>DATA: 24/11/2026</p>");
    assert_eq!(said("DATA: 25/11/2026", &footed), Ok(1), "its own counts");
    for clock in ["Data: 30/11/2026 10:15", "Data: 30/11/2026 - 10h15"] {
        assert_eq!(said(clock, &table), Ok(1), "{clock}");
        assert!(said(clock, empty).unwrap_err().contains("does not say"));
    }
    // Of a menu that names the result, too, what stands behind it is above.
    let menu = "<ul><li>Resultado</ul> Data: 30/11/2026 10:15";
    assert_eq!(said(menu, &dated), Ok(1), "its own counts");
    assert_eq!(said(menu, &table), Ok(1));
    let other = format!("DATA: 25/11/2026{table}");
    assert!(said(menu, &other).unwrap_err().contains("wrong date"));
    // Beside the list of dates it says nothing of a day.
    let form = "<select name=dataAgendamento></select> Data: 24/11/2026";
    assert!(said(form, empty).unwrap_err().contains("does not say"));
}

#[test]
fn what_headers_and_appointments_say_is_not_said_of_the_table() {
    let head = HEAD.replace("</tr>", "<td>Data:</tr>");
    let rows = "<tr><td>9:30<td>52998224725<td>MARIA<td>Data: 01/11/2026</tr>";
    let page = around(&format!(
        "DATA: 24/11/2026<table>{head}{rows}{head}{rows}</table>"
    ));
    assert_eq!(read(&page), Ok(2));
    let footer = "<p>DATA: 30/11/2026, 10:22</p>";
    for end in ["</body>", "<a href"] {
        let stamped = page.replacen(end, &format!("{footer}{end}"), 1);
        assert_ne!(stamped, page, "{end}");
        assert_eq!(read(&stamped), Ok(2), "{end}");
    }
}
