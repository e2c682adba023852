//! The queue engine: River, behind three verbs of ours (enqueue, run, stop). Nothing else in the
//! project knows that it is River.

mod at_work;
mod clock_difference;
mod stall;
mod state;
mod table;
mod wire;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use riverqueue::database::{PostgresDatabase, SchemaName};
use riverqueue::{
    BoxError, Client, InsertOpts, Job, MaintenanceConfig, QueueConfig, Retention, RunHandle,
    WorkCancelled, WorkContext, WorkOutcome, Workers,
};
use sqlx::{PgPool, Postgres, Transaction};

use self::at_work::AtWork;
use self::clock_difference::ClockDifference;
use self::stall::{Pause, Waiting};
use self::state::{ARRIVAL, QUEUE};
use self::table::Asker;
use self::wire::SyncArgs;
use super::jobs::{JobEnd, SyncJob};
use super::worker::Worker;
use crate::store::migrate::RIVER_SCHEMA;
use crate::sync::MOST_TIMEOUTS;

pub use self::state::{NotTaken, OrphanedJobs, QueueState};

/// The shortest time between two fetches of jobs: what a worker waits for its next one, at most.
const FETCH_COOLDOWN: Duration = Duration::from_millis(25);
/// A job that crashed its process so often is discarded; the next tick takes its place.
const CRASH_BUDGET: i32 = 5;
/// So far ahead River at most puts a job that failed and has attempts left: four failures to the fourth power, and a tenth
/// for chance, in seconds.
const LONGEST_RETRY: Duration = Duration::from_secs(300);
/// So long after its fetch a job must have begun, and after its end its end must be written down.
const LOST_AFTER: Duration = Duration::from_secs(30);
/// Finished jobs are kept for questions; the history is `agenda_sync_runs`.
const KEEP_FINISHED: Duration = Duration::from_hours(6);
/// River's own time-out stands above that of a run, which ends it in good order.
const ABOVE_RUN_TIMEOUT: Duration = Duration::from_secs(15);
/// How long a question about the queue may take.
const TIMEOUT: Duration = Duration::from_secs(15);
/// How often River asks for due jobs while some are waiting: so late may a job start that is put off.
const POLL_BUSY: Duration = Duration::from_secs(1);
/// The same while none is; new ones are announced, and the janitor sees what was not. Each look is a transaction.
const POLL_IDLE: Duration = Duration::from_secs(120);
/// How often the leader of River's maintenance renews its term. Nothing of its work is in a hurry: jobs of the dead are
/// freed and put-off jobs made available by each look of ours.
const ELECT_EVERY: Duration = Duration::from_secs(120);
/// How often the leader does its work.
const MAINTAIN_EVERY: Duration = Duration::from_secs(300);
/// How often it makes jobs available whose time has come, beyond once when its term begins: our looks do that, sooner.
/// What is put off for less stays `available`: by a clock that is behind, hours are put off.
const SCHEDULE_EVERY: Duration = Duration::from_hours(24);

/// A failure of the queue.
#[derive(Debug, thiserror::Error)]
#[error("the queue failed to {doing}")]
pub struct QueueError {
    doing: &'static str,
    #[source]
    source: BoxError,
}

#[derive(Debug, Clone)]
pub struct QueueSettings {
    /// Name of this process, unique among all processes and starts.
    pub instance: String,
    /// Jobs at once.
    pub workers: usize,
    /// Longest run.
    pub run_timeout: Duration,
    /// From a soft stop to the cancellation of what still runs.
    pub soft_stop: Duration,
}

/// The queue. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Queue {
    client: Client,
    pool: PgPool,
    workers: usize,
    pace: Arc<Mutex<KnownPace>>,
    /// The server on which the dead were last looked for.
    server: Arc<Mutex<Option<KnownServer>>>,
    at_work: AtWork,
    waiting: Waiting,
    pause: Pause,
    clock_difference: ClockDifference,
}

/// A server, and since when it is that one.
#[derive(Debug, Clone, Copy)]
struct KnownServer {
    started_at: DateTime<Utc>,
    since: Instant,
}

/// Whether jobs wait for their time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pace {
    Busy,
    Idle,
}

/// How often River asks for jobs, and how many times jobs were put in: a look that began before one of them knows
/// nothing of it.
#[derive(Debug)]
struct KnownPace {
    pace: Pace,
    put_in: u64,
}

/// The queue at work in this process.
#[derive(Debug)]
pub struct Working {
    handle: RunHandle,
}

