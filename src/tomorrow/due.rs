//! When it is time. Pure: no database, no clock.

use chrono::{Days, NaiveDate, NaiveDateTime, TimeDelta};

use crate::config::tomorrow::TomorrowConfig;

/// What is to be done now about which day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// Tomorrow.
    pub day: NaiveDate,
    /// Mails go out; before that the day is only read anew.
    pub is_hour: bool,
    /// No reading is waited for any more.
    pub is_late: bool,
}

/// `None`: it is not time yet. From the hour on it is, until midnight.
#[must_use]
pub fn due(config: &TomorrowConfig, now: NaiveDateTime) -> Option<Due> {
    let hour = now.date().and_time(config.time()?);
    let wait = TimeDelta::from_std(config.wait).ok()?;
    let is_time = now + wait >= hour;
    (config.enabled && is_time).then(|| Due {
        day: now.date() + Days::new(1),
        is_hour: now >= hour,
        is_late: now >= hour + wait,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_is_read_before_the_hour_and_the_mail_waits_for_that_for_a_while() {
        let config = TomorrowConfig {
            enabled: true,
            hour: "19:00".to_owned(),
            wait: std::time::Duration::from_secs(900),
        };
        let at = |time: &str| due(&config, format!("2026-11-28T{time}").parse().unwrap());
        let day: NaiveDate = "2026-11-29".parse().unwrap();
        let due = |is_hour, is_late| {
            Some(Due {
                day,
                is_hour,
                is_late,
            })
        };
        assert_eq!(at("18:44:59"), None);
        assert_eq!(at("18:45:00"), due(false, false));
        assert_eq!(at("19:00:00"), due(true, false));
        assert_eq!(at("19:15:00"), due(true, true));
        assert_eq!(at("23:59:59"), due(true, true));
        assert_eq!(at("00:00:00"), None);
    }
}
