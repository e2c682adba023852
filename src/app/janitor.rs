//! Looks after what the dead leave behind, what grows old, and whether the queue moves.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::clock_jump::{ClockJumpDetector, uptime};
use super::stopped_peers::{SILENT_FOR, StoppedPeers};
use crate::config::Config;
use crate::domain::causes::in_a_line;
use crate::scheduler::Queue;
use crate::scheduler::liveness::{LoopHeartbeat, next_in_step};
use crate::scheduler::offset::BETWEEN_WINDOWS;
use crate::scheduler::river::QueueState;
use crate::store::clock::{Correction, FutureLimits};
use crate::store::young_tables::Statistics;
use crate::store::{Store, StoreError};
use crate::sync::Syncer;
use crate::telemetry::metrics;

/// How often the jobs of dead processes are looked for.
const LOOK: Duration = Duration::from_secs(5);
/// The same while there is neither a job nor another process.
const LOOK_IDLE: Duration = Duration::from_secs(30);
/// Shorter than the time between two looks.
const A_MOMENT: Duration = Duration::from_millis(500);
/// The same while a process gives no sign of life: it is dead, or about to be back.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// How often it is looked for processes that are stopped, whether the queue moves, for young tables and the index of the
/// search, while there are jobs.
const REST_EVERY: Duration = Duration::from_secs(15);
/// The same while there are none.
const REST_IDLE: Duration = Duration::from_secs(120);
/// How often it is looked for stored times that lie in the future, whether a job waits for one or not: each look of an idle
/// process does it, so that a minute is enough for what follows too.
const CLOCK_EVERY: Duration = Duration::from_secs(25);
/// A server that refuses a message may ask for so much more time than our own delays.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(3600);
/// Corrections are kept for questions.
const KEEP_CORRECTIONS: Duration = Duration::from_secs(30 * 86_400);
/// Messages of alerts that nobody took for so long are given up.
const STALE_MESSAGE: Duration = Duration::from_secs(24 * 3600);
/// How often old runs are deleted, and how many at once.
const PRUNE_EVERY: Duration = Duration::from_secs(600);
const PRUNE_BATCH: i64 = 1000;
/// For how long at a time: the first time there may be millions, and jobs of dead processes are to be freed meanwhile.
const PRUNE_FOR: Duration = Duration::from_secs(2);
/// A job that is due for so long while workers are free means that the queue does not move.
const STALLED_AFTER: Duration = Duration::from_secs(60);

pub(super) struct Janitor {
    store: Store,
    syncer: Arc<Syncer>,
    queue: Queue,
    config: watch::Receiver<Arc<Config>>,
    beat: LoopHeartbeat,
    works: bool,
    stall: watch::Sender<Option<Duration>>,
    /// Whether its last look failed.
    failing: bool,
    /// How many old runs have been deleted since it was last said; 0 where none are left.
    pruned: u64,
    /// When it was last looked for times that lie in the future.
    looked_at_clock: Option<Instant>,
    /// When it was last looked for processes that are stopped.
    looked_at_peers: Option<Instant>,
    stopped_peers: StoppedPeers,
    /// When it was last looked at what is in no hurry.
    looked_at_rest: Option<Instant>,
    /// How many tables had statistics at the last look.
    with_statistics: Option<usize>,
    clock: ClockJumpDetector,
}

impl Janitor {
    pub(super) fn new(
        syncer: Arc<Syncer>,
        queue: &Queue,
        config: watch::Receiver<Arc<Config>>,
        beat: LoopHeartbeat,
        works: bool,
    ) -> Self {
        let (store, queue) = (syncer.store.clone(), queue.clone());
        Self {
            store,
            syncer,
            queue,
            config,
            beat,
            works,
            stall: watch::Sender::new(None),
            failing: false,
            pruned: 0,
            looked_at_clock: None,
            looked_at_peers: None,
            stopped_peers: StoppedPeers::default(),
            looked_at_rest: None,
            with_statistics: None,
            clock: ClockJumpDetector::new(uptime),
        }
    }

    /// Set while jobs wait although this process has workers free: for how long they have waited. Changes when that
    /// begins.
    pub(super) fn stall(&self) -> watch::Receiver<Option<Duration>> {
        self.stall.subscribe()
    }

