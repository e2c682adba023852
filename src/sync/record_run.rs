//! Step *record run*: the row that says how a run went, and the only way out of a run.

pub(super) mod log;
pub(super) mod record;
pub(super) mod report;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use futures::FutureExt;
use tracing::Level;

use super::run::Run;
use super::run::failure::RunFailure;
use super::run::interrupt::MOST_TIMEOUTS;
use super::run::measure::{self, millis};
use super::run::persist;
use super::session::conversation::Conversation;
use super::syncer::Syncer;
use super::syncer::request::SyncRequest;
use crate::domain::causes::in_a_line;
use crate::domain::{
    ActionKind, Cpf, Detail, ErrorDetails, FailureKind, Note, Origin, RunStatus, Window,
};
use crate::store::StoreError;
use crate::store::audit::Action;
use crate::store::runs::{FinishedRun, NewRun, Noted, Started};
use crate::telemetry::metrics::names::SESSIONS_OPENED;
use record::Record;
use report::RunReport;

/// A run that is over is written down within this time, or not at all.
const TO_RECORD: Duration = Duration::from_secs(300);

/// Opens the record; `None` if this tick has had its run.
pub(super) async fn start(
    syncer: &Syncer,
    request: &SyncRequest,
    cpf: &Cpf,
) -> Result<Option<Record>, StoreError> {
    let run = NewRun {
        usuario_id: request.usuario_id,
        window_start: request.from,
        window_end: request.to,
        window_name: request.window.as_deref(),
        tick: request.tick,
        origin: request.origin,
        instance: syncer.control.instance(),
        session: Some((cpf, syncer.sessions.ttl())),
    };
    let begun = Instant::now();
    match syncer.store.start_run(&run).await? {
        Started::Run {
            id,
            days,
            beyond,
            units: known_units,
            session,
            orphans,
            left_over,
            to_adopt,
        } => {
            syncer.tell_of_orphans(orphans);
            let units: BTreeSet<String> = days.iter().map(|day| day.unit.clone()).collect();
            Ok(Some(Record {
                id,
                units: units.into_iter().collect(),
                days,
                beyond,
                known_units,
                session,
                left_over,
                to_adopt,
                begun,
            }))
        }
        Started::TickDone => Ok(None),
    }
}

impl Run<'_> {
    /// Closes the record. If the database cannot be reached for a while, the row stays `running` and the
    /// next holder of the user's lock closes it.
    pub(super) async fn finish(
        self,
        conversation: Option<&Conversation<'_>>,
        ended: Result<(), RunFailure>,
    ) -> RunReport {
        let Self {
            context,
            request,
            record,
            mut log,
            ..
        } = self;
        let (syncer, store) = (context.syncer, context.store());
        if let Some(conversation) = conversation {
            SESSIONS_OPENED.one([conversation.opening().as_str()]);
        }
        let stats = conversation.map(Conversation::stats).unwrap_or_default();
        let mut ended = ended;
        let mut report = report::of(record.id, &log, stats, &ended);
        log.noted.days_read = log.days_read();
        let mut finished = finished(syncer, request, &report, log.noted.clone());
        // Boxed: an async closure's future cannot be shown to be `Send` for every lifetime.
        let write = || store.finish_run(record.id, &finished).boxed();
        let mut written = persist::retry_unless_refused(store, write).await;
        if let Err(error) = &written
            && let Some(code) = error.refusal()
        {
            // The account's row is the application's too: what that refuses is no reason to lose a good run.
            log.notes.push(Note::AccountUntold { code: code.clone() });
            report = report::of(record.id, &log, stats, &ended);
            finished = self::finished(syncer, request, &report, log.noted.clone());
            finished.tells_account = false;
            let write = || store.finish_run(record.id, &finished).boxed();
            written = persist::retry_unless_refused(store, write).await;
            if written.is_ok() {
                tracing::warn!(code, "configuracoes_detran refuses ultima_sincronizacao");
            } else {
                log.notes.pop();
            }
        }
        if let Err(error) = written {
            // What was to be noted stands in the way, or the database is away: the record alone.
            log.forget_seen();
            ended = ended.and(Err(error.into()));
            report = report::of(record.id, &log, stats, &ended);
            finished = self::finished(syncer, request, &report, Noted::default());
            let write = || store.finish_run(record.id, &finished).boxed();
            written = persist::retry_always(write).await;
        }
        let took = record.begun.elapsed();
        // Failures of days were told when they happened.
        let already_logged = log.failure_logged || ended.is_ok();
        match written {
            Ok(Some(done)) => {
                report.totals.unchanged += done.unchanged;
                for date in done.differing {
                    tracing::warn!(%date, "slots were changed by others while the run read them; the next run compares them again");
                }
                announce(&report, request.origin, already_logged, took);
            }
            Ok(None) => match store.totals_of(record.id, report.status).await {
                // By an earlier try, whose answer was lost.
                Ok(Some(totals)) => {
                    report.totals = totals;
                    announce(&report, request.origin, already_logged, took);
                }
                Ok(None) | Err(_) => tracing::warn!("run was closed by another process"),
            },
            Err(error) => tracing::error!(error = in_a_line(&error), "run not recorded"),
        }
        let rules = &context.settings().rules;
        let window = measure::window(rules, request.window.as_deref());
        measure::ended(window, &report, log.stored, took);
        report
    }
}