impl Queue {
    /// A queue whose jobs `worker` does; without one, it only takes jobs in.
    ///
    /// # Errors
    /// [`QueueError`] if River refuses the settings.
    pub fn new(
        pool: &PgPool,
        settings: &QueueSettings,
        worker: Option<Arc<Worker>>,
    ) -> Result<Self, QueueError> {
        let failed = |source: BoxError| QueueError {
            doing: "start",
            source,
        };
        let schema = SchemaName::new(RIVER_SCHEMA).map_err(|e| failed(e.into()))?;
        let job_timeout = settings.run_timeout * MOST_TIMEOUTS + ABOVE_RUN_TIMEOUT;
        let mut builder = Client::builder(PostgresDatabase::new(pool.clone()).with_schema(schema))
            .id(&settings.instance)
            .default_max_attempts(CRASH_BUDGET)
            .job_timeout(job_timeout)
            .soft_stop_timeout(settings.soft_stop)
            .fetch_cooldown(FETCH_COOLDOWN)
            .maintenance(
                MaintenanceConfig::default()
                    .with_rescue_after(job_timeout + Duration::from_secs(30))
                    .with_completed_job_retention(Retention::DeleteAfter(KEEP_FINISHED))
                    .with_elect_interval(ELECT_EVERY)
                    .with_scheduler_interval(SCHEDULE_EVERY)
                    .with_rescuer_interval(MAINTAIN_EVERY)
                    .with_job_cleaner_interval(MAINTAIN_EVERY),
            );
        let (at_work, clock_difference) = (AtWork::default(), ClockDifference::default());
        if let Some(worker) = worker {
            let mut workers = Workers::new();
            let (at_work, clock_difference) = (at_work.clone(), clock_difference.clone());
            workers
                .add_fn(move |context: WorkContext, job: Job<SyncArgs>| {
                    let hold = at_work.hold(job.id());
                    let (worker, clock_difference) =
                        (Arc::clone(&worker), clock_difference.clone());
                    async move {
                        let _hold = hold;
                        let due_by = clock_difference.moment(wire::due_by(&job.row));
                        let job = SyncJob::from(job.args);
                        let stop = context.cancellation_token();
                        match worker.work(&job, due_by, stop).await {
                            JobEnd::Done => Ok(WorkOutcome::Complete),
                            JobEnd::PutOff(delay) => {
                                let delay = clock_difference.by_this_clock(delay);
                                Ok(WorkOutcome::Snooze(delay))
                            }
                            JobEnd::Stopped => Err(WorkCancelled),
                        }
                    }
                })
                .map_err(|e| failed(e.into()))?;
            builder = builder
                .workers(workers)
                .queue(QUEUE, queue_config(settings.workers, Pace::Busy));
        }
        let client = builder.build().map_err(|e| failed(e.into()))?;
        Ok(Self {
            client,
            pool: pool.clone(),
            workers: settings.workers,
            pace: Arc::new(Mutex::new(KnownPace {
                pace: Pace::Busy,
                put_in: 0,
            })),
            server: Arc::default(),
            at_work,
            waiting: Waiting::default(),
            pause: Pause::default(),
            clock_difference,
        })
    }

    /// Puts jobs into the queue, within the caller's transaction; each with its start time, which lies at most about
    /// `splay` ahead. Returns whose were not taken in. After the commit comes [`Queue::expect_jobs`].
    ///
    /// # Errors
    /// [`QueueError`]; the transaction must then be rolled back.
    pub async fn enqueue(
        &self,
        tx: &mut Transaction<'_, Postgres>,
        mut jobs: Vec<(SyncJob, DateTime<Utc>)>,
        splay: Duration,
    ) -> Result<NotTaken, QueueError> {
        let failed = |source: BoxError| QueueError {
            doing: "take jobs in",
            source,
        };
        if jobs.is_empty() {
            return Ok(NotTaken::default());
        }
        let mut not_taken = table::waiting(tx, &jobs)
            .await
            .map_err(|e| failed(e.into()))?;
        jobs.retain(|(job, _)| {
            let user = &job.usuario_id;
            !not_taken.merged.contains(user) && !not_taken.too_early.contains(user)
        });
        if jobs.is_empty() {
            return Ok(not_taken);
        }
        let starts: HashMap<i32, DateTime<Utc>> = jobs
            .iter()
            .map(|(job, start)| (job.usuario_id, *start))
            .collect();
        let options = InsertOpts::default().with_queue(QUEUE);
        let options = options.with_metadata(wire::metadata(splay));
        let jobs: Vec<_> = jobs
            .into_iter()
            .map(|(job, _)| (SyncArgs::from(job), options.clone()))
            .collect();
        let inserted = self
            .client
            .insert_many(jobs)
            .tx(&mut *tx)
            .await
            .map_err(|e| failed(e.into()))?;
        let mut new = Vec::with_capacity(inserted.len());
        for result in inserted {
            let usuario_id = result.job.args.usuario_id;
            if result.unique_skipped_as_duplicate {
                not_taken.merged.insert(usuario_id);
            } else {
                new.push((result.job.id(), starts[&usuario_id]));
            }
        }
        table::put_off(tx, &new)
            .await
            .map_err(|e| failed(e.into()))?;
        Ok(not_taken)
    }

