//! What fuzzing, and thinking about it, has found, kept small. Everything that the fuzz target asserts is
//! asserted of its seeds too.

use std::fs;
use std::path::Path;

use agendad::domain::{DayReading, FailureKind, Unit};
use agendad::portal::{PortalError, offline};
use agendad_invariants::portal_page::{self, check, check_shipped};

use crate::portal::bench::shipped_profile as profile;

#[test]
fn the_seeds_hold_what_the_fuzzer_asserts() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds/portal_page");
    let pages = fs::read_dir(seeds).unwrap();
    let pages = pages.map(|entry| fs::read(entry.unwrap().path()).unwrap());
    let count = pages.map(|page| check_shipped(&page)).count();
    assert!(count > 30);
}

/// A result page around a table.
fn result(table: &str) -> String {
    format!(
        "<html><body><fieldset><legend>RESULTADO</legend>DATA: 24/11/2026{table}\
         <a href=x.do>VOLTAR</a></fieldset></body></html>"
    )
}

fn read(page: &[u8]) -> Result<DayReading, PortalError> {
    let utf8 = Some("text/html; charset=utf-8");
    offline::read_day(page, utf8, &profile(), &unit(), portal_page::DAY)
}

fn unit() -> Unit {
    Unit {
        code: portal_page::UNIT.to_owned(),
        name: String::new(),
    }
}

const HEADER: &str = "<tr><td>Hora<td>CPF<td>Nome";
const ROW: &str = "<tr><td>9:30<td>52998224725<td>MARIA";

#[test]
fn an_end_that_stands_in_a_comment_or_a_script_ends_nothing() {
    for end in [
        "<!-- </table></html> -->",
        "<script>var x = '</table></html>';</script>",
    ] {
        let page = result(&format!("<table>{HEADER}{ROW}{end}{ROW} E OUTRA</table>"));
        check(page.as_bytes(), &profile());
    }
}

/// The fuzzer put `</html>` into the middle of a table and cut the page there, or text behind it.
#[test]
fn an_end_within_an_open_table_is_not_the_end_of_it() {
    let whole = result(&format!("<table>{HEADER}{ROW}</table>"));
    let (page, _) = whole.split_once("</table>").unwrap();
    for rest in ["</html>", "</html> DE SOUZA", "</tr></html>"] {
        let error = read(format!("{page}{rest}").as_bytes()).unwrap_err();
        assert_eq!(error.failure_kind(), FailureKind::Unavailable, "{rest}");
    }
    let day = read(format!("{page}</table></html>").as_bytes()).unwrap();
    assert_eq!(day.rows[0].column("nome"), "MARIA");
    let middle = whole.replace("<td>MARIA", "<td>MARIA</html> DE SOUZA");
    check(middle.as_bytes(), &profile());
}

/// The portal failed in the midst of the rows, and its server's page of the error, with a link back, stood behind them.
#[test]
fn an_error_page_behind_half_a_table_does_not_end_it() {
    let whole = result(&format!("<table>{HEADER}{ROW}</table>"));
    let (page, _) = whole.split_once("</table>").unwrap();
    let error = "<html><head><title>Erro</title></head><body><table><tr><td>Erro interno \
                 <a href='#' onclick='history.back()'>VOLTAR</a></td></tr></table></body></html>";
    for end in ["", "</td>", "</td></tr>", "</td></tr></tbody>"] {
        let failure = read(format!("{page}{end}{error}").as_bytes()).unwrap_err();
        assert_eq!(failure.failure_kind(), FailureKind::Unavailable, "{end}");
    }
    let day = read(format!("{page}</table>{error}").as_bytes()).unwrap();
    assert_eq!(day.rows.len(), 1);
}

/// In the form of a search page stood the first lines of another, with fewer dates: those between were empty days.
#[test]
fn of_two_lists_of_dates_that_differ_none_is_believed() {
    let seed = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds/portal_page/search.html");
    let page = String::from_utf8_lossy(&fs::read(seed).unwrap()).into_owned();
    let offered = |page: &str| {
        let utf8 = Some("text/html; charset=utf-8");
        offline::offered_dates(page.as_bytes(), utf8, &profile(), &unit(), portal_page::DAY)
    };
    let dates = offered(&page).unwrap();
    assert!(!dates.is_empty());
    let at = page.find("<select name=\"data\"").unwrap();
    let end = at + page[at..].find("</select>").unwrap() + "</select>".len();
    let list = &page[at..end];
    let with = |other: &str| [&page[..at], other, &page[at..]].concat();
    assert_eq!(offered(&with(list)).unwrap(), dates, "the same twice");
    let half = &list[..list.rfind("<option").unwrap()];
    let error = offered(&with(&format!("{half}</select>"))).unwrap_err();
    assert_eq!(error.failure_kind(), FailureKind::Layout);
}

