//! Syncs that were requested over HTTP. They belong to the process and not to the connection: a client
//! that hangs up cancels nothing, and a stop waits for them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::errors::{ApiError, Code};
use crate::domain::causes::in_a_line;
use crate::store::StoreError;
use crate::sync::{Progress, SyncOutcome, SyncRequest, Syncer};

/// How long the second stage of a stop waits for syncs to write their records.
pub(crate) const HARD_STOP: Duration = Duration::from_secs(3);

/// Runs syncs, a bounded number at once.
#[derive(Debug)]
pub(crate) struct Syncs {
    syncer: Arc<Syncer>,
    permits: Arc<Semaphore>,
    tasks: TaskTracker,
    /// No more is begun.
    closing: CancellationToken,
    stop: CancellationToken,
    progress: Arc<ProgressBoard>,
}

/// How far the syncs under way have come, by run.
#[derive(Debug, Default)]
struct ProgressBoard(Mutex<HashMap<i64, DaysRead>>);

/// How far a sync has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct DaysRead {
    /// Days (times units) that are done.
    pub(crate) done: usize,
    /// Of so many; none as long as that is not known.
    pub(crate) of: Option<usize>,
}

impl ProgressBoard {
    fn change(&self, run_id: i64, change: impl FnOnce(&mut DaysRead)) {
        let mut board = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        change(board.entry(run_id).or_default());
    }

    fn forget(&self, run_id: i64) {
        let mut board = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        board.remove(&run_id);
    }
}

/// What a sync reports to the request that waits for it.
#[derive(Debug)]
pub(crate) enum SyncNews {
    /// It is recorded as running.
    Recorded(i64),
    /// It has ended, or could not begin.
    Ended(Result<SyncOutcome, StoreError>),
}

/// A sync under way. Dropping it does not end the sync.
#[derive(Debug)]
pub(crate) struct UnderWay(mpsc::UnboundedReceiver<SyncNews>);

impl Syncs {
    pub(crate) fn new(syncer: Arc<Syncer>, at_once: usize) -> Self {
        Self {
            syncer,
            permits: Arc::new(Semaphore::new(at_once)),
            tasks: TaskTracker::new(),
            closing: CancellationToken::new(),
            stop: CancellationToken::new(),
            progress: Arc::default(),
        }
    }

    /// Does something that goes on when the request that asked for it is answered. It is told when to begin nothing
    /// more, and when to end.
    pub(crate) fn go_on<F>(&self, work: impl FnOnce(CancellationToken, CancellationToken) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.tasks
            .spawn(work(self.closing.clone(), self.stop.clone()));
    }

    /// How far a sync has come that was started here and goes on.
    pub(crate) fn days_read(&self, run_id: i64) -> Option<DaysRead> {
        let board = &self.progress.0;
        let board = board.lock().unwrap_or_else(PoisonError::into_inner);
        board.get(&run_id).copied()
    }

    /// Starts a sync on behalf of `actor`.
    ///
    /// # Errors
    /// [`Code::TooManySyncs`]; [`Code::Cancelled`] while the daemon stops.
    pub(crate) fn start(&self, request: SyncRequest, actor: String) -> Result<UnderWay, ApiError> {
        if self.tasks.is_closed() {
            return Err(ApiError::of(Code::Cancelled));
        }
        let permit = Arc::clone(&self.permits).try_acquire_owned();
        let permit = permit
            .map_err(|_| ApiError::of(Code::TooManySyncs).retry_after(Duration::from_secs(10)))?;
        let (news, under_way) = mpsc::unbounded_channel();
        let task = Task {
            syncer: Arc::clone(&self.syncer),
            request,
            actor,
            stop: self.stop.clone(),
            news,
            progress: Arc::clone(&self.progress),
        };
        self.tasks.spawn(async move {
            Box::pin(task.run()).await;
            drop(permit);
        });
        Ok(UnderWay(under_way))
    }

    /// Takes no more syncs, waits for those under way for `grace`, then ends them between two dates.
    pub(crate) async fn finish(&self, grace: Duration) {
        self.tasks.close();
        self.closing.cancel();
        if tokio::time::timeout(grace, self.tasks.wait()).await.is_ok() {
            return;
        }
        self.stop.cancel();
        if tokio::time::timeout(HARD_STOP, self.tasks.wait())
            .await
            .is_err()
        {
            tracing::warn!("syncs asked for over HTTP did not end in time");
        }
    }
}

impl UnderWay {
    /// Waits until the sync is recorded; or until it has ended without that.
    ///
    /// # Errors
    /// [`Code::Panic`] if it died.
    pub(crate) async fn recorded(&mut self) -> Result<SyncNews, ApiError> {
        self.next().await
    }

    /// Waits until the sync has ended.
    ///
    /// # Errors
    /// [`Code::Panic`] if it died.
    pub(crate) async fn ended(mut self) -> Result<Result<SyncOutcome, StoreError>, ApiError> {
        loop {
            if let SyncNews::Ended(outcome) = self.next().await? {
                return Ok(outcome);
            }
        }
    }

    async fn next(&mut self) -> Result<SyncNews, ApiError> {
        let news = self.0.recv().await;
        news.ok_or_else(|| ApiError::of(Code::Panic))
    }
}

/// One sync, independent of the request that started it.
struct Task {
    syncer: Arc<Syncer>,
    request: SyncRequest,
    /// On whose behalf.
    actor: String,
    stop: CancellationToken,
    news: mpsc::UnboundedSender<SyncNews>,
    progress: Arc<ProgressBoard>,
}

impl Task {
    async fn run(self) {
        // Set before anything else is reported.
        let run = OnceLock::new();
        let note = |change: &dyn Fn(&mut DaysRead)| {
            if let Some(run_id) = run.get() {
                self.progress.change(*run_id, change);
            }
        };
        let watch = |progress: Progress| match progress {
            Progress::Recorded { run_id } => {
                run.get_or_init(|| run_id);
                note(&|_| {});
                self.report(SyncNews::Recorded(run_id));
            }
            Progress::Open { days } => note(&|read| read.of = Some(days)),
            Progress::Day(_) => note(&|read| read.done += 1),
        };
        let outcome = self.syncer.sync(&self.request, &self.stop, &watch).await;
        if let Some(run_id) = run.get() {
            self.progress.forget(*run_id);
        }
        if let Ok(SyncOutcome::Ran(report)) = &outcome
            && let Err(error) = self
                .syncer
                .write_down(&self.request, report, &self.actor)
                .await
        {
            let error = in_a_line(&error);
            tracing::warn!(error, "sync not written to the audit table");
        }
        self.report(SyncNews::Ended(outcome));
    }

    fn report(&self, news: SyncNews) {
        if self.news.send(news).is_err() {
            tracing::debug!("the client has hung up; the sync goes on");
        }
    }
}
