//! From a job to a run: what a tick does when its turn comes, and what becomes of the job.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::jobs::{JobEnd, SyncJob};
use super::rarely::Rarely;
use crate::config::Config;
use crate::domain::causes::in_a_line;
use crate::domain::{FailureKind, Origin, PutOff, TickRefused, Window};
use crate::portal::{BreakerState, FirewallState};
use crate::store::StoreError;
use crate::store::processes::DatabaseTrouble;
use crate::sync::{RunReport, SyncOutcome, SyncRequest, Syncer};
use crate::telemetry::metrics::UNKNOWN_WINDOW;
use crate::telemetry::metrics::names::{TICKS_PUT_OFF, TICKS_REFUSED, TICKS_RUN};

/// How long a job at most keeps its place while the portal rests, before it goes back to the queue.
/// Without this wait the whole queue would be taken out and put back over and over.
const WAIT_IN_PLACE: Duration = Duration::from_secs(2);
/// How soon a tick comes back whose run lost its lock, with the database as a rule: whoever has the lock by then is told
/// of as busy, and waited for as such.
const AFTER_LOST_LOCK: Duration = Duration::from_secs(2);
/// The shortest time back in the queue.
const SHORTEST_REST: Duration = Duration::from_secs(1);
/// The longest: a job whose time lies further ahead looks as if a clock had been ahead, and does not notice that the rest
/// was ended.
const LONGEST_REST: Duration = Duration::from_secs(30);
/// For so long a job whose turn has come waits for a daemon that knows its window: where there are several, they do not
/// read new settings at the same moment. Its tick may be hours old: a new window has its last one at once.
const WINDOW_MAY_COME: TimeDelta = TimeDelta::minutes(2);

/// Does the jobs.
#[derive(Debug)]
pub struct Worker {
    syncer: Arc<Syncer>,
    config: watch::Receiver<Arc<Config>>,
    /// Held by the one run that tries out whether the portal answers again.
    probe: Arc<Semaphore>,
    /// What keeps runs from beginning.
    put_off: Rarely<DatabaseTrouble>,
    /// Windows whose ticks nobody can run.
    without_window: Rarely<String>,
}

/// What became of a tick, with the reason as metrics name it.
enum TickEnd {
    /// It had its run.
    Ran,
    /// It has none.
    Refused(TickRefused),
    /// It comes again after this time.
    PutOff(PutOff, Duration),
    /// The process stops; it comes again, here or elsewhere.
    Stopped,
}

/// Whether breaker and firewall let a run begin.
enum PortalAccess {
    Granted(Option<OwnedSemaphorePermit>),
    /// Not before then, and why.
    Rest(PutOff, Duration),
}

impl PortalAccess {
    fn until(why: PutOff, until: Instant) -> Self {
        Self::Rest(why, until.saturating_duration_since(Instant::now()))
    }
}

impl Worker {
    /// A worker for the windows that are configured when a job's turn comes.
    #[must_use]
    pub fn new(syncer: Arc<Syncer>, config: watch::Receiver<Arc<Config>>) -> Self {
        Self {
            syncer,
            config,
            probe: Arc::new(Semaphore::new(1)),
            put_off: Rarely::default(),
            without_window: Rarely::default(),
        }
    }

    fn window(&self, name: &str) -> Option<Window> {
        let config = self.config.borrow();
        config
            .windows
            .iter()
            .find(|window| window.name == name)
            .cloned()
    }

    fn busy_delay(&self) -> Duration {
        self.config.borrow().scheduler.busy_delay
    }

    /// Does one job. Never fails: a run that failed for the portal's reasons is a job that is done,
    /// because the next tick is its retry. `due_by`: when its turn was to come at the latest.
    pub async fn work(
        &self,
        job: &SyncJob,
        due_by: DateTime<Utc>,
        stop: &CancellationToken,
    ) -> JobEnd {
        let Some(window) = self.window(&job.window) else {
            return self.without_window(job, due_by);
        };
        let tick = self.tick(job, &window, stop).await;
        let window = window.name.as_str();
        match &tick {
            TickEnd::Ran => TICKS_RUN.one([window]),
            TickEnd::Refused(reason) => TICKS_REFUSED.one([window, reason.as_str()]),
            TickEnd::PutOff(reason, _) => TICKS_PUT_OFF.one([window, reason.as_str()]),
            TickEnd::Stopped => TICKS_PUT_OFF.one([window, PutOff::Stopped.as_str()]),
        }
        match tick {
            TickEnd::Ran | TickEnd::Refused(_) => JobEnd::Done,
            TickEnd::PutOff(_, delay) => JobEnd::PutOff(delay),
            TickEnd::Stopped => JobEnd::Stopped,
        }
    }

    fn without_window(&self, job: &SyncJob, due_by: DateTime<Utc>) -> JobEnd {
        let (usuario_id, window) = (job.usuario_id, &job.window);
        if self.syncer.clock.now() - due_by < WINDOW_MAY_COME {
            tracing::debug!(usuario_id, window, "put off: the window is not known here");
            TICKS_PUT_OFF.one([UNKNOWN_WINDOW, PutOff::NoWindow.as_str()]);
            return JobEnd::PutOff(LONGEST_REST);
        }
        if self.without_window.is_to_be_said(window.clone()) {
            tracing::warn!(
                usuario_id,
                window,
                "ticks are refused: the window is not configured here"
            );
        }
        TICKS_REFUSED.one([UNKNOWN_WINDOW, TickRefused::NoWindow.as_str()]);
        JobEnd::Done
    }