/// Before a whole search page stood another without its form; cut in its dates it was a list of none, and so of empty days.
#[test]
fn the_beginning_of_a_page_is_no_list_of_dates() {
    let before = "<html><head><title>eCNHsp</title></head><body><a href=\"#\">A+</a><select name=\"data\">\
                  <option value=\"\">- Selecione -</option><option value=\"24/11/2026\">24/11/2026</option></select>";
    let seed =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds/portal_page/physician-search.html");
    let page = [before.as_bytes(), &fs::read(seed).unwrap()].concat();
    check(&page, &profile());
    for (at, _) in before.match_indices("</") {
        for cut in [
            &before[..at],
            &before[..at + 2],
            &before[..before[at..].find('>').unwrap() + at + 1],
        ] {
            let utf8 = Some("text/html; charset=utf-8");
            let dates =
                offline::offered_dates(cut.as_bytes(), utf8, &profile(), &unit(), portal_page::DAY);
            assert!(dates.is_err(), "{cut}: {dates:?}");
        }
    }
}

#[test]
fn a_letter_cut_apart_at_the_end_changes_no_name() {
    let table = format!("<table>{HEADER}<tr><td>9:30<td>52998224725<td>JOÃO</table>");
    let page = result(&table).replace("</fieldset>", "</fieldset>São Paulo");
    let whole = page.as_bytes();
    for cut in 0..whole.len() {
        if let Ok(day) = read(&whole[..cut]) {
            assert_eq!(day.rows[0].column("nome"), "JOÃO", "cut at {cut}");
        }
    }
}

/// The fuzzer put an empty day before another day, without the other's end, and cut the page between them.
#[test]
fn an_empty_day_that_goes_on_with_appointments_is_neither() {
    let (empty, day) = (
        result("Nenhum agendamento"),
        result(&format!("<table>{HEADER}{ROW}</table>")),
    );
    let unmarked = |page: &str| page.replace("VOLTAR", "");
    for page in [
        format!("{empty}{}", unmarked(&day)),
        format!("{}{}", unmarked(&empty), unmarked(&day)),
        format!("{empty}<table>{HEADER}{ROW}</table></html>"),
    ] {
        let error = read(page.as_bytes()).unwrap_err();
        assert_eq!(error.failure_kind(), FailureKind::Layout, "{page}");
        check(page.as_bytes(), &profile());
    }
    for page in [
        // Links above and below, and words that mean something else.
        day.replace("<table>", "<a href=x.do>VOLTAR</a><table>"),
        day.replace("DATA", "<p>Nenhum registro selecionado</p>DATA"),
        day.replace("</fieldset>", "Nenhum registro selecionado</fieldset>"),
    ] {
        assert_eq!(read(page.as_bytes()).unwrap().rows.len(), 1, "{page}");
    }
    let bare = result(&format!(
        "Nenhum agendamento<a href=x.do>VOLTAR</a><table>{HEADER}</table>"
    ));
    assert!(read(bare.as_bytes()).unwrap().rows.is_empty());
}

/// None of these may take long or much memory; what would, takes minutes or gigabytes.
#[test]
fn pages_that_are_large_by_repetition_only_are_refused_in_time() {
    let wide = "<td colspan=1000>x".repeat(4_000);
    let calls = "f(".repeat(4_000);
    let functions = "function g() { }".repeat(2_000);
    let links = format!("<a href=# onclick='{calls}'>Sair</a>").repeat(20);
    let escaped = r"\x3cdiv>".repeat(4_000);
    let forms: String = (0..1_000)
        .map(|n| format!("<form id=f{n}></form>"))
        .collect();
    let fields = "<input form=none>".repeat(1_000);
    for page in [
        result(&format!("<table><tr>{wide}</table>")),
        result(&format!("<table>{HEADER}{wide}{ROW}</table>")),
        result(&format!(
            "<table>{HEADER}{}</table>",
            "<tr><td colspan=1000>x".repeat(10_001)
        )),
        format!("<script>{functions}</script>{links}"),
        format!("<script>errors[0] = \"{escaped}\";</script>"),
        format!("{forms}{fields}"),
    ] {
        assert!(read(page.as_bytes()).is_err());
    }
}

#[test]
fn a_person_in_the_value_of_a_broken_option_is_blanked_and_a_units_code_is_not() {
    let page = b"<html><body><select><option value=\"529.982.247-25 MARIA\">x<option value=\"10012345\">CIR</select>";
    let blanked = offline::blanked(page, None, &profile()).unwrap();
    assert!(
        !blanked.contains("529.982") && !blanked.contains("MARIA"),
        "{blanked}"
    );
    assert!(blanked.contains("10012345"), "{blanked}");
}
