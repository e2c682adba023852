//! Wiring only: puts the parts together, runs the daemon until told to stop.

mod alerts;
mod announce;
mod backups;
mod changes;
mod clock_jump;
mod closing;
pub mod database;
mod database_health;
mod heartbeat;
mod janitor;
mod last_look;
mod parts;
pub mod portal_memory;
pub mod reload;
mod stopped_peers;
mod tomorrow;
mod waiting;
mod webhooks;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::config::saved_settings;
use crate::domain::causes::in_a_line;
use crate::domain::{FailureKind, RunStatus};
use crate::http::{Readiness, TakeUp};
use crate::lifecycle::Notifier;
use crate::scheduler::liveness::{LoopHeartbeats, in_step};
use crate::scheduler::river::{QueueSettings, Working};
use crate::scheduler::{Queue, Ticker, Worker};
use crate::telemetry::metrics;

pub use database::{Behind, Database, NoDatabase, NotUsable, Schema};
pub use parts::{App, Roles};

use database_health::HealthLoop;
use janitor::Janitor;
use parts::{CLOSING, Ended};

/// What the second stage of a stop may take of the grace: recording runs, giving locks back.
const HARD_STOP: Duration = Duration::from_secs(3);
/// How long the queue may take, beyond what runs that go on are given, to let go of connections to a database that is
/// elsewhere by now: River gives up a job that does not heed its end after 10 s.
const QUEUE_LETS_GO: Duration = Duration::from_secs(15);
/// How often it is looked whether a command has made a setting.
const LOOK_AT_KEPT: Duration = Duration::from_secs(5);

impl App {
    /// Runs the daemon until `stop` fires or a loop dies.
    ///
    /// # Errors
    /// If a loop died: the process should exit non-zero and be started again.
    pub async fn run(&self, roles: Roles, stop: &CancellationToken) -> anyhow::Result<()> {
        self.start_metrics(roles)?;
        let beats = LoopHeartbeats::default();
        let queue = self.queue(roles)?;
        // What can be refused (an address in use) comes first, before any work has begun.
        // A token of their own: a loop that ends before it is told to has died.
        let loops_stop = CancellationToken::new();
        let health = HealthLoop::new(&self.syncer, queue.clone(), beats.register("database"));
        let mut moved = health.moved();
        let (mut loops, mut stall) = self
            .loops(roles, &queue, health, &beats, &loops_stop)
            .await?;
        let mut working = if roles.work {
            Some(queue.start()?)
        } else {
            None
        };
        // It waits for a database that may keep it waiting.
        stop.run_until_cancelled(self.say_how_it_stands(roles))
            .await;
        let notifier = Notifier::ready(&format!("{} workers", self.config().scheduler.workers));
        let mut asked = self.take_ups.1.lock().await;
        let kept_in = saved_settings::path_in(&self.config().state_dir);
        let mut kept_as = self.config().saved.version().to_owned();
        let mut looks = in_step(LOOK_AT_KEPT);

        let mut died = loop {
            tokio::select! {
                () = stop.cancelled() => break Ok(()),
                Some(ended) = loops.join_next() => break Err(death(ended)),
                failed = failed(working.as_mut()) => break Err(failed),
                () = notifier.watch(&beats) => break Ok(()),
                Ok(()) = moved.changed() => {}
                Some(ask) = asked.recv() => {
                    // Whoever asked may have gone.
                    ask.send(self.take_up_or_log()).ok();
                    continue;
                }
                _ = looks.tick() => {
                    let found = saved_settings::fingerprint(&kept_in);
                    if found != kept_as {
                        kept_as = found;
                        self.take_up_or_log().ok();
                    }
                    continue;
                }
                Ok(()) = stall.changed() => {
                    let since = *stall.borrow_and_update();
                    tracing::error!(?since, "jobs wait although workers are free");
                }
            }
            // The queue keeps connections of its own, and waits on them without an end.
            let again = tokio::select! {
                () = stop.cancelled() => break Ok(()),
                never = self.answer_meanwhile(&notifier, &beats, &mut asked) => match never {},
                again = self.work_again(&queue, working.as_mut()) => again,
            };
            if let Err(error) = again {
                // What has not let go will not do so by being asked again.
                drop(working.take());
                break Err(error);
            }
            // Of a queue that is no more.
            stall.mark_unchanged();
        };
        notifier.stopping();
        loops_stop.cancel();
        let ending = async {
            if let Some(working) = &mut working
                && let Err(error) = working.stop().await
                && died.is_ok()
            {
                died = Err(error.into());
            }
            while let Some(ended) = loops.join_next().await {
                if died.is_ok() && !matches!(ended, Ok(Ok(_))) {
                    died = Err(death(ended));
                }
            }
        };
        let grace = self.config().shutdown.grace.saturating_sub(CLOSING);
        if tokio::time::timeout(grace, ending).await.is_err() && died.is_ok() {
            died = Err(anyhow::anyhow!(
                "shutdown.grace is over; what still runs is left to the next start"
            ));
        }
        died
    }

    /// What cannot wait while the queue lets go: signs of life for systemd, and settings made in the browser.
    async fn answer_meanwhile(
        &self,
        notifier: &Notifier,
        beats: &LoopHeartbeats,
        asked: &mut mpsc::Receiver<TakeUp>,
    ) -> Infallible {
        tokio::join!(notifier.watch(beats), async {
            while let Some(ask) = asked.recv().await {
                // Whoever asked may have gone.
                ask.send(self.take_up_or_log()).ok();
            }
        });
        std::future::pending().await
    }

