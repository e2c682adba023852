//! The result page: which day it shows, and what it says of it.

use std::slice;

use chrono::NaiveDate;

use super::absent::AbsentTexts;
use super::column::ColumnNames;
use super::message::{is_aside, is_nobodys, tells_trouble};
use super::shown::{ShownDate, heading, says_date, shown_above, shown_date};
use super::strays::{self, Stray};
use super::table::{DataTable, RawRow};
use super::{date, mojibake, pager, row, table};
use crate::browser::document::Document;
use crate::browser::script;
use crate::said::says;
use crate::search::SearchPage;
use crate::{search, title};
use agendad_config::portal::{Profile, ResultDate};
use agendad_domain::text::{fold, visible};
use agendad_domain::{
    AgendaRow, Cpf, DayReading, Profession, RowError, RowProblem, Unit, UnreadRow,
};

/// A page that shows the result of a search.
#[derive(Debug)]
pub(crate) struct ResultPage {
    /// The page's own `DATA:`.
    pub date: ShownDate,
    /// Whether that is said above the legend only, where it may be today's.
    pub date_is_above: bool,
    /// Whose exams these are, by the title line.
    pub profession: Option<Profession>,
    /// `Err` says why the table cannot be trusted.
    pub table: Result<Option<DataTable>, String>,
    /// Required columns that a table lacks.
    pub missing: Vec<&'static str>,
    /// Whether it says in words that everybody sees that there is nothing.
    pub says_empty: bool,
    /// Whether it says so and ends, and goes on with the table: two pages, one behind the other, of which the first
    /// alone would be an empty day.
    pub ends_empty: bool,
    /// Whether its scripts tell of an error.
    pub tells_other: bool,
    /// Whether what they tell is a failure, so that nothing was found because nothing was looked for.
    pub tells_trouble: bool,
    /// Appointments that stand elsewhere than under the header.
    pub strays: Vec<Stray>,
    /// The unit that its form repeats.
    pub unit: Option<String>,
    /// Whether a link or a sentence of it says that there is a further page.
    pub has_more: bool,
    /// How many appointments it says that there are.
    pub counted: Option<usize>,
    /// The search form above it, if it is of no day.
    pub search: Option<Box<SearchPage>>,
    /// Whether "VOLTAR" stands behind the table's end and the words, so that nothing is missing.
    pub is_closed: bool,
}

/// Whether the list of dates offers a day, which decides what an empty table of it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DateOffer {
    /// The list offers it, so it has appointments.
    Offered,
    /// The list offers it, but names no unit, and the examiner has several: it may be another unit's.
    OfferedForSomeUnit,
    /// Nobody has said whether it has any.
    Unlisted,
}

impl ResultPage {
    /// Whether nothing but the legend makes it one, which may stand in a menu of any page.
    pub(crate) fn is_legend_alone(&self) -> bool {
        matches!(self.table, Ok(None)) && !self.says_empty
    }

    /// Whether it has nothing else of a result either.
    pub(crate) fn is_bare(&self) -> bool {
        self.is_legend_alone() && self.date == ShownDate::None && self.unit.is_none()
    }

    /// Leaves out what only tells who looks at the page, as where it says who has printed it.
    pub(crate) fn leave_out(&mut self, examiner: &Cpf) {
        self.strays.retain(|stray| stray.cpf != *examiner);
    }

    /// Whether an appointment that it shows speaks against its being empty. Behind the result of a table it does not, where
    /// the page says that it is empty.
    fn has_strays(&self) -> bool {
        let counts_all = !self.says_empty || !matches!(self.table, Ok(Some(_)));
        let mut strays = self.strays.iter();
        strays.any(|stray| counts_all || stray.is_within)
    }

    /// Whether it says that there is nothing, and of no day.
    pub(crate) fn is_of_no_day(&self) -> bool {
        matches!(self.table, Ok(None)) && self.says_empty && self.date == ShownDate::None
    }
}

/// What its scripts tell.
struct Told {
    /// An error: whatever is one by name, or a message or alert that says so.
    other: bool,
    /// A failure. What is an error by name may say in other words that there is nothing.
    trouble: bool,
}

