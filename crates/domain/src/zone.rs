//! A time zone: by the system's table where there is one, so that a change of summer time needs no new build of
//! this program; else by the table that is built in. The only home of jiff, which reads such tables.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use chrono::{
    DateTime, FixedOffset, MappedLocalTime, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta,
    TimeZone, Utc,
};
use chrono_tz::{GapInfo, Tz};
use jiff::tz::AmbiguousOffset;

/// A zone of the IANA database. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Zone {
    built_in: Tz,
    /// The system's table; kept for the life of the process.
    table: Option<&'static Table>,
}

struct Table {
    bytes: Vec<u8>,
    zone: jiff::tz::TimeZone,
}

/// The bytes are no time zone.
#[derive(Debug, thiserror::Error)]
#[error("it holds no time zone: {0}")]
pub struct InvalidTable(String);

/// How far a wall clock of a [`Zone`] is from UTC, at a moment.
#[derive(Clone, Copy)]
pub struct ZoneOffset {
    zone: Zone,
    fixed: FixedOffset,
    at: NaiveDateTime,
}

impl From<Tz> for Zone {
    /// By the table that is built in.
    fn from(built_in: Tz) -> Self {
        Self {
            built_in,
            table: None,
        }
    }
}

impl Zone {
    /// The same zone by a table in the format of the IANA database (TZif). A table that was read before is not
    /// kept twice.
    pub fn by_table(self, bytes: &[u8]) -> Result<Self, InvalidTable> {
        static TABLES: Mutex<Vec<&'static Table>> = Mutex::new(Vec::new());
        let mut tables = TABLES.lock().unwrap_or_else(PoisonError::into_inner);
        let known = tables.iter().find(|table| table.bytes == bytes).copied();
        let table = match known {
            Some(table) => table,
            None => {
                let zone = jiff::tz::TimeZone::tzif(self.name(), bytes);
                let zone = zone.map_err(|error| InvalidTable(error.to_string()))?;
                let bytes = bytes.to_vec();
                let table: &'static Table = Box::leak(Box::new(Table { bytes, zone }));
                tables.push(table);
                table
            }
        };
        Ok(Self {
            table: Some(table),
            ..self
        })
    }

    /// The same zone by the table that is built in.
    #[must_use]
    pub fn built_in(self) -> Self {
        self.built_in.into()
    }

    /// `America/Sao_Paulo`
    #[must_use]
    pub fn name(self) -> &'static str {
        self.built_in.name()
    }

    /// The first moment after one that the wall leaves out: when it goes on. `None` if it shows that moment.
    #[must_use]
    pub fn end_of_gap(self, wall: NaiveDateTime) -> Option<DateTime<Utc>> {
        let Some(table) = self.table else {
            let gap = GapInfo::new(&wall, &self.built_in)?;
            return gap.end.map(|end| end.to_utc());
        };
        let AmbiguousOffset::Gap { before, .. } = table.offset(wall)? else {
            return None;
        };
        // By the offset before, it lies behind the moment of the change.
        let behind = wall - TimeDelta::seconds(before.seconds().into());
        let behind = timestamp(behind + TimeDelta::seconds(1))?;
        let change = table.zone.preceding(behind).next()?;
        DateTime::from_timestamp(change.timestamp().as_second(), 0)
    }

    /// When a day begins: at midnight; where the wall leaves that out, when it goes on.
    #[must_use]
    pub fn begin_of(self, day: NaiveDate) -> DateTime<Utc> {
        let midnight = day.and_time(NaiveTime::MIN);
        let shown = self.from_local_datetime(&midnight).earliest();
        shown
            .map(|at| at.to_utc())
            .or_else(|| self.end_of_gap(midnight))
            .unwrap_or_else(|| midnight.and_utc())
    }

    /// The first moment, to the hour, from `from` on in which the two walls differ, within so many days.
    #[must_use]
    pub fn differs(self, other: Self, from: DateTime<Utc>, days: i64) -> Option<DateTime<Utc>> {
        let moments = (0..days * 24).map(|hour| from + TimeDelta::hours(hour));
        let offset = |zone: Self, at: &DateTime<Utc>| {
            let offset = zone.offset_from_utc_datetime(&at.naive_utc());
            offset.fix().local_minus_utc()
        };
        moments
            .into_iter()
            .find(|at| offset(self, at) != offset(other, at))
    }

    fn offset(self, fixed: FixedOffset, at: NaiveDateTime) -> ZoneOffset {
        ZoneOffset {
            zone: self,
            fixed,
            at,
        }
    }

    /// The offset of a wall's time, by the offset itself.
    fn of_wall(self, fixed: FixedOffset, wall: &NaiveDateTime) -> ZoneOffset {
        let at = *wall - TimeDelta::seconds(fixed.local_minus_utc().into());
        self.offset(fixed, at)
    }
}

