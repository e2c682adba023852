//! Pages without a network: the same classification and parsing that a session uses, for benchmarks,
//! fuzzing and whoever holds a saved page.

use chrono::NaiveDate;
use reqwest::StatusCode;
use url::Url;

use super::browser::charset;
use super::browser::page::Page;
use super::classify::{self, Sight};
use super::errors::PortalError;
use super::{blank, parse, search};
use crate::config::portal::Profile;
use crate::domain::{DayReading, Unit};

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
    Ok(seen.sight.name())
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
    let options = if let Sight::Search(page) = &seen.sight {
        search::offered(page, unit, reference)
    } else if let Sight::Dates(dates) = &seen.sight {
        search::in_reach(dates, reference)
    } else {
        Err(format!(
            "the page is no list of dates, but a {}",
            seen.sight.name()
        ))
    };
    let options = options.map_err(PortalError::layout)?;
    Ok(options.into_iter().map(|option| option.date).collect())
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
    data: NaiveDate,
) -> Result<DayReading, PortalError> {
    let seen = classify::look(&page(bytes, content_type)?, profile)?;
    let Sight::Result(result) = &seen.sight else {
        let found = seen.sight.name();
        return Err(PortalError::layout(format!(
            "the page is no result page, but a {found}"
        )));
    };
    parse::day(result, unit, data).map_err(PortalError::layout)
}

/// The page as it may be kept and shown: personal data blanked. `None` if it is too intricate to be read.
#[must_use]
pub fn blanked(bytes: &[u8], content_type: Option<&str>) -> Option<String> {
    let (text, _) = charset::decode(bytes, content_type);
    blank::page(&text, &blank::Secrets::default())
}

fn page(bytes: &[u8], content_type: Option<&str>) -> Result<Page, PortalError> {
    let (text, charset) = charset::decode(bytes, content_type);
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