    /// Until told to stop. A failing database is waited for.
    pub(super) async fn run(mut self, stop: &CancellationToken) {
        tokio::select! {
            // A look that waits for the database is not waited for.
            () = stop.cancelled() => {}
            () = self.go_round(stop) => {}
        }
    }

    async fn go_round(&mut self, stop: &CancellationToken) {
        let mut next = Instant::now();
        let mut next_pruning = next;
        loop {
            tokio::select! {
                biased;
                () = tokio::time::sleep_until(next) => {
                    metrics::upkeep();
                    next = next_in_step(self.look().await);
                }
                () = tokio::time::sleep_until(next_pruning) => {
                    next_pruning = if self.prune(stop).await {
                        Instant::now() + A_MOMENT
                    } else {
                        next_in_step(PRUNE_EVERY)
                    };
                }
            }
            self.beat.beat();
        }
    }

    /// Tells when it begins to fail and when it works again: a database that is away for an hour is not worth
    /// a line every five seconds.
    /// Returns when to look again.
    async fn look(&mut self) -> Duration {
        match self.look_after_queue().await {
            Ok(jobs) => {
                if std::mem::take(&mut self.failing) {
                    tracing::info!("the janitor can do its work again");
                }
                match (jobs.dead.suspected > 0, jobs.is_busy || jobs.has_peers) {
                    (true, _) => LOOK_AGAIN,
                    (false, true) => LOOK,
                    (false, false) => LOOK_IDLE,
                }
            }
            Err(error) if !std::mem::replace(&mut self.failing, true) => {
                warn(error.as_ref());
                LOOK
            }
            Err(error) => {
                let error = in_a_line(error.as_ref());
                tracing::debug!(error, "the janitor still could not do its work");
                LOOK
            }
        }
    }

    async fn look_after_queue(&mut self) -> Result<QueueState, Box<dyn Error + Send + Sync>> {
        let state = self.queue.look().await?;
        if state.dead.freed > 0 {
            tracing::warn!(jobs = state.dead.freed, "freed the jobs of a dead process");
        }
        let beat = || self.beat.beat();
        if let Err(error) = self.syncer.write_refusals(&beat).await {
            // Told when it was kept; the rest does not wait for it.
            tracing::debug!(error = in_a_line(&error), "refusals are still not written");
        }
        // The rest does not depend on it.
        let clock = self.look_at_clock(state.is_busy).await;
        self.beat.beat();
        let peers = self.end_stopped_peers(state.is_busy).await;
        self.beat.beat();
        if state.is_busy {
            self.store.rest_one_connection().await;
        } else {
            self.store.rest_connections().await;
        }
        self.look_at_rest(state.is_busy).await?;
        clock?;
        peers?;
        Ok(state)
    }

    async fn look_at_clock(&mut self, are_jobs: bool) -> Result<(), Box<dyn Error + Send + Sync>> {
        if is_time(self.looked_at_clock, CLOCK_EVERY) {
            self.take_back_future_times(are_jobs).await?;
            self.looked_at_clock = Some(Instant::now());
        }
        Ok(())
    }

    /// Whoever is stopped and not dead keeps its locks; its examiners need not wait for it.
    async fn end_stopped_peers(&mut self, are_jobs: bool) -> Result<(), StoreError> {
        let every = if are_jobs { REST_EVERY } else { REST_IDLE };
        if !is_time(self.looked_at_peers, every) {
            return Ok(());
        }
        self.looked_at_peers = Some(Instant::now());
        let control = &self.syncer.control;
        let silent = self.store.silent_processes(control.instance(), SILENT_FOR);
        for instance in self.stopped_peers.of(silent.await?) {
            if control.end_peer(&instance).await? {
                tracing::warn!(
                    instance,
                    "ended the control connection, and with it the locks, of a process that is stopped: it gives no sign of life"
                );
            }
        }
        Ok(())
    }

