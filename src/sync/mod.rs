//! *In what order?* One run of one window for one user: lock → session → scrape → upsert → mark
//! removed → record run. This file reads as that sentence; each step has a file of its own.
//!
//! Architecture invariant: no SQL and no HTTP here; `record_run` is the only way out of a run.

mod asked;
mod backtrace;
mod closing;
mod conversation;
mod count;
pub mod failure;
mod given;
mod interrupt;
pub mod live;
mod lock;
mod log;
mod persist;
mod probe;
mod record_run;
mod refusal;
mod scrape;
mod session;
mod step;
mod units;
mod upsert;

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use futures::FutureExt;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, Span, field};

use crate::clock::Clock;
use crate::config::Config;
use crate::config::portal::Patience;
use crate::config::sections::OnRemoved;
use crate::domain::window::wanted_dates;
use crate::domain::{ExamStatuses, Unit, Window};
use crate::session::SessionCache;
use crate::store::control::{Control, UserLock};
use crate::store::slots::StoreRules;
use crate::store::{Store, StoreError};
use crate::telemetry::metrics::names::RUNS_IN_PROGRESS;
use crate::vault::Vault;

pub use closing::Closed;
pub use failure::RunFailure;
pub use given::Given;
pub use interrupt::{Interrupts, MOST_TIMEOUTS};
pub use live::Live;
pub use log::DateError;
pub use probe::Probed;
pub use record_run::RunReport;

use conversation::Parties;
use lock::Admitted;
use log::RunLog;
use record_run::Opened;
use step::Step;
use units::Units;

/// All that a run needs. One per process.
#[derive(Debug)]
pub struct Syncer {
    /// The database.
    pub store: Store,
    /// The connection that holds the locks.
    pub control: Control,
    /// Cookies between runs.
    pub sessions: SessionCache,
    /// Opens passwords.
    pub vault: Vault,
    /// Today.
    pub clock: Clock,
    /// The portal and the limits of a run, as configured now.
    pub live: Live,
}

/// What the configuration says about runs.
#[derive(Debug, Clone)]
pub struct SyncRules {
    /// Guard and appointments.
    pub store: StoreRules,
    /// Longest run.
    pub run_timeout: Duration,
    /// How long an account rests after a CAPTCHA.
    pub captcha_pause: Duration,
    /// Which exam statuses close a slot.
    pub statuses: ExamStatuses,
    /// Whether each run ends its session.
    pub logout_after_run: bool,
    /// How long the examiner's own session is left alone.
    pub other_session_patience: Patience,
    /// How often a further unit is read.
    pub unit_interval: Duration,
    /// How often a further unit is read that had no slots.
    pub quiet_unit_interval: Duration,
    /// The configured windows, to know which of them a range of dates covers.
    pub windows: Vec<Window>,
}

impl SyncRules {
    /// Takes them out of the configuration.
    #[must_use]
    pub fn of(config: &Config) -> Self {
        Self {
            store: StoreRules {
                max_removed_ratio: config.guard.max_removed_ratio,
                min_slots: config.guard.min_slots,
                confirmations: config.guard.confirmations,
                appointments: config.appointments.enabled,
                cancel_on_removed: config.appointments.on_removed == OnRemoved::Cancel,
                area_code: config.appointments.area_code.clone(),
                timezone: config.timezone.name().to_owned(),
            },
            run_timeout: config.scheduler.run_timeout,
            captcha_pause: config.portal.profile.captcha_pause,
            statuses: ExamStatuses::new(
                &config.portal.profile.closing_statuses,
                &config.portal.profile.open_statuses,
            ),
            logout_after_run: config.session.logout_after_run,
            other_session_patience: config.portal.other_session_patience,
            unit_interval: config.portal.unit_interval,
            quiet_unit_interval: config.portal.quiet_unit_interval,
            windows: config.windows.clone(),
        }
    }
}

/// What is asked for.
#[derive(Debug, Clone)]
pub struct SyncRequest {
    /// The examiner.
    pub usuario_id: i32,
    /// Name of the window, if one is meant.
    pub window: Option<String>,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// The tick that this run serves.
    pub tick: Option<DateTime<Utc>>,
    /// Who asks.
    pub origin: Origin,
}

/// Who asks for a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A tick.
    Schedule,
    /// A person at the command line.
    Cli,
    /// A client of the HTTP API.
    Api,
}

