//! A run as a value: what it is made of, and the sentence that its steps read as.

pub(super) mod failure;
pub(super) mod interrupt;
pub(super) mod measure;
pub(super) mod persist;

use std::panic::AssertUnwindSafe;

use chrono::NaiveDate;
use futures::FutureExt;
use tracing::Span;

use super::record_run::log::RunLog;
use super::record_run::record::Record;
use super::record_run::report::RunReport;
use super::session::context::Context;
use super::session::conversation::Conversation;
use super::session::refusal;
use super::syncer::request::{Progress, SyncRequest, Watcher};
use crate::domain::causes::in_a_line;
use crate::domain::window::wanted_dates;
use crate::telemetry::backtrace;
use crate::telemetry::metrics::names::RUNS_IN_PROGRESS;
use failure::RunFailure;
use measure::Step;

/// One run of one window for one user, recorded as `running`.
pub(super) struct Run<'a> {
    pub(super) context: Context<'a>,
    pub(super) request: &'a SyncRequest,
    /// The row that says how it goes.
    pub(super) record: Record,
    /// What it has done so far.
    pub(super) log: RunLog,
    watch: Watcher<'a>,
}

impl<'a> Run<'a> {
    pub(super) fn new(
        context: Context<'a>,
        request: &'a SyncRequest,
        record: Record,
        watch: Watcher<'a>,
    ) -> Self {
        Self {
            context,
            request,
            log: RunLog::of(request.window.as_deref()),
            record,
            watch,
        }
    }

    /// Does the work and records how it went, whatever happens: a failure, a stop, a lost lock, a panic.
    pub(super) async fn carry_out(mut self) -> RunReport {
        let _in_progress = RUNS_IN_PROGRESS.hold([]);
        measure::begun(self.context.syncer, self.request);
        Span::current().record("run_id", self.record.id);
        backtrace::watch_panics();
        // Outside the work, as the log is, so that it survives a panic.
        let mut conversation = None;
        let work = AssertUnwindSafe(self.work(&mut conversation));
        let ended = work.catch_unwind().await.unwrap_or_else(|panic| {
            self.log.backtrace = backtrace::of_last_panic();
            Err(RunFailure::panic(panic.as_ref()))
        });
        let ended = match ended {
            // Whatever the database says: it is where the lock was.
            Err(RunFailure::Store(error)) if self.context.interrupts.check_lock().is_err() => {
                let error = in_a_line(&error);
                tracing::info!(error, "the database failed after the lock was lost");
                Err(RunFailure::LockLost)
            }
            ended => ended,
        };
        let leave = async {
            let used = match &mut conversation {
                Some(conversation) => conversation.close_or_keep().await,
                None => None,
            };
            if let Err(RunFailure::Portal(error)) = &ended {
                refusal::take_down(self.context, conversation.as_ref(), error).await;
            }
            used
        };
        self.log.noted.session = Step::Session.of(leave).await;
        // Somebody else may be at work by now.
        let is_lost = self.context.interrupts.check_lock().is_err();
        let ended = if is_lost && self.log.forget_seen() {
            // What is not noted was not read: that is no success, and the tick comes back.
            ended.and(Err(RunFailure::LockLost))
        } else {
            ended
        };
        let finish = self.finish(conversation.as_ref(), ended);
        Step::RecordRun.of(finish).await
    }

    /// The middle of the sentence: session → scrape → upsert → mark removed.
    async fn work(
        &mut self,
        conversation: &mut Option<Conversation<'a>>,
    ) -> Result<(), RunFailure> {
        self.tell(Progress::Recorded {
            run_id: self.record.id,
        });
        if self.record.to_adopt {
            let usuario_id = self.context.account.usuario_id;
            self.context.store().adopt_locked(usuario_id).await?;
        }
        let dates = self.wanted_dates();
        if dates.is_empty() {
            return Ok(());
        }
        let portal = self.open_session(conversation).await?;
        loop {
            // A login in between may have led to another unit than the one that was asked for.
            while portal.begins_unit() {
                self.read_units(portal, &dates).await?;
            }
            let Some(choice) = portal.further_unit() else {
                break;
            };
            if !self.context.renew_deadline() {
                tracing::info!("the run has taken its time; further units wait for the next tick");
                break;
            }
            Step::Session.of(portal.choose(&choice)).await?;
        }
        self.mark_units_removed(portal, &dates).await?;
        self.cancel_left_over().await
    }

    /// Reads and stores the days of the units that the present session shows.
    async fn read_units(
        &mut self,
        portal: &mut Conversation<'a>,
        dates: &[NaiveDate],
    ) -> Result<(), RunFailure> {
        let units = portal.shown_units();
        self.log.planned += units.len() * dates.len();
        self.tell(Progress::Open {
            days: self.log.planned,
        });
        for unit in &units {
            let listed = self.list_dates(portal, unit, dates).await?;
            if portal.is_gone(unit) {
                self.log.planned -= dates.len();
                continue;
            }
            self.mark_vacant_removed(unit, &listed).await?;
            let mut slots = 0;
            for date in dates {
                if listed.to_read.contains(date)
                    && let Some(day) = self.read_day(portal, unit, *date).await?
                {
                    slots += day.rows.len();
                    self.store_day(unit, &day).await?;
                }
                self.tell(Progress::Day(*date));
            }
            self.unit_read(portal, unit, slots > 0).await?;
        }
        Ok(())
    }

    /// Step *session*: goes on with the session that is kept, or logs in.
    async fn open_session<'c>(
        &mut self,
        conversation: &'c mut Option<Conversation<'a>>,
    ) -> Result<&'c mut Conversation<'a>, RunFailure> {
        let known_units = std::mem::take(&mut self.record.known_units);
        let kept_here = self.record.session.take();
        let open = async {
            let kept = self.context.kept_session(kept_here.as_ref()).await;
            Conversation::begin(conversation, self.context, known_units, kept, None).await
        };
        let portal = Step::Session.of(open).await?;
        if let Some(offered) = portal.offered_units() {
            self.record.keep_unlisted(&offered);
        }
        self.log.planned = 0;
        Ok(portal)
    }

    /// The days of the window on which the examiner works.
    fn wanted_dates(&mut self) -> Vec<NaiveDate> {
        let (from, to) = (self.request.from, self.request.to);
        let today = self.context.syncer.clock.today();
        let dates = wanted_dates(from, to, today, self.context.account.working_days);
        // Until it is known of how many units.
        self.log.planned = dates.len();
        dates
    }

    fn tell(&self, progress: Progress) {
        (self.watch)(progress);
    }
}
