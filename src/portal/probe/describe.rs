//! What a page shows, in lines for an operator, and which keys of the profile it was read by.

use std::collections::BTreeSet;

use super::ProfileKey;
use super::known;
use super::outline::{self, fields};
use crate::config::portal::Profile;
use crate::domain::agenda::column;
use crate::domain::text::fold;
use crate::portal::blank;
use crate::portal::browser::form::Form;
use crate::portal::browser::page::Page;
use crate::portal::classify::{Seen, Sight, says};
use crate::portal::parse::result::ResultPage;
use crate::portal::parse::row;
use crate::portal::parse::table::{DataTable, RawRow};
use crate::portal::search::{DateList, Reference, SearchPage};

type Description = (Vec<String>, Vec<ProfileKey>);

/// Findings and keys of a page.
pub(super) fn page(page: &Page, seen: &Seen, profile: &Profile) -> Description {
    let mut findings = vec![format!(
        "status {}, charset {}, title {:?}",
        page.status.as_u16(),
        page.charset.name(),
        blank::text(&seen.title)
    )];
    let mut keys = Vec::new();
    for (array, texts) in [("errors", &seen.errors), ("messages", &seen.messages)] {
        let texts = texts.iter().enumerate();
        findings.extend(texts.map(|(n, text)| format!("{array}[{n}] = {:?}", blank::text(text))));
    }
    keys.extend(meanings(seen, profile));
    let (own, own_keys) = own(page, seen, profile);
    findings.extend(own);
    keys.extend(own_keys);
    (findings, keys)
}

fn own(page: &Page, seen: &Seen, profile: &Profile) -> Description {
    match &seen.sight {
        Sight::Entry { agenda } => entry(page, agenda.as_ref(), profile),
        Sight::AgendaLogin(form) => login(form, profile),
        Sight::Search(search) => search_page(page, search, seen, profile),
        Sight::Dates(dates) => (vec![date_line(dates)], Vec::new()),
        Sight::Result(result) => result_page(page, result, profile),
        Sight::Captcha => {
            let key = key("captcha_marker", &profile.captcha_marker, true);
            (
                vec!["a CAPTCHA, which is never bypassed".to_owned()],
                vec![key],
            )
        }
        Sight::Frames(url) | Sight::Refresh(url) => {
            (vec![format!("leads to {}", url.path())], Vec::new())
        }
        Sight::Expired => {
            let key = key("expired_texts", &profile.expired_texts.join(" | "), true);
            (Vec::new(), vec![key])
        }
        Sight::Unknown(why) => {
            let mut findings = vec![why.clone()];
            findings.extend(outline::of(page));
            (findings, known::keys(page, profile))
        }
    }
}

/// The keys whose texts an error or message of the page matches.
fn meanings(seen: &Seen, profile: &Profile) -> Vec<ProfileKey> {
    let texts = [seen.errors.as_slice(), &seen.messages].concat();
    if texts.is_empty() {
        return Vec::new();
    }
    [
        ("refused_texts", &profile.refused_texts),
        ("blocked_texts", &profile.blocked_texts),
        ("expired_texts", &profile.expired_texts),
        ("empty_texts", &profile.empty_texts),
    ]
    .into_iter()
    .map(|(name, parts)| key(name, &parts.join(" | "), says(&texts, parts)))
    .collect()
}

fn entry(page: &Page, agenda: Option<&url::Url>, profile: &Profile) -> Description {
    let is_first = profile.entry_path.split('?').next() == Some(page.url.path());
    if agenda.is_none() && !is_first {
        let what = "asks for a password, but by other fields than those of the agenda's login";
        let mut findings = vec![what.to_owned()];
        findings.extend(outline::of(page));
        return (findings, known::keys(page, profile));
    }
    let keys = vec![
        key("entry_path", &profile.entry_path, is_first),
        key("agenda_link", &profile.agenda_link, agenda.is_some()),
    ];
    let Some(url) = agenda else {
        let path = &profile.agenda_path;
        let mut findings = vec![format!(
            "no link to the agenda; portal.profile.agenda_path is asked for instead: {path}"
        )];
        findings.extend(outline::of(page));
        return (findings, keys);
    };
    (vec![format!("the link leads to {}", url.path())], keys)
}

fn login(form: &Form, profile: &Profile) -> Description {
    let names = [
        ("login_user_field", &profile.login_user_field),
        ("login_password_field", &profile.login_password_field),
    ];
    (vec![fields(form)], in_form(form, &names))
}

