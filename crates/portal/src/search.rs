//! The search page: its units, and the dates it offers.

use chrono::{Days, NaiveDate, TimeDelta};

use super::browser::charset::Charsets;
use super::browser::document::Document;
use super::browser::form::Choice;
use super::browser::form::{Field, FieldKind, Form};
use super::browser::page::Page;
use super::parse::date;
use super::title;
use agendad_config::portal::Profile;
use agendad_domain::text::fold;
use agendad_domain::{Profession, Unit};

/// The form lists dates from the reference date up to this many days later.
const REACH: u64 = 7;

/// A healthy search page.
#[derive(Debug, Clone)]
pub(crate) struct SearchPage {
    pub form: Form,
    /// The form's action, resolved.
    pub action: Option<url::Url>,
    pub charset: Charsets,
    pub units: Vec<Unit>,
    /// The unit that the page says is selected.
    pub unit: Option<String>,
    /// Whose exams these are, by the title line.
    pub profession: Option<Profession>,
    /// What stands in the reference field.
    pub reference: Reference,
    pub dates: DateList,
    /// Whether its button stands behind the last field, so that nothing is missing.
    pub is_closed: bool,
}

/// What stands in the reference field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reference {
    Date(NaiveDate),
    Empty,
    Odd,
}

/// The options of the date field; `Err` says which cannot be understood.
pub(crate) type DateList = Result<Vec<DateOption>, String>;

/// A date that the form offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DateOption {
    /// What is sent to choose it.
    pub value: String,
    pub date: NaiveDate,
}

/// The fields without which a form is not the search form, with their keys of the profile.
fn required(profile: &Profile) -> Vec<(&'static str, &str)> {
    let fields = [
        ("unit_field", profile.unit_field.as_str()),
        ("examiner_field", &profile.examiner_field),
        ("reference_field", &profile.reference_field),
        ("date_field", &profile.date_field),
    ];
    let named = fields.into_iter().filter(|(_, name)| !name.is_empty());
    named.collect()
}

/// The search page in a document, if the form has all of its fields.
pub(crate) fn find(page: &Page, document: &Document<'_>, profile: &Profile) -> Option<SearchPage> {
    let names = required(profile);
    let has_all = |form: &&Form| names.iter().all(|(_, name)| form.field(name).is_some());
    let form = document.forms.iter().find(has_all)?;
    let unit = form.field(&profile.unit_field)?;
    let dates = form.field(&profile.date_field)?;
    let reference = form.field(&profile.reference_field);
    let date_list = match &dates.kind {
        FieldKind::Select(_) if has_two_lists(document, &profile.date_field) => {
            Err("the page has two lists of dates, which differ".to_owned())
        }
        FieldKind::Select(options) => date_list(options, &profile.date_format),
        // The result page repeats the fields as hidden ones; there is nothing to choose from.
        FieldKind::Hidden => return None,
        FieldKind::Password | FieldKind::Submit | FieldKind::Other => {
            Err("the date field is no list; see portal.dates".to_owned())
        }
    };
    let units = match &unit.kind {
        FieldKind::Select(options) => units(options),
        FieldKind::Hidden | FieldKind::Password | FieldKind::Submit | FieldKind::Other => {
            single_unit(&unit.value)
        }
    };
    let last = names
        .iter()
        .filter_map(|(_, name)| Some(form.field(name)?.at))
        .max()?;
    let base = document.base.as_deref();
    Some(SearchPage {
        action: page.resolve_action(base, form.action.as_deref()),
        charset: page.charset,
        units,
        unit: shown_unit(unit),
        profession: title::profession(document, profile),
        reference: match reference.map_or("", |field| field.value.trim()) {
            "" => Reference::Empty,
            text => date::parse(text).map_or(Reference::Odd, Reference::Date),
        },
        dates: date_list,
        is_closed: document.has_label(last + 1.., &["pesquisar", "limpar"]),
        form: form.clone(),
    })
}

/// Whether a list stands there twice, with other options: of pages that run into each other, one would be half.
fn has_two_lists(document: &Document<'_>, name: &str) -> bool {
    let fields = document.forms.iter().flat_map(|form| &form.fields);
    let fields = fields.chain(&document.selects_outside_forms);
    let mut lists = fields
        .filter(|field| field.name == name)
        .filter_map(|field| match &field.kind {
            FieldKind::Select(options) => Some(options),
            FieldKind::Hidden | FieldKind::Password | FieldKind::Submit | FieldKind::Other => None,
        });
    let values = |list: &[Choice]| -> Vec<String> {
        let values = list.iter().map(|option| option.value.clone());
        values.collect()
    };
    let first = lists.next().map_or_else(Vec::new, |list| values(list));
    lists.any(|list| values(list) != first)
}