fn finished(
    syncer: &Syncer,
    request: &SyncRequest,
    report: &RunReport,
    noted: Noted,
) -> FinishedRun {
    FinishedRun {
        status: report.status,
        totals: report.totals,
        error: report.error.as_ref().map(|error| error.message.clone()),
        error_details: details(report),
        requests: clamp(report.requests),
        retries: clamp(report.retries),
        logins: clamp(report.logins),
        session_reused: report.session_reused,
        windows: windows_read(syncer, request),
        but_for_rows: report.but_for_rows,
        tells_account: true,
        noted,
    }
}

/// The windows whose days were all asked for: the one meant, or those within a range of dates.
fn windows_read(syncer: &Syncer, request: &SyncRequest) -> Vec<String> {
    if let Some(window) = &request.window {
        return vec![window.clone()];
    }
    let today = syncer.clock.today();
    let within = |window: &&Window| {
        let (from, to) = window.range(today);
        request.from <= from && to <= request.to
    };
    let settings = syncer.settings.get();
    let windows = settings.rules.windows.iter().filter(within);
    windows.map(|window| window.name.clone()).collect()
}

fn details(report: &RunReport) -> Option<ErrorDetails> {
    let quiet = report.error.is_none() && report.notes.is_empty();
    let error = report.error.as_ref();
    (!quiet).then(|| ErrorDetails {
        kind: error.map(|error| error.kind),
        message: error.map(|error| error.message.clone()),
        chain: error.map_or_else(Vec::new, |error| error.chain.clone()),
        backtrace: report.backtrace.clone(),
        dates: report.date_errors.clone(),
        notes: report.notes.clone(),
        appointments_refused: report.appointments_refused,
        ..ErrorDetails::default()
    })
}

/// The one line about how the run went.
macro_rules! finished {
    ($level:expr, $report:expr, $error:expr, $took:expr) => {
        tracing::event!(
            $level,
            status = $report.status.as_str(),
            kind = $report.error.as_ref().map(|error| error.kind.as_str()),
            error = $error,
            duration_ms = millis($took),
            inserted = $report.totals.inserted,
            updated = $report.totals.updated,
            unchanged = $report.totals.unchanged,
            removed = $report.totals.removed,
            held = $report.totals.held,
            skipped = $report.totals.skipped,
            requests = $report.requests,
            retries = $report.retries,
            logins = $report.logins,
            "run finished"
        )
    };
}

/// What ended the run is told here, unless it is in the log already, as failures of days are. Only what
/// is our own fault is an error: a portal that fails is expected to. Whoever asked at the command line is
/// told there.
fn announce(report: &RunReport, origin: Origin, already_logged: bool, took: Duration) {
    let error = report.error.as_ref();
    let text = error
        .filter(|_| !already_logged)
        .map(|error| error.message.as_str());
    match error.map(|error| error.kind) {
        None if report.status == RunStatus::Success => finished!(Level::INFO, report, text, took),
        _ if origin == Origin::Cli => finished!(Level::INFO, report, text, took),
        // The examiner is at work at the portal: as it should be.
        Some(FailureKind::Cancelled | FailureKind::InUse) => {
            finished!(Level::INFO, report, text, took);
        }
        Some(FailureKind::Database | FailureKind::Vault | FailureKind::Panic) => {
            finished!(Level::ERROR, report, text, took);
        }
        None
        | Some(
            FailureKind::Network
            | FailureKind::Timeout
            | FailureKind::Unavailable
            | FailureKind::SessionExpired
            | FailureKind::Auth
            | FailureKind::Captcha
            | FailureKind::Firewall
            | FailureKind::Layout
            | FailureKind::LockLost
            | FailureKind::Orphaned
            | FailureKind::Unknown,
        ) => finished!(Level::WARN, report, text, took),
    }
}

fn clamp(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

impl Syncer {
    /// Closes the runs of dead processes after which no further run of their examiner has come.
    ///
    /// # Errors
    /// [`StoreError`]; the next time does it.
    pub async fn close_dead_runs(&self) -> Result<(), StoreError> {
        let longest = self.settings.get().rules.run_timeout * MOST_TIMEOUTS + TO_RECORD;
        let closed = self.store.close_dead_runs(longest).await?;
        self.tell_of_orphans(closed);
        Ok(())
    }

    fn tell_of_orphans(&self, windows: Vec<String>) {
        for window in windows {
            let window = Some(window).filter(|window| !window.is_empty());
            tracing::warn!(of_window = window, "closed a run whose process had died");
            measure::orphaned(measure::window(
                &self.settings.get().rules,
                window.as_deref(),
            ));
        }
    }

    /// Writes down who asked for a run that has taken place.
    pub async fn write_down(
        &self,
        request: &SyncRequest,
        report: &RunReport,
        actor: &str,
    ) -> Result<(), StoreError> {
        let action = Action {
            actor,
            action: ActionKind::Sync,
            usuario_id: Some(request.usuario_id),
            details: [
                Detail::Run.with(report.run_id),
                Detail::Start.with(request.from),
                Detail::End.with(request.to),
                Detail::Status.with(report.status),
            ]
            .into(),
        };
        self.store.record_action(&action).await
    }
}
