//! What must hold of every page, whatever its bytes.

use std::sync::LazyLock;

use agendad::config::portal::Profile;
use agendad::config::{Config, layers};
use agendad::domain::slot::{Slot, slots_of_day};
use agendad::domain::{DayReading, ExamStatuses, Unit};
use agendad::portal::{PortalError, offline};
use chrono::{NaiveDate, Timelike};

/// The day that is asked for: the seeds' own.
pub const DAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 11, 24).expect("a day of the calendar");

/// The code of the unit that is asked for: the seeds' own.
pub const UNIT: &str = "18";

static SHIPPED: LazyLock<Profile> = LazyLock::new(|| {
    let built_in = layers::built_in().expect("the defaults are well-formed");
    let config = Config::from_layers(vec![built_in]).expect("the defaults are possible");
    *config.portal.profile
});

const UTF_8: &str = "text/html; charset=utf-8";

/// Asserts everything that must hold of a page, read as the shipped configuration says.
///
/// # Panics
/// If something does not.
pub fn check_shipped(page: &[u8]) {
    check(page, &SHIPPED);
}

/// Asserts everything that must hold of a page.
///
/// # Panics
/// If something does not.
pub fn check(page: &[u8], profile: &Profile) {
    check_as(page, None, profile);
    // A header that cannot be true is passed over.
    if !page.is_ascii() && std::str::from_utf8(page).is_ok() {
        check_as(page, Some(UTF_8), profile);
    }
}

fn check_as(page: &[u8], content_type: Option<&str>, profile: &Profile) {
    let eye = Eye {
        content_type,
        profile,
        unit: Unit {
            code: UNIT.to_owned(),
            name: String::new(),
        },
    };
    let day = eye.day(page);
    assert_eq!(
        told(&day),
        told(&eye.day(page)),
        "the same page says the same"
    );
    if let Ok(reading) = &day {
        assert_eq!(eye.kind(page).as_deref(), Ok("result page"));
        check_reading(reading);
        let is_one = |cut: &usize| is_one_encoding(page, *cut) && is_one_page(page);
        for cut in cuts(page).filter(is_one) {
            check_cut(&eye, &page[..cut], reading);
        }
    }
    if let Ok(dates) = eye.dates(page) {
        check_dates(&eye, page, &dates);
    }
    check_choice(&eye, page);
    let blanked = offline::blanked(page, content_type, profile).unwrap_or_default();
    for row in day.iter().flat_map(|reading| &reading.rows) {
        let whole = !is_zeros(row.cpf.digits()) && blanked.contains(&row.cpf.formatted());
        assert!(!whole, "a CPF is left in a blanked page");
    }
}

/// The client, asked about one day of one unit.
struct Eye<'a> {
    content_type: Option<&'a str>,
    profile: &'a Profile,
    unit: Unit,
}

impl Eye<'_> {
    fn kind(&self, page: &[u8]) -> Result<String, String> {
        let kind = offline::classify(page, self.content_type, self.profile);
        kind.map(str::to_owned).map_err(|error| error.to_string())
    }

    fn day(&self, page: &[u8]) -> Result<DayReading, PortalError> {
        offline::read_day(page, self.content_type, self.profile, &self.unit, DAY)
    }

    fn dates(&self, page: &[u8]) -> Result<Vec<NaiveDate>, PortalError> {
        offline::offered_dates(page, self.content_type, self.profile, &self.unit, DAY)
    }
}

/// Units that can be chosen have codes, and a page that says what is to be chosen goes on saying so.
fn check_choice(eye: &Eye<'_>, page: &[u8]) {
    let question = || {
        offline::question(page, eye.content_type, eye.profile)
            .ok()
            .flatten()
    };
    assert_eq!(question(), question(), "the same page asks the same");
    if let Ok(units) = offline::choices(page, eye.content_type, eye.profile) {
        assert_eq!(eye.kind(page).as_deref(), Ok("choice of a unit"));
        assert!(
            units.iter().all(|unit| !unit.code.trim().is_empty()),
            "{units:?}"
        );
    }
}

fn told(day: &Result<DayReading, PortalError>) -> Result<&DayReading, String> {
    day.as_ref().map_err(ToString::to_string)
}

