//! The loop of the nightly backups. One that fails is tried again within the hour; nothing else waits for it.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::database::private_dir;
use super::parts::{App, Ended};
use crate::backup::BackupError;
use crate::backup::backup_dir::BackupFile;
use crate::backup::make::Source;
use crate::backup::nightly::{Done, Plan};
use crate::backup::patience::{look_into, may_wake_up};
use crate::backup::throwaway::Throwaway;
use crate::config::{Config, saved_settings};
use crate::domain::causes::in_a_line;
use crate::private_postgres::{Versions, versions};
use crate::scheduler::liveness::{LoopHeartbeat, LoopHeartbeats, in_step};
use crate::sync::Syncer;
use crate::telemetry::metrics::names::{BACKUP_LAST, BACKUPS};

/// The step after making one.
const VERIFY: &str = "verify";

/// How often it is looked whether a backup is due.
const LOOK: Duration = Duration::from_secs(15);
/// After a start, a backup that was missed waits so long; one whose time comes while the daemon is up does not.
const SETTLE: Duration = Duration::from_secs(300);
/// How soon one that failed is tried again.
const AGAIN: Duration = Duration::from_secs(1800);
/// The same for a verification that this machine cannot make, for want of room, a key or an extension: each copies all.
const VERIFY_AGAIN: Duration = Duration::from_secs(86_400);

impl App {
    /// Who keeps a private server alive, and who makes backups where they are wanted.
    pub(super) fn look_after_database(
        &self,
        loops: &mut JoinSet<Ended>,
        beats: &LoopHeartbeats,
        stop: &CancellationToken,
    ) {
        if let Some(private) = self.database.private() {
            loops.spawn(private.keep_alive(stop.clone()));
        }
        let config = self.config();
        let direct = config.secrets.database_lock_url.as_ref();
        let backups = BackupLoop {
            syncer: Arc::clone(&self.syncer),
            config: self.config.subscribe(),
            url: direct.unwrap_or(self.database.url()).clone(),
            private: self.database.is_private(),
            started: self.syncer.clock.now(),
            began: Instant::now(),
            rest_until: None,
            no_verification_until: None,
            beat: beats.register("backups"),
        };
        let stop = stop.clone();
        loops.spawn(async move {
            backups.run(&stop).await;
            Ok("backups")
        });
    }
}

struct BackupLoop {
    syncer: Arc<Syncer>,
    config: watch::Receiver<Arc<Config>>,
    url: SecretString,
    private: bool,
    started: DateTime<Utc>,
    began: Instant,
    /// No new attempt before this, after a failure.
    rest_until: Option<Instant>,
    /// The same of verifications alone.
    no_verification_until: Option<Instant>,
    beat: LoopHeartbeat,
}

impl BackupLoop {
    /// Runs until `stop`; a backup under way is abandoned, and its partial file removed.
    async fn run(mut self, stop: &CancellationToken) {
        tokio::select! {
            () = stop.cancelled() => {}
            () = self.look_forever() => {}
        }
    }

    async fn look_forever(&mut self) {
        self.announce();
        self.warn_of_newer_postgres().await;
        let state_dir = self.config.borrow().state_dir.clone();
        if let Err(error) = Throwaway::clear(&state_dir).await {
            let error = in_a_line(&error);
            tracing::warn!(
                error,
                "what an interrupted verification left could not be cleared away"
            );
        }
        let mut looks = in_step(LOOK);
        let mut is_shown = false;
        loop {
            looks.tick().await;
            self.beat.beat();
            let config = self.config.borrow().clone();
            let Some(plan) = Plan::of(&config) else {
                // Switched off by a reload, and a gauge cannot be taken back.
                if std::mem::take(&mut is_shown) {
                    BACKUP_LAST.set([], f64::NAN);
                }
                continue;
            };
            if !is_ahead(self.rest_until) {
                let beat = self.beat.clone();
                let looked = {
                    let work = Box::pin(self.look(&plan, config.backup.sealed));
                    with_beats(work, &beat).await
                };
                if let Err((step, error)) = looked {
                    self.rest(step, &error);
                }
            }
            if let Some(Ok(Some(newest))) = self.newest(&plan).await {
                BACKUP_LAST.set([], newest.made_at.timestamp() as f64);
                is_shown = true;
            }
        }
    }

    /// After a failure.
    fn rest(&mut self, step: &'static str, error: &BackupError) {
        BACKUPS.add([step, "failed"], 1);
        let said = in_a_line(error);
        if lies_with_machine(step, error) {
            tracing::error!(
                step,
                error = said,
                "no backup can be verified here; that is tried again in a day (agendad backup verify: at once)"
            );
            self.no_verification_until = Some(Instant::now() + VERIFY_AGAIN);
        } else {
            tracing::error!(
                step,
                error = said,
                "the backup failed; it is tried again in half an hour"
            );
            self.rest_until = Some(Instant::now() + AGAIN);
        }
    }

    /// `None`: the directory does not answer.
    async fn newest(&self, plan: &Plan) -> Option<Result<Option<BackupFile>, BackupError>> {
        let (backup_dir, now) = (plan.backup_dir.clone(), self.syncer.clock.now());
        look_into(plan.backup_dir.dir(), move || backup_dir.newest(now)).await
    }

