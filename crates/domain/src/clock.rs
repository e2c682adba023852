//! The only place that asks for the time, and the only one that knows what "today" is.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};

use crate::Zone;

/// The time, in the configured zone. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Clock {
    zone: Zone,
    source: Source,
}

#[derive(Debug, Clone)]
enum Source {
    System,
    Fixed(DateTime<Utc>),
}

impl Clock {
    /// The machine's clock, read in `zone`.
    #[must_use]
    pub fn system(zone: impl Into<Zone>) -> Self {
        Self {
            zone: zone.into(),
            source: Source::System,
        }
    }

    /// A clock that stands still, for tests.
    #[must_use]
    pub fn fixed(zone: impl Into<Zone>, now: DateTime<Utc>) -> Self {
        Self {
            zone: zone.into(),
            source: Source::Fixed(now),
        }
    }

    /// Now.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that may ask"
    )]
    pub fn now(&self) -> DateTime<Utc> {
        match self.source {
            Source::System => Utc::now(),
            Source::Fixed(now) => now,
        }
    }

    /// Now, on the wall of the configured zone.
    #[must_use]
    pub fn local_now(&self) -> NaiveDateTime {
        self.now().with_timezone(&self.zone).naive_local()
    }

    /// Today in the configured zone.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        self.local_now().date()
    }

    /// The configured zone.
    #[must_use]
    pub fn zone(&self) -> Zone {
        self.zone
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn today_is_the_zones_day_and_not_utc() {
        let at =
            |text: &str| Clock::fixed(chrono_tz::America::Sao_Paulo, text.parse().unwrap()).today();
        assert_eq!(
            at("2026-11-25T02:30:00Z"),
            "2026-11-24".parse().unwrap(),
            "23:30 in São Paulo"
        );
        assert_eq!(
            at("2026-11-25T03:30:00Z"),
            "2026-11-25".parse().unwrap(),
            "00:30 in São Paulo"
        );
    }
}
