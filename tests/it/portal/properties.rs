//! What must hold of every page: how it is written never matters, and half of it is never taken for all.

use agendad::domain::slot::Slot;
use agendad::domain::{DayReading, FailureKind, Unit};
use agendad::portal::offline;
use agendad_invariants::portal_page::slots;
use chrono::NaiveDate;
use proptest::prelude::*;

use crate::portal::bench::{day, profile, unit};
use crate::portal::pages;

const HEADERS: [&str; 10] = [
    "Hora",
    "CPF",
    "Nome",
    "Telefone",
    "E-mail",
    "Tipo de Processo",
    "Categoria",
    "Status do Exame Médico",
    "Status do Exame Psicológico",
    "Local",
];

const NAMES: [&str; 5] = [
    "MARIA D'ÁVILA DE SOUZA",
    "JOÃO  & FILHO",
    "ANA <LÚCIA>",
    "ZÉ \"TICO\"",
    "Ø",
];
const CPFS: [&str; 4] = [
    "529.982.247-25",
    "11144477735",
    "123.456.789-09",
    "987.654.321-00",
];
const HOURS: [&str; 4] = ["9:30", "09:30:00", "14:00", "08:05"];
const PHONES: [&str; 3] = ["", "(11) 2345-6789 / (11) 98765--4321", "ramal 7"];
const EXAMS: [&str; 3] = ["", "Realizado", "Não Realizado"];

fn date() -> NaiveDate {
    day("2026-11-24")
}

fn place() -> Unit {
    unit()
}

prop_compose! {
    fn a_row()(h in 0..4usize, c in 0..4usize, n in 0..5usize, p in 0..3usize, e in 0..3usize, x in 0..3usize) -> Vec<String> {
        let email = ["", "a@example.com", "b.c@example.com"][e];
        let cells = [HOURS[h], CPFS[c], NAMES[n], PHONES[p], email, "Segunda Via", "AB", EXAMS[x], EXAMS[e], "Sala 2"];
        cells.map(str::to_owned).to_vec()
    }
}

/// A way to write a page: each number is used up digit by digit.
#[derive(Debug, Clone)]
struct Style {
    columns: Vec<usize>,
    rows: u64,
    dice: u64,
}

prop_compose! {
    fn a_style()(
        columns in Just((0..HEADERS.len()).collect::<Vec<_>>()).prop_shuffle(),
        rows in any::<u64>(),
        dice in any::<u64>(),
    ) -> Style {
        Style { columns, rows, dice }
    }
}

impl Style {
    fn roll(&mut self, sides: u64) -> u64 {
        self.dice = self
            .dice
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.dice >> 33) % sides
    }

    fn space(&mut self) -> &'static str {
        ["", " ", "\n\t", "&nbsp;", "&#160; ", "<!-- x -->"][self.roll(6) as usize]
    }

    /// A text as HTML, its letters in any of their spellings.
    fn text(&mut self, text: &str) -> String {
        let mut html = self.space().to_owned();
        for c in text.chars() {
            match c {
                '<' => html += "&lt;",
                '>' => html += "&gt;",
                '&' => html += "&amp;",
                '"' => html += "&quot;",
                ' ' => html += [" ", "&nbsp;", "\n ", "&#x20;"][self.roll(4) as usize],
                c if self.roll(6) == 0 => html += &format!("&#{};", u32::from(c)),
                'Á' if self.roll(2) == 0 => html += "&Aacute;",
                c => html.push(c),
            }
        }
        html + self.space()
    }

    fn tag(&mut self, name: &str) -> String {
        let upper = self.roll(2) == 0;
        let name = if upper {
            name.to_uppercase()
        } else {
            name.to_owned()
        };
        let attributes =
            ["", " class=texto", " ALIGN=\"left\" nowrap", "\n"][self.roll(4) as usize];
        format!("<{name}{attributes}>")
    }

    fn row(&mut self, cells: &[String], cell: &str) -> String {
        let mut html = self.tag("tr");
        for column in self.columns.clone() {
            html += &self.tag(cell);
            let text = self.text(&cells[column]);
            html += &match self.roll(4) {
                0 => format!("<b>{text}</b>"),
                1 => format!("<font size=1>{text}</font><br>"),
                _ => text,
            };
            if self.roll(2) == 0 {
                html += &format!("</{cell}>");
            }
        }
        html
    }

    fn page(mut self, rows: &[Vec<String>]) -> Vec<u8> {
        let mut rows = rows.to_vec();
        for i in (1..rows.len()).rev() {
            let j = (self.rows.rotate_left(i as u32) % (i as u64 + 1)) as usize;
            rows.swap(i, j);
        }
        let header = HEADERS.map(str::to_owned);
        let cell = ["td", "th"][self.roll(2) as usize];
        let mut table = format!("<TABLE border=1>{}", self.row(&header, cell));
        for row in &rows {
            table += &self.row(row, "td");
        }
        table += "</table>";
        let html = format!(
            "<html><head><META http-equiv=Content-Type content='text/html; charset=iso-8859-1'></head><body>
             <table><tr><td>Sair<table><tr><td><fieldset><legend>RESULTADO</legend><table><tr><td>DATA:{}<tr><td>{table}
             </table></fieldset></table><a href='x.do'>{}</a></table></body></html>",
            self.text("24/11/2026"),
            self.text("VOLTAR"),
        );
        encoding_rs::WINDOWS_1252.encode(&html).0.into_owned()
    }
}