fn check_reading(reading: &DayReading) {
    assert_eq!(reading.date, DAY);
    assert_eq!(reading.unit, UNIT);
    for row in &reading.rows {
        assert_eq!(row.cpf.digits().len(), 11);
        assert_eq!(row.column("cpf"), row.cpf.formatted());
        let shown = &row.time.to_string()[..if row.time.second() == 0 { 5 } else { 8 }];
        assert_eq!(row.column("hora"), shown);
    }
    let slots = slots(reading);
    assert!(slots.len() <= reading.rows.len());
    let uids: std::collections::BTreeSet<_> = slots.iter().map(|s| &s.external_uid).collect();
    assert_eq!(uids.len(), slots.len(), "one identity, one slot");
}

/// A page of which the end is missing either says so or says the same: a shorter agenda would mark
/// people's appointments as removed.
fn check_cut(eye: &Eye<'_>, cut: &[u8], whole: &DayReading) {
    if let Ok(reading) = eye.day(cut) {
        let length = cut.len();
        assert!(
            slots(&reading) == slots(whole),
            "cut at {length} it says something else"
        );
        assert_eq!(reading.row_errors, whole.row_errors, "cut at {length}");
    }
}

fn check_dates(eye: &Eye<'_>, page: &[u8], dates: &[NaiveDate]) {
    assert!(dates.iter().all(|date| *date >= DAY), "{dates:?}");
    match eye.kind(page).as_deref() {
        Ok("search page") => {}
        // The end of JSON is its last bracket.
        Ok("list of dates") if is_json(page) => {
            for cut in cuts(page).filter(|cut| !is_whole(&page[*cut..])) {
                assert!(
                    eye.dates(&page[..cut]).is_err(),
                    "cut at {cut} it is a list still"
                );
            }
            return;
        }
        // Nothing but the protocol shows whether a bare list is whole.
        Ok("list of dates") => return,
        other => panic!("dates are offered by a {other:?}"),
    }
    let is_one = |cut: &usize| is_one_encoding(page, *cut) && is_one_page(page);
    for cut in cuts(page).filter(is_one) {
        if let Ok(fewer) = eye.dates(&page[..cut]) {
            assert_eq!(fewer, dates, "cut at {cut} it offers other dates");
        }
    }
}

/// What is stored of a day.
#[must_use]
pub fn slots(reading: &DayReading) -> Vec<Slot<'_>> {
    slots_of_day(
        3,
        reading,
        &ExamStatuses::new(&["Realizado".to_owned()], &[]),
    )
}

/// Where a page is cut: behind what looks like its end, and somewhere that follows from its bytes.
fn cuts(page: &[u8]) -> impl Iterator<Item = usize> {
    let mut cuts = Vec::new();
    for end in ["</html>", "voltar</a>", "pesquisar</a>"] {
        let starts = page.windows(end.len());
        let mut found = starts.map(|part| part.eq_ignore_ascii_case(end.as_bytes()));
        cuts.extend(found.position(|is_end| is_end).map(|at| at + end.len()));
    }
    let sum = page.iter().fold(0usize, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(usize::from(*byte))
    });
    cuts.push(sum % page.len().max(1));
    cuts.retain(|cut| *cut < page.len());
    cuts.into_iter()
}

/// Whether a page and the part of it before `cut` can only be read in one way: which of two encodings prevails may depend
/// on its end.
fn is_one_encoding(page: &[u8], cut: usize) -> bool {
    let is_utf_8 = |part: &[u8]| std::str::from_utf8(part).is_ok();
    let part = &page[..cut];
    let lower = page.to_ascii_lowercase();
    let is_declared =
        page.starts_with(b"\xef\xbb\xbf") || lower.windows(3).any(|part| part == b"utf");
    is_utf_8(page) || !is_declared && (part.is_ascii() || !is_utf_8(part))
}

/// Whether it has one end: of two result pages, one behind the other, the first is whole by itself.
fn is_one_page(page: &[u8]) -> bool {
    const END: &[u8] = b"voltar</a>";
    let parts = page.windows(END.len());
    parts.filter(|part| part.eq_ignore_ascii_case(END)).count() <= 1
}

fn is_json(page: &[u8]) -> bool {
    let text = page.strip_prefix(b"\xef\xbb\xbf").unwrap_or(page);
    text.trim_ascii_start().starts_with(b"[")
}

/// Whether nothing is missing from JSON that ends before this.
fn is_whole(rest: &[u8]) -> bool {
    rest.trim_ascii().is_empty()
}

fn is_zeros(digits: &str) -> bool {
    digits.bytes().all(|digit| digit == b'0')
}
