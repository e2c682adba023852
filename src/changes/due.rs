//! When something may be told. Pure: no database, no clock.

use chrono::{DateTime, Days, NaiveTime, TimeZone, Utc};

use crate::config::changes::ChangesConfig;
use crate::domain::Zone;
use crate::store::change_mails::ChangesQuery;

/// What is to be told now; `None`: nothing, because it is night, or switched off. In the morning what the night changed is
/// told too.
#[must_use]
pub fn changes_query(
    config: &ChangesConfig,
    now: DateTime<Utc>,
    zone: Zone,
) -> Option<ChangesQuery> {
    let (from, until) = config.night()?;
    let local = now.with_timezone(&zone).naive_local();
    let (today, time) = (local.date(), local.time());
    if !config.enabled || is_night(time, from, until) {
        return None;
    }
    let begins_yesterday = from > until;
    let began = if begins_yesterday {
        (today - Days::new(1)).and_time(from)
    } else {
        today.and_time(NaiveTime::MIN)
    };
    let since = zone.from_local_datetime(&began).earliest();
    Some(ChangesQuery {
        today,
        since: since.map_or(now, |since| since.with_timezone(&Utc)),
        collect: config.collect,
        every: config.every,
    })
}

fn is_night(time: NaiveTime, from: NaiveTime, until: NaiveTime) -> bool {
    if from <= until {
        from <= time && time < until
    } else {
        time >= from || time < until
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn config(quiet_from: &str, quiet_until: &str) -> ChangesConfig {
        ChangesConfig {
            enabled: true,
            collect: Duration::from_secs(180),
            every: Duration::from_secs(900),
            quiet_from: quiet_from.to_owned(),
            quiet_until: quiet_until.to_owned(),
        }
    }

    #[test]
    fn nothing_is_told_at_night_and_the_morning_looks_back_to_its_beginning() {
        let zone = Zone::from(chrono_tz::America::Sao_Paulo);
        let since = |config: &ChangesConfig, time: &str| {
            let now = format!("2026-11-28T{time}:00-03:00").parse::<DateTime<Utc>>();
            let query = changes_query(config, now.unwrap(), zone)?;
            assert_eq!(query.today.to_string(), "2026-11-28");
            let local = query.since.with_timezone(&zone).naive_local();
            Some(local.format("%d %H:%M").to_string())
        };
        let night = config("21:00", "06:00");
        for dark in ["21:00", "23:59", "00:00", "05:59"] {
            assert_eq!(since(&night, dark), None, "{dark}");
        }
        for light in ["06:00", "20:59"] {
            assert_eq!(since(&night, light).as_deref(), Some("27 21:00"));
        }
        let none = config("00:00", "00:00");
        assert_eq!(since(&none, "00:00").as_deref(), Some("28 00:00"));
        let siesta = config("12:00", "14:00");
        assert_eq!(since(&siesta, "13:00"), None);
        assert_eq!(since(&siesta, "14:00").as_deref(), Some("28 00:00"));
        let off = ChangesConfig {
            enabled: false,
            ..none
        };
        assert_eq!(since(&off, "10:00"), None);
    }
}
