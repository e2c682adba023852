//! What is known of each day of each examiner: empty is not unread. From the records of the runs, which say which days
//! each has read.

use chrono::{DateTime, NaiveDate, Utc};

use super::{Store, StoreError};
use agendad_domain::{DayFacts, DayState, FailureKind, PauseReason, UnreadReason, WorkingDays};

/// A configured window, as the state of a day depends on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayWindow {
    pub name: String,
    /// First day, counted from today.
    pub from_day: i32,
    /// Last day, inclusive.
    pub to_day: i32,
    /// A reading before this moment is too old.
    pub late_before: DateTime<Utc>,
}

/// Which days are asked about.
#[derive(Debug, Clone, Copy)]
pub struct DaysQuery<'a> {
    /// Of these examiners.
    pub usuario_ids: &'a [i32],
    /// First day.
    pub from: NaiveDate,
    /// Last day, inclusive.
    pub to: NaiveDate,
    pub today: NaiveDate,
    /// The windows in force.
    pub windows: &'a [DayWindow],
}

/// What is known of a day of an examiner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExaminerDay {
    pub usuario_id: i32,
    pub nome: String,
    pub date: NaiveDate,
    /// What is known of it.
    pub state: DayState,
}

impl Store {
    /// What is known of these days, day by day, by the examiners' names.
    pub async fn day_states(&self, query: &DaysQuery<'_>) -> Result<Vec<ExaminerDay>, StoreError> {
        let windows = query.windows;
        let names: Vec<String> = windows.iter().map(|w| w.name.clone()).collect();
        let first: Vec<i32> = windows.iter().map(|w| w.from_day).collect();
        let last: Vec<i32> = windows.iter().map(|w| w.to_day).collect();
        let late: Vec<DateTime<Utc>> = windows.iter().map(|w| w.late_before).collect();
        let rows = sqlx::query_file!(
            "src/sql/day_states.sql",
            query.usuario_ids,
            query.from,
            query.to,
            query.today,
            self.zone.name(),
            &names,
            &first,
            &last,
            &late,
        )
        .fetch_all(&self.pool)
        .await?;
        let days = rows.into_iter().map(|row| {
            // What cannot be understood limits nothing; the runs say that it cannot.
            let working = WorkingDays::parse(row.dias_trabalho.as_deref());
            let working = working.unwrap_or(WorkingDays::ALL);
            let held_up = match row.pausa_motivo {
                _ if !row.runs => Some(UnreadReason::SwitchedOff),
                Some(reason) => Some(UnreadReason::Paused(reason)),
                None if !row.has_password => Some(UnreadReason::NoPassword),
                None if row.being_read => Some(UnreadReason::BeingRead),
                None if row.new_password => Some(UnreadReason::NewPassword),
                None => None,
            };
            let facts = DayFacts {
                slots: row.slots,
                read_at: row.read_at,
                slowest_unit: row.slowest_unit,
                failed: row.failed,
                rows_unread: row.rows_unread,
                is_past: row.data < query.today,
                is_working_day: working.contains(row.data),
                is_planned: row.is_planned,
                late_before: row.late_before,
                held_up,
            };
            ExaminerDay {
                usuario_id: row.usuario_id,
                nome: row.nome.unwrap_or_default(),
                date: row.data,
                state: DayState::of(&facts),
            }
        });
        Ok(days.collect())
    }
}
