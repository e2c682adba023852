//! Plays a history to the store and to the model, and compares them after every event.

use agendad::domain::slot::slots_of_day;
use agendad::domain::{RunStatus, Slot as Page, Totals};
use agendad::store::runs::{FinishedRun, NewRun, Started};
use agendad::store::slots::{DayStored, DayToStore, StoreRules, Units, VacantDays};
use agendad::store::{Store, StoreError};
use chrono::NaiveDate;
use proptest::sample::Index;
use sqlx::Connection;

use super::compare::compare;
use super::history::{DAYS, Deed, Event, Fault, HOURS, Rules, USERS};
use super::model::{Model, Reading};
use super::model_appointments::Appointment;
use super::portal::{self, Portal, Spot};
use crate::desk::{CPFS, Row};

pub(super) struct Replay<'a> {
    store: &'a Store,
    users: [i32; USERS],
    portal: Portal,
    model: Model,
    runs: u64,
}

/// How a run of a history ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ended {
    Clean { held: i64 },
    Not,
}

/// A run in progress.
struct Run {
    id: i64,
    number: u64,
    units: Vec<String>,
}

/// What the store answered, and what was expected.
type Answer = Result<DayStored, StoreError>;

impl<'a> Replay<'a> {
    pub(super) async fn new(store: &'a Store, rules: Rules) -> Self {
        let mut users = [0; USERS];
        for user in &mut users {
            *user =
                sqlx::query_scalar("INSERT INTO usuarios (nome) VALUES ('PERITO') RETURNING id")
                    .fetch_one(store.pool())
                    .await
                    .unwrap();
        }
        Self {
            store,
            users,
            portal: Portal::new(),
            model: Model::new(rules),
            runs: 0,
        }
    }

    pub(super) async fn step(&mut self, event: &Event) -> Result<(), String> {
        match event {
            Event::Book(booking) => self.portal.book(*booking),
            Event::Edit(user, pick, edit) => self.portal.edit(*user, *pick, *edit),
            Event::Fill(user, day, unit) => self.portal.fill(*user, *day, *unit),
            Event::Clear(user, day, unit) => self.portal.clear(*user, *day, *unit),
            Event::Restore(user, pick) => self.portal.restore(*user, *pick),
            Event::ListUnit(user, listed) => self.portal.list_unit(*user, *listed),
            Event::Appointments(on) => self.model.appointments_on = *on,
            Event::Run { user, days, fault } => {
                let ended = self.run(*user, *days, *fault).await?;
                self.compare().await?;
                if let Ended::Clean { held: 0 } = ended {
                    self.is_the_portals_agenda(*user, *days).await?;
                }
            }
            Event::Person(user, pick, deed) => {
                self.person(*user, *pick, *deed).await;
                self.compare().await?;
            }
            Event::Handmade(user, day, hour, candidate) => {
                self.handmade(*user, *day, *hour, *candidate).await;
                self.compare().await?;
            }
        }
        Ok(())
    }