/// What keeps a page from being the search page, if it has some of its fields.
pub(crate) fn almost(document: &Document<'_>, profile: &Profile) -> Option<String> {
    let names = required(profile);
    document.forms.iter().find_map(|form| {
        let missing: Vec<String> = names
            .iter()
            .filter(|(_, name)| form.field(name).is_none())
            .map(|(key, name)| format!("`{name}` (portal.profile.{key})"))
            .collect();
        (1..names.len()).contains(&missing.len()).then(|| {
            format!(
                "the search form has no field {}",
                missing.join(" and no field ")
            )
        })
    })
}

/// Dates from an answer that is nothing but options: what has a title or links, and no end, is half of a page.
pub(crate) fn bare_list(document: &Document<'_>, profile: &Profile) -> Option<DateList> {
    let is_fragment = document.title.is_empty() && document.links.is_empty();
    let bare = document.forms.is_empty()
        && document.tables.is_empty()
        && (is_fragment || document.is_closed);
    (bare && !document.options_outside_selects.is_empty())
        .then(|| date_list(&document.options_outside_selects, &profile.date_format))
}

pub(super) fn units(options: &[Choice]) -> Vec<Unit> {
    options
        .iter()
        .filter(|option| !option.disabled && !is_placeholder(option))
        .map(|option| Unit {
            code: option.value.clone(),
            name: option.text.clone(),
        })
        .collect()
}

fn single_unit(value: &str) -> Vec<Unit> {
    let unit = Unit {
        code: value.to_owned(),
        name: value.to_owned(),
    };
    if value.is_empty() {
        Vec::new()
    } else {
        vec![unit]
    }
}

/// The unit that a page itself says is chosen; a browser's default is no statement.
pub(crate) fn shown_unit(field: &Field) -> Option<String> {
    match &field.kind {
        FieldKind::Select(options) => options
            .iter()
            .rfind(|option| option.selected && !is_placeholder(option))
            .map(|option| option.value.clone()),
        FieldKind::Hidden | FieldKind::Password | FieldKind::Submit | FieldKind::Other => {
            Some(field.value.clone()).filter(|code| !is_no_code(code))
        }
    }
}

/// Whether a code is that of nothing, as a form has it before anything is chosen: none, zero, or below it.
fn is_no_code(code: &str) -> bool {
    let code = code.trim();
    let is_negative = code.strip_prefix('-').is_some_and(|number| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    });
    is_negative || code.bytes().all(|byte| byte == b'0')
}

/// `- SELECIONE -`, `TODAS AS UNIDADES`, and options that say nothing.
pub(super) fn is_placeholder(option: &Choice) -> bool {
    let text = fold(&option.text);
    let says_all = || {
        let mut words = text.split(|c: char| !c.is_alphanumeric());
        words.any(|word| matches!(word, "todas" | "todos"))
    };
    let asks = || {
        let mut words = ["selecion", "escolh", "nenhum"].iter();
        words.any(|word| text.contains(word))
    };
    let is_blank = || !text.contains(char::is_alphanumeric);
    option.value.trim().is_empty()
        || text.starts_with('-')
        || text.contains("selecione")
        || is_no_code(&option.value) && (says_all() || asks() || is_blank())
}

/// The entry that chooses no date. One that names a date is none, and neither is one that says something else.
fn names_no_date(entry: &Choice, format: &str) -> bool {
    let text = fold(&entry.text);
    let is_blank = !text.contains(char::is_alphanumeric);
    let asks = || {
        ["selecion", "escolh"]
            .iter()
            .any(|word| text.contains(word))
            || ["-", "nenhum", "nao ha", "sem "]
                .iter()
                .any(|word| text.starts_with(word))
    };
    let says_nothing = match entry.value.trim() {
        "" => is_blank || asks(),
        value => date::parse_as(value, format).is_none() && asks(),
    };
    says_nothing && !names_a_date(&text)
}

fn date_list(options: &[Choice], format: &str) -> DateList {
    if options.is_empty() {
        return Err("the list of dates has no options, not even the first".to_owned());
    }
    dates_of(options, format)
}

