//! Plays a history to the store and to the model, and compares them after every event.

use agendad::domain::Totals;
use agendad::store::slots::Units;
use agendad::store::{Store, StoreError};
use chrono::NaiveDate;
use proptest::sample::Index;

use super::compare::compare;
use super::hands::Run;
use super::history::{DAYS, Event, Fault, Rules, USERS};
use super::model::Model;
use super::portal::{self, Portal, Spot};

pub(super) struct Replay<'a> {
    pub(super) store: &'a Store,
    pub(super) users: [i32; USERS],
    pub(super) portal: Portal,
    pub(super) model: Model,
    pub(super) runs: u64,
}

/// How a run of a history ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ended {
    Clean { held: i64 },
    Not,
}

/// How far a run has come.
#[derive(Default)]
struct Progress {
    /// Days times units, in all and so far.
    steps: usize,
    step: usize,
    totals: Totals,
    failed_days: Vec<usize>,
}

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
        let mut run = self.start(user, &days).await?;
        let mut progress = Progress {
            steps: days.len() * listed.len(),
            ..Progress::default()
        };
        for (unit, code) in listed.iter().enumerate() {
            let is_vacant = |day: &usize| {
                self.portal
                    .page(Spot {
                        user,
                        day: *day,
                        unit,
                    })
                    .is_empty()
            };
            let vacant: Vec<usize> = days.iter().copied().filter(is_vacant).collect();
            progress.totals += self.vacate(&run, user, &vacant, Units::One(code)).await?;
            for day in &days {
                let spot = Spot {
                    user,
                    day: *day,
                    unit,
                };
                if let Ended::Not = self.visit(&mut run, spot, fault, &mut progress).await? {
                    return Ok(Ended::Not);
                }
            }
        }
        let is_stray = |unit: &String| !listed.contains(&unit.as_str());
        if run.units.iter().any(is_stray) {
            let is_good = |day: &usize| !progress.failed_days.contains(day);
            let good: Vec<usize> = days.iter().copied().filter(is_good).collect();
            let codes: Vec<String> = listed.iter().map(|&code| code.to_owned()).collect();
            progress.totals += self
                .vacate(&run, user, &good, Units::AllBut(&codes))
                .await?;
        }
        self.finish(&run).await?;
        Ok(if progress.failed_days.is_empty() {
            Ended::Clean {
                held: progress.totals.held,
            }
        } else {
            Ended::Not
        })
    }

    /// One day of one unit, with what goes wrong there. Vacant days are done already.
    async fn visit(
        &mut self,
        run: &mut Run,
        spot: Spot,
        fault: Fault,
        progress: &mut Progress,
    ) -> Result<Ended, String> {
        let mut rows = self.portal.page(spot);
        let (step, is_vacant, mut complete) = (progress.step, rows.is_empty(), true);
        progress.step += 1;
        let is_here = |index: Index| index.index(progress.steps) == step;
        match fault {
            Fault::Crash(at) if is_here(at) => return Ok(Ended::Not),
            Fault::TakenOver(at) if is_here(at) => {
                self.start(spot.user, &[spot.day]).await?;
                if let Some(done) = self.send_end(run).await {
                    return Err(format!("a closed run was recorded: {done:?}"));
                }
                return match self.send(run, spot, &rows, true).await.0 {
                    Err(StoreError::RunClosed { .. }) => Ok(Ended::Not),
                    other => Err(format!("a closed run was answered {other:?}")),
                };
            }
            Fault::Aborted(at) if is_here(at) => {
                self.abort(run, spot, &rows).await?;
                self.finish(run).await?;
                return Ok(Ended::Not);
            }
            Fault::DayFails(at) if is_here(at) && !is_vacant => {
                progress.failed_days.push(spot.day);
                return Ok(Ended::Clean { held: 0 });
            }
            Fault::RowError(at) if is_here(at) && !is_vacant => {
                rows.pop();
                complete = false;
                progress.failed_days.push(spot.day);
            }
            Fault::None
            | Fault::DayFails(_)
            | Fault::RowError(_)
            | Fault::Crash(_)
            | Fault::TakenOver(_)
            | Fault::Aborted(_) => {}
        }
        if !is_vacant {
            progress.totals += self.read(run, spot, &rows, complete).await?;
        }
        Ok(Ended::Clean { held: 0 })
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
}