fn search_page(page: &Page, search: &SearchPage, seen: &Seen, profile: &Profile) -> Description {
    let units: Vec<String> = search
        .units
        .iter()
        .map(|unit| format!("{} ({})", unit.code, unit.name))
        .collect();
    let reference = match search.reference {
        Reference::Date(date) => date.to_string(),
        Reference::Empty => "empty".to_owned(),
        Reference::Odd => "not a date".to_owned(),
    };
    let methods = outline::methods(page);
    let mut findings = vec![
        fields(&search.form),
        format!("units: {}", units.join(", ")),
        format!("reference date: {reference}"),
        date_line(&search.dates),
    ];
    let names = [
        ("unit_field", &profile.unit_field),
        ("reference_field", &profile.reference_field),
        ("date_field", &profile.date_field),
        ("method_field", &profile.method_field),
    ];
    let mut keys = in_form(&search.form, &names);
    keys.push(key(
        "logout_link",
        &profile.logout_link,
        seen.logout.is_some(),
    ));
    if methods.is_empty() {
        findings.push(
            "the page's own scripts set no fields: the values of method are in others".to_owned(),
        );
    } else {
        findings.push(format!("scripts set fields to: {}", methods.join(", ")));
        for (name, value) in [
            ("method_list_dates", &profile.method_list_dates),
            ("method_search", &profile.method_search),
        ] {
            keys.push(key(name, value, methods.contains(value)));
        }
    }
    (findings, keys)
}

fn date_line(dates: &DateList) -> String {
    match dates {
        Ok(dates) if dates.is_empty() => "no dates offered".to_owned(),
        Ok(dates) => {
            let dates: Vec<String> = dates
                .iter()
                .map(|option| format!("{} (sent as {:?})", option.date, option.value))
                .collect();
            format!("dates offered: {}", dates.join(", "))
        }
        Err(problem) => problem.clone(),
    }
}

fn result_page(page: &Page, result: &ResultPage, profile: &Profile) -> Description {
    let mut findings = vec![match &result.data {
        Ok(date) => format!("shows the day {date}"),
        Err(problem) => problem.clone(),
    }];
    let empty = key(
        "empty_texts",
        &profile.empty_texts.join(" | "),
        result.says_empty,
    );
    let table = match &result.table {
        Ok(Some(table)) => table,
        Ok(None) => {
            findings.push(
                "no table with the headers Hora, CPF and Nome, which no key of the profile changes"
                    .to_owned(),
            );
            findings.extend(outline::of(page));
            return (findings, vec![empty]);
        }
        Err(problem) => {
            findings.push(problem.clone());
            findings.extend(outline::of(page));
            return (findings, Vec::new());
        }
    };
    findings.extend(rows(table));
    if table.rows.is_empty() {
        return (findings, vec![empty]);
    }
    let statuses = statuses(table);
    let closing = &profile.closing_statuses;
    let closes = |status: &&String| closing.iter().any(|text| fold(text) == fold(status));
    let closed: Vec<&String> = statuses.iter().filter(closes).collect();
    let which = if closed.is_empty() {
        "none of them".to_owned()
    } else {
        format!("{closed:?}")
    };
    findings.push(format!(
        "exam statuses: {statuses:?}; closed by portal.profile.closing_statuses = {}: {which}",
        closing.join(" | ")
    ));
    (findings, Vec::new())
}

fn rows(table: &DataTable) -> Vec<String> {
    let problems: Vec<String> = table
        .rows
        .iter()
        .enumerate()
        .filter_map(|(n, raw)| {
            let problem = row::read(&table.columns, raw).err()?;
            Some(format!("row {}: {}", n + 1, problem.problem))
        })
        .collect();
    let mut lines = vec![
        format!("columns: {}", table.columns.join(", ")),
        format!(
            "{} rows, {} of them not readable",
            table.rows.len(),
            problems.len()
        ),
    ];
    lines.extend(problems);
    lines
}

/// What stands in the columns of exam statuses.
fn statuses(table: &DataTable) -> BTreeSet<String> {
    let is_status = |key: &String| {
        matches!(
            key.as_str(),
            column::STATUS_EXAME_MEDICO | column::STATUS_EXAME_PSICOLOGICO
        )
    };
    let columns: Vec<usize> = (0..table.columns.len())
        .filter(|n| is_status(&table.columns[*n]))
        .collect();
    let cells = |raw: &RawRow| -> Vec<String> {
        columns
            .iter()
            .filter_map(|n| raw.cells.get(*n))
            .map(|text| blank::text(text))
            .collect()
    };
    table.rows.iter().flat_map(cells).collect()
}

fn in_form(form: &Form, names: &[(&'static str, &String)]) -> Vec<ProfileKey> {
    names
        .iter()
        .map(|(name, value)| key(name, value, form.field(value).is_some()))
        .collect()
}

pub(super) fn key(key: &'static str, value: &str, found: bool) -> ProfileKey {
    let value = value.to_owned();
    ProfileKey { key, value, found }
}