/// The dates of entries, those that name none left out.
pub(super) fn dates_of(entries: &[Choice], format: &str) -> DateList {
    // What heads a list of dates may be called anything.
    let is_head = |at: usize, entry: &Choice| {
        let is_first = at == 0 && entries.len() > 1;
        is_first && entry.value.trim().is_empty() && !names_a_date(&entry.text)
    };
    let real = entries
        .iter()
        .enumerate()
        .filter(|(at, entry)| !is_head(*at, entry) && !names_no_date(entry, format));
    real.map(|(_, entry)| date_option(entry, format)).collect()
}

/// Whether a text has something like 13/07.
fn names_a_date(text: &str) -> bool {
    let mut windows = text.as_bytes().windows(3);
    windows.any(|w| {
        w[0].is_ascii_digit() && matches!(w[1], b'/' | b'-' | b'.') && w[2].is_ascii_digit()
    })
}

fn date_option(option: &Choice, format: &str) -> Result<DateOption, String> {
    let read = |text: &str| date::parse_as(text, format);
    let (by_value, by_text) = (read(&option.value), read(&option.text));
    let date = match (by_value, by_text) {
        (Some(value), Some(text)) if value != text => {
            return Err("an option of the list of dates names two dates".to_owned());
        }
        // Who chooses it sends nothing.
        (None, Some(_)) if option.value.trim().is_empty() => {
            return Err("an option of the list of dates names a date without a value".to_owned());
        }
        (Some(date), _) | (None, Some(date)) => date,
        (None, None) => {
            // Quoted only where it can be nothing but a date of another spelling.
            let quoted = Some(option.value.trim())
                .filter(|text| text.len() <= 12 && !text.contains(char::is_alphabetic));
            let quoted = quoted.map_or_else(String::new, |text| format!(", {text:?},"));
            return Err(format!(
                "an option of the list of dates{quoted} is not a date (portal.profile.date_format)"
            ));
        }
    };
    let value = option.value.clone();
    Ok(DateOption { value, date })
}

/// Checks that a page shows what was asked for, and gives the dates on it.
///
/// # Errors
/// What contradicts that, as a fragment: then nothing may be concluded from what is missing.
pub(crate) fn offered<'a>(
    page: &'a SearchPage,
    unit: &Unit,
    reference: NaiveDate,
) -> Result<&'a [DateOption], String> {
    if page.unit.as_ref().is_some_and(|shown| *shown != unit.code) {
        return Err("the search page shows another unit than the one asked for".to_owned());
    }
    let dates = page.dates.as_deref().map_err(Clone::clone)?;
    match page.reference {
        Reference::Date(shown) if shown == reference => Ok(dates),
        Reference::Date(_) | Reference::Odd => {
            Err("the search page shows another reference date than the one asked for".to_owned())
        }
        // Without a reference date an empty list says nothing: it is that of a fresh page.
        Reference::Empty if dates.is_empty() => {
            Err("the search page shows no dates and no reference date (portal.profile.method_list_dates, reference_field)".to_owned())
        }
        Reference::Empty => Ok(dates),
    }
}

/// The dates of a list from `reference` on; `None` if the list does not answer for that reference: then it is
/// the same whatever is asked, and what is missing in it says nothing.
pub(crate) fn answer(dates: &[DateOption], reference: NaiveDate) -> Option<Vec<DateOption>> {
    let reach = TimeDelta::days(REACH as i64);
    let near = |option: &DateOption| (option.date - reference).abs() <= reach;
    let ahead: Vec<DateOption> = dates
        .iter()
        .filter(|option| option.date >= reference)
        .cloned()
        .collect();
    let answers = dates.iter().all(near) && (dates.is_empty() || !ahead.is_empty());
    answers.then_some(ahead)
}

/// Whether a list from `reference` on says something of `date`.
pub(crate) fn reaches(reference: NaiveDate, date: NaiveDate) -> bool {
    reference <= date && date <= reference + Days::new(REACH)
}

