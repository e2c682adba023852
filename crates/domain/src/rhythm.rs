//! How often a window is read, as people say it: a cron expression of a simple form, there and back.

use chrono::{NaiveTime, Timelike};

/// How often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rhythm {
    /// Every so many minutes, all day or between two hours.
    Minutes(u32, Option<(u32, u32)>),
    /// Every so many hours, all day or between two hours.
    Hours(u32, Option<(u32, u32)>),
    /// Once a day.
    Daily(NaiveTime),
}

impl Rhythm {
    /// What an expression says; `None`: something else.
    #[must_use]
    pub fn of(cron: &str) -> Option<Self> {
        let fields: Vec<&str> = cron.split_whitespace().collect();
        let ["0", minute, hour, "*", "*", "*"] = fields[..] else {
            return None;
        };
        let rhythm = if let Some(every) = minute.strip_prefix("*/") {
            Self::Minutes(every.parse().ok()?, hours(hour)?)
        } else if let ("0", Some((range, every))) = (minute, hour.split_once('/')) {
            Self::Hours(every.parse().ok()?, hours(range)?)
        } else if let ("0", Some(range)) = (minute, hours(hour)) {
            Self::Hours(1, range)
        } else {
            let (minute, hour) = (minute.parse().ok()?, hour.parse().ok()?);
            Self::Daily(NaiveTime::from_hms_opt(hour, minute, 0)?)
        };
        // What is not written as we write it may mean something else.
        (rhythm.cron() == fields.join(" ")).then_some(rhythm)
    }

    /// The expression.
    #[must_use]
    pub fn cron(self) -> String {
        let range = |hours: Option<(u32, u32)>| {
            hours.map_or_else(|| "*".to_owned(), |(from, to)| format!("{from}-{to}"))
        };
        match self {
            Self::Minutes(every, hours) => format!("0 */{every} {} * * *", range(hours)),
            Self::Hours(1, hours) => format!("0 0 {} * * *", range(hours)),
            Self::Hours(every, hours) => format!("0 0 {}/{every} * * *", range(hours)),
            Self::Daily(time) => format!("0 {} {} * * *", time.minute(), time.hour()),
        }
    }
}

/// `*`, or two hours of a day in their order.
#[expect(
    clippy::option_option,
    reason = "no hours are none of these, all hours are"
)]
fn hours(text: &str) -> Option<Option<(u32, u32)>> {
    if text == "*" {
        return Some(None);
    }
    let (from, to) = text.split_once('-')?;
    let (from, to): (u32, u32) = (from.parse().ok()?, to.parse().ok()?);
    (from <= to && to < 24).then_some(Some((from, to)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_is_said_and_written_again_as_it_was() {
        let at = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0).unwrap();
        for (cron, rhythm) in [
            ("0 */15 * * * *", Rhythm::Minutes(15, None)),
            ("0 */15 6-20 * * *", Rhythm::Minutes(15, Some((6, 20)))),
            ("0 0 */2 * * *", Rhythm::Hours(2, None)),
            ("0 0 6-20/2 * * *", Rhythm::Hours(2, Some((6, 20)))),
            ("0 0 * * * *", Rhythm::Hours(1, None)),
            ("0 0 7-18 * * *", Rhythm::Hours(1, Some((7, 18)))),
            ("0 30 6 * * *", Rhythm::Daily(at(6, 30))),
        ] {
            assert_eq!(Rhythm::of(cron), Some(rhythm));
            assert_eq!(rhythm.cron(), cron);
            crate::window::parse_cron(cron).unwrap();
        }
        for other in [
            "*/15 * * * * *",
            "0 0 6 * * MON",
            "0 0 20-6 * * *",
            "0 00 6 * * *",
            "0 1,2 6 * * *",
            "0 90 6 * * *",
            "",
        ] {
            assert_eq!(Rhythm::of(other), None, "{other}");
        }
    }
}
