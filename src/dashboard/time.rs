//! Times and numbers as people read them, in their language and in the configured zone.

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc};
use maud::{Markup, html};

use super::language::Language;
use crate::domain::Zone;
use crate::words::time as words;

/// What a page needs to show times.
#[derive(Debug, Clone, Copy)]
pub(super) struct Times {
    pub(super) language: Language,
    pub(super) now: DateTime<Utc>,
    pub(super) zone: Zone,
}

impl Times {
    /// A length, in its two largest units.
    pub(super) fn length(length: TimeDelta) -> String {
        let seconds = length.num_seconds().max(0);
        let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
        match (days, hours, minutes) {
            (0, 0, 0) => format!("{seconds} s"),
            (0, 0, minutes) => format!("{minutes} min"),
            (0, hours, minutes) if hours < 10 && minutes % 60 > 0 => {
                format!("{hours} h {} min", minutes % 60)
            }
            (0, hours, _) => format!("{hours} h"),
            (days, hours, _) if days < 10 && hours % 24 > 0 => {
                format!("{days} d {} h", hours % 24)
            }
            (days, ..) => format!("{days} d"),
        }
    }

    /// How long ago; the moment itself when one points at it.
    pub(super) fn age(self, at: DateTime<Utc>) -> Markup {
        self.element(at, Some("age"), &Self::length(self.now - at))
    }

    /// The same in words.
    pub(super) fn ago(self, at: DateTime<Utc>) -> Markup {
        let length = Self::length(self.now - at);
        let text = self.language.say(words::ago(&length));
        self.element(at, Some("ago"), &text)
    }

    /// How soon.
    pub(super) fn until(self, at: DateTime<Utc>) -> Markup {
        let text = if at <= self.now {
            self.language.say(words::NOW).to_owned()
        } else {
            let length = Self::length(at - self.now);
            self.language.say(words::soon(&length))
        };
        self.element(at, Some("until"), &text)
    }

    /// Day and hour.
    pub(super) fn moment(self, at: DateTime<Utc>) -> Markup {
        self.element(at, None, &self.moment_text(at))
    }

    /// The same as a text, for an attribute.
    pub(super) fn moment_text(self, at: DateTime<Utc>) -> String {
        let local = at.with_timezone(&self.zone);
        let hour = local.format("%H:%M:%S");
        if local.date_naive() == self.today() {
            hour.to_string()
        } else {
            format!("{} {hour}", self.day(local.date_naive()))
        }
    }

    /// The hour, for a sentence; with the day if it is another one.
    pub(super) fn hour(self, at: DateTime<Utc>) -> String {
        let local = at.with_timezone(&self.zone);
        let format = if local.date_naive() == self.today() {
            "%H:%M"
        } else {
            "%d/%m %H:%M"
        };
        local.format(format).to_string()
    }

    /// Day of the week, day and month; the year only where it is another one.
    pub(super) fn day(self, day: NaiveDate) -> String {
        let index = day.weekday().num_days_from_monday() as usize;
        let weekday = self.language.say(words::WEEKDAYS[index]);
        let month = self.language.say(words::MONTHS[day.month0() as usize]);
        let year = if day.year() == self.today().year() {
            String::new()
        } else {
            format!(" {}", day.year())
        };
        format!("{weekday} {} {month}{year}", day.day())
    }

    pub(super) fn today(self) -> NaiveDate {
        self.now.with_timezone(&self.zone).date_naive()
    }

    /// When the next day begins.
    pub(super) fn midnight(self) -> DateTime<Utc> {
        self.begin_of(self.today() + Days::new(1))
    }

    /// When a day began.
    pub(super) fn begin_of(self, day: NaiveDate) -> DateTime<Utc> {
        self.zone.begin_of(day)
    }

    /// `form` tells the script how to keep the text true while time goes by.
    fn element(self, at: DateTime<Utc>, form: Option<&str>, text: &str) -> Markup {
        let local = at.with_timezone(&self.zone).format("%Y-%m-%d %H:%M:%S %Z");
        html! { time datetime=(machine(at)) title=(local) data-as=[form] { (text) } }
    }
}

/// As machines read it.
pub(super) fn machine(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(language: Language) -> Times {
        Times {
            language,
            now: "2026-11-24T12:00:00Z".parse().unwrap(),
            zone: chrono_tz::America::Sao_Paulo.into(),
        }
    }

    #[test]
    fn lengths_show_what_matters() {
        let shown: Vec<String> = [0, 59, 61, 3600, 3660, 36_060, 90_000, 864_000, -5]
            .into_iter()
            .map(|seconds| Times::length(TimeDelta::seconds(seconds)))
            .collect();
        assert_eq!(
            shown,
            [
                "0 s",
                "59 s",
                "1 min",
                "1 h",
                "1 h 1 min",
                "10 h",
                "1 d 1 h",
                "10 d",
                "0 s"
            ]
        );
    }

    #[test]
    fn a_day_ends_at_midnight_or_where_summer_time_skips_it_an_hour_later() {
        let midnight = |now: &str| {
            let now = now.parse().unwrap();
            machine(
                Times {
                    now,
                    ..times(Language::Portuguese)
                }
                .midnight(),
            )
        };
        assert_eq!(midnight("2026-11-24T12:00:00Z"), "2026-11-25T03:00:00Z");
        assert_eq!(midnight("2026-11-25T02:59:59Z"), "2026-11-25T03:00:00Z");
        // The last summer time of São Paulo began on 4 November 2018, at midnight.
        assert_eq!(midnight("2018-11-03T12:00:00Z"), "2018-11-04T03:00:00Z");
    }

    #[test]
    fn a_day_begins_at_its_midnight_here_whatever_the_hour_is_now() {
        let lisbon: Zone = chrono_tz::Europe::Lisbon.into();
        let here = times(Language::Portuguese).zone;
        for (zone, now, day, begin) in [
            (
                here,
                "2026-11-24T12:00:00Z",
                "2026-11-24",
                "2026-11-24T03:00:00Z",
            ),
            (
                here,
                "2026-11-24T12:00:00Z",
                "2026-11-11",
                "2026-11-11T03:00:00Z",
            ),
            (
                here,
                "2026-11-24T12:00:00Z",
                "2026-11-25",
                "2026-11-25T03:00:00Z",
            ),
            // Summer time ended in between.
            (
                lisbon,
                "2026-11-01T23:30:00Z",
                "2026-10-20",
                "2026-10-19T23:00:00Z",
            ),
            (
                lisbon,
                "2026-11-01T23:30:00Z",
                "2026-11-01",
                "2026-11-01T00:00:00Z",
            ),
        ] {
            let times = Times {
                now: now.parse().unwrap(),
                zone,
                ..times(Language::Portuguese)
            };
            let begins = times.begin_of(day.parse().unwrap());
            assert_eq!(machine(begins), begin, "{day}");
        }
    }

    #[test]
    fn times_are_shown_in_both_languages() {
        let at = "2026-11-24T11:58:00Z".parse().unwrap();
        let pt = times(Language::Portuguese);
        assert_eq!(
            pt.ago(at).into_string(),
            r#"<time datetime="2026-11-24T11:58:00Z" title="2026-11-24 08:58:00 -03" data-as="ago">há 2 min</time>"#
        );
        let day = "2027-02-06".parse().unwrap();
        assert_eq!(pt.day(day), "sáb 6 fev 2027");
        assert_eq!(times(Language::English).day(day), "Sat 6 Feb 2027");
    }
}