    /// The transaction with new jobs is committed: they are asked for often from now on, for their start may be to come.
    pub fn expect_jobs(&self) {
        let mut known = self.pace();
        known.put_in += 1;
        self.keep_pace(known, Pace::Busy);
    }

    /// Starts working, until [`Working::stop`].
    pub fn start(&self) -> Result<Working, QueueError> {
        self.waiting.forget();
        let handle = self.client.start().map_err(|e| QueueError {
            doing: "start working",
            source: e.into(),
        })?;
        Ok(Working { handle })
    }

    /// Frees the jobs of processes that have died, so that they run again at once instead of after
    /// River's rescue horizon. A process is alive while its control connection holds its mark, and a little
    /// longer while its signs of life are fresh: its connection may be about to be made anew. On a server that
    /// has just been started, or has just taken over, the living need a moment to arrive. Jobs that River has put off
    /// itself, and whose time has come, are made available too.
    pub async fn free_orphaned_jobs(&self) -> Result<OrphanedJobs, QueueError> {
        Ok(self.look().await?.dead)
    }

    /// The same, and says how the queue stands.
    pub async fn look(&self) -> Result<QueueState, QueueError> {
        self.look_for(LOST_AFTER).await
    }

    /// The same after [`Working::stop`]: jobs that the table says this process works on are free at once. Their fetch was
    /// answered on a connection that had gone, or their end could not be written down.
    pub async fn let_go(&self) -> Result<OrphanedJobs, QueueError> {
        Ok(self.look_for(Duration::ZERO).await?.dead)
    }

    async fn look_for(&self, lost_after: Duration) -> Result<QueueState, QueueError> {
        let look = async {
            let mut conn = self.pool.acquire().await?;
            let asker = Asker {
                instance: self.client.id(),
                at_work: self.at_work.jobs(),
                lost_after,
                settled_on: self.settled_on(),
            };
            table::free_orphaned_jobs(&mut conn, asker).await
        };
        let put_in = self.pace().put_in;
        let answer = tokio::time::timeout(TIMEOUT, look).await;
        let answer = answer.unwrap_or(Err(sqlx::Error::PoolTimedOut));
        let (started_at, state) = answer.map_err(|error| {
            // What waits by now has waited for the database.
            self.waiting.forget();
            free_failed(error)
        })?;
        let mut known = self.server.lock().unwrap_or_else(PoisonError::into_inner);
        if known.is_none_or(|known| known.started_at != started_at) {
            let since = Instant::now();
            *known = Some(KnownServer { started_at, since });
        }
        drop(known);
        let known = self.pace();
        let is_busy = state.is_busy || known.put_in != put_in;
        if !is_busy {
            self.waiting.forget();
        }
        let pace = if is_busy { Pace::Busy } else { Pace::Idle };
        self.keep_pace(known, pace);
        Ok(QueueState { is_busy, ..state })
    }