impl Origin {
    /// The stable text form.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Schedule => "schedule",
            Self::Cli => "cli",
            Self::Api => "api",
        }
    }
}

/// What became of the request.
#[derive(Debug)]
pub enum SyncOutcome {
    /// A run took place and is recorded.
    Ran(Box<RunReport>),
    /// Another sync of this user is running.
    Busy,
    /// This tick has had its run already.
    TickDone,
    /// No run may take place now.
    Refused(Refusal),
}

/// Why no run may take place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No row in `configuracoes_detran`.
    #[error("user {0} has no account (add one with: agendad users add)")]
    NoAccount(i32),
    /// The account's row says something that cannot be.
    #[error("{0}; correct it in configuracoes_detran")]
    Unreadable(String),
    /// Account or user are switched off.
    #[error(
        "the account of user {0} is not active (switch it on with: agendad users enable --user {0})"
    )]
    Inactive(i32),
    /// The schedule no longer covers this account and window.
    #[error("the account of user {0} is not synchronised automatically")]
    NotScheduled(i32),
    /// No login may be attempted.
    #[error("the account of user {usuario_id} is paused ({reason}); {cure}")]
    Paused {
        /// The examiner.
        usuario_id: i32,
        /// Why.
        reason: String,
        /// What to do.
        cure: String,
    },
}

impl Refusal {
    /// The stable text form, as metrics name it.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::NoAccount(_) => "no_account",
            Self::Unreadable(_) => "unreadable",
            Self::Inactive(_) => "inactive",
            Self::NotScheduled(_) => "not_scheduled",
            Self::Paused { .. } => "paused",
        }
    }
}

/// Something a person may want to see while a run goes on.
#[derive(Debug, Clone, Copy)]
pub enum Progress {
    /// The run is recorded as `running`.
    Recorded {
        /// `agenda_sync_runs.id`.
        run_id: i64,
    },
    /// The session is open; so many day readings lie ahead.
    Open {
        /// Days times units.
        days: usize,
    },
    /// One day of one unit is done, well or badly.
    Day(NaiveDate),
}

/// Told of progress.
pub type Watcher<'a> = &'a (dyn Fn(Progress) + Send + Sync);

impl Syncer {
    /// Runs one window for one user. `stop` ends it between two requests; it is recorded all the same.
    ///
    /// # Errors
    /// [`StoreError`] only where the database fails before the run is recorded; everything later is
    /// part of the report.
    pub async fn sync(
        &self,
        request: &SyncRequest,
        stop: &CancellationToken,
        watch: Watcher<'_>,
    ) -> Result<SyncOutcome, StoreError> {
        self.sync_as(request, None, stop, watch).await
    }

    /// The same, with credentials and working days of the caller's; without, those of the user's account.
    ///
    /// # Errors
    /// As [`Syncer::sync`].
    pub async fn sync_as(
        &self,
        request: &SyncRequest,
        given: Option<&Given>,
        stop: &CancellationToken,
        watch: Watcher<'_>,
    ) -> Result<SyncOutcome, StoreError> {
        let span = tracing::info_span!(
            "run",
            run_id = field::Empty,
            usuario_id = request.usuario_id,
            window = request.window.as_deref().unwrap_or("-"),
        );
        let sync = async {
            let Some(lock) = Step::Lock.of(lock::take(self, request.usuario_id)).await? else {
                return Ok(SyncOutcome::Busy);
            };
            let outcome = self.sync_locked(request, given, &lock, stop, watch).await;
            lock.release().await;
            outcome
        };
        sync.instrument(span).await
    }

