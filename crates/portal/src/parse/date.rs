//! Dates as the portal spells them.

use chrono::{Datelike, NaiveDate};

/// Of two digits a format makes a year, too: one of the first century.
const FIRST_YEAR: i32 = 1000;

/// A date in a format of the profile, else in one of the portal's usual spellings.
pub(crate) fn parse_as(text: &str, format: &str) -> Option<NaiveDate> {
    let by_format = || {
        let date = NaiveDate::parse_from_str(text.trim(), format).ok();
        date.filter(|date| date.year() >= FIRST_YEAR)
    };
    parse(text).or_else(by_format)
}

/// `24/11/2026`, `24-11-2026`, `24112026`, `2026-11-24`, each perhaps followed by something else
/// (`2026-11-24 00:00:00.0`, `24/11/2026 (terça)`).
pub(crate) fn parse(text: &str) -> Option<NaiveDate> {
    let text = text.trim();
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '/' && c != '-')
        .unwrap_or(text.len());
    let (date, rest) = text.split_at(end);
    let followed =
        rest.is_empty() || rest.starts_with(|c: char| c.is_whitespace() || "T(,.".contains(c));
    if !followed {
        return None;
    }
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let parts: Vec<&str> = date
        .split(['/', '-'])
        .filter(|part| !part.is_empty())
        .collect();
    match parts.as_slice() {
        [y, m, d] if y.len() == 4 && digits(y) => ymd(y, m, d),
        [d, m, y] if y.len() == 4 => ymd(y, m, d),
        [all] if all.len() == 8 && digits(all) => ymd(&all[4..], &all[2..4], &all[..2]),
        _ => None,
    }
}

fn ymd(year: &str, month: &str, day: &str) -> Option<NaiveDate> {
    if month.len() > 2 || day.len() > 2 {
        return None;
    }
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_portals_spellings_are_one_date() {
        for text in [
            "24/11/2026",
            " 24-11-2026 ",
            "24112026",
            "2026-11-24",
            "2026-11-24 00:00:00.0",
            "2026-11-24T00:00",
            "24/11/2026 (terça)",
        ] {
            assert_eq!(parse(text), NaiveDate::from_ymd_opt(2026, 11, 24), "{text}");
        }
    }

    #[test]
    fn a_format_of_the_profile_is_understood_too() {
        let expected = NaiveDate::from_ymd_opt(2026, 11, 24);
        assert_eq!(parse_as(" 24.11.2026", "%d.%m.%Y"), expected);
        assert_eq!(parse_as("24/11/2026", "%d.%m.%Y"), expected);
        assert_eq!(parse_as("24.11.2026", "%d/%m/%Y"), None);
        assert_eq!(parse_as("24/11/26", "%d/%m/%y"), expected);
        assert_eq!(parse_as("24/11/26", "%d/%m/%Y"), None);
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "31/02/2026",
            "24/11/26",
            "2411202",
            "241120260",
            "24/11/2026x",
            "terça",
            "1/2",
            "20261124",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
