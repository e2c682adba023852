//! What of the agenda is asked for, as an address of the dashboard, a command or a spreadsheet's address says it.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeZone, Utc};

use crate::clock::Clock;
use crate::domain::text::fold;
use crate::store::clinic::{ClinicExaminer, SearchedWords};

/// The longest range of days.
pub(crate) const LONGEST: u64 = 62;
/// What changed after this hour of yesterday has changed "since yesterday evening".
const EVENING: (u32, u32) = (18, 0);

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Days, the last one included.
    Days {
        /// The first.
        from: NaiveDate,
        /// The last.
        to: NaiveDate,
    },
    /// A candidate.
    Search(SearchedWords),
    /// What has changed since a moment.
    Changes {
        /// The moment.
        since: DateTime<Utc>,
    },
}

/// What is asked for, of whom, in which order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct View {
    pub(crate) asked: Asked,
    /// Of these examiners; `None`: all.
    pub(crate) usuario_ids: Option<Vec<i32>>,
    /// Day by day by examiner, and not by time.
    pub(crate) by_examiner: bool,
}

impl View {
    /// Days of all examiners, by time. A range that is too long is cut; a reversed one is turned.
    pub(crate) fn days(from: NaiveDate, to: NaiveDate) -> Self {
        let (from, to) = (from.min(to), from.max(to));
        let to = to.min(from + Days::new(LONGEST - 1));
        Self {
            asked: Asked::Days { from, to },
            usuario_ids: None,
            by_examiner: false,
        }
    }

    /// The days that it shows; none for a search or changes.
    pub(crate) fn range(&self) -> Option<(NaiveDate, NaiveDate)> {
        match self.asked {
            Asked::Days { from, to } => Some((from, to)),
            Asked::Search(_) | Asked::Changes { .. } => None,
        }
    }

    /// In a word, for the audit table and for names of files.
    pub(crate) fn name(&self) -> String {
        match &self.asked {
            Asked::Days { from, to } if from == to => format!("agenda-{from}"),
            Asked::Days { from, to } => format!("agenda-{from}-{to}"),
            Asked::Search(_) => "agenda-busca".to_owned(),
            Asked::Changes { .. } => "agenda-mudancas".to_owned(),
        }
    }
}

/// Yesterday evening.
pub(crate) fn yesterday_evening(clock: &Clock) -> DateTime<Utc> {
    let (hour, minute) = EVENING;
    let yesterday = clock.today() - Days::new(1);
    let evening = NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default();
    let local = clock
        .zone()
        .from_local_datetime(&yesterday.and_time(evening));
    // An hour that the clocks skip is none that begins a list.
    local.earliest().map_or_else(
        || clock.now() - chrono::TimeDelta::days(1),
        |at| at.to_utc(),
    )
}

/// The examiners that a number or a part of a name means.
pub(crate) fn meant(examiners: &[ClinicExaminer], text: &str) -> Vec<i32> {
    let folded = fold(text);
    let number: Option<i32> = folded.parse().ok();
    let is_meant = |examiner: &&ClinicExaminer| match number {
        Some(number) => examiner.usuario_id == number,
        None => !folded.is_empty() && fold(&examiner.nome).contains(&folded),
    };
    let meant = examiners.iter().filter(is_meant);
    meant.map(|examiner| examiner.usuario_id).collect()
}

/// A day as people write it: `2026-11-28`, `28/11/2026`, `28/11` (this year's, or next year's where that is closer),
/// `hoje`, `amanhã`, `ontem`.
pub(crate) fn day(text: &str, today: NaiveDate) -> Option<NaiveDate> {
    let folded = fold(text);
    match folded.as_str() {
        "hoje" | "today" => return Some(today),
        "amanha" | "tomorrow" => return today.succ_opt(),
        "ontem" | "yesterday" => return today.pred_opt(),
        _ => {}
    }
    if let Ok(day) = folded.parse() {
        return Some(day);
    }
    if let Ok(day) = NaiveDate::parse_from_str(&folded, "%d/%m/%Y") {
        return Some(day);
    }
    let year: i32 = today.format("%Y").to_string().parse().ok()?;
    let years = [year, year + 1, year - 1];
    let days = years
        .iter()
        .filter_map(|year| NaiveDate::parse_from_str(&format!("{folded}/{year}"), "%d/%m/%Y").ok());
    days.min_by_key(|day| (*day - today).num_days().abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_as_people_write_them() {
        let today = "2026-12-28".parse().unwrap();
        for (text, day) in [
            ("2026-11-28", "2026-11-28"),
            ("28/11/2026", "2026-11-28"),
            ("28/11", "2026-11-28"),
            ("3/1", "2027-01-03"),
            ("hoje", "2026-12-28"),
            ("Amanhã", "2026-12-29"),
            ("ontem", "2026-12-27"),
        ] {
            assert_eq!(super::day(text, today), day.parse().ok(), "{text}");
        }
        for none in ["", "31/2", "x", "2026-13-01"] {
            assert_eq!(day(none, today), None, "{none}");
        }
    }

    #[test]
    fn a_range_is_turned_and_cut() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let view = View::days(day("2026-12-31"), day("2026-12-01"));
        assert_eq!(view.range(), Some((day("2026-12-01"), day("2026-12-31"))));
        let long = View::days(day("2026-01-01"), day("2027-01-01"));
        assert_eq!(long.range(), Some((day("2026-01-01"), day("2026-03-03"))));
    }

    #[test]
    fn an_examiner_is_meant_by_number_or_part_of_name() {
        let examiner = |usuario_id, nome: &str| ClinicExaminer {
            usuario_id,
            nome: nome.to_owned(),
        };
        let all = [examiner(1, "Ângela Prado"), examiner(12, "Bruno Prado")];
        assert_eq!(meant(&all, "1"), [1]);
        assert_eq!(meant(&all, "ANGELA"), [1]);
        assert_eq!(meant(&all, "prado"), [1, 12]);
        assert_eq!(meant(&all, " "), [0; 0]);
    }
}
