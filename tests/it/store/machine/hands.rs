//! What a run asks of the store, told to the model as well.

use agendad::domain::slot::slots_of_day;
use agendad::domain::{DayReading, Slot as Page, Totals, UnreadRow};
use agendad::store::StoreError;
use agendad::store::runs::{Finished, FinishedRun, Noted, Started};
use agendad::store::seen::{self, StoredDay, UnchangedDay};
use agendad::store::slots::{DayToStore, StoreDayOutcome, StoreRules, Units, VacantDays};
use chrono::NaiveDate;
use sqlx::Connection;

use super::history::UNITS;
use super::model::Reading;
use super::portal::{self, Spot};
use super::replay::Replay;
use crate::store::bench::{Row, new_run, succeeded};

/// A run in progress.
pub(super) struct Run {
    pub(super) id: i64,
    pub(super) number: u64,
    pub(super) units: Vec<String>,
    /// What was stored when it began.
    days: Vec<StoredDay>,
    /// Days found as they were stored, with their pages: noted when the run is recorded.
    seen: Vec<(Spot, Vec<Row>, UnchangedDay)>,
}

type Answer = Result<StoreDayOutcome, StoreError>;

impl Replay<'_> {
    pub(super) async fn start(&mut self, user: usize, days: &[usize]) -> Result<Run, String> {
        let dates = days.iter().map(|d| portal::day(*d));
        let (from, to) = (dates.clone().min().unwrap(), dates.max().unwrap());
        let new = new_run(self.users[user], from, to);
        let Started::Run { id, days, .. } = self.store.start_run(&new).await.unwrap() else {
            return Err("no tick was named".to_owned());
        };
        let units: std::collections::BTreeSet<String> =
            days.iter().map(|day| day.unit.clone()).collect();
        let units: Vec<String> = units.into_iter().collect();
        self.runs += 1;
        let expected: Vec<String> = self.model.units(user, from, to).into_iter().collect();
        if units != expected {
            return Err(format!("units {units:?}, expected {expected:?}"));
        }
        Ok(Run {
            id,
            number: self.runs,
            units,
            days,
            seen: Vec::new(),
        })
    }

    /// Records the run's end, and with it which days were seen as they were: only now does the model hear of them.
    pub(super) async fn finish(&mut self, run: &Run) -> Result<(), String> {
        let done = self.send_end(run).await;
        let mut unchanged = 0;
        for (spot, rows, _) in &run.seen {
            let reading =
                crate::store::bench::reading(portal::day(spot.day), UNITS[spot.unit], rows);
            let page = self.page(*spot, &reading);
            let totals = self.model.store(&Reading {
                run: run.number,
                user: spot.user,
                date: portal::day(spot.day),
                unit: UNITS[spot.unit],
                complete: true,
                always_held: false,
                page: &page,
            });
            let only_seen = Totals {
                unchanged: page.len() as i64,
                ..Totals::default()
            };
            if totals != only_seen {
                return Err(format!("{spot:?} was taken for unchanged: {totals:?}"));
            }
            unchanged += only_seen.unchanged;
        }
        let expected = Finished {
            unchanged,
            differing: Vec::new(),
        };
        match done {
            Some(done) if done == expected => Ok(()),
            other => Err(format!("recorded {other:?}, expected {expected:?}")),
        }
    }

    /// Sends the end of a run to the store only.
    pub(super) async fn send_end(&self, run: &Run) -> Option<Finished> {
        let finished = FinishedRun {
            noted: Noted {
                seen: run.seen.iter().map(|(_, _, seen)| seen.clone()).collect(),
                ..Noted::default()
            },
            ..succeeded()
        };
        self.store.finish_run(run.id, &finished).await.unwrap()
    }

    /// Sends a page to the store only.
    pub(super) async fn send(
        &self,
        run: &Run,
        spot: Spot,
        rows: &[Row],
        complete: bool,
    ) -> (Answer, DayReading) {
        let reading = crate::store::bench::reading(portal::day(spot.day), UNITS[spot.unit], rows);
        let page = self.page(spot, &reading);
        let unread = [UnreadRow::unknown()];
        let day = DayToStore {
            run_id: run.id,
            usuario_id: self.users[spot.user],
            date: reading.date,
            unit: &reading.unit,
            unread: if complete { &[] } else { &unread },
            slots: &page,
            is_new: true,
        };
        let answer = self.store.store_day(&day, &self.rules()).await;
        (answer, reading)
    }

    fn page<'a>(&self, spot: Spot, reading: &'a DayReading) -> Vec<Page<'a>> {
        slots_of_day(
            self.users[spot.user],
            reading,
            &agendad::domain::ExamStatuses::new(&["Realizado".to_owned()], &[]),
        )
    }

    /// Stores a page, in the database and in the model; one that is stored already is noted when the run ends.
    pub(super) async fn read(
        &mut self,
        run: &mut Run,
        spot: Spot,
        rows: &[Row],
        complete: bool,
    ) -> Result<Totals, String> {
        let reading = crate::store::bench::reading(portal::day(spot.day), UNITS[spot.unit], rows);
        let digest = seen::digest(&self.page(spot, &reading));
        let is_as_stored = run.days.iter().any(|day| {
            (day.unit.as_str(), day.date) == (UNITS[spot.unit], reading.date)
                && day.digest.as_ref() == Some(&digest)
                && !day.is_missed
                && !(self.model.appointments_on && day.wants_appointment)
        });
        if complete && is_as_stored {
            let seen = UnchangedDay {
                unit: reading.unit,
                date: reading.date,
                digest,
            };
            run.seen.push((spot, rows.to_vec(), seen));
            return Ok(Totals::default());
        }
        let (answer, reading) = self.send(run, spot, rows, complete).await;
        let page = self.page(spot, &reading);
        let totals = answer.map_err(|e| format!("{e:?}"))?.totals;
        let expected = self.model.store(&Reading {
            run: run.number,
            user: spot.user,
            date: portal::day(spot.day),
            unit: UNITS[spot.unit],
            complete,
            always_held: false,
            page: &page,
        });
        if totals == expected {
            Ok(totals)
        } else {
            Err(format!(
                "{spot:?}: counted {totals:?}, expected {expected:?}"
            ))
        }
    }

    pub(super) async fn vacate(
        &mut self,
        run: &Run,
        user: usize,
        days: &[usize],
        units: Units<'_>,
    ) -> Result<Totals, String> {
        if days.is_empty() {
            return Ok(Totals::default());
        }
        let dates: Vec<NaiveDate> = days.iter().map(|d| portal::day(*d)).collect();
        let vacant = VacantDays {
            doubtful: matches!(units, Units::AllBut(_)),
            run_id: run.id,
            usuario_id: self.users[user],
            dates: &dates,
            units,
            unread: &[],
        };
        let answer = self.store.store_vacant_days(&vacant, &self.rules()).await;
        let totals = answer.map_err(|e| format!("{e:?}"))?.totals;
        let mut expected = Totals::default();
        for date in dates {
            for unit in UNITS {
                let (is_meant, always_held) = match units {
                    Units::One(one) => (one == unit, false),
                    Units::AllBut(listed) => (!listed.iter().any(|code| code == unit), true),
                };
                if is_meant {
                    let (run, page) = (run.number, &[][..]);
                    expected += self.model.store(&Reading {
                        run,
                        user,
                        date,
                        unit,
                        complete: true,
                        always_held,
                        page,
                    });
                }
            }
        }
        if totals == expected {
            Ok(totals)
        } else {
            Err(format!("vacant: counted {totals:?}, expected {expected:?}"))
        }
    }

    /// The server cancels the statement while it waits at the fence: nothing of it may remain.
    pub(super) async fn abort(&self, run: &Run, spot: Spot, rows: &[Row]) -> Result<(), String> {
        let mut blocker = self.store.pool().acquire().await.unwrap();
        let mut holding = blocker.begin().await.unwrap();
        sqlx::query("SELECT FROM agenda_sync_runs WHERE id = $1 FOR UPDATE")
            .bind(run.id)
            .execute(&mut *holding)
            .await
            .unwrap();
        // Asked on another connection: within a transaction the list of backends stands still.
        let pid: i32 = sqlx::query_scalar("SELECT pg_backend_pid()")
            .fetch_one(&mut *holding)
            .await
            .unwrap();
        let cancel = "SELECT coalesce(bool_or(pg_cancel_backend(pid)), FALSE) FROM pg_stat_activity
                      WHERE datname = current_database() AND $1 = ANY (pg_blocking_pids(pid))";
        // Slots alone are tried behind it, and wait there too.
        let mut sent = std::pin::pin!(self.send(run, spot, rows, true));
        let (answer, _) = loop {
            let cancelled = sqlx::query(cancel).bind(pid).execute(self.store.pool());
            tokio::select! {
                answered = &mut sent => break answered,
                cancelled = cancelled => drop(cancelled.unwrap()),
            }
        };
        holding.rollback().await.unwrap();
        match answer {
            Err(StoreError::Database(_)) => Ok(()),
            other => Err(format!("an aborted statement was answered {other:?}")),
        }
    }

    fn rules(&self) -> StoreRules {
        StoreRules {
            min_slots: self.model.rules.min_slots,
            confirmations: self.model.rules.confirmations,
            cancel_on_removed: self.model.rules.cancel_on_removed,
            appointments: self.model.appointments_on,
            ..crate::store::bench::rules()
        }
    }
}