    async fn tick(&self, job: &SyncJob, window: &Window, stop: &CancellationToken) -> TickEnd {
        // Held during the run: while it tries the portal out, the others wait.
        let _access = match self.wait_for_portal(stop).await {
            Ok(access) => access,
            Err(end) => return end,
        };
        let (from, to) = window.range(self.syncer.clock.today());
        let request = SyncRequest {
            usuario_id: job.usuario_id,
            window: Some(job.window.clone()),
            from,
            to,
            tick: Some(job.tick),
            origin: Origin::Schedule,
        };
        match self.syncer.sync(&request, stop, &|_| {}).await {
            Ok(SyncOutcome::Ran(report)) => self.end(&report, stop),
            Ok(SyncOutcome::Busy) => TickEnd::PutOff(PutOff::Busy, self.busy_delay()),
            Ok(SyncOutcome::TickDone) => TickEnd::Refused(TickRefused::Done),
            Ok(SyncOutcome::Refused(refusal)) => {
                tracing::info!(usuario_id = job.usuario_id, window = job.window, %refusal, "tick refused");
                TickEnd::Refused(refusal.counted_as())
            }
            Err(error) => TickEnd::PutOff(PutOff::Database, self.database_rest(job, &error)),
        }
    }

    /// What the database refuses it refuses all jobs, and may do so until a person mends it; what was only away, or slow, is
    /// soon back.
    fn database_rest(&self, job: &SyncJob, error: &StoreError) -> Duration {
        let (usuario_id, window) = (job.usuario_id, &job.window);
        let line = in_a_line(error);
        if self.put_off.is_to_be_said(DatabaseTrouble::of(error)) {
            tracing::warn!(usuario_id, window, error = line, "runs are put off");
        } else {
            tracing::debug!(usuario_id, window, error = line, "run put off");
        }
        let is_soon_back = error.is_undone() || error.is_outage() || error.timed_out();
        if error.is_answer() && !is_soon_back {
            LONGEST_REST
        } else {
            self.busy_delay()
        }
    }

    /// While the portal is down, jobs wait instead of failing by the thousand: a little here, then in
    /// the queue.
    async fn wait_for_portal(
        &self,
        stop: &CancellationToken,
    ) -> Result<Option<OwnedSemaphorePermit>, TickEnd> {
        let rest = match self.portal_access() {
            PortalAccess::Granted(access) => return Ok(access),
            PortalAccess::Rest(_, rest) => rest,
        };
        tokio::select! {
            () = stop.cancelled() => return Err(TickEnd::Stopped),
            () = tokio::time::sleep(rest.min(WAIT_IN_PLACE)) => {}
        }
        match self.portal_access() {
            PortalAccess::Granted(access) => Ok(access),
            PortalAccess::Rest(why, rest) => Err(TickEnd::PutOff(
                why,
                rest.clamp(SHORTEST_REST, LONGEST_REST),
            )),
        }
    }

    /// After each rest of the breaker, or because of the firewall, one run tries the portal out.
    fn portal_access(&self) -> PortalAccess {
        let settings = self.syncer.settings.get();
        let is_after_firewall = match settings.portal.firewall().state() {
            FirewallState::Open => false,
            FirewallState::Resting { until, .. } => {
                return PortalAccess::until(PutOff::Firewall, until);
            }
            FirewallState::Trying => true,
        };
        match settings.portal.breaker().state() {
            // Nobody answers, so nobody can say that the firewall lets us through.
            BreakerState::Open { until } => PortalAccess::until(PutOff::Breaker, until),
            BreakerState::Closed | BreakerState::HalfOpen if is_after_firewall => {
                self.try_out(PutOff::Firewall)
            }
            BreakerState::Closed => PortalAccess::Granted(None),
            BreakerState::HalfOpen => self.try_out(PutOff::Breaker),
        }
    }

    fn try_out(&self, why: PutOff) -> PortalAccess {
        match Arc::clone(&self.probe).try_acquire_owned() {
            Ok(access) => PortalAccess::Granted(Some(access)),
            Err(_) => PortalAccess::Rest(why, WAIT_IN_PLACE),
        }
    }

    fn end(&self, report: &RunReport, stop: &CancellationToken) -> TickEnd {
        match report.error.as_ref().map(|error| error.kind) {
            Some(FailureKind::Cancelled) if stop.is_cancelled() => TickEnd::Stopped,
            // Our own trouble, not the portal's: the tick has not had its run yet.
            Some(FailureKind::LockLost) => TickEnd::PutOff(PutOff::LockLost, AFTER_LOST_LOCK),
            Some(FailureKind::Cancelled) => TickEnd::PutOff(PutOff::Cancelled, self.busy_delay()),
            Some(
                FailureKind::Network
                | FailureKind::Timeout
                | FailureKind::Unavailable
                | FailureKind::SessionExpired
                | FailureKind::Auth
                | FailureKind::Captcha
                | FailureKind::InUse
                | FailureKind::Firewall
                | FailureKind::Layout
                | FailureKind::Database
                | FailureKind::Orphaned
                | FailureKind::Vault
                | FailureKind::Panic
                | FailureKind::Unknown,
            )
            | None => TickEnd::Ran,
        }
    }
}
