//! When something may be told. Pure: no database, no clock.

use chrono::{DateTime, Days, NaiveTime, TimeZone, Utc};

use crate::config::changes::ChangesConfig;
use crate::config::tomorrow::TomorrowConfig;
use crate::domain::Zone;
use crate::store::change_mails::ChangesQuery;

/// What is to be told now; `None`: nothing, because it is night, or switched off. In the morning what the night changed is
/// told too, and what has changed since the day before told of this one.
#[must_use]
pub fn changes_query(
    config: &ChangesConfig,
    tomorrow: &TomorrowConfig,
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
    let yesterday = today - Days::new(1);
    let began = zone.begin_of(today);
    let of_yesterday = |time| {
        let moment = zone.from_local_datetime(&yesterday.and_time(time));
        moment.earliest().map(|moment| moment.to_utc())
    };
    let night = of_yesterday(from).filter(|_| begins_yesterday);
    let mailed = tomorrow.time().filter(|_| tomorrow.enabled);
    let mailed = mailed.and_then(of_yesterday);
    Some(ChangesQuery {
        today,
        began,
        since: night.into_iter().chain(mailed).fold(began, Ord::min),
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

    fn tomorrow(enabled: bool, hour: &str) -> TomorrowConfig {
        TomorrowConfig {
            enabled,
            hour: hour.to_owned(),
            wait: Duration::from_secs(900),
        }
    }

    /// Day and hour since when changes are told on the 28th.
    fn since(config: &ChangesConfig, tomorrow: &TomorrowConfig, time: &str) -> Option<String> {
        let zone = Zone::from(chrono_tz::America::Sao_Paulo);
        let now = format!("2026-11-28T{time}:00-03:00").parse::<DateTime<Utc>>();
        let query = changes_query(config, tomorrow, now.unwrap(), zone)?;
        assert_eq!(query.today.to_string(), "2026-11-28");
        let local = |at: DateTime<Utc>| at.with_timezone(&zone).naive_local();
        assert_eq!(local(query.began).to_string(), "2026-11-28 00:00:00");
        Some(local(query.since).format("%d %H:%M").to_string())
    }

    #[test]
    fn what_has_changed_since_the_mail_about_this_day_is_told_on_it() {
        let (night, none) = (config("21:00", "06:00"), config("00:00", "00:00"));
        for (changes, mailed, hour, expected) in [
            (&night, true, "19:00", "27 19:00"),
            (&night, true, "22:00", "27 21:00"),
            (&night, false, "19:00", "27 21:00"),
            (&night, true, "7 pm", "27 21:00"),
            (&none, true, "19:00", "27 19:00"),
            (&none, false, "19:00", "28 00:00"),
            (&config("12:00", "14:00"), true, "19:00", "27 19:00"),
        ] {
            let said = since(changes, &tomorrow(mailed, hour), "10:00");
            assert_eq!(said.as_deref(), Some(expected), "{mailed} {hour}");
        }
    }

    #[test]
    fn nothing_is_told_at_night_and_the_morning_looks_back_to_its_beginning() {
        let since =
            |config: &ChangesConfig, time: &str| since(config, &tomorrow(false, "19:00"), time);
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