    async fn look(&self, plan: &Plan, sealed: bool) -> Result<(), (&'static str, BackupError)> {
        let making = |error| ("make", error);
        // All that follows would wait for it with a thread of the runtime.
        if self.newest(plan).await.is_none() {
            let dir = plan.backup_dir.dir();
            return if may_wake_up(dir) {
                Ok(())
            } else {
                Err(making(BackupError::NoAnswer(dir.to_owned())))
            };
        }
        plan.backup_dir.prepare().map_err(making)?;
        let Some(_lock) = plan.backup_dir.lock().map_err(making)? else {
            return Ok(());
        };
        let now = self.syncer.clock.now();
        let is_settled = is_settled(self.began.elapsed(), self.started, plan.last_due(now));
        let settings = saved_settings::path_in(&plan.state_dir);
        let source = Source {
            url: self.url.expose_secret(),
            private: self.private,
            vault: sealed.then_some(&self.syncer.vault),
            settings: Some(&settings),
        };
        if is_settled && plan.is_due(now).map_err(making)? {
            let made = plan.make(&source, now).await.map_err(making)?;
            if let Done::Made {
                path,
                bytes,
                rows,
                removed,
            } = made
            {
                BACKUPS.add(["make", "done"], 1);
                let path = path.display();
                tracing::info!(%path, bytes, rows, removed, "made a backup");
            }
        }
        let verifying = |error| (VERIFY, error);
        if is_settled
            && !is_ahead(self.no_verification_until)
            && let Some(path) = plan.to_verify(now).map_err(verifying)?
            && plan.verify(&path, &source, now).await.map_err(verifying)?
        {
            BACKUPS.add([VERIFY, "done"], 1);
            tracing::info!(path = %path.display(), "verified a backup: it can be put back, row by row");
        }
        Ok(())
    }

    /// A private database is not upgraded by itself: the operator runs `agendad database upgrade`.
    async fn warn_of_newer_postgres(&self) {
        if !self.private {
            return;
        }
        let dir = private_dir(&self.config.borrow().clone());
        match versions(&dir).await {
            Ok(Versions {
                cluster: Some(cluster),
                installed,
            }) => {
                if let Some(newest) = installed.first().filter(|newest| **newest > cluster) {
                    tracing::warn!(
                        "the private database is of PostgreSQL {cluster}, and this machine has {newest}: when there is \
                         time, agendad database upgrade --dry-run"
                    );
                }
            }
            Ok(Versions { cluster: None, .. }) => {}
            Err(error) => {
                tracing::debug!(%error, "the versions of PostgreSQL could not be looked at");
            }
        }
    }

    /// Once at each start: a sealed backup cannot be opened without the key.
    fn announce(&self) {
        let config = self.config.borrow().clone();
        let Some(plan) = Plan::of(&config) else {
            return;
        };
        let directory = plan.backup_dir.dir().display();
        match self.syncer.vault.file() {
            Some(key) if config.backup.sealed => tracing::info!(
                %directory,
                at = config.backup.at,
                "backups are made every night, sealed; they open only with the key: keep a copy of {} elsewhere",
                key.display()
            ),
            Some(_) | None => {
                tracing::info!(%directory, at = config.backup.at, "backups are made every night");
            }
        }
    }
}

/// Whether any backup would fail to be verified.
fn lies_with_machine(step: &str, error: &BackupError) -> bool {
    let lies_here = matches!(
        error,
        BackupError::NoKey { .. }
            | BackupError::OtherKey { .. }
            | BackupError::Vault(_)
            | BackupError::File { .. }
            | BackupError::NotEmpty { .. }
            | BackupError::DamagedPage { .. }
            | BackupError::NewerServer { .. }
            | BackupError::Postgres(_)
    );
    step == VERIFY && lies_here
}

fn is_ahead(moment: Option<Instant>) -> bool {
    moment.is_some_and(|moment| Instant::now() < moment)
}

/// Whether the start is over: some minutes ago, or before the time of the plan. The minutes are not those of the wall
/// clock, which may have been ahead at the start and been put right since.
fn is_settled(up_for: Duration, started: DateTime<Utc>, last_due: DateTime<Utc>) -> bool {
    up_for >= SETTLE || last_due >= started
}

/// Copying a large database takes longer than a loop may go without a beat.
async fn with_beats<T>(work: impl Future<Output = T>, beat: &LoopHeartbeat) -> T {
    tokio::pin!(work);
    let mut beats = in_step(LOOK);
    loop {
        tokio::select! {
            done = &mut work => return done,
            _ = beats.tick() => beat.beat(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_backup_can_pass_on_this_machine_is_not_tried_every_half_hour() {
        let no_key = BackupError::NoKey {
            key: "canary".to_owned(),
            path: "/nowhere".into(),
        };
        assert!(lies_with_machine(VERIFY, &no_key));
        assert!(!lies_with_machine(VERIFY, &BackupError::Damaged));
        let unread = BackupError::Stream(std::io::Error::other("unread"));
        assert!(!lies_with_machine(VERIFY, &unread));
        assert!(!lies_with_machine("make", &no_key));
    }

    #[test]
    fn a_clock_that_was_ahead_at_the_start_holds_no_backup_up() {
        let last_due = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let ahead = last_due + chrono::TimeDelta::days(30);
        let just_now = Duration::from_secs(15);
        assert!(!is_settled(just_now, ahead, last_due));
        assert!(
            is_settled(SETTLE, ahead, last_due),
            "the wall clock is right by now"
        );
        assert!(
            is_settled(just_now, last_due, last_due),
            "its time has come since"
        );
    }
}
