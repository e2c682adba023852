//! For how long messages may be held back, and the moments between which: as people write them.

use std::time::Duration;

use chrono::{DateTime, Datelike, NaiveDateTime, NaiveTime, TimeZone, Utc};

use crate::domain::Zone;

/// Longer ones would be forgotten.
const LONGEST: Duration = Duration::from_secs(30 * 24 * 3600);

/// Whether messages may be held back for so long.
#[must_use]
pub fn is_silence(lasts: Duration) -> bool {
    !lasts.is_zero() && lasts <= LONGEST
}

/// A moment on the wall, of a year that can be meant; an hour alone is the next one after `after`.
#[must_use]
pub fn moment(text: &str, after: DateTime<Utc>, zone: Zone) -> Option<DateTime<Utc>> {
    read(text, after, zone).filter(|moment| (1900..=2999).contains(&moment.year()))
}

fn read(text: &str, after: DateTime<Utc>, zone: Zone) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if matches!(text, "now" | "agora") {
        return Some(after);
    }
    if let Ok(moment) = DateTime::parse_from_rfc3339(text) {
        return Some(moment.with_timezone(&Utc));
    }
    let on_wall = |wall: NaiveDateTime| {
        let earliest = zone.from_local_datetime(&wall).earliest();
        earliest.map(|moment| moment.with_timezone(&Utc))
    };
    if let Ok(time) = NaiveTime::parse_from_str(text, "%H:%M") {
        let day = after.with_timezone(&zone).date_naive();
        let days = std::iter::once(day).chain(day.succ_opt());
        let mut moments = days.filter_map(|day| on_wall(day.and_time(time)));
        return moments.find(|moment| *moment > after);
    }
    let forms = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M"];
    let mut walls = forms
        .iter()
        .filter_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    walls.next().and_then(on_wall)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_is_the_next_one_and_a_moment_is_read_as_people_write_it() {
        let zone = Zone::from(chrono_tz::America::Sao_Paulo);
        let now = "2026-11-28T20:00:00Z".parse().unwrap();
        let of = |text: &str| moment(text, now, zone).map(|at| at.to_rfc3339());
        let utc = |text: &str| Some(format!("{text}:00+00:00"));
        assert_eq!(of("agora"), utc("2026-11-28T20:00"));
        assert_eq!(of("22:00"), utc("2026-11-29T01:00"), "17:00 on the wall");
        assert_eq!(of("06:00"), utc("2026-11-29T09:00"), "tomorrow");
        assert_eq!(of("29/11/2026 06:00"), utc("2026-11-29T09:00"));
        assert_eq!(of("2026-11-29T06:00"), utc("2026-11-29T09:00"));
        assert_eq!(of("2026-11-29T06:00:00-03:00"), utc("2026-11-29T09:00"));
        for odd in [
            "logo",
            "+262142-12-31T06:00",
            "0001-01-01 06:00",
            "31/12/3000 06:00",
        ] {
            assert_eq!(of(odd), None, "{odd}");
        }
        let last = chrono::NaiveDate::MAX.and_hms_opt(23, 0, 0).unwrap();
        assert_eq!(moment("06:00", last.and_utc(), zone), None);
    }
}
