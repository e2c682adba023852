//! A named range of days relative to today, and the cron expression that says when it is due.

use chrono::{Days, NaiveDate};
use croner::Cron;
use croner::parser::{CronParser, Seconds};
use serde::{Deserialize, Serialize};

use super::WorkingDays;

/// A window: which days a tick of its cron expression reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// Name, unique; stands in schedules, records and metrics.
    pub name: String,
    /// First day, counted from today (0 = today).
    pub from_day: u16,
    /// Last day, inclusive.
    pub to_day: u16,
    /// When it fires: six fields (seconds first), in the configured time zone.
    pub cron: String,
}

impl Window {
    /// First and last day, given today.
    #[must_use]
    pub fn range(&self, today: NaiveDate) -> (NaiveDate, NaiveDate) {
        (
            today + Days::new(self.from_day.into()),
            today + Days::new(self.to_day.into()),
        )
    }
}

/// A cron expression that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cron {text:?} is not six fields (second minute hour day month weekday): {reason}")]
pub struct InvalidCron {
    /// The expression.
    pub text: String,
    /// What the parser says of it.
    pub reason: String,
}

/// Reads a cron expression of six fields, seconds first.
pub fn parse_cron(text: &str) -> Result<Cron, InvalidCron> {
    let parser = CronParser::builder().seconds(Seconds::Required).build();
    parser.parse(text).map_err(|e| InvalidCron {
        text: text.to_owned(),
        reason: e.to_string(),
    })
}

/// The dates from `from` to `to` that are worth asking for: working days, not in the past.
#[must_use]
pub fn wanted_dates(
    from: NaiveDate,
    to: NaiveDate,
    today: NaiveDate,
    working: WorkingDays,
) -> Vec<NaiveDate> {
    from.max(today)
        .iter_days()
        .take_while(|day| *day <= to)
        .filter(|day| working.contains(*day))
        .collect()
}

#[cfg(test)]
mod properties;

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_window_counts_its_days_from_today() {
        let far = Window {
            name: "far".into(),
            from_day: 4,
            to_day: 14,
            cron: "0 0 */2 * * *".into(),
        };
        assert_eq!(
            far.range(day("2026-12-25")),
            (day("2026-12-29"), day("2027-01-08"))
        );
    }

    #[test]
    fn a_cron_without_seconds_is_refused() {
        assert!(parse_cron("*/15 * * * *").is_err());
        assert!(parse_cron("0 61 * * * *").is_err());
    }

    #[test]
    fn past_days_and_days_off_are_not_wanted() {
        let tuesdays = WorkingDays::parse(Some(r#"["terca"]"#)).unwrap();
        let dates = wanted_dates(
            day("2026-11-17"),
            day("2026-12-01"),
            day("2026-11-20"),
            tuesdays,
        );
        assert_eq!(dates, [day("2026-11-24"), day("2026-12-01")]);
        assert!(
            wanted_dates(
                day("2026-11-01"),
                day("2026-11-19"),
                day("2026-11-20"),
                WorkingDays::ALL
            )
            .is_empty()
        );
    }
}