    /// Takes back start times that lie further ahead than `splay`, or the one that was in force when their job was put in,
    /// and `beyond` it: a clock was ahead when they were set. Jobs that failed may lie as much further as River puts them. A
    /// leader whose term ends far in the future has none. Returns how many.
    pub async fn take_back_future_times(
        &self,
        splay: Duration,
        beyond: Duration,
    ) -> Result<u64, QueueError> {
        let failed = |error: sqlx::Error| QueueError {
            doing: "take back times that lie in the future",
            source: error.into(),
        };
        let taken = sqlx::query_scalar(
            "WITH jobs AS (
                 UPDATE river.river_job SET scheduled_at = now()
                 WHERE state IN ('available', 'scheduled', 'retryable') AND kind = 'sync'
                   AND scheduled_at > now() + make_interval(secs => $2
                           + greatest($1, coalesce((metadata ->> 'splay')::float8, 0))
                           + CASE WHEN cardinality(errors) > 0
                                  THEN least($3::float8, 1.1 * power(cardinality(errors), 4) + 5) ELSE 0 END)
                 RETURNING id
             ), leaders AS (
                 DELETE FROM river.river_leader
                 WHERE elected_at > now() + interval '1 minute' OR expires_at > now() + interval '5 minutes'
                 RETURNING 1
             )
             SELECT (SELECT count(*) FROM jobs) + (SELECT count(*) FROM leaders)",
        )
        .bind(splay.as_secs_f64())
        .bind(beyond.as_secs_f64())
        .bind(LONGEST_RETRY.as_secs_f64())
        .fetch_one(&self.pool);
        let taken = tokio::time::timeout(TIMEOUT, taken).await;
        let taken: i64 = taken
            .map_err(|_| failed(sqlx::Error::PoolTimedOut))?
            .map_err(failed)?;
        Ok(taken.unsigned_abs())
    }

    /// Asks for due jobs often while there are any; an inserted one is announced, but not that its time has come.
    fn keep_pace(&self, mut known: MutexGuard<'_, KnownPace>, pace: Pace) {
        if std::mem::replace(&mut known.pace, pace) == pace {
            return;
        }
        let queues = self.client.local_queues();
        // A process that only takes jobs in has no queue.
        if queues.configs().contains_key(QUEUE)
            && let Err(error) = queues.update(QUEUE, queue_config(self.workers, pace))
        {
            tracing::warn!(%error, "the queue's pace could not be changed");
        }
    }

    fn pace(&self) -> MutexGuard<'_, KnownPace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The server that this process has known for so long that every living process must have arrived there.
    fn settled_on(&self) -> Option<DateTime<Utc>> {
        let known = *self.server.lock().unwrap_or_else(PoisonError::into_inner);
        known
            .filter(|known| known.since.elapsed() >= ARRIVAL)
            .map(|known| known.started_at)
    }

    /// For how long jobs have been due although this process has workers free, if longer than `limit`, and if the same was
    /// found the last time and none has begun here since. A queue that people have paused is said to be so, and does not
    /// count: to start it anew would change nothing.
    pub async fn stalled(&self, limit: Duration) -> Result<Option<Duration>, QueueError> {
        let before = self.waiting.replace(None);
        let found = stall::waited(&self.pool, self.client.id(), self.workers, limit);
        let found = tokio::time::timeout(TIMEOUT, found).await;
        let found = found.unwrap_or(Err(sqlx::Error::PoolTimedOut));
        let found = found.map_err(|error| QueueError {
            doing: "look whether it moves",
            source: error.into(),
        })?;
        self.pause.note(found.is_paused);
        let waited = found.waited.filter(|_| !found.is_paused);
        let begun = waited.map(|_| self.at_work.begun());
        self.waiting.replace(begun);
        Ok(waited.filter(|_| before == begun))
    }

    /// Notes the time by the database's clock, as it was told between two times by this machine's.
    pub fn note_time(
        &self,
        database: DateTime<Utc>,
        asked: DateTime<Utc>,
        answered: DateTime<Utc>,
    ) {
        self.clock_difference.note(database, asked, answered);
    }
}

fn free_failed(error: sqlx::Error) -> QueueError {
    QueueError {
        doing: "free the jobs of dead processes",
        source: error.into(),
    }
}

fn queue_config(workers: usize, pace: Pace) -> QueueConfig {
    QueueConfig::new(workers).with_fetch_poll_interval(match pace {
        Pace::Busy => POLL_BUSY,
        Pace::Idle => POLL_IDLE,
    })
}

impl Working {
    /// Ends by itself only if the queue has failed.
    ///
    /// # Errors
    /// Why it failed.
    pub async fn failed(&mut self) -> Result<(), QueueError> {
        self.handle.wait().await.map_err(|e| QueueError {
            doing: "go on working",
            source: e.into(),
        })
    }

    /// Takes no more jobs, lets running ones finish within the soft-stop time, then cancels them.
    pub async fn stop(&mut self) -> Result<(), QueueError> {
        self.handle.stop().await.map_err(|e| QueueError {
            doing: "stop",
            source: e.into(),
        })
    }
}
