//! From the clock to the queue. Each process fires each tick; the database lets it happen once.

use std::convert::Infallible;
use std::error::Error;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use croner::Cron;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::jobs::SyncJob;
use super::liveness::{LoopHeartbeat, in_step};
use super::offset::offset;
use super::river::{NotTaken, Queue, QueueError};
use super::timer::{Timer, TimerError};
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::Window;
use crate::domain::causes::in_a_line;
use crate::domain::ticks::last_tick;
use crate::domain::window::{InvalidCron, parse_cron};
use crate::store::control::Control;
use crate::store::schedules::{advance_ticks, count_merged, take_ticks_back};
use crate::store::{Store, StoreError};
use crate::sync::Syncer;
use crate::telemetry::metrics::names::{TICKS_MERGED, TICKS_QUEUED};

/// Accounts looked at in one transaction: bounds memory and locks however many are due.
const BATCH: i64 = 1000;
/// How long one such transaction may take.
const BATCH_TIMEOUT: Duration = Duration::from_secs(30);
/// How often all windows are looked at whatever was heard: notifications and timers are hints.
const SAFETY_POLL: Duration = Duration::from_secs(30);
/// At every so many of these looks it is looked for accounts with one CPF too; a change of accounts is told.
const SETTLE_EVERY: u32 = 5;
/// How soon after a failure all windows are looked at again.
const AFTER_FAILURE: Duration = Duration::from_secs(3);
/// How often the loop shows that it goes round.
const BEAT: Duration = Duration::from_secs(5);
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
    config: watch::Receiver<Arc<Config>>,
    beat: LoopHeartbeat,
    /// The database's time at the last look.
    last_look: Mutex<Option<(DateTime<Utc>, Instant)>>,
    /// Whether ticks could not be handed out, or not be looked for, at the last look.
    is_failing: AtomicBool,
    /// The same of accounts with one CPF.
    is_settling_failing: AtomicBool,
}

/// The windows in force, ready to fire.
struct Windows {
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
    #[error(transparent)]
    Timer(#[from] TimerError),
}

/// One firing failed; it is tried again soon.
#[derive(Debug, thiserror::Error)]
enum FireError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Queue(#[from] QueueError),
    #[error("the database did not answer in time")]
    TooSlow,
}

impl Windows {
    fn of(config: &Config) -> Result<Self, InvalidCron> {
        let windows = config
            .windows
            .iter()
            .map(|window| Ok((window.clone(), parse_cron(&window.cron)?)))
            .collect::<Result<_, InvalidCron>>()?;
        Ok(Self {
            windows,
            splay: config.scheduler.splay,
        })
    }

    fn crons(&self) -> Vec<(String, Cron)> {
        let windows = self.windows.iter();
        let crons = windows.map(|(window, cron)| (window.cron.clone(), cron.clone()));
        crons.collect()
    }
}

impl Ticker {
    /// A ticker for the windows that are configured, now and after each reload.
    #[must_use]
    pub fn new(
        syncer: &Syncer,
        queue: Queue,
        clock: Clock,
        config: watch::Receiver<Arc<Config>>,
        beat: LoopHeartbeat,
    ) -> Self {
        Self {
            store: syncer.store.clone(),
            control: syncer.control.clone(),
            queue,
            clock,
            config,
            beat,
            last_look: Mutex::default(),
            is_failing: AtomicBool::new(false),
            is_settling_failing: AtomicBool::new(false),
        }
    }