fn told(document: &Document<'_>, profile: &Profile) -> Told {
    let is_other = |text: &String| !says(slice::from_ref(text), &profile.empty_texts);
    let told = |name: &str| {
        let mut told = script::array_at_top(&document.scripts, name);
        told.retain(is_other);
        told
    };
    // Of what is handed to it a sentence is meant, no piece of code.
    let is_trouble = |text: &&String| text.contains(' ') && tells_trouble(text);
    let (errors, messages) = (told("errors"), told("messages"));
    let alerts = script::calls(&document.scripts, "alert");
    let alerts: Vec<&String> = alerts.iter().flatten().filter(is_trouble).collect();
    let is_told = messages.iter().any(|text| is_trouble(&text));
    let has_failed = || {
        let is_over = says(&errors, &profile.expired_texts);
        is_over || errors.iter().any(|text| tells_trouble(text))
    };
    Told {
        other: !errors.is_empty() || is_told || !alerts.is_empty(),
        trouble: is_told || alerts.into_iter().any(is_other) || has_failed(),
    }
}

/// The result page in a document, if it is one: it has the table, or the legend of a result.
pub(crate) fn find(document: &Document<'_>, profile: &Profile) -> Option<ResultPage> {
    let names = ColumnNames::of(profile);
    let table = table::find(document, &profile.table_id, &names);
    let legend = fold(&profile.result_legend);
    let section = document.heading(&legend);
    if matches!(table, Ok(None)) && section.is_none() {
        return None;
    }
    let start = section.unwrap_or(0);
    // A menu above it may be called so too, and tell today's date behind that.
    let nearest = match &table {
        Ok(Some(table)) => document.heading_before(&legend, table.at),
        Ok(None) | Err(_) => section,
    };
    let dated = nearest.unwrap_or(start);
    let (before, after) = match &table {
        Ok(Some(table)) => (table.at, table.end),
        Ok(None) | Err(_) => (usize::MAX, start),
    };
    // Whatever is said of the table may say that it is another day's; only where nothing is, what stands behind it: a page
    // may tell there when it was printed.
    let said = |end, apart: &[_]| {
        shown_date(
            &document.text_but_for(dated.min(before)..end, apart),
            profile,
        )
    };
    let mut date = match &table {
        Ok(Some(table)) => match said(after, &table.apart) {
            ShownDate::None => said(document.link_behind(after), &table.apart),
            date @ (ShownDate::One(_) | ShownDate::Odd | ShownDate::Several) => date,
        },
        Ok(None) | Err(_) => said(before, &[]),
    };
    // Above the legend it may stand too, but not above a menu or form, where the page's head is. Where a day is to be
    // chosen, the words there are those of the form.
    let is_day = || matches!(table, Ok(Some(_))) || !offers_dates(document, profile);
    let date_is_above = date == ShownDate::None && is_day();
    if date_is_above {
        let top = dated.min(before);
        let above = document.text_between(document.link_before(top), top);
        date = shown_above(&above, profile);
    }
    let found = table.as_ref().ok().and_then(Option::as_ref);
    let back = found.and_then(|table| pager::back_behind(document, table));
    // Where a script shows the result itself, nobody knows what of it.
    let is_seen = section.is_none_or(|at| document.is_seen(at));
    let end = back.unwrap_or(usize::MAX);
    let seen = || {
        if is_seen {
            document.seen_between(start, end)
        } else {
            document.text_between(start, end)
        }
    };
    let says_empty = |text| says(&[text], &profile.empty_texts);
    let ends = || document.goes_on || document.has_label(start..before, &[pager::BACK]);
    let told = told(document, profile);
    let further = found.map(|table| pager::further(document, table, section));
    let form = document
        .forms
        .iter()
        .find(|form| form.field(&profile.unit_field).is_some())
        .or_else(|| document.forms.first());
    let unit = form.and_then(|form| form.field(&profile.unit_field));
    Some(ResultPage {
        date,
        date_is_above,
        profession: title::profession(document, profile),
        missing: match table {
            Ok(None) => table::missing(document, &names),
            Ok(Some(_)) | Err(_) => Vec::new(),
        },
        // Behind the link that ends a result something else may be empty.
        says_empty: says_empty(seen()),
        ends_empty: ends() && says_empty(document.text_between(start, before)),
        tells_other: told.other,
        tells_trouble: told.trouble,
        strays: strays::find(document, start, found),
        unit: unit.and_then(search::shown_unit),
        has_more: further.as_ref().is_some_and(|further| further.has_more),
        counted: further.and_then(|further| further.counted),
        search: None,
        is_closed: found.is_none_or(|table| !table.is_cut)
            && document.has_label(after + 1.., &[pager::BACK]),
        table,
    })
}

/// Whether a list of dates stands there, as on the page of the search.
fn offers_dates(document: &Document<'_>, profile: &Profile) -> bool {
    let mut selects = document.selects();
    selects.any(|(field, _)| field.name == profile.date_field)
}