    /// Nothing of it is in a hurry.
    async fn look_at_rest(&mut self, are_jobs: bool) -> Result<(), Box<dyn Error + Send + Sync>> {
        let every = if are_jobs { REST_EVERY } else { REST_IDLE };
        if !is_time(self.looked_at_rest, every) {
            return Ok(());
        }
        self.looked_at_rest = Some(Instant::now());
        let stall = if self.works && are_jobs {
            self.queue.stalled(STALLED_AFTER).await?
        } else {
            None
        };
        self.stall.send_if_modified(|known| {
            let begins = known.is_none() && stall.is_some();
            *known = stall;
            begins
        });
        self.look_at_statistics().await?;
        self.beat.beat();
        self.store.tidy_search_index().await?;
        Ok(())
    }

    /// The server gathers statistics too, some time after us or before.
    async fn look_at_statistics(&mut self) -> Result<(), StoreError> {
        let Statistics { gathered, tables } = self.store.analyze_young_tables().await?;
        let known = self.with_statistics.replace(tables);
        if !gathered.is_empty() || known.is_some_and(|known| known < tables) {
            tracing::debug!(?gathered, tables, "statements are planned anew");
            self.store.plan_anew();
        }
        Ok(())
    }

    /// A clock that was ahead leaves times that lie in the future; what waits for them would stand still.
    async fn take_back_future_times(
        &self,
        are_jobs: bool,
    ) -> Result<(), Box<dyn Error + Send + Sync>> {
        let config = self.config.borrow().clone();
        let windows = u32::try_from(config.windows.len()).unwrap_or(u32::MAX);
        let beyond = BETWEEN_WINDOWS * windows
            + config
                .scheduler
                .busy_delay
                .max(config.portal.breaker.cool_down)
            + Duration::from_secs(60);
        // Without jobs only the term of River's leader may lie in the future, and nothing waits for that.
        let jobs = if are_jobs || is_time(self.looked_at_rest, REST_IDLE) {
            let splay = config.scheduler.splay;
            let taken = self.queue.take_back_future_times(splay, beyond);
            self.beat.after(taken).await?
        } else {
            0
        };
        let limits = FutureLimits {
            message: config.alerts.retry.max_delay + LONGEST_RETRY_AFTER,
            captcha: config.portal.profile.captcha_pause,
        };
        for correction in self.store.take_back_future_times(limits, jobs).await? {
            let Correction { what, rows, ahead } = &correction;
            let ahead = Duration::from_secs(*ahead as u64);
            tracing::warn!(
                %what,
                rows,
                ahead = %humantime::format_duration(ahead),
                "stored times lay in the future and were taken back to now: a clock was ahead (see the alert \"clock\")"
            );
            metrics::names::FUTURE_TIMES.add([what.as_str()], rows.unsigned_abs());
        }
        Ok(())
    }

    /// Clears away what is old. Returns whether old runs are left for another time soon.
    async fn prune(&mut self, stop: &CancellationToken) -> bool {
        let goes_on = self.pruned > 0;
        if !goes_on && let Err(error) = self.beat.after(self.syncer.close_dead_runs()).await {
            warn(&error);
        }
        let is_steady = self.is_clock_steady().await.unwrap_or_else(|error| {
            warn(&error);
            false
        });
        self.beat.beat();
        let keep = self.config.borrow().retention.runs;
        if is_steady && !goes_on {
            self.tidy(keep).await;
        }
        let pruned = if is_steady && !keep.is_zero() {
            self.prune_runs(keep, stop).await
        } else {
            Ok(false)
        };
        let is_more = pruned.unwrap_or_else(|error| {
            warn(&error);
            false
        });
        if !is_more && self.pruned > 0 {
            let runs = std::mem::take(&mut self.pruned);
            tracing::info!(runs, "deleted old runs (retention.runs)");
        }
        is_more
    }

    /// What is old and soon deleted.
    async fn tidy(&self, keep: Duration) {
        let dead = self.store.forget_dead_processes();
        if let Err(error) = self.beat.after(dead).await {
            warn(&error);
        }
        let corrections = self.store.forget_corrections(KEEP_CORRECTIONS);
        if let Err(error) = self.beat.after(corrections).await {
            warn(&error);
        }
        let alerts = self.store.tidy_alerts(STALE_MESSAGE, keep);
        if let Err(error) = self.beat.after(alerts).await {
            warn(&error);
        }
        if !keep.is_zero()
            && let Err(error) = self.beat.after(self.store.forget_losses(keep)).await
        {
            warn(&error);
        }
    }

