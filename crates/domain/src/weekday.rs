//! The weekdays on which an examiner works, as the application stores them.

use chrono::{Datelike, NaiveDate, Weekday};

const NAMES: [(&str, Weekday); 7] = [
    ("segunda", Weekday::Mon),
    ("terca", Weekday::Tue),
    ("quarta", Weekday::Wed),
    ("quinta", Weekday::Thu),
    ("sexta", Weekday::Fri),
    ("sabado", Weekday::Sat),
    ("domingo", Weekday::Sun),
];

/// A set of weekdays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkingDays([bool; 7]);

/// A stored list of working days that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "working days {text:?} are not a JSON list of segunda, terca, quarta, quinta, sexta, sabado, domingo"
)]
pub struct InvalidWorkingDays {
    /// What is stored.
    pub text: String,
}

impl WorkingDays {
    /// Every day of the week.
    pub const ALL: Self = Self([true; 7]);

    /// Reads the application's form, JSON such as `["terca","quarta"]`, accents and case ignored.
    /// `None`, an empty text, an empty list and JSON's null mean that nothing is limited: every day.
    ///
    /// # Errors
    /// [`InvalidWorkingDays`] for anything else: an unknown name must not silently become a day off.
    pub fn parse(text: Option<&str>) -> Result<Self, InvalidWorkingDays> {
        let Some(text) = text.map(str::trim).filter(|t| !t.is_empty()) else {
            return Ok(Self::ALL);
        };
        let invalid = || InvalidWorkingDays {
            text: text.to_owned(),
        };
        let names: Option<Vec<String>> = serde_json::from_str(text).map_err(|_| invalid())?;
        let names = names.unwrap_or_default();
        if names.is_empty() {
            return Ok(Self::ALL);
        }
        let mut days = [false; 7];
        for name in &names {
            days[position(name).ok_or_else(invalid)?] = true;
        }
        Ok(Self(days))
    }

    /// The application's form again.
    #[must_use]
    pub fn to_json(self) -> String {
        let names: Vec<&str> = self.names().collect();
        serde_json::json!(names).to_string()
    }

    /// The application's names of the days, in the order of the week.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let days = NAMES.iter().zip(self.0);
        days.filter(|(_, works)| *works).map(|((name, _), _)| *name)
    }

    /// Whether `date` falls on one of the days.
    #[must_use]
    pub fn contains(self, date: NaiveDate) -> bool {
        self.0[date.weekday().num_days_from_monday() as usize]
    }
}

fn position(name: &str) -> Option<usize> {
    let folded = super::text::fold(name);
    let bare = folded.strip_suffix("-feira").unwrap_or(&folded);
    NAMES
        .iter()
        .find(|(known, _)| *known == bare)
        .map(|(_, day)| day.num_days_from_monday() as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_applications_form_is_read_and_written() {
        let days = WorkingDays::parse(Some(r#"["terca","Sábado"]"#)).unwrap();
        assert!(
            days.contains(NaiveDate::from_ymd_opt(2026, 11, 24).unwrap()),
            "a Tuesday"
        );
        assert!(
            !days.contains(NaiveDate::from_ymd_opt(2026, 11, 25).unwrap()),
            "a Wednesday"
        );
        assert_eq!(days.to_json(), r#"["terca","sabado"]"#);
    }

    #[test]
    fn nothing_said_means_every_day() {
        for text in [None, Some(""), Some(" "), Some("[]"), Some("null")] {
            assert_eq!(WorkingDays::parse(text).unwrap(), WorkingDays::ALL);
        }
    }

    #[test]
    fn an_unknown_name_is_an_error_and_never_a_day_off() {
        for text in ["terca", r#"["tuesday"]"#, "[1]", "{}", "[null]", "Null"] {
            assert!(WorkingDays::parse(Some(text)).is_err(), "{text}");
        }
    }
}