/// The reading of `date` that the page positively states.
///
/// # Errors
/// Why it states nothing of that day, as a fragment.
pub(crate) fn day(
    page: &ResultPage,
    unit: &Unit,
    date: NaiveDate,
    offer: DateOffer,
    profile: &Profile,
) -> Result<DayReading, String> {
    check_date(page, date, offer, profile)?;
    if page.unit.as_ref().is_some_and(|shown| *shown != unit.code) {
        return Err("the result page shows another unit than the one asked for".to_owned());
    }
    let table = page.table.as_ref().map_err(Clone::clone)?;
    let mut reading = DayReading::empty(date, &unit.code);
    reading.profession = page.profession;
    if let Some(table) = table {
        read_rows(table, page, profile, &mut reading);
        let is_empty = page.says_empty && reading.rows.is_empty();
        let shown = reading.rows.len() + reading.row_errors.len();
        let counts_more = page.counted.is_some_and(|counted| counted > shown);
        if page.has_more && !is_empty || counts_more {
            reading.row_errors.push(RowError {
                row: table.rows.len() + 1,
                problem: RowProblem::MorePages,
                read: UnreadRow::unknown(),
            });
        }
    }
    mojibake::refuse(&reading, table.as_ref())?;
    let nothing = reading.rows.is_empty() && reading.row_errors.is_empty();
    if !nothing && page.ends_empty {
        return Err("the page says that there are no appointments, ends, and goes on with some (portal.profile.empty_texts)".to_owned());
    }
    // Where there is no table, what is missing in it is said below.
    if nothing && page.has_strays() && (page.says_empty || matches!(page.table, Ok(Some(_)))) {
        return Err(
            "appointments stand elsewhere than under the header (portal.profile.table_id, columns)"
                .to_owned(),
        );
    }
    if nothing && page.says_empty && page.tells_trouble {
        return Err("the page says that there are no appointments, and a script of it that something has failed (portal.profile.empty_texts)".to_owned());
    }
    if !nothing || page.says_empty {
        let rows = table.as_ref().map_or(0, |table| table.rows.len());
        strays::protect(&page.strays, rows, &mut reading);
        return Ok(reading);
    }
    match table {
        Some(_) if offer == DateOffer::Offered => {
            Err("the table has no rows, though the portal offers the day, and the page does not say that there are none (portal.profile.empty_texts)".to_owned())
        }
        Some(_) if page.tells_other => {
            Err("the table has no rows, and a script of the page tells something else than that there are none (portal.profile.empty_texts)".to_owned())
        }
        // Its head alone, under the right date.
        Some(_) if page.date == ShownDate::One(date) && !page.date_is_above => Ok(reading),
        Some(_) => Err("the table has no rows, and the page says neither its date nor that there are none (portal.profile.date_label, empty_texts)".to_owned()),
        None if !page.missing.is_empty() => {
            Err(format!("the table has no column `{}` (portal.profile.columns)", page.missing.join("` and no column `")))
        }
        None => Err("the result page has no table with the columns hora, cpf and nome, and does not say that there are no appointments (portal.profile.columns, table_id, empty_texts)".to_owned()),
    }
}

fn check_date(
    page: &ResultPage,
    date: NaiveDate,
    offer: DateOffer,
    profile: &Profile,
) -> Result<(), String> {
    let label = &profile.date_label;
    match page.date {
        ShownDate::One(shown) if shown == date => Ok(()),
        ShownDate::One(shown) => Err(format!(
            "wrong date: the result page shows {shown} instead of {date}"
        )),
        ShownDate::Several => Err(format!("the result page says {label:?} with several dates")),
        ShownDate::Odd => Err(format!(
            "the result page says {label:?}, but what follows is no date (portal.profile.date_label, date_format)"
        )),
        ShownDate::None => {
            let offered = offer != DateOffer::Unlisted && matches!(page.table, Ok(Some(_)));
            if offered && profile.result_date == ResultDate::IfShown {
                Ok(())
            } else {
                Err(format!(
                    "the result page does not say {label:?} and a date (portal.profile.date_label, result_legend, result_date)"
                ))
            }
        }
    }
}

/// A row that cannot be read and may be nobody's.
struct Doubtful {
    error: RowError,
    /// Whether it may be an appointment beside readable rows.
    may_be_one: bool,
    /// Whether it stands in the head or foot of the table, and nothing in it is of an appointment.
    beside: bool,
}

/// The keys of columns that say of which day a row is.
const DAYS: [&str; 3] = ["data", "data_agendamento", "data_do_agendamento"];

