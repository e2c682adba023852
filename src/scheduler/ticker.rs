//! From the clock to the queue. Each process fires each tick; the database lets it happen once.

use std::time::Duration;

use chrono::{DateTime, Utc};
use croner::Cron;
use tokio::sync::mpsc;
use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};
use tokio_util::sync::CancellationToken;

use super::jobs::SyncJob;
use super::offset::offset;
use super::river::{Queue, QueueError};
use crate::clock::Clock;
use crate::domain::Window;
use crate::domain::window::{InvalidCron, last_tick, parse_cron};
use crate::store::control::Control;
use crate::store::schedules::{advance_ticks, count_merged};
use crate::store::{Store, StoreError};

/// Accounts looked at in one transaction: bounds memory and locks however many are due.
const BATCH: i64 = 1000;
/// How often all windows are looked at whatever was heard: notifications and timers are hints.
const SAFETY_POLL: Duration = Duration::from_secs(30);
/// How soon after a failure all windows are looked at again.
const AFTER_FAILURE: Duration = Duration::from_secs(3);
/// Many changes at once are one change.
const SETTLE: Duration = Duration::from_millis(500);
/// The timer polls twice a second and may be early by that much.
const EARLY: chrono::TimeDelta = chrono::TimeDelta::milliseconds(600);

/// Fires the windows' ticks into the queue.
pub struct Ticker {
    store: Store,
    control: Control,
    queue: Queue,
    clock: Clock,
    windows: Vec<(Window, Cron)>,
    splay: Duration,
}

/// The ticker cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum TickerError {
    /// A window's cron expression is wrong.
    #[error(transparent)]
    Cron(#[from] InvalidCron),
    /// The timer failed.
    #[error("the timer failed")]
    Timer(#[from] JobSchedulerError),
    /// The timer stopped telling.
    #[error("the timer ended")]
    TimerEnded,
}

/// One firing failed; it is tried again soon.
#[derive(Debug, thiserror::Error)]
enum FireError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Queue(#[from] QueueError),
}

impl Ticker {
    /// A ticker for the configured windows.
    ///
    /// # Errors
    /// [`TickerError::Cron`].
    pub fn new(
        store: Store,
        control: Control,
        queue: Queue,
        clock: Clock,
        windows: &[Window],
        splay: Duration,
    ) -> Result<Self, TickerError> {
        let windows = windows
            .iter()
            .map(|window| Ok((window.clone(), parse_cron(&window.cron)?)))
            .collect::<Result<_, InvalidCron>>()?;
        Ok(Self {
            store,
            control,
            queue,
            clock,
            windows,
            splay,
        })
    }

    /// Fires until told to stop: at once what was missed while no process ran, then each tick, and
    /// whatever changed accounts make due.
    ///
    /// # Errors
    /// [`TickerError`] if the timer fails; a failing database is waited for.
    pub async fn run(&self, stop: &CancellationToken) -> Result<(), TickerError> {
        let (sender, mut ticks) = mpsc::unbounded_channel();
        let mut timer = self.timer(&sender).await?;
        timer.start().await?;
        let mut next_look = self.fire_all().await;
        let ended = loop {
            tokio::select! {
                () = stop.cancelled() => break Ok(()),
                tick = ticks.recv() => match tick {
                    Some(index) => next_look = next_look.min(self.fire_one(index).await),
                    None => break Err(TickerError::TimerEnded),
                },
                () = self.control.accounts_changed() => {
                    tokio::time::sleep(SETTLE).await;
                    next_look = self.fire_all().await;
                }
                () = tokio::time::sleep(next_look) => next_look = self.fire_all().await,
            }
        };
        timer.shutdown().await?;
        ended
    }

    async fn timer(
        &self,
        sender: &mpsc::UnboundedSender<usize>,
    ) -> Result<JobScheduler, TickerError> {
        let timer = JobScheduler::new().await?;
        for (index, (window, _)) in self.windows.iter().enumerate() {
            let sender = sender.clone();
            let tell = move |_, _| -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> {
                if sender.send(index).is_err() {
                    tracing::debug!("a tick after the stop");
                }
                Box::pin(std::future::ready(()))
            };
            timer
                .add(Job::new_async_tz(
                    window.cron.as_str(),
                    self.clock.zone(),
                    tell,
                )?)
                .await?;
        }
        Ok(timer)
    }

    async fn fire_all(&self) -> Duration {
        let mut next_look = SAFETY_POLL;
        for index in 0..self.windows.len() {
            next_look = next_look.min(self.fire_one(index).await);
        }
        next_look
    }

    /// Fires the last tick of a window for everybody who has not had it. Returns when to look again.
    async fn fire_one(&self, index: usize) -> Duration {
        let (window, cron) = &self.windows[index];
        match self.fire_last(index, window, cron).await {
            Ok(()) => SAFETY_POLL,
            Err(error) => {
                let error = crate::sync::failure::chain(&error).join(": ");
                tracing::warn!(
                    window = window.name,
                    error,
                    "tick not handed out, trying again"
                );
                AFTER_FAILURE
            }
        }
    }

    /// The last tick by the database's clock: one process whose clock is ahead would otherwise use up
    /// the ticks of all.
    async fn fire_last(&self, index: usize, window: &Window, cron: &Cron) -> Result<(), FireError> {
        let now = self.store.now().await?;
        let Some(tick) = last_tick(cron, now + EARLY, self.clock.zone()) else {
            return Ok(());
        };
        let fired = self.fire(index, window, tick).await?;
        if fired.due > 0 {
            tracing::info!(window = window.name, %tick, due = fired.due, merged = fired.merged, "tick");
        }
        Ok(())
    }

    async fn fire(
        &self,
        index: usize,
        window: &Window,
        tick: DateTime<Utc>,
    ) -> Result<Fired, FireError> {
        let mut fired = Fired::default();
        let mut after = Some(i32::MIN);
        while let Some(from) = after {
            let mut tx = self.store.begin().await?;
            let batch = advance_ticks(&mut tx, &window.name, tick, from, BATCH).await?;
            fired.due += batch.due.len();
            let jobs = batch
                .due
                .iter()
                .map(|&usuario_id| self.job(usuario_id, index, window, tick))
                .collect();
            let merged = self.queue.enqueue(&mut tx, jobs).await?;
            if !merged.is_empty() {
                fired.merged += merged.len();
                count_merged(&mut tx, &window.name, &merged).await?;
            }
            tx.commit().await.map_err(StoreError::from)?;
            after = batch.next_after;
        }
        Ok(fired)
    }

    fn job(
        &self,
        usuario_id: i32,
        index: usize,
        window: &Window,
        tick: DateTime<Utc>,
    ) -> (SyncJob, DateTime<Utc>) {
        let start = tick + offset(usuario_id, index, self.splay);
        (
            SyncJob {
                usuario_id,
                window: window.name.clone(),
                tick,
            },
            start,
        )
    }
}

#[derive(Debug, Default)]
struct Fired {
    due: usize,
    merged: usize,
}
