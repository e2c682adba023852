//! Pages without a network: the same classification and parsing that a session uses, for benchmarks,
//! fuzzing and whoever holds a saved page.

use chrono::NaiveDate;
use reqwest::StatusCode;
use url::Url;

use super::browser::charset;
use super::browser::page::Page;
use super::classify;
use super::errors::PortalError;
use super::page_kind::{Dialog, PageKind};
use super::parse::DateOffer;
use super::{parse, redact, search};
use agendad_config::portal::Profile;
use agendad_domain::{DayReading, Unit};

/// What a page is, in a word or two.
///
/// # Errors
/// `unavailable` for a maintenance page and for half a page.
pub fn classify(
    bytes: &[u8],
    content_type: Option<&str>,
    profile: &Profile,
) -> Result<&'static str, PortalError> {
    let seen = classify::look(&page(bytes, content_type)?, profile)?;
    Ok(seen.page_kind.name().as_str())
}

/// The dates that a page offers as the answer to a search from `reference`.
///
/// # Errors
/// `unavailable` for half a page, `layout` for one that does not answer that question.
pub fn offered_dates(
    bytes: &[u8],
    content_type: Option<&str>,
    profile: &Profile,
    unit: &Unit,
    reference: NaiveDate,
) -> Result<Vec<NaiveDate>, PortalError> {
    let seen = classify::look(&page(bytes, content_type)?, profile)?;
    let dates = if let PageKind::Search(page) = &seen.page_kind {
        search::offered(page, unit, reference)
    } else if let PageKind::Dates(dates) = &seen.page_kind {
        dates.as_deref().map_err(Clone::clone)
    } else {
        let found = seen.page_kind.name();
        Err(format!("the page is no list of dates, but a {found}"))
    };
    let dates = dates.map_err(PortalError::layout)?;
    let offered = search::answer(dates, reference).ok_or_else(|| {
        PortalError::layout("the list of dates does not answer for the reference date")
    })?;
    Ok(offered.into_iter().map(|option| option.date).collect())
}

/// The day that a result page states.
///
/// # Errors
/// `unavailable` for half a page, `layout` for one that states nothing of that day.
pub fn read_day(
    bytes: &[u8],
    content_type: Option<&str>,
    profile: &Profile,
    unit: &Unit,
    date: NaiveDate,
) -> Result<DayReading, PortalError> {
    let seen = classify::look(&page(bytes, content_type)?, profile)?;
    let PageKind::Result(result) = &seen.page_kind else {
        let found = seen.page_kind.name();
        return Err(PortalError::layout(format!(
            "the page is no result page, but a {found}"
        )));
    };
    parse::day(result, unit, date, DateOffer::Offered, profile).map_err(PortalError::layout)
}

/// What a page asks the person who has just logged in, in a word or two: whether their session elsewhere is to be
/// ended, or for which unit they come.
///
/// # Errors
/// `unavailable` for a maintenance page and for half a page.
pub fn question(
    bytes: &[u8],
    content_type: Option<&str>,
    profile: &Profile,
) -> Result<Option<&'static str>, PortalError> {
    let seen = classify::look(&page(bytes, content_type)?, profile)?;
    Ok(seen.dialog.map(|dialog| match dialog {
        Dialog::Elsewhere => "session elsewhere",
        Dialog::Choice { .. } => "choice of a unit",
    }))
}

/// The units that a page of the choice offers.
///
/// # Errors
/// `unavailable` for half a page, `layout` for one that is no choice of units.
pub fn choices(
    bytes: &[u8],
    content_type: Option<&str>,
    profile: &Profile,
) -> Result<Vec<Unit>, PortalError> {
    let seen = classify::look(&page(bytes, content_type)?, profile)?;
    let found = seen.page_kind.name();
    if let PageKind::Choice(choice) = seen.page_kind {
        choice.map_err(PortalError::layout)
    } else {
        let what = format!("the page is no choice of units, but a {found}");
        Err(PortalError::layout(what))
    }
}

/// The page as it may be kept and shown: personal data blanked. `None` if it is too intricate to be read.
#[must_use]
pub fn blanked(bytes: &[u8], content_type: Option<&str>, profile: &Profile) -> Option<String> {
    let (text, _) = charset::decode(bytes.to_vec(), content_type);
    redact::page(&text, &redact::Secrets::default(), profile)
}

fn page(bytes: &[u8], content_type: Option<&str>) -> Result<Page, PortalError> {
    let (text, charset) = charset::decode(bytes.to_vec(), content_type);
    let url = Url::parse("https://portal.invalid/")
        .map_err(|error| PortalError::layout("the page has no address").caused_by(error))?;
    Ok(Page {
        url,
        status: StatusCode::OK,
        text,
        charset,
        framed: true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_without_a_text_is_none_that_the_profile_names() {
        let mut profile = *agendad_config::Config::shipped().unwrap().portal.profile;
        let page = "<html><body><a href=/outro.do><img src=logo.gif></a></body></html>";
        for label in [String::new(), " ".to_owned()] {
            profile.agenda_link = label;
            let name = classify(page.as_bytes(), None, &profile).unwrap();
            assert_eq!(name, "unknown page", "{:?}", profile.agenda_link);
        }
    }
}
