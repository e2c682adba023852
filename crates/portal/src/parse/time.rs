//! Times of day as the portal spells them. What is not understood is an error, never midnight.

use agendad_domain::text::visible;
use chrono::{NaiveTime, Timelike};

/// `9:30`, `09:30` and `09:30:00`, which are one time, whatever stands there unseen.
pub(crate) fn parse(text: &str) -> Option<NaiveTime> {
    if text.is_ascii() {
        parse_ascii(text)
    } else {
        parse_ascii(visible(text).trim())
    }
}

fn parse_ascii(text: &str) -> Option<NaiveTime> {
    let mut parts = text.split(':');
    let number = |part: &str, shortest: usize| -> Option<u32> {
        let digits = part.bytes().all(|b| b.is_ascii_digit());
        let length = (shortest..=2).contains(&part.len());
        (digits && length).then(|| part.parse().ok()).flatten()
    };
    let (hour, minute) = (number(parts.next()?, 1)?, number(parts.next()?, 2)?);
    let second = parts.next().map_or(Some(0), |part| number(part, 2))?;
    if parts.next().is_some() {
        return None;
    }
    NaiveTime::from_hms_opt(hour, minute, second)
}

/// The one spelling that is stored: `HH:MM`, with seconds only if there are any.
pub(crate) fn canonical(time: NaiveTime) -> String {
    if time.second() == 0 {
        time.format("%H:%M").to_string()
    } else {
        time.format("%H:%M:%S").to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_time_has_one_spelling() {
        for (text, stored) in [
            ("9:30", "09:30"),
            ("09:30", "09:30"),
            ("09:30:00", "09:30"),
            ("09:30:05", "09:30:05"),
            ("00:00", "00:00"),
            ("\u{200b}09:\u{ad}30 \u{feff}", "09:30"),
        ] {
            assert_eq!(canonical(parse(text).unwrap()), stored, "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            "9h30",
            "25:99",
            "24:00",
            "9:3",
            "009:30",
            "09:30:",
            "09:30 h",
            "-9:30",
            "09:30:00:00",
            "+9:30",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