    /// Whether things are as old as the database's clock says.
    async fn is_clock_steady(&mut self) -> Result<bool, StoreError> {
        let instance = self.syncer.control.instance();
        let look = self.clock.look(&self.store, instance, &self.beat);
        let is_steady = look.await?;
        if !is_steady {
            tracing::warn!(
                "the database's clock has jumped, or stands far ahead of the last sign of life: nothing is deleted or given up for its age until it is right again, or has gone well for long"
            );
        }
        Ok(is_steady)
    }

    /// In batches, for [`PRUNE_FOR`], and no further one after `stop`. Returns whether more are left.
    async fn prune_runs(
        &mut self,
        keep: Duration,
        stop: &CancellationToken,
    ) -> Result<bool, StoreError> {
        let end = Instant::now() + PRUNE_FOR;
        while !stop.is_cancelled() {
            let batch = self.store.prune_runs(keep, PRUNE_BATCH).await?;
            self.pruned += batch;
            if batch < PRUNE_BATCH.unsigned_abs() {
                return Ok(false);
            }
            self.beat.beat();
            if Instant::now() >= end {
                break;
            }
        }
        Ok(true)
    }
}

/// A look that comes a moment before its time is not left to the next one.
fn is_time(last: Option<Instant>, every: Duration) -> bool {
    last.is_none_or(|last| last.elapsed() + A_MOMENT >= every)
}

fn warn(error: &dyn Error) {
    tracing::warn!(
        error = in_a_line(error),
        "the janitor could not do its work, trying again"
    );
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::path::Path;

    use agendad_test_support::SilentServer;
    use chrono::DateTime;

    use super::*;
    use crate::clock::Clock;
    use crate::config::layers;
    use crate::portal::Portal;
    use crate::scheduler::liveness::{LoopHeartbeats, STUCK_AFTER};
    use crate::scheduler::river::QueueSettings;
    use crate::session::SessionCache;
    use crate::store::control::Control;
    use crate::sync::{AtWork, CurrentSettings, Settings, SyncRules, Unwritten};
    use crate::vault::Vault;

    fn janitor(store: &Store, state_dir: &Path, beat: LoopHeartbeat) -> Janitor {
        let config = Config::from_layers(vec![layers::built_in().unwrap()]).unwrap();
        let clock = Clock::fixed(config.timezone, DateTime::UNIX_EPOCH);
        let vault = Vault::open(None, state_dir).unwrap();
        let proxy = config.secrets.portal_proxy.as_ref();
        let portal = Portal::new(&config.portal, proxy, &config.retry, state_dir, &clock).unwrap();
        let rules = SyncRules::of(&config);
        let syncer = Syncer {
            store: store.clone(),
            control: Control::nowhere(),
            sessions: SessionCache::new(&config, clock.clone(), vault.clone(), store.clone())
                .unwrap(),
            vault,
            clock,
            settings: CurrentSettings::new(Settings { portal, rules }),
            unwritten: Unwritten::default(),
            at_work: AtWork::default(),
        };
        let settings = QueueSettings {
            instance: "nowhere".to_owned(),
            workers: 1,
            run_timeout: Duration::from_secs(60),
            soft_stop: Duration::from_secs(1),
        };
        let queue = Queue::new(store.pool(), &settings, None).unwrap();
        let config = watch::Sender::new(Arc::new(config)).subscribe();
        Janitor::new(Arc::new(syncer), &queue, config, beat, false)
    }

    async fn never_stuck(beats: &LoopHeartbeats) -> Infallible {
        loop {
            tokio::time::sleep(Duration::from_secs(1)).await;
            let stuck = beats.stuck();
            assert!(stuck.is_empty(), "{stuck:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn statements_that_wait_to_their_time_out_one_after_the_other_are_no_stuck_loop() {
        let (server, state) = (SilentServer::start(), tempfile::tempdir().unwrap());
        let beats = LoopHeartbeats::default();
        let mut janitor = janitor(&server.store, state.path(), beats.register("janitor"));
        let (begun, stop) = (Instant::now(), CancellationToken::new());
        tokio::select! {
            is_more = janitor.prune(&stop) => assert!(!is_more),
            never = never_stuck(&beats) => match never {},
        }
        assert!(begun.elapsed() > STUCK_AFTER, "{:?}", begun.elapsed());
    }
}
