//! Can this process write, and are its locks on the server that it writes to? Asked every few seconds by doing it:
//! a row is written through the pool and on the control connection in turn, and the address is followed to see whether it
//! leads elsewhere by now. What fails is said (readiness, metrics, alerts), and mended where that is possible: a
//! pool on a server that takes no writes is renewed, a control connection on another server than the pool's moves.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::domain::causes::in_a_line;
use crate::scheduler::Queue;
use crate::scheduler::liveness::{LoopHeartbeat, next_in_step};
use crate::store::connect::{ConnectError, Server};
use crate::store::control::Control;
use crate::store::health::DatabaseHealth;
use crate::store::processes::{DatabaseTrouble, Sign};
use crate::store::{Store, StoreError};
use crate::sync::Syncer;
use crate::telemetry::metrics::names::{DATABASE_RENEWED, DATABASE_TROUBLE};

/// How often it is looked.
const LOOK: Duration = Duration::from_secs(5);
/// The same while there is trouble.
const LOOK_AGAIN: Duration = Duration::from_secs(2);
/// Statements that are refused may ask for a look at once; but not all the time.
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);
/// Both signs of life together.
const TIMEOUT: Duration = Duration::from_secs(8);
/// One sign of life while all is well. Each of the two is given at every other [`LOOK`], so that trouble is not hidden
/// for more than 14 s.
const TIMEOUT_IN_TURN: Duration = Duration::from_secs(4);
/// One attempt at mending.
const MENDING: Duration = Duration::from_secs(6);
/// Every so many looks: does the address still lead here?
const EVERY_OTHER: u32 = 2;

/// Looks, says, mends.
pub(super) struct HealthLoop {
    store: Store,
    control: Control,
    queue: Queue,
    clock: Clock,
    beat: LoopHeartbeat,
    health: watch::Sender<DatabaseHealth>,
    /// Counts how often what holds connections of its own must make them anew.
    moved: watch::Sender<u64>,
    /// The server of the last good look.
    server: Option<Server>,
    /// The last look missed our mark on the server that holds our locks: it may just have been made anew.
    missed_mark: bool,
    /// The next look is the first on another server.
    is_moving: bool,
    /// A statement was refused since the last look.
    was_refused: bool,
    looks: u32,
}

impl HealthLoop {
    pub(super) fn new(syncer: &Syncer, queue: Queue, beat: LoopHeartbeat) -> Self {
        for &trouble in DatabaseTrouble::ALL {
            DATABASE_TROUBLE.set([trouble.key()], 0.0);
        }
        DATABASE_RENEWED.add([], 0);
        Self {
            store: syncer.store.clone(),
            control: syncer.control.clone(),
            queue,
            clock: syncer.clock.clone(),
            beat,
            health: watch::Sender::new(DatabaseHealth::good()),
            moved: watch::Sender::new(0),
            server: None,
            missed_mark: false,
            is_moving: false,
            was_refused: false,
            looks: 0,
        }
    }

    /// How the last look went.
    pub(super) fn health(&self) -> watch::Receiver<DatabaseHealth> {
        self.health.subscribe()
    }

    /// Changes when the database is another server than before, or answers again, or a connection fell silent: what was
    /// sent before may never be answered.
    pub(super) fn moved(&self) -> watch::Receiver<u64> {
        self.moved.subscribe()
    }

    /// Until told to stop.
    pub(super) async fn run(mut self, stop: &CancellationToken) {
        tokio::select! {
            () = stop.cancelled() => {}
            () = self.look_forever() => {}
        }
    }

    async fn look_forever(&mut self) {
        loop {
            let trouble = self.look().await;
            self.say(trouble);
            self.beat.beat();
            if std::mem::take(&mut self.is_moving) {
                sleep(BETWEEN_LOOKS).await;
            } else if trouble.is_some() {
                sleep(LOOK_AGAIN).await;
            } else {
                sleep(BETWEEN_LOOKS).await;
                self.was_refused = tokio::select! {
                    () = sleep_until(next_in_step(LOOK)) => false,
                    () = self.store.write_refused() => true,
                    () = self.store.fell_silent() => {
                        self.leave_behind();
                        false
                    }
                };
            }
        }
    }

    /// What holds connections of its own may wait on a silent one for ever.
    fn leave_behind(&self) {
        tracing::warn!("a connection to the database fell silent: all are made anew");
        DATABASE_RENEWED.one([]);
        self.moved.send_modify(|count| *count += 1);
    }

    fn say(&self, trouble: Option<DatabaseTrouble>) {
        let looked = Instant::now();
        let before = self.health.send_replace(DatabaseHealth { trouble, looked });
        if before.trouble == trouble {
            return;
        }
        for &kind in DatabaseTrouble::ALL {
            let is_it = trouble == Some(kind);
            DATABASE_TROUBLE.set([kind.key()], f64::from(u8::from(is_it)));
        }
        match trouble {
            Some(trouble) => tracing::error!(
                trouble = trouble.as_str(),
                "the database cannot be worked with"
            ),
            None => tracing::info!("the database can be worked with again"),
        }
        if trouble.is_none() && before.trouble == Some(DatabaseTrouble::Away) {
            self.moved.send_modify(|count| *count += 1);
        }
    }