    /// Fires until told to stop: at once what was missed while no process ran, then each tick, and
    /// whatever changed accounts or windows make due.
    ///
    /// # Errors
    /// [`TickerError`] if the timer fails; a failing database is waited for.
    pub async fn run(&self, stop: &CancellationToken) -> Result<(), TickerError> {
        let mut config = self.config.clone();
        while !stop.is_cancelled() {
            let windows = Windows::of(&config.borrow_and_update().clone())?;
            let (sender, ticks) = mpsc::unbounded_channel();
            let timer = Timer::of(windows.crons(), self.clock.zone());
            tokio::select! {
                // A tick that waits for the database is not waited for: what it has begun is rolled back.
                () = stop.cancelled() => {}
                ended = timer.ring(&sender) => match ended? {},
                never = self.fire_until_stopped(&windows, ticks) => match never {},
                // Sender dropped: no more reloads.
                Ok(()) = config.changed() => {}
            }
        }
        Ok(())
    }

    async fn fire_until_stopped(
        &self,
        windows: &Windows,
        mut ticks: mpsc::UnboundedReceiver<usize>,
    ) -> Infallible {
        let mut next_look = self.fire_all(windows, true).await;
        let mut looks: u32 = 0;
        let mut beats = in_step(BEAT);
        loop {
            tokio::select! {
                Some(index) = ticks.recv() => {
                    let is_well = self.fire_one(windows, index).await;
                    next_look = next_look.min(next_look_after(is_well));
                }
                () = self.control.accounts_changed() => {
                    tokio::time::sleep(SETTLE).await;
                    next_look = self.fire_all(windows, true).await;
                }
                () = tokio::time::sleep_until(next_look) => {
                    looks = looks.wrapping_add(1);
                    let settle = looks.is_multiple_of(SETTLE_EVERY);
                    next_look = self.fire_all(windows, settle).await;
                }
                _ = beats.tick() => self.beat.beat(),
            }
        }
    }

    async fn fire_all(&self, windows: &Windows, settle: bool) -> Instant {
        // Only what people read: a second account of a person has no ticks, whatever stands in its row.
        if settle {
            match self.beat.after(self.store.settle_duplicates()).await {
                Ok(_) => self.is_settling_failing.store(false, Ordering::Relaxed),
                Err(error) => {
                    let error = in_a_line(&error);
                    if !self.is_settling_failing.swap(true, Ordering::Relaxed) {
                        tracing::warn!(error, "accounts with one CPF not marked, trying again");
                    }
                }
            }
        }
        let is_well = match self.due(windows).await {
            Ok(due) => {
                let mut is_well = true;
                for index in due {
                    is_well &= self.fire_one(windows, index).await;
                }
                is_well
            }
            Err(error) => self.failed(None, &error, "no look for ticks that are due"),
        };
        if is_well && self.is_failing.swap(false, Ordering::Relaxed) {
            tracing::info!("ticks are handed out again");
        }
        self.beat.beat();
        next_look_after(is_well)
    }

    /// Tells when it begins to fail: what lasts for an hour is not worth a line every three seconds. Returns that it is not
    /// well.
    fn failed(&self, window: Option<&str>, error: &dyn Error, what: &'static str) -> bool {
        let error = in_a_line(error);
        if self.is_failing.swap(true, Ordering::Relaxed) {
            tracing::debug!(window, error, "{what}, still trying");
        } else {
            tracing::warn!(window, error, "{what}, trying again");
        }
        false
    }

    /// The windows whose last tick somebody may not have had.
    async fn due(&self, windows: &Windows) -> Result<Vec<usize>, StoreError> {
        // Close enough for a look: whether a tick has come is asked again before it is handed out.
        let known = *self
            .last_look
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let now = match known {
            Some((now, at)) => now + at.elapsed(),
            None => self.beat.after(self.store.now()).await?,
        };
        let last = |(window, cron): &(Window, Cron)| {
            let tick = last_tick(cron, now + EARLY, self.clock.zone())?;
            Some((window.name.clone(), tick))
        };
        let (names, ticks): (Vec<_>, Vec<_>) = windows.windows.iter().filter_map(last).unzip();
        let due = self.store.windows_due(&names, &ticks);
        let (due, now) = self.beat.after(due).await?;
        *self
            .last_look
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some((now, Instant::now()));
        let windows = windows.windows.iter().enumerate();
        let is_due = windows.filter(|(_, (window, _))| due.contains(&window.name));
        Ok(is_due.map(|(index, _)| index).collect())
    }