    async fn sync_locked(
        &self,
        request: &SyncRequest,
        given: Option<&Given>,
        lock: &UserLock,
        stop: &CancellationToken,
        watch: Watcher<'_>,
    ) -> Result<SyncOutcome, StoreError> {
        let account = match given {
            Some(given) => given::account(self, request.usuario_id, given, lock).await?,
            None => lock::account(self, request, lock).await?,
        };
        let account = match account {
            Admitted::Account(account) => account,
            Admitted::Busy => return Ok(SyncOutcome::Busy),
            Admitted::Refused(refusal) => return Ok(SyncOutcome::Refused(refusal)),
        };
        let start = record_run::start(self, request, &account.cpf);
        let Some(run) = Step::RecordRun.of(start).await? else {
            return Ok(SyncOutcome::TickDone);
        };
        let _in_progress = RUNS_IN_PROGRESS.hold([]);
        count::begun(self, request);
        Span::current().record("run_id", run.id);
        let interrupts = Interrupts::new(stop, lock.lost(), self.live.get().rules.run_timeout);
        let parties = Parties {
            syncer: self,
            account: &account,
            interrupts: &interrupts,
            by_hand: request.origin != Origin::Schedule,
        };
        backtrace::watch_panics();
        let mut run = run;
        let report = async {
            let mut log = RunLog::default();
            log.noted.window = request.window.clone().unwrap_or_default();
            let work = self.work(request, parties, &mut run, &mut log, watch);
            let ended = AssertUnwindSafe(work).catch_unwind().await;
            let ended = ended.unwrap_or_else(|panic| {
                log.backtrace = backtrace::of_last_panic();
                Err(RunFailure::panic(panic.as_ref()))
            });
            let keep = session::keep(parties, &mut log, ended.as_ref().err());
            log.noted.session = Step::Session.of(keep).await;
            if lock.lost().is_cancelled() {
                // Somebody else may be at work by now.
                log.forget_seen();
            }
            let finish = record_run::finish(self, request, &run, log, ended);
            Step::RecordRun.of(finish).await
        };
        Ok(SyncOutcome::Ran(Box::new(report.await)))
    }

    /// The middle of the sentence. Whatever happens here ends in `record_run`.
    async fn work(
        &self,
        request: &SyncRequest,
        parties: Parties<'_>,
        run: &mut Opened,
        log: &mut RunLog,
        watch: Watcher<'_>,
    ) -> Result<(), RunFailure> {
        watch(Progress::Recorded { run_id: run.id });
        let today = self.clock.today();
        let working_days = parties.account.working_days;
        let dates = wanted_dates(request.from, request.to, today, working_days);
        if dates.is_empty() {
            return Ok(());
        }
        log.planned = dates.len();
        let units = Units::new(parties, std::mem::take(&mut run.known_units)).await?;
        let account = parties.account;
        let here = run.session.take();
        let kept = self
            .sessions
            .find(account.usuario_id, &account.cpf, here.as_ref());
        let open = async { units.open(parties, kept.await, None, log).await };
        Step::Session.of(open).await?;
        let (first, further) = units.plan(log);
        if let Some(offered) = units.offered(log) {
            run.keep_unlisted(&offered);
        }
        log.planned = first.len() * dates.len();
        self.read_units(parties, run, (&first, &dates), log, watch)
            .await?;
        for choice in further {
            if !parties.interrupts.renew(self.live.get().rules.run_timeout) {
                tracing::info!("the run has taken its time; further units wait for the next tick");
                break;
            }
            let form = Step::Session
                .of(units.switch(parties, &choice, log))
                .await?;
            log.planned += form.len() * dates.len();
            self.read_units(parties, run, (&form, &dates), log, watch)
                .await?;
        }
        if let Some(offered) = units.offered(log) {
            upsert::unlisted_units(parties, run, (&offered, &dates), log).await?;
        }
        upsert::left_over(parties, run, log).await
    }

    /// Reads and stores the days of some units of the present session.
    async fn read_units(
        &self,
        parties: Parties<'_>,
        run: &Opened,
        (units, dates): (&[Unit], &[NaiveDate]),
        log: &mut RunLog,
        watch: Watcher<'_>,
    ) -> Result<(), RunFailure> {
        watch(Progress::Open { days: log.planned });
        for unit in units {
            let stored = run.stored_days(unit);
            let listed = scrape::offered(parties, unit, dates, &stored, log).await?;
            upsert::vacant(parties, run, (unit, &listed.vacant), false, log).await?;
            upsert::vacant(parties, run, (unit, &listed.doubtful), true, log).await?;
            let mut slots = 0;
            for date in dates {
                if listed.to_read.contains(date)
                    && let Some(reading) = scrape::day(parties, unit, *date, log).await?
                {
                    slots += reading.rows.len();
                    upsert::day(parties, run, (unit, &reading), log).await?;
                }
                watch(Progress::Day(*date));
            }
            units::read(parties, unit, slots > 0, log).await?;
        }
        Ok(())
    }
}