    /// After the history: clean runs until nothing is held back, then one that changes nothing.
    pub(super) async fn settle(&mut self) -> Result<(), String> {
        let all = (1 << DAYS) - 1;
        for user in 0..USERS {
            for _ in 0..=self.model.rules.confirmations {
                self.run(user, all, Fault::None).await?;
                self.compare().await?;
            }
            self.is_the_portals_agenda(user, all).await?;
            let before = self.model.slots.clone();
            let ended = self.run(user, all, Fault::None).await?;
            self.compare().await?;
            let same = before
                .iter()
                .zip(&self.model.slots)
                .all(|((_, a), (_, b))| a.log == b.log);
            if ended != (Ended::Clean { held: 0 }) || !same {
                return Err("a repeated run changed something".to_owned());
            }
        }
        let running: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM agenda_sync_runs WHERE usuario_id = ANY ($1) AND status = 'running'",
        )
        .bind(&self.users[..])
        .fetch_one(self.store.pool())
        .await
        .unwrap();
        if running > 0 {
            Err(format!("{running} runs are still running"))
        } else {
            Ok(())
        }
    }

    /// One run, in the order of `sync`: vacant days of a unit, its other days, unlisted units.
    async fn run(&mut self, user: usize, days: u8, fault: Fault) -> Result<Ended, String> {
        let days: Vec<usize> = (0..DAYS).filter(|d| days & (1 << d) != 0).collect();
        let listed = self.portal.units(user);
        let steps = days.len() * listed.len();
        let is_at = |index: Index, step: usize| index.index(steps) == step;
        let run = self.start(user, &days).await?;
        let (mut totals, mut step, mut failed_days) = (Totals::default(), 0, Vec::new());
        for (unit, code) in listed.iter().copied().enumerate() {
            let page = |day: &usize| {
                self.portal.page(Spot {
                    user,
                    day: *day,
                    unit,
                })
            };
            let vacant: Vec<usize> = days
                .iter()
                .copied()
                .filter(|day| page(day).is_empty())
                .collect();
            totals += self.vacate(&run, user, &vacant, Units::One(code)).await?;
            for day in &days {
                let spot = Spot {
                    user,
                    day: *day,
                    unit,
                };
                let mut rows = self.portal.page(spot);
                let mut complete = true;
                let (this_step, is_vacant) = (step, rows.is_empty());
                step += 1;
                match fault {
                    Fault::DayFails(index) if is_at(index, this_step) && !is_vacant => {
                        failed_days.push(*day);
                        continue;
                    }
                    Fault::RowError(index) if is_at(index, this_step) && !is_vacant => {
                        rows.pop();
                        complete = false;
                        failed_days.push(*day);
                    }
                    Fault::Crash(index) if is_at(index, this_step) => return Ok(Ended::Not),
                    Fault::TakenOver(index) if is_at(index, this_step) => {
                        self.start(user, &days).await?;
                        let late = self.send(&run, spot, &rows, true).await.0;
                        return match late {
                            Err(StoreError::RunClosed { .. }) => Ok(Ended::Not),
                            other => Err(format!("a closed run was answered {other:?}")),
                        };
                    }
                    Fault::Aborted(index) if is_at(index, this_step) => {
                        self.abort(&run, spot, &rows).await?;
                        self.finish(&run).await;
                        return Ok(Ended::Not);
                    }
                    Fault::None
                    | Fault::DayFails(_)
                    | Fault::RowError(_)
                    | Fault::Crash(_)
                    | Fault::TakenOver(_)
                    | Fault::Aborted(_) => {}
                }
                if !is_vacant {
                    totals += self.read(&run, spot, &rows, complete).await?;
                }
            }
        }
        if run
            .units
            .iter()
            .any(|unit| !listed.contains(&unit.as_str()))
        {
            let good: Vec<usize> = days
                .iter()
                .copied()
                .filter(|d| !failed_days.contains(d))
                .collect();
            let codes: Vec<String> = listed.iter().map(|&code| code.to_owned()).collect();
            totals += self
                .vacate(&run, user, &good, Units::AllBut(&codes))
                .await?;
        }
        self.finish(&run).await;
        let is_clean = failed_days.is_empty();
        Ok(if is_clean {
            Ended::Clean { held: totals.held }
        } else {
            Ended::Not
        })
    }

    async fn start(&mut self, user: usize, days: &[usize]) -> Result<Run, String> {
        let dates = days.iter().map(|d| portal::day(*d));
        let (from, to) = (dates.clone().min().unwrap(), dates.max().unwrap());
        let new = NewRun {
            usuario_id: self.users[user],
            window_start: from,
            window_end: to,
            window_name: None,
            tick: None,
            origin: "cli",
            instance: "machine",
        };
        let Started::Run { id, units } = self.store.start_run(&new).await.unwrap() else {
            return Err("no tick was named".to_owned());
        };
        self.runs += 1;
        let expected: Vec<String> = self.model.units(user, from, to).into_iter().collect();
        if units != expected {
            return Err(format!("units {units:?}, expected {expected:?}"));
        }
        Ok(Run {
            id,
            number: self.runs,
            units,
        })
    }

    async fn finish(&self, run: &Run) {
        let finished = FinishedRun {
            status: RunStatus::Success,
            totals: Totals::default(),
            error: None,
            error_details: None,
            requests: 0,
            retries: 0,
            logins: 0,
            session_reused: false,
        };
        assert!(self.store.finish_run(run.id, &finished).await.unwrap());
    }

    /// Sends a page to the store only.
    async fn send(
        &self,
        run: &Run,
        spot: Spot,
        rows: &[Row],
        complete: bool,
    ) -> (Answer, Vec<Page>) {
        let reading = crate::desk::reading(
            portal::day(spot.day),
            super::history::UNITS[spot.unit],
            rows,
        );
        let page = slots_of_day(self.users[spot.user], &reading, &["realizado".to_owned()]);
        let day = DayToStore {
            run_id: run.id,
            usuario_id: self.users[spot.user],
            data: reading.data,
            unidade: &reading.unidade,
            complete,
            slots: &page,
        };
        (self.store.store_day(&day, &self.rules()).await, page)
    }

    /// Stores a page, in the database and in the model.
    async fn read(
        &mut self,
        run: &Run,
        spot: Spot,
        rows: &[Row],
        complete: bool,
    ) -> Result<Totals, String> {
        let (answer, page) = self.send(run, spot, rows, complete).await;
        let totals = answer.map_err(|e| format!("{e:?}"))?.totals;
        let expected = self.model.store(&Reading {
            run: run.number,
            user: spot.user,
            data: portal::day(spot.day),
            unidade: super::history::UNITS[spot.unit],
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

    async fn vacate(
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
            run_id: run.id,
            usuario_id: self.users[user],
            dates: &dates,
            units,
        };
        let answer = self.store.store_vacant_days(&vacant, &self.rules()).await;
        let totals = answer.map_err(|e| format!("{e:?}"))?.totals;
        let mut expected = Totals::default();
        for data in dates {
            for unidade in super::history::UNITS {
                let (is_meant, always_held) = match units {
                    Units::One(one) => (one == unidade, false),
                    Units::AllBut(listed) => (!listed.iter().any(|code| code == unidade), true),
                };
                if is_meant {
                    let (run, page) = (run.number, &[][..]);
                    expected += self.model.store(&Reading {
                        run,
                        user,
                        data,
                        unidade,
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
    async fn abort(&self, run: &Run, spot: Spot, rows: &[Row]) -> Result<(), String> {
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
        let ((answer, _), ()) = tokio::join!(self.send(run, spot, rows, true), async {
            loop {
                let asked = sqlx::query_scalar(cancel).bind(pid);
                if asked.fetch_one(self.store.pool()).await.unwrap() {
                    break;
                }
            }
        });
        holding.rollback().await.unwrap();
        match answer {
            Err(StoreError::Database(_)) => Ok(()),
            other => Err(format!("an aborted statement was answered {other:?}")),
        }
    }

    async fn person(&mut self, user: usize, pick: Index, deed: Deed) {
        let mine: Vec<usize> = (0..self.model.appointments.len())
            .filter(|a| {
                self.model.appointments[*a].user == user && !self.model.appointments[*a].is_deleted
            })
            .collect();
        if mine.is_empty() {
            return;
        }
        let a = *pick.get(&mine);
        self.model.person(a, deed);
        let sql = match deed {
            Deed::Confirm => "UPDATE agendamentos SET status = 'confirmado' WHERE id = $1",
            Deed::Cancel => "UPDATE agendamentos SET status = 'cancelado' WHERE id = $1",
            Deed::Reopen => "UPDATE agendamentos SET status = 'agendado' WHERE id = $1",
            Deed::Convert => "UPDATE agendamentos SET convertido_em_paciente = TRUE WHERE id = $1",
            Deed::Postpone => {
                "UPDATE agendamentos SET data_agendamento = data_agendamento + interval '7 days' WHERE id = $1"
            }
            Deed::Delete => "DELETE FROM agendamentos WHERE id = $1",
        };
        let done = sqlx::query(sql)
            .bind(self.model.appointments[a].id)
            .execute(self.store.pool())
            .await;
        assert_eq!(done.unwrap().rows_affected(), 1);
    }

    async fn handmade(&mut self, user: usize, day: usize, hour: usize, candidate: usize) {
        let hora = chrono::NaiveTime::parse_from_str(HOURS[hour], "%H:%M").unwrap();
        let quando = portal::day(day).and_time(hora) + chrono::Duration::seconds(30);
        let cpf: String = CPFS[candidate]
            .chars()
            .filter(char::is_ascii_digit)
            .collect();
        let mut made = Appointment::handmade(user, "A MÃO", &cpf, quando);
        let insert = "INSERT INTO agendamentos (usuario_id, nome, cpf, data_agendamento)
                      VALUES ($1, 'A MÃO', $2, $3) RETURNING id";
        let id = sqlx::query_scalar(insert)
            .bind(self.users[user])
            .bind(CPFS[candidate])
            .bind(quando);
        made.id = Some(id.fetch_one(self.store.pool()).await.unwrap());
        self.model.appointments.push(made);
    }

    async fn compare(&mut self) -> Result<(), String> {
        compare(self.store.pool(), &self.users, &mut self.model).await
    }

    /// Invariant 2, asked of the portal and not of the model.
    async fn is_the_portals_agenda(&self, user: usize, days: u8) -> Result<(), String> {
        let dates: Vec<NaiveDate> = (0..DAYS)
            .filter(|d| days & (1 << d) != 0)
            .map(portal::day)
            .collect();
        let mut stored: Vec<String> = sqlx::query_scalar(
            "SELECT concat_ws('|', unidade_code, data, to_char(hora, 'HH24:MI'), payload ->> 'cpf', payload ->> 'nome',
                 payload ->> 'telefone', payload ->> 'status_exame_psicologico')
             FROM agenda_slots WHERE usuario_id = $1 AND data = ANY ($2) AND is_current AND status <> 'removed'",
        )
        .bind(self.users[user])
        .bind(&dates)
        .fetch_all(self.store.pool())
        .await
        .unwrap();
        stored.sort();
        let truth = self.portal.truth(user, days);
        if stored == truth {
            Ok(())
        } else {
            Err(format!(
                "stored {stored:#?}\nbut the portal lists {truth:#?}"
            ))
        }
    }

    fn rules(&self) -> StoreRules {
        StoreRules {
            min_slots: self.model.rules.min_slots,
            confirmations: self.model.rules.confirmations,
            cancel_on_removed: self.model.rules.cancel_on_removed,
            appointments: self.model.appointments_on,
            ..crate::desk::rules()
        }
    }
}