fn read_rows(table: &DataTable, page: &ResultPage, profile: &Profile, reading: &mut DayReading) {
    let absent = AbsentTexts::of(&profile.absent_texts);
    let has = |key: &&str| table.columns.iter().any(|column| column == key);
    let day_column = DAYS.into_iter().find(has);
    let date = reading.date;
    let is_of_other_day = |row: &AgendaRow, headed: Option<NaiveDate>| {
        let day = day_column.and_then(|key| date::parse_as(row.column(key), &profile.date_format));
        day.or(headed).is_some_and(|day| day != date)
    };
    let mut headed = None;
    let mut doubtful = Vec::new();
    // Where an appointment stands in the head, its end tag is missing.
    let mut has_groups = true;
    for (index, raw) in table.rows.iter().enumerate() {
        let is_seen = |text: &String| !visible(text).trim().is_empty();
        let is_blank = !raw.nested && !raw.cells.iter().any(is_seen);
        if raw.single && is_blank {
            continue;
        }
        headed = heading(raw, profile).or(headed);
        let read = if table.below_other.is_some_and(|start| index >= start) {
            Err(row::below_other_header(raw))
        } else {
            row::read(&table.columns, raw, &absent)
        };
        let error = match read {
            Ok(row) if is_of_other_day(&row, headed) => RowError {
                row: index + 1,
                problem: RowProblem::OtherDay,
                read: UnreadRow::unknown()
                    .with_time(Some(row.time))
                    .with_cpf(row.cpf.digits()),
            },
            Ok(row) if raw.hidden && is_one_digit(row.cpf.digits()) => {
                // A script copies it for each appointment (`000.000.000-00`).
                let error = RowError {
                    row: index + 1,
                    problem: RowProblem::Scripted,
                    read: UnreadRow::unknown(),
                };
                doubtful.push(Doubtful {
                    error,
                    may_be_one: false,
                    beside: false,
                });
                continue;
            }
            Ok(row) => {
                has_groups &= !raw.beside;
                reading.rows.push(row);
                continue;
            }
            Err(_)
                if says_date(raw, page.date, profile)
                    || says_nothing(raw, profile)
                    || heading(raw, profile) == Some(date) =>
            {
                continue;
            }
            Err(unreadable) => RowError {
                row: index + 1,
                problem: unreadable.problem,
                read: unreadable.read,
            },
        };
        let is_text = raw.single && !raw.nested;
        let counts = is_text && raw.cells.first().is_some_and(|text| is_aside(text));
        let is_nobodys = is_nobodys(&raw.cells);
        let beside = raw.beside && is_nobodys;
        // A script copies it for each appointment (`#{hora}`).
        let is_blank = is_blank || raw.hidden && !raw.nested && is_nobodys;
        if is_blank || counts || beside {
            let is_wide = raw.cells.len() == table.columns.len();
            let is_shown = !is_blank || is_wide && !raw.hidden;
            doubtful.push(Doubtful {
                error,
                may_be_one: is_shown && !counts,
                beside,
            });
        } else {
            reading.row_errors.push(error);
        }
    }
    if !(reading.rows.is_empty() && page.says_empty) {
        // They may be filled by a script. Beside readable rows one of a few cells is a spacer, one that nobody sees is
        // held in reserve, a total or the head of a group is none, nor is what the table's foot says; another that is as
        // wide as the header holds an appointment that is not shown.
        let is_alone = reading.rows.is_empty();
        let may_be_one = |row: &Doubtful| row.may_be_one && !(row.beside && has_groups);
        let unread = doubtful
            .into_iter()
            .filter(|row| is_alone || may_be_one(row));
        reading.row_errors.extend(unread.map(|row| row.error));
        reading.row_errors.sort_by_key(|error| error.row);
    }
    absent.clear(&mut reading.rows);
}

/// Whether a row is but the sentence that there is nothing: in the table, or in a group of its rows.
fn says_nothing(row: &RawRow, profile: &Profile) -> bool {
    let is_sentence = |text: &String| {
        says(slice::from_ref(text), &profile.empty_texts)
            && !text
                .split_whitespace()
                .any(|word| strays::valid_cpf(word).is_some())
    };
    row.single && !row.nested && row.cells.first().is_some_and(is_sentence)
}

/// `000.000.000-00`: nobody's. Other wrong digits are somebody's whose CPF the portal has wrong.
fn is_one_digit(digits: &str) -> bool {
    let mut bytes = digits.bytes();
    bytes
        .next()
        .is_some_and(|first| bytes.all(|byte| byte == first))
}

#[cfg(test)]
mod tests;
