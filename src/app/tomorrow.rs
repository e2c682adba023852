//! The evening's loop: before the hour tomorrow is read anew for the examiners who want it by e-mail, then the mails go out.

use std::sync::Arc;
use std::time::Duration;

use chrono::NaiveDate;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::last_look::unless_stopped;
use super::parts::{App, Ended};
use crate::alerts::Channels;
use crate::config::Config;
use crate::domain::Origin;
use crate::domain::causes::in_a_line;
use crate::portal::{BreakerState, FirewallState};
use crate::scheduler::liveness::{LoopHeartbeat, LoopHeartbeats, in_step};
use crate::store::StoreError;
use crate::sync::{SyncOutcome, SyncRequest, Syncer};
use crate::tomorrow::{Due, NotMailed, Sent, TomorrowMailer, due, is_fresh};

/// How often the loop looks whether it is time.
const LOOK: Duration = Duration::from_secs(5);
/// So long the database is not asked again, when all that the hour asks for was done.
const REST: Duration = Duration::from_secs(60);
/// Examiners read at once for their mail.
const AT_ONCE: usize = 2;

impl App {
    /// Who tells examiners.
    pub(super) fn spawn_tomorrow(
        &self,
        loops: &mut JoinSet<Ended>,
        beats: &LoopHeartbeats,
        stop: &CancellationToken,
    ) {
        let tomorrow = TomorrowLoop {
            syncer: Arc::clone(&self.syncer),
            config: self.config.subscribe(),
            channels: self.channels.subscribe(),
            beat: beats.register("tomorrow"),
            readings: JoinSet::new(),
            done: None,
            unwritten: None,
            failing: false,
        };
        let stop = stop.clone();
        loops.spawn(async move { tomorrow.run(&stop).await.map(|()| "tomorrow") });
    }
}

struct TomorrowLoop {
    syncer: Arc<Syncer>,
    config: watch::Receiver<Arc<Config>>,
    channels: watch::Receiver<Arc<Channels>>,
    beat: LoopHeartbeat,
    readings: JoinSet<Result<(), StoreError>>,
    /// Nothing was left to do then.
    done: Option<(Due, Instant)>,
    /// The database did not take it.
    unwritten: Option<NotMailed>,
    /// The database's trouble is logged once.
    failing: bool,
}

impl TomorrowLoop {
    /// Until told to stop, and then until the readings at hand are recorded.
    async fn run(mut self, stop: &CancellationToken) -> anyhow::Result<()> {
        let mut looks = in_step(LOOK);
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                Some(read) = self.readings.join_next() => {
                    if let Err(error) = read? {
                        self.log(&error);
                    }
                }
                _ = looks.tick() => {}
            }
            self.beat.beat();
            let config = self.config.borrow().clone();
            let now = self.syncer.clock.local_now();
            let Some(due) = due(&config.tomorrow, now) else {
                continue;
            };
            // What is tried again is tried before the day ends.
            let is_ending = (now + 2 * REST).date() > now.date();
            let is_done = self
                .done
                .is_some_and(|(done, at)| done == due && at.elapsed() + LOOK / 2 < REST);
            if is_done && !is_ending {
                continue;
            }
            match unless_stopped(stop, self.look(due, &config, stop)).await {
                None => break,
                Some(Ok(is_done)) => {
                    self.done = is_done.then(|| (due, Instant::now()));
                    self.failing = false;
                }
                Some(Err(error)) => self.log(&error),
            }
        }
        while let Some(read) = self.readings.join_next().await {
            if let Err(error) = read? {
                self.log(&error);
            }
        }
        Ok(())
    }

    /// Whether nothing was to be done.
    async fn look(
        &mut self,
        due: Due,
        config: &Arc<Config>,
        stop: &CancellationToken,
    ) -> Result<bool, StoreError> {
        let store = &self.syncer.store;
        while self.readings.len() < AT_ONCE {
            let claimed = store.claim_tomorrow_reading(due.day, config.tomorrow.wait);
            let Some(user) = claimed.await? else { break };
            let (syncer, config) = (Arc::clone(&self.syncer), Arc::clone(config));
            let stop = stop.child_token();
            self.readings
                .spawn(async move { read(&syncer, &config, user, due.day, stop).await });
        }
        let mut is_done = self.readings.is_empty();
        if !due.is_hour {
            return Ok(is_done);
        }
        let channels = self.channels.borrow().clone();
        let evening = TomorrowMailer {
            store,
            channels: &channels,
            config,
            clock: &self.syncer.clock,
        };
        while !stop.is_cancelled() {
            let sent = evening.send_next(due.day, due.is_late, &mut self.unwritten);
            if sent.await? == Sent::Nothing {
                break;
            }
            is_done = false;
            self.beat.beat();
        }
        Ok(is_done)
    }

    fn log(&mut self, error: &StoreError) {
        let error = in_a_line(error);
        if std::mem::replace(&mut self.failing, true) {
            tracing::debug!(error, "tomorrow's agendas still cannot be mailed");
        } else {
            tracing::warn!(error, "tomorrow's agendas cannot be mailed, trying again");
        }
    }
}

/// Reads a day for its mail, unless that was done just now, or the portal is left alone.
async fn read(
    syncer: &Syncer,
    config: &Config,
    usuario_id: i32,
    day: NaiveDate,
    stop: CancellationToken,
) -> Result<(), StoreError> {
    let request = SyncRequest {
        usuario_id,
        window: None,
        from: day,
        to: day,
        tick: None,
        origin: Origin::Schedule,
    };
    let reading = async {
        while is_open(syncer)
            && !is_fresh(&syncer.store, config, &syncer.clock, usuario_id, day).await?
        {
            let outcome = syncer.sync(&request, &stop, &|_| {}).await?;
            if !matches!(outcome, SyncOutcome::Busy) {
                break;
            }
            // Whoever reads the examiner now may be reading this very day; if not, it is read after them.
            if stop
                .run_until_cancelled(tokio::time::sleep(LOOK))
                .await
                .is_none()
            {
                break;
            }
        }
        Ok::<_, StoreError>(())
    };
    tokio::pin!(reading);
    tokio::select! {
        read = &mut reading => read?,
        () = tokio::time::sleep(config.tomorrow.wait) => {
            stop.cancel();
            reading.await?;
        }
    }
    syncer.store.tomorrow_was_read(usuario_id, day).await
}

/// Whether the portal is asked anything at all now.
fn is_open(syncer: &Syncer) -> bool {
    let live = syncer.settings.get();
    live.portal.breaker().state() == BreakerState::Closed
        && matches!(live.portal.firewall().state(), FirewallState::Open)
}