impl Table {
    /// What the wall's time may mean; `None` far outside of all times.
    fn offset(&self, wall: NaiveDateTime) -> Option<AmbiguousOffset> {
        let seconds = wall.and_utc().timestamp();
        let at = jiff::Timestamp::from_second(seconds).ok()?;
        let civil = jiff::tz::Offset::UTC.to_datetime(at);
        Some(self.zone.to_ambiguous_timestamp(civil).offset())
    }
}

fn timestamp(utc: NaiveDateTime) -> Option<jiff::Timestamp> {
    jiff::Timestamp::from_second(utc.and_utc().timestamp()).ok()
}

fn fixed(offset: jiff::tz::Offset) -> Option<FixedOffset> {
    FixedOffset::east_opt(offset.seconds())
}

impl TimeZone for Zone {
    type Offset = ZoneOffset;

    fn from_offset(offset: &ZoneOffset) -> Self {
        offset.zone
    }

    fn offset_from_local_date(&self, local: &NaiveDate) -> MappedLocalTime<ZoneOffset> {
        self.offset_from_local_datetime(&local.and_time(NaiveTime::MIN))
    }

    fn offset_from_local_datetime(&self, wall: &NaiveDateTime) -> MappedLocalTime<ZoneOffset> {
        let of = |fixed| self.of_wall(fixed, wall);
        let by_table = self.table.and_then(|table| match table.offset(*wall)? {
            AmbiguousOffset::Unambiguous { offset } => {
                Some(MappedLocalTime::Single(fixed(offset)?))
            }
            AmbiguousOffset::Gap { .. } => Some(MappedLocalTime::None),
            AmbiguousOffset::Fold { before, after } => {
                Some(MappedLocalTime::Ambiguous(fixed(before)?, fixed(after)?))
            }
        });
        let mapped = by_table.unwrap_or_else(|| {
            let mapped = self.built_in.offset_from_local_datetime(wall);
            mapped.map(|offset| offset.fix())
        });
        mapped.map(of)
    }

    fn offset_from_utc_date(&self, utc: &NaiveDate) -> ZoneOffset {
        self.offset_from_utc_datetime(&utc.and_time(NaiveTime::MIN))
    }

    fn offset_from_utc_datetime(&self, utc: &NaiveDateTime) -> ZoneOffset {
        let by_table = self
            .table
            .and_then(|table| fixed(table.zone.to_offset(timestamp(*utc)?)));
        let fixed = by_table.unwrap_or_else(|| self.built_in.offset_from_utc_datetime(utc).fix());
        self.offset(fixed, *utc)
    }
}

impl Offset for ZoneOffset {
    fn fix(&self) -> FixedOffset {
        self.fixed
    }
}

impl fmt::Display for ZoneOffset {
    /// The abbreviation of the time that is in force: `-03`, `CEST`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let by_table = self.zone.table.zip(timestamp(self.at));
        match by_table {
            Some((table, at)) => f.write_str(table.zone.to_offset_info(at).abbreviation()),
            None => self.zone.built_in.offset_from_utc_datetime(&self.at).fmt(f),
        }
    }
}

impl fmt::Debug for ZoneOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.fixed, f)
    }
}

impl PartialEq for Zone {
    /// The same zone by the same table.
    fn eq(&self, other: &Self) -> bool {
        let same_table = match (self.table, other.table) {
            (Some(a), Some(b)) => std::ptr::eq(a, b),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        self.built_in == other.built_in && same_table
    }
}

impl Eq for Zone {}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A table without any change but those of its rule: TZif version 2 with a footer.
    fn table(rule: &str) -> Vec<u8> {
        // Version, counts (one type, four characters of abbreviation), the type, the abbreviation.
        let block = |version: u8| {
            let mut block = b"TZif".to_vec();
            block.push(version);
            block.extend([0; 15]);
            for count in [0_u32, 0, 0, 0, 1, 4] {
                block.extend(count.to_be_bytes());
            }
            block.extend((-10_800_i32).to_be_bytes());
            block.extend([0, 0]);
            block.extend(b"-03\0");
            block
        };
        [block(b'2'), block(b'2'), format!("\n{rule}\n").into_bytes()].concat()
    }