fn read(page: &[u8]) -> DayReading {
    let reading = offline::read_day(page, None, &profile(), &place(), date()).unwrap();
    assert!(reading.row_errors.is_empty(), "{:?}", reading.row_errors);
    reading
}

/// Whether `cut` bytes of the page hold the whole table and something that shows its end.
fn holds_all(page: &[u8], cut: usize) -> bool {
    let text = encoding_rs::mem::decode_latin1(&page[..cut]).to_lowercase();
    let whole = encoding_rs::mem::decode_latin1(page).to_lowercase();
    let inner_end = whole.find("</table").unwrap_or(usize::MAX);
    text.len() > inner_end && text[inner_end..].contains("<a")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn how_a_page_is_written_never_matters(rows in prop::collection::vec(a_row(), 0..8), one in a_style(), other in a_style()) {
        prop_assume!(!rows.is_empty());
        let (one, other) = (read(&one.page(&rows)), read(&other.page(&rows)));
        prop_assert_eq!(slots(&one), slots(&other));
    }

    #[test]
    fn half_a_page_is_never_complete(rows in prop::collection::vec(a_row(), 1..5), style in a_style(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 24)) {
        let page = style.page(&rows);
        let whole = read(&page);
        let all = slots(&whole);
        for cut in cuts {
            check_cut(&page, cut.index(page.len()), &all)?;
        }
    }

    #[test]
    fn any_bytes_are_something(soup in prop::collection::vec(0..SOUP.len(), 0..60), noise in any::<Vec<u8>>()) {
        let mut page: Vec<u8> = soup.into_iter().flat_map(|n| SOUP[n].as_bytes().to_vec()).collect();
        page.extend(noise);
        offline::classify(&page, None, &profile()).ok();
        let reading = offline::read_day(&page, Some("text/html; charset=utf-8"), &profile(), &place(), date());
        // Nothing in the soup says that there is nothing, so no reading may say so.
        prop_assert!(reading.is_err() || reading.is_ok_and(|r| !r.rows.is_empty() || !r.row_errors.is_empty()));
    }
}

const SOUP: [&str; 30] = [
    "<html>",
    "</html>",
    "<table>",
    "</table>",
    "<tr>",
    "<td>",
    "<th>",
    "</td>",
    "Hora",
    "CPF",
    "Nome",
    "RESULTADO",
    "DATA: 24/11/2026",
    "DATA: 25/11/2026",
    "VOLTAR",
    "<a href=x>",
    "</a>",
    "9:30",
    "52998224725",
    "<form>",
    "<select name=unidade>",
    "<input name=dataReferencia>",
    "<option value=1>",
    "<script>errors[0] = \"",
    "\";</script>",
    "<frame name=body src=x>",
    "&nbsp;",
    "<meta http-equiv=refresh content='0;url=x'>",
    "<!--",
    "<td colspan=99>",
];

fn check_cut(page: &[u8], cut: usize, all: &[Slot<'_>]) -> Result<(), TestCaseError> {
    match offline::read_day(&page[..cut], None, &profile(), &place(), date()) {
        Err(error) => prop_assert_eq!(
            error.failure_kind(),
            FailureKind::Unavailable,
            "cut at {}: {}",
            cut,
            error
        ),
        Ok(reading) => {
            prop_assert!(holds_all(page, cut), "cut at {}", cut);
            prop_assert_eq!(slots(&reading), all);
        }
    }
    Ok(())
}

#[test]
fn no_byte_at_which_a_page_ends_makes_it_complete() {
    let row = |time: &str, nome: &str| (time.to_owned(), "52998224725".to_owned(), nome.to_owned());
    let full = pages::result(date(), &[row("14:00", "MARIA"), row("15:00", "JOÃO")]);
    let page = encoding_rs::WINDOWS_1252.encode(&full).0.into_owned();
    let whole = read(&page);
    let all = slots(&whole);
    for cut in 0..page.len() {
        check_cut(&page, cut, &all).unwrap();
    }
    let empty = encoding_rs::WINDOWS_1252
        .encode(&pages::result(date(), &[]))
        .0
        .into_owned();
    for cut in 0..empty.len() {
        let reading = offline::read_day(&empty[..cut], None, &profile(), &place(), date());
        let text = encoding_rs::mem::decode_latin1(&empty[..cut]);
        assert!(
            reading.is_err() || text.contains("Nenhum agendamento"),
            "cut at {cut}"
        );
    }
}

#[test]
fn no_byte_at_which_a_list_ends_makes_it_shorter() {
    let dates: Vec<NaiveDate> = date().iter_days().take(5).collect();
    let units = [("7", "CIR-SAO PAULO")];
    let page = pages::search(&[], 1, &units, pages::Asked::of("7", "24/11/2026"), &dates);
    let page = encoding_rs::WINDOWS_1252.encode(&page).0.into_owned();
    for cut in 0..=page.len() {
        if let Ok(offered) =
            offline::offered_dates(&page[..cut], None, &profile(), &place(), date())
        {
            assert_eq!(offered, dates, "cut at {cut}");
        }
    }
}
