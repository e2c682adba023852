//! Days as people write them: `28/11`, `28/11/2026`, `hoje`, `tomorrow`, `seg`, `2026-11-28`.

use chrono::{Datelike, Days, NaiveDate, TimeDelta, Weekday};

use crate::domain::text::fold;

/// A day as it was written: which one it is, today says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Day {
    /// With its year.
    On(NaiveDate),
    /// So many days from today.
    FromToday(i64),
    /// A day of the week.
    Named(Weekday),
    /// Without a year: the nearest.
    OfYear { day: u32, month: u32 },
}

impl Day {
    /// What was written, if it is a day.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let folded = fold(text);
        let from_today = match folded.as_str() {
            "hoje" | "today" => Some(0),
            "amanha" | "tomorrow" => Some(1),
            "depois de amanha" => Some(2),
            "ontem" | "yesterday" => Some(-1),
            "anteontem" => Some(-2),
            _ => None,
        };
        from_today
            .map(Self::FromToday)
            .or_else(|| weekday(&folded).map(Self::Named))
            .or_else(|| numbers(&folded))
    }

    /// Of a day of the week, the next one; today counts.
    pub(crate) fn ahead(self, today: NaiveDate) -> NaiveDate {
        self.resolve(today, |weekday| {
            let ahead = weekday.days_since(today.weekday());
            today + Days::new(ahead.into())
        })
    }

    /// Of a day of the week, or of a day without its year, the last one; today counts.
    pub(crate) fn back(self, today: NaiveDate) -> NaiveDate {
        if let Self::OfYear { day, month } = self {
            // Looking back, 20/08 is never the one to come.
            let years = ((today.year() - 8)..=today.year()).rev();
            let mut days = years.filter_map(|year| NaiveDate::from_ymd_opt(year, month, day));
            return days.find(|day| *day <= today).unwrap_or(today);
        }
        self.resolve(today, |weekday| {
            let back = today.weekday().days_since(weekday);
            today - Days::new(back.into())
        })
    }

    fn resolve(self, today: NaiveDate, named: impl Fn(Weekday) -> NaiveDate) -> NaiveDate {
        match self {
            Self::On(day) => day,
            Self::FromToday(days) => today + TimeDelta::days(days),
            Self::Named(weekday) => named(weekday),
            Self::OfYear { day, month } => {
                // 29 February is in some years only; of these one is never farther than eight.
                let years = (today.year() - 8)..=(today.year() + 8);
                let days = years.filter_map(|year| NaiveDate::from_ymd_opt(year, month, day));
                days.min_by_key(|day| (*day - today).num_days().abs())
                    .unwrap_or(today)
            }
        }
    }
}

/// In full or by its first three letters, in either language.
fn weekday(folded: &str) -> Option<Weekday> {
    let name = folded
        .strip_suffix("-feira")
        .or_else(|| folded.strip_suffix(" feira"))
        .unwrap_or(folded);
    Some(match name {
        "seg" | "segunda" | "mon" | "monday" => Weekday::Mon,
        "ter" | "terca" | "tue" | "tuesday" => Weekday::Tue,
        "qua" | "quarta" | "wed" | "wednesday" => Weekday::Wed,
        "qui" | "quinta" | "thu" | "thursday" => Weekday::Thu,
        "sex" | "sexta" | "fri" | "friday" => Weekday::Fri,
        "sab" | "sabado" | "sat" | "saturday" => Weekday::Sat,
        "dom" | "domingo" | "sun" | "sunday" => Weekday::Sun,
        _ => return None,
    })
}

/// `2026-11-28`, or day, month and perhaps the year with `/`, `.` or `-` between them.
fn numbers(text: &str) -> Option<Day> {
    let parts: Vec<&str> = text.split(['/', '.', '-']).collect();
    let are_digits = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !parts.iter().all(are_digits) {
        return None;
    }
    let number = |part: &str| part.parse().ok();
    match parts[..] {
        [year, month, day] if year.len() == 4 => {
            let year = i32::try_from(number(year)?).ok()?;
            NaiveDate::from_ymd_opt(year, number(month)?, number(day)?).map(Day::On)
        }
        [day, month, year] if matches!(year.len(), 2 | 4) => {
            let century = if year.len() == 2 { 2000 } else { 0 };
            let year = i32::try_from(number(year)?).ok()? + century;
            NaiveDate::from_ymd_opt(year, number(month)?, number(day)?).map(Day::On)
        }
        [day, month] => {
            let (day, month) = (number(day)?, number(month)?);
            // A leap year: it has every day that there is.
            NaiveDate::from_ymd_opt(2024, month, day).map(|_| Day::OfYear { day, month })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A Saturday.
    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 28).unwrap()
    }

    #[test]
    fn a_day_is_understood_as_people_write_it() {
        for (written, meant) in [
            ("2026-11-24", "2026-11-24"),
            ("24/11/2026", "2026-11-24"),
            ("24/11/26", "2026-11-24"),
            ("24.11.2026", "2026-11-24"),
            ("24-11-2026", "2026-11-24"),
            ("24/11", "2026-11-24"),
            ("5/1", "2027-01-05"),
            ("28/11", "2026-11-28"),
            ("29/02", "2028-02-29"),
            ("hoje", "2026-11-28"),
            ("Today", "2026-11-28"),
            ("amanhã", "2026-11-29"),
            ("AMANHA", "2026-11-29"),
            ("depois de amanhã", "2026-11-30"),
            ("ontem", "2026-11-27"),
            ("anteontem", "2026-11-26"),
            ("seg", "2026-11-30"),
            ("terça-feira", "2026-12-01"),
            ("quarta feira", "2026-12-02"),
            ("sábado", "2026-11-28"),
            ("fri", "2026-12-04"),
        ] {
            let day = Day::read(written).unwrap();
            assert_eq!(day.ahead(today()).to_string(), meant, "{written}");
        }
    }

    #[test]
    fn of_what_has_been_the_last_day_of_that_name_is_meant() {
        for (written, meant) in [
            ("seg", "2026-11-23"),
            ("sexta", "2026-11-27"),
            ("sab", "2026-11-28"),
            ("20/11", "2026-11-20"),
            ("28/11", "2026-11-28"),
            ("5/1", "2026-01-05"),
            ("29/02", "2024-02-29"),
        ] {
            let day = Day::read(written).unwrap();
            assert_eq!(day.back(today()).to_string(), meant, "{written}");
        }
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for written in [
            "",
            "31/11",
            "2026-13-01",
            "28/13",
            "28",
            "28/11/1",
            "amanha de manha",
            "-1",
            "1/1/1/1",
            "999999999999/1",
        ] {
            assert_eq!(Day::read(written), None, "{written}");
        }
    }
}