/// The reference dates to ask for, so that every wanted date is within reach of one: as few as needed.
pub(crate) fn references(wanted: &[NaiveDate]) -> Vec<NaiveDate> {
    let mut wanted = wanted.to_vec();
    wanted.sort_unstable();
    let mut references: Vec<NaiveDate> = Vec::new();
    for date in wanted {
        let reached = references
            .last()
            .is_some_and(|reference| reaches(*reference, date));
        if !reached {
            references.push(date);
        }
    }
    references
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn choice(value: &str, text: &str) -> Choice {
        Choice {
            value: value.into(),
            text: text.into(),
            selected: false,
            disabled: false,
        }
    }

    #[test]
    fn dates_are_read_from_value_or_text() {
        let list = [
            choice("", "Agendamentos"),
            choice("", "- SELECIONE -"),
            choice("0", "Selecione uma data (até 7 dias)"),
            choice("", "Nenhum agendamento"),
            choice("", ""),
            choice("", "..."),
            choice("2026-11-24", "24/11/2026"),
            choice("25/11/2026", "25/11/2026"),
            choice("3", "26/11/2026 (quinta)"),
            choice("27112026", "sexta"),
            choice("28/11/2026", "- 28/11/2026"),
            choice("29/11/2026", "- selecione -"),
        ];
        let dates: Vec<(String, NaiveDate)> = date_list(&list, "%d/%m/%Y")
            .unwrap()
            .into_iter()
            .map(|option| (option.value, option.date))
            .collect();
        let expected = [
            ("2026-11-24", "2026-11-24"),
            ("25/11/2026", "2026-11-25"),
            ("3", "2026-11-26"),
            ("27112026", "2026-11-27"),
            ("28/11/2026", "2026-11-28"),
            ("29/11/2026", "2026-11-29"),
        ];
        assert_eq!(
            dates,
            expected.map(|(value, date)| (value.to_owned(), day(date)))
        );
    }

    #[test]
    fn a_list_that_cannot_be_trusted_is_an_error() {
        for list in [
            vec![],
            vec![choice("x", "amanhã")],
            vec![choice("x", "")],
            vec![choice("", "13/07/2026")],
            vec![choice("", "- 13/07/2026")],
            vec![choice("", "Erro ao carregar datas")],
            vec![choice("", ""), choice("", "Erro ao carregar datas")],
            vec![choice("2026-11-24", "25/11/2026")],
        ] {
            assert!(date_list(&list, "%d/%m/%Y").is_err(), "{list:?}");
        }
    }

    #[test]
    fn neither_all_units_together_nor_what_asks_for_one_is_a_unit() {
        let list = [
            choice("0", "TODAS AS UNIDADES"),
            choice("-1", "(Todos)"),
            choice("", "Todas"),
            choice("-1", "Escolha a unidade"),
            choice("0", "Selecionar"),
            choice("0", "Nenhuma"),
            choice("-1", "\u{a0}"),
            choice("00", "..."),
            choice("0", "CIR-SAO PAULO"),
            choice("18", "TODOS OS SANTOS"),
            choice("19", "CIR-ESCOLHA"),
        ];
        let names: Vec<String> = units(&list).into_iter().map(|unit| unit.name).collect();
        assert_eq!(names, ["CIR-SAO PAULO", "TODOS OS SANTOS", "CIR-ESCOLHA"]);
    }

    #[test]
    fn a_list_answers_for_its_reference_or_says_nothing() {
        let ahead = |dates: &[&str]| {
            let dates = dates.iter().map(|date| DateOption {
                value: (*date).to_owned(),
                date: day(date),
            });
            let found = answer(&dates.collect::<Vec<_>>(), day("2026-11-21"));
            found.map(|dates| dates.len())
        };
        for (dates, expected) in [
            (&[][..], Some(0)),
            (&["2026-11-21", "2026-11-28"], Some(2)),
            (&["2026-11-14", "2026-11-20", "2026-11-22"], Some(1)),
            (&["2026-11-20"], None),
            (&["2026-11-22", "2026-11-29"], None),
            (&["2026-11-13", "2026-11-22"], None),
        ] {
            assert_eq!(ahead(dates), expected, "{dates:?}");
        }
    }

    #[test]
    fn as_few_requests_as_the_reach_allows() {
        let window = |days: u64| {
            let dates: Vec<NaiveDate> = day("2026-11-24").iter_days().take(days as usize).collect();
            references(&dates).len()
        };
        assert_eq!(
            [
                window(0),
                window(4),
                window(8),
                window(9),
                window(11),
                window(17)
            ],
            [0, 1, 1, 2, 2, 3]
        );
    }

    proptest! {
        #[test]
        fn every_wanted_date_is_within_reach(offsets in prop::collection::vec(0u64..60, 0..20)) {
            let wanted: Vec<_> = offsets.iter().map(|n| day("2026-11-24") + Days::new(*n)).collect();
            let references = references(&wanted);
            for date in wanted {
                let reached = references.iter().any(|r| reaches(*r, date));
                prop_assert!(reached);
            }
        }
    }
}