    /// Fires the last tick of a window for everybody who has not had it. Returns whether that went well.
    async fn fire_one(&self, windows: &Windows, index: usize) -> bool {
        self.beat.beat();
        match self.fire_last(windows, index).await {
            Ok(()) => true,
            Err(error) => {
                let window = windows.windows[index].0.name.as_str();
                self.failed(Some(window), &error, "tick not handed out")
            }
        }
    }

    /// The last tick by the database's clock: one process whose clock is ahead would otherwise use up
    /// the ticks of all.
    async fn fire_last(&self, windows: &Windows, index: usize) -> Result<(), FireError> {
        let (window, cron) = &windows.windows[index];
        let now = self.beat.after(self.store.now()).await?;
        let Some(tick) = last_tick(cron, now + EARLY, self.clock.zone()) else {
            return Ok(());
        };
        let fired = self.fire(windows, index, tick).await?;
        if fired.due > 0 {
            let (due, merged) = (fired.due, fired.merged);
            tracing::info!(window = window.name, %tick, due, merged, "tick");
        }
        Ok(())
    }

    async fn fire(
        &self,
        windows: &Windows,
        index: usize,
        tick: DateTime<Utc>,
    ) -> Result<Fired, FireError> {
        let (window, _) = &windows.windows[index];
        let mut fired = Fired::default();
        let mut after = Some(i32::MIN);
        while let Some(from) = after {
            let batch = self.fire_batch(windows, index, tick, from);
            let batch = tokio::time::timeout(BATCH_TIMEOUT, batch).await;
            let (due, merged, next_after) = batch.map_err(|_| FireError::TooSlow)??;
            fired.due += due;
            fired.merged += merged;
            TICKS_QUEUED.add([&window.name], (due - merged) as u64);
            TICKS_MERGED.add([&window.name], merged as u64);
            self.beat.beat();
            after = next_after;
        }
        Ok(fired)
    }

    /// One transaction: how many were due, how many of them were merged, and where the next batch starts.
    async fn fire_batch(
        &self,
        windows: &Windows,
        index: usize,
        tick: DateTime<Utc>,
        from: i32,
    ) -> Result<(usize, usize, Option<i32>), FireError> {
        let (window, _) = &windows.windows[index];
        let mut tx = self.store.begin().await?;
        let batch = advance_ticks(&mut tx, &window.name, tick, from, BATCH).await?;
        let job = |&usuario_id: &i32| {
            let start = tick + offset(usuario_id, index, windows.splay);
            (
                SyncJob {
                    usuario_id,
                    window: window.name.clone(),
                    tick,
                },
                start,
            )
        };
        let jobs: Vec<_> = batch.due.iter().map(job).collect();
        let taken = self.queue.enqueue(&mut tx, jobs, windows.splay);
        let NotTaken { merged, too_early } = taken.await?;
        if !merged.is_empty() {
            let merged: Vec<i32> = merged.iter().copied().collect();
            count_merged(&mut tx, &window.name, &merged).await?;
        }
        if !too_early.is_empty() {
            let too_early: Vec<i32> = too_early.iter().copied().collect();
            take_ticks_back(&mut tx, &window.name, &too_early).await?;
        }
        tx.commit().await.map_err(StoreError::from)?;
        let due = batch.due.len() - too_early.len();
        if merged.len() < due {
            self.queue.expect_jobs();
        }
        Ok((due, merged.len(), batch.next_after))
    }
}

fn next_look_after(is_well: bool) -> Instant {
    Instant::now() + if is_well { SAFETY_POLL } else { AFTER_FAILURE }
}

#[derive(Debug, Default)]
struct Fired {
    due: usize,
    merged: usize,
}