    async fn look(&mut self) -> Option<DatabaseTrouble> {
        self.looks = self.looks.wrapping_add(1);
        // All is well and known: pool and control connection in turn are enough.
        let is_well = self.health.borrow().trouble.is_none() && !self.missed_mark;
        match self.server {
            Some(server) if is_well && !self.was_refused => self.look_in_turn(server).await,
            _ => self.look_at_pool_and_locks().await,
        }
    }

    /// Whatever is not as it was is looked at as a whole.
    async fn look_in_turn(&mut self, known: Server) -> Option<DatabaseTrouble> {
        let sign = async {
            if self.looks.is_multiple_of(2) {
                let sign = self.sign_of_life().await;
                sign.is_ok_and(|sign| sign.server == known && sign.mark_is_here)
            } else {
                let sign = self.control.sign_of_life().await;
                sign.is_ok_and(|server| server == known)
            }
        };
        let Ok(is_as_before) = timeout(TIMEOUT_IN_TURN, sign).await else {
            return Some(self.mend(DatabaseTrouble::Away).await);
        };
        if !is_as_before {
            return self.look_at_pool_and_locks().await;
        }
        if self.looks.is_multiple_of(EVERY_OTHER) {
            return self.look_further(known).await;
        }
        None
    }

    async fn look_at_pool_and_locks(&mut self) -> Option<DatabaseTrouble> {
        let signs = async { tokio::join!(self.sign_of_life(), self.control.sign_of_life()) };
        let Ok((sign, locks)) = timeout(TIMEOUT, signs).await else {
            return Some(self.mend(DatabaseTrouble::Away).await);
        };
        let sign = match sign {
            Ok(sign) => sign,
            Err(error) => return Some(self.failed(&error).await),
        };
        // A control connection that cannot write has been given up already, and is made anew by itself.
        let locks = match locks {
            Ok(server) => server,
            Err(error) => return Some(DatabaseTrouble::of(&error)),
        };
        if locks != sign.server {
            return Some(self.separated().await);
        }
        if !sign.mark_is_here && std::mem::replace(&mut self.missed_mark, true) {
            return Some(self.separated().await);
        }
        self.missed_mark = !sign.mark_is_here;
        if self
            .server
            .replace(sign.server)
            .is_some_and(|before| before != sign.server)
        {
            tracing::info!("the database is another server than before, or was started anew");
            self.renew(self.store.renew_pool()).await;
            self.moved.send_modify(|count| *count += 1);
        }
        // Trouble is over when all is well, not when half of it was looked at.
        let is_in_trouble = self.health.borrow().trouble.is_some();
        if is_in_trouble || self.looks.is_multiple_of(EVERY_OTHER) {
            return self.look_further(sign.server).await;
        }
        None
    }

    /// Through the pool; the queue hears what the time is there.
    async fn sign_of_life(&self) -> Result<Sign, StoreError> {
        let asked = self.clock.now();
        let sign = self.store.sign_of_life(self.control.instance(), asked);
        let sign = sign.await?;
        self.queue.note_time(sign.at, asked, self.clock.now());
        Ok(sign)
    }

    /// Beyond what is at hand.
    async fn look_further(&mut self, server: Server) -> Option<DatabaseTrouble> {
        match timeout(MENDING, self.store.follow_address(server)).await {
            Ok(Ok(true)) => {
                tracing::warn!("the database's address leads to another server now: moving there");
                DATABASE_RENEWED.one([]);
                // Its runs end, and their ticks come back.
                self.control.move_away();
                self.is_moving = true;
            }
            Ok(Ok(false)) => {}
            // What is open works. Whether a new connection can be had, the next one that is needed will tell.
            Ok(Err(error)) => {
                tracing::debug!(
                    error = in_a_line(&error),
                    "no further connection to the database"
                );
            }
            Err(_) => tracing::debug!("no further connection to the database in time"),
        }
        None
    }

    async fn failed(&mut self, error: &StoreError) -> DatabaseTrouble {
        tracing::debug!(error = in_a_line(error), "no sign of life through the pool");
        self.mend(DatabaseTrouble::of(error)).await
    }

    /// Pool and locks are on two servers: both go where the address leads now.
    async fn separated(&mut self) -> DatabaseTrouble {
        self.missed_mark = false;
        self.control.move_away();
        self.mend(DatabaseTrouble::LocksElsewhere).await
    }

    async fn mend(&mut self, trouble: DatabaseTrouble) -> DatabaseTrouble {
        match trouble {
            DatabaseTrouble::Away => self.renew(self.store.renew_doubtful_pool()).await,
            DatabaseTrouble::ReadOnly | DatabaseTrouble::LocksElsewhere => {
                self.renew(self.store.renew_pool()).await;
            }
            DatabaseTrouble::DiskFull | DatabaseTrouble::Refused | DatabaseTrouble::BadValue => {}
        }
        trouble
    }

    async fn renew(&self, renewal: impl Future<Output = Result<(), ConnectError>>) {
        match timeout(MENDING, renewal).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) if error.is_full() => {
                let error = in_a_line(&error);
                tracing::debug!(error, "the database has no connection to spare");
                return;
            }
            Ok(Err(error)) => {
                tracing::debug!(
                    error = in_a_line(&error),
                    "the database's address leads nowhere"
                );
            }
            Err(_) => tracing::debug!("the database's address does not answer"),
        }
        DATABASE_RENEWED.one([]);
    }
}