    fn sao_paulo() -> Zone {
        chrono_tz::America::Sao_Paulo.into()
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn the_systems_table_counts_when_summer_time_comes_back() {
        // As it was until 2019: from the first Sunday of November to the third of February.
        let summer = sao_paulo()
            .by_table(&table("<-03>3<-02>,M11.1.0/0,M2.3.0/0"))
            .unwrap();
        let wall = |zone: Zone, now: &str| {
            let local = at(now).with_timezone(&zone);
            local.format("%H:%M %Z").to_string()
        };
        assert_eq!(wall(summer, "2026-12-24T12:00:00Z"), "10:00 -02");
        assert_eq!(wall(sao_paulo(), "2026-12-24T12:00:00Z"), "09:00 -03");
        assert_eq!(wall(summer, "2026-06-24T12:00:00Z"), "09:00 -03");
        let from = at("2026-06-24T12:00:00Z");
        assert_eq!(
            summer.differs(sao_paulo(), from, 366),
            Some(at("2026-11-01T03:00:00Z"))
        );
        assert_eq!(summer.differs(summer, from, 366), None);
        // It begins at midnight, which the wall leaves out.
        let midnight: NaiveDateTime = "2026-11-01T00:30:00".parse().unwrap();
        assert_eq!(summer.from_local_datetime(&midnight), MappedLocalTime::None);
        assert_eq!(
            summer.end_of_gap(midnight),
            Some(at("2026-11-01T03:00:00Z"))
        );
        assert_eq!(summer.end_of_gap(midnight - TimeDelta::hours(1)), None);
        // And ends at midnight, before which an hour is shown twice.
        let again: NaiveDateTime = "2027-02-20T23:30:00".parse().unwrap();
        let MappedLocalTime::Ambiguous(first, second) = summer.from_local_datetime(&again) else {
            panic!("shown twice");
        };
        assert_eq!(
            (first.to_utc(), second.to_utc()),
            (at("2027-02-21T01:30:00Z"), at("2027-02-21T02:30:00Z"))
        );
    }

    #[test]
    fn what_is_no_table_is_refused_and_equal_tables_are_one() {
        for bytes in [&b""[..], b"TZif", b"hello"] {
            assert!(sao_paulo().by_table(bytes).is_err());
        }
        let bytes = table("<-03>3");
        let (one, other) = (
            sao_paulo().by_table(&bytes).unwrap(),
            sao_paulo().by_table(&bytes).unwrap(),
        );
        assert_eq!(one, other);
        assert_ne!(one, sao_paulo());
        assert_eq!(one.built_in(), sao_paulo());
        assert_eq!(
            one.differs(sao_paulo(), at("2026-01-01T00:00:00Z"), 366),
            None
        );
    }

    #[test]
    fn a_day_begins_at_its_midnight_or_where_the_wall_goes_on() {
        use chrono_tz::{America, Europe, Pacific};
        let summer = table("<-03>3<-02>,M11.1.0/0,M2.3.0/0");
        let summer = sao_paulo().by_table(&summer).unwrap();
        for (zone, day, begins) in [
            (sao_paulo(), "2026-11-24", "2026-11-24T03:00:00Z"),
            (sao_paulo(), "2018-11-04", "2018-11-04T03:00:00Z"),
            (sao_paulo(), "2018-11-05", "2018-11-05T02:00:00Z"),
            (summer, "2026-11-01", "2026-11-01T03:00:00Z"),
            (summer, "2026-11-02", "2026-11-02T02:00:00Z"),
            (
                America::Santiago.into(),
                "2026-09-06",
                "2026-09-06T04:00:00Z",
            ),
            (Europe::Lisbon.into(), "2026-10-25", "2026-10-24T23:00:00Z"),
            (Europe::Lisbon.into(), "2026-10-26", "2026-10-26T00:00:00Z"),
            // Shown twice: at the first.
            (America::Havana.into(), "2026-11-01", "2026-11-01T04:00:00Z"),
            // A day that there was not.
            (Pacific::Apia.into(), "2011-12-30", "2011-12-30T10:00:00Z"),
        ] {
            assert_eq!(
                zone.begin_of(day.parse().unwrap()),
                at(begins),
                "{zone} {day}"
            );
        }
    }

    #[test]
    fn both_tables_say_the_same_of_gaps() {
        let old = sao_paulo();
        let gap: NaiveDateTime = "2018-11-04T00:30:00".parse().unwrap();
        assert_eq!(old.end_of_gap(gap), Some(at("2018-11-04T03:00:00Z")));
        assert_eq!(old.end_of_gap(gap - TimeDelta::days(1)), None);
    }
}