    /// Lets go of the database's old connections and goes on with new ones. Runs in progress have lost their locks, and
    /// end soon.
    async fn work_again(&self, queue: &Queue, working: Option<&mut Working>) -> anyhow::Result<()> {
        let Some(working) = working else {
            return Ok(());
        };
        tracing::info!("the queue is started anew");
        let timeout = self.config().shutdown.grace + QUEUE_LETS_GO;
        match tokio::time::timeout(timeout, working.stop()).await {
            Ok(stopped) => stopped?,
            Err(_) => anyhow::bail!(
                "the queue still waits on connections to a database that is gone; the process must be started anew"
            ),
        }
        match queue.let_go().await {
            Ok(dead) if dead.freed > 0 => {
                tracing::info!(
                    jobs = dead.freed,
                    "jobs whose connection had gone are free again"
                );
            }
            Ok(_) => {}
            Err(error) => {
                let error = in_a_line(&error);
                tracing::warn!(error, "jobs whose connection had gone are freed later");
            }
        }
        *working = queue.start()?;
        tracing::info!("the queue works on new connections");
        Ok(())
    }

    /// Everything that goes round beside the queue's workers, and for how long jobs have waited although some are free.
    async fn loops(
        &self,
        roles: Roles,
        queue: &Queue,
        health: HealthLoop,
        beats: &LoopHeartbeats,
        stop: &CancellationToken,
    ) -> anyhow::Result<(JoinSet<Ended>, watch::Receiver<Option<Duration>>)> {
        let mut loops: JoinSet<Ended> = JoinSet::new();
        let store = &self.database.store;
        let listen = self.config().http.listen.clone();
        let janitor = Janitor::new(
            Arc::clone(&self.syncer),
            queue,
            self.config.subscribe(),
            beats.register("janitor"),
            roles.work,
        );
        let stall = janitor.stall();
        let readiness =
            Readiness::new(store.clone(), beats.clone(), health.health(), stall.clone());
        if !listen.is_empty() {
            let readiness = readiness.clone();
            let (config, syncer) = (self.config.subscribe(), Arc::clone(&self.syncer));
            let server =
                crate::http::serve(config, syncer, readiness, self.take_ups.0.clone()).await?;
            let address = server.address()?;
            tracing::info!(%address, "http listens");
            self.listening.set(address).ok();
            let stop = stop.clone();
            loops.spawn(async move { Ok(server.run(stop).await.map(|()| "http")?) });
        }
        if roles.schedule {
            let ticker = Ticker::new(
                &self.syncer,
                queue.clone(),
                self.syncer.clock.clone(),
                self.config.subscribe(),
                beats.register("ticker"),
            );
            let stop = stop.clone();
            loops.spawn(async move { Ok(ticker.run(&stop).await.map(|()| "ticker")?) });
        }
        if roles.work {
            self.spawn_closing(&mut loops, stop);
        }
        self.look_after_database(&mut loops, beats, stop);
        self.spawn_alerts(&mut loops, readiness, health.health(), beats, stop);
        let token = stop.clone();
        loops.spawn(async move {
            health.run(&token).await;
            Ok("database")
        });
        let stop = stop.clone();
        loops.spawn(async move {
            janitor.run(&stop).await;
            Ok("janitor")
        });
        Ok((loops, stall))
    }

    fn queue(&self, roles: Roles) -> anyhow::Result<Queue> {
        let config = self.config();
        let grace = config.shutdown.grace;
        let settings = QueueSettings {
            instance: self.syncer.control.instance().to_owned(),
            workers: config.scheduler.workers,
            run_timeout: config.scheduler.run_timeout,
            soft_stop: grace
                .saturating_sub(HARD_STOP)
                .max(Duration::from_millis(100)),
        };
        let worker = roles.work.then(|| {
            Arc::new(Worker::new(
                Arc::clone(&self.syncer),
                self.config.subscribe(),
            ))
        });
        Ok(Queue::new(self.database.store.pool(), &settings, worker)?)
    }

    fn start_metrics(&self, roles: Roles) -> anyhow::Result<()> {
        metrics::start()?;
        let config = self.config();
        metrics::start_at_zero(config.windows.iter().map(|window| window.name.as_str()));
        let workers = if roles.work {
            config.scheduler.workers
        } else {
            0
        };
        metrics::names::WORKERS.set([], workers as f64);
        // Until it is looked at; where webhooks are off it stays so.
        metrics::names::WEBHOOK_BACKLOG.set([], 0.0);
        let kind = FailureKind::Orphaned.as_str();
        let dead = [metrics::UNKNOWN_WINDOW, RunStatus::Failed.as_str(), kind];
        metrics::names::RUNS.add(dead, self.database.dead_runs);
        Ok(())
    }
}

fn death(ended: Result<Ended, tokio::task::JoinError>) -> anyhow::Error {
    match ended {
        Ok(Ok(name)) => anyhow::anyhow!("the {name} loop ended by itself"),
        Ok(Err(error)) => error,
        Err(error) => anyhow::Error::new(error).context("a loop panicked"),
    }
}

async fn failed(working: Option<&mut Working>) -> anyhow::Error {
    match working {
        None => std::future::pending().await,
        Some(working) => match working.failed().await {
            Ok(()) => anyhow::anyhow!("the queue ended by itself"),
            Err(error) => error.into(),
        },
    }
}
