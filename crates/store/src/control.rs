//! The process's control connection: what must live on *one* connection and not on a pool.
//!
//! It holds the advisory locks of all running syncs (a lock belongs to its connection), the mark that
//! this process is alive, and it hears that accounts changed. An actor owns it: requests come through
//! a channel, and between them it listens, so that the death of the connection is noticed at once and
//! not at the next use.

mod ghosts;
mod user_lock;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgListener, PgPoolOptions};
use sqlx::{Acquire, PgPool, Row};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use user_lock::Request;
pub use user_lock::UserLock;

use super::StoreError;
use super::address::Address;
use super::connect::{Found, Server};
use super::connect_error::{ConnectError, sqlstate};
use super::pool::READ_ONLY;
use super::waiting::within;
use super::{pooler, processes, session_settings};

pub use super::lock_space::LOCK_SPACE;
use agendad_domain::Cpf;

/// Added to `usuario_id`: the key of a user's lock, shared with the earlier system.
pub const USER_LOCK_BASE: i64 = 873_251;
/// First half of the two-part keys of the locks of persons, whom two users may have in common.
const CPF_LOCK_SPACE: i32 = 873_249;

/// How soon after its death the connection is made anew, whether or not anybody asks for a lock:
/// without it this process counts as dead and hears of no account.
const RECONNECT_AFTER: Duration = Duration::from_millis(500);
/// So long after its last sign of life it gives one by itself: a daemon asks for one more often, and a command that runs for
/// minutes must not be taken for a process that is stopped.
const SIGN_EVERY: Duration = Duration::from_secs(12);
/// How long one attempt to connect and to take up our place may take; requests wait meanwhile.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(6);
/// How long the server may take to answer on a connection that lives.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);
/// How long the end of the last connection is waited for.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// A handle on the control connection. Cheap to clone; the connection ends with the last handle.
#[derive(Debug, Clone)]
pub struct Control {
    requests: mpsc::UnboundedSender<Request>,
    accounts_changed: Arc<Notify>,
    instance: Arc<str>,
}

impl Control {
    /// Connects, and marks this process as alive under the name `instance`, which must be unique among
    /// all processes and starts.
    pub async fn connect(
        url: &str,
        instance: &str,
        tasks: &TaskTracker,
    ) -> Result<Self, ConnectError> {
        let address = Address::parse(url, "agendad control")?;
        let place = address.places();
        let Found { options, .. } = address.best().await?;
        let accounts_changed = Arc::new(Notify::new());
        let mut actor = Actor {
            address,
            pool: None,
            instance: instance.into(),
            accounts_changed: Arc::clone(&accounts_changed),
            listener: None,
            held: HashMap::new(),
            epoch: CancellationToken::new(),
            signed: Instant::now(),
            told: false,
        };
        let refused = |source: sqlx::Error| {
            let place = place.clone();
            match sqlstate(&source) {
                Some(code) if code == READ_ONLY => ConnectError::ReadOnly { place },
                Some(_) | None => ConnectError::Refused { place, source },
            }
        };
        let listener = actor.listener().await.map_err(refused)?;
        let session = listener.acquire().await.map_err(refused)?;
        let mixes = within(CONNECT_TIMEOUT, pooler::mixes_sessions(session, &options));
        if mixes.await.map_err(refused)? {
            return Err(ConnectError::Pooler { place });
        }
        let (requests, inbox) = mpsc::unbounded_channel();
        let instance = Arc::clone(&actor.instance);
        tasks.spawn(actor.run(inbox));
        Ok(Self {
            requests,
            accounts_changed,
            instance,
        })
    }

    /// A control connection that is never there, for what is asked without a database: every lock fails.
    #[must_use]
    pub fn nowhere() -> Self {
        Self {
            requests: mpsc::unbounded_channel().0,
            accounts_changed: Arc::default(),
            instance: "nowhere".into(),
        }
    }

    /// Takes the lock of a user; `None` if somebody has it, in this process or elsewhere. Can be
    /// dropped at any time: a lock that arrives too late is given back.
    ///
    /// # Errors
    /// [`StoreError::Database`] if the connection is dead and cannot be made anew.
    pub async fn try_lock(&self, usuario_id: i32) -> Result<Option<UserLock>, StoreError> {
        let (reply, answer) = oneshot::channel();
        let gone = || StoreError::Database(sqlx::Error::WorkerCrashed);
        let request = Request::TryLock {
            usuario_id,
            requests: self.requests.clone(),
            reply,
        };
        self.requests.send(request).map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }

    /// Writes this process's sign of life on the connection, which is made anew if need be. The server that
    /// took it holds our locks.
    ///
    /// # Errors
    /// [`StoreError::Database`]; a connection that cannot write is given up, and the locks on it.
    pub async fn sign_of_life(&self) -> Result<Server, StoreError> {
        let (reply, answer) = oneshot::channel();
        let gone = || StoreError::Database(sqlx::Error::WorkerCrashed);
        let request = Request::Sign { reply };
        self.requests.send(request).map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }

    /// Ends the control connection of another process of this role, and the locks on it. Returns whether there was one.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn end_peer(&self, instance: &str) -> Result<bool, StoreError> {
        let (reply, answer) = oneshot::channel();
        let gone = || StoreError::Database(sqlx::Error::WorkerCrashed);
        let instance = instance.to_owned();
        let request = Request::EndPeer { instance, reply };
        self.requests.send(request).map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }

    /// Gives up the connection, and the locks on it, for a new one: it is on a server that is no longer ours.
    pub fn move_away(&self) {
        if self.requests.send(Request::Move).is_err() {
            tracing::debug!("the control connection has ended already");
        }
    }

    /// Waits until an account was added, changed, paused, resumed or deleted, or until the connection
    /// was made anew (then nobody knows what was missed). A hint: polling is the truth.
    pub async fn accounts_changed(&self) {
        self.accounts_changed.notified().await;
    }

    /// The name under which this process is marked alive.
    #[must_use]
    pub fn instance(&self) -> &str {
        &self.instance
    }
}

struct Actor {
    address: Address,
    /// The listener's own, one for each connection: what is left of an old one is never taken up again.
    pool: Option<PgPool>,
    instance: Arc<str>,
    accounts_changed: Arc<Notify>,
    listener: Option<PgListener>,
    /// A connection may take the same lock twice, so the process must remember whom it holds: users, and the person
    /// who goes with each.
    held: HashMap<i32, Option<Cpf>>,
    /// Cancelled when the connection dies; a new one is made with the next connection.
    epoch: CancellationToken,
    /// When the last sign of life was given on it.
    signed: Instant,
    /// Whether the log knows that there is no connection.
    told: bool,
}

impl Actor {
    async fn run(mut self, mut inbox: mpsc::UnboundedReceiver<Request>) {
        loop {
            let request = match &mut self.listener {
                None => tokio::select! {
                    request = inbox.recv() => request,
                    () = tokio::time::sleep(RECONNECT_AFTER) => {
                        self.reconnect().await;
                        continue;
                    }
                },
                Some(listener) => tokio::select! {
                    request = inbox.recv() => request,
                    heard = listener.try_recv() => {
                        match heard {
                            Ok(Some(_)) => self.accounts_changed.notify_one(),
                            Ok(None) | Err(_) => self.drop_connection(),
                        }
                        continue;
                    }
                    () = tokio::time::sleep_until(self.signed + SIGN_EVERY) => {
                        // What went wrong is said there.
                        self.sign().await.ok();
                        continue;
                    }
                },
            };
            match request {
                Some(request) => self.handle(request).await,
                None => break,
            }
        }
        // Whoever waits for the end of this task finds the locks and the mark gone.
        self.listener = None;
        if let Some(pool) = self.pool.take()
            && tokio::time::timeout(CLOSE_TIMEOUT, pool.close())
                .await
                .is_err()
        {
            tracing::debug!("the server does not answer the end of the control connection");
        }
    }

    async fn handle(&mut self, request: Request) {
        match request {
            Request::TryLock {
                usuario_id,
                requests,
                reply,
            } => {
                let granted = self.try_lock(usuario_id).await;
                if granted.is_err() {
                    self.drop_connection();
                }
                let answer = granted.map_err(StoreError::from).map(|lost| {
                    lost.map(|lost| UserLock {
                        usuario_id,
                        lost,
                        requests,
                        released: false,
                    })
                });
                if let Err(Ok(Some(mut lock))) = reply.send(answer) {
                    // Nobody waits for it any more.
                    lock.released = true;
                    self.unlock(usuario_id).await;
                }
            }
            Request::TryLockPerson {
                usuario_id,
                cpf,
                epoch,
                reply,
            } => {
                let granted = if epoch.is_cancelled() {
                    Err(sqlx::Error::WorkerCrashed)
                } else {
                    self.try_person(usuario_id, cpf).await
                };
                if granted.is_err() && !epoch.is_cancelled() {
                    self.drop_connection();
                }
                // Nobody waits for it any more: it goes when the user's lock goes.
                if reply.send(granted.map_err(StoreError::from)).is_err() {
                    tracing::trace!(usuario_id, "nobody waited for the lock of the person");
                }
            }
            Request::Unlock {
                usuario_id,
                epoch,
                reply,
            } => {
                if !epoch.is_cancelled() {
                    self.unlock(usuario_id).await;
                }
                if let Some(reply) = reply
                    && reply.send(()).is_err()
                {
                    tracing::trace!(usuario_id, "nobody waited for the unlock");
                }
            }
            Request::Sign { reply } => {
                let signed = self.sign().await;
                if reply.send(signed.map_err(StoreError::from)).is_err() {
                    tracing::trace!("nobody waited for the sign of life");
                }
            }
            Request::EndPeer { instance, reply } => {
                let ended = self.end_peer(&instance).await;
                // What the server refuses says nothing against the connection.
                if matches!(&ended, Err(error) if !matches!(error, sqlx::Error::Database(_))) {
                    self.drop_connection();
                }
                if reply.send(ended.map_err(StoreError::from)).is_err() {
                    tracing::trace!(instance, "nobody waited for the end of its connection");
                }
            }
            Request::Move => self.drop_connection(),
        }
    }

    /// A connection that cannot give a sign of life is given up.
    async fn sign(&mut self) -> Result<Server, sqlx::Error> {
        let signed = self.try_sign().await;
        match &signed {
            Ok(_) => self.signed = Instant::now(),
            Err(error) => {
                tracing::debug!(%error, "no sign of life on the control connection");
                self.drop_connection();
            }
        }
        signed
    }

    async fn end_peer(&mut self, instance: &str) -> Result<bool, sqlx::Error> {
        let listener = self.listener().await?;
        let end = async { ghosts::end(listener.acquire().await?, instance).await };
        within(ANSWER_TIMEOUT, end).await
    }

    async fn try_sign(&mut self) -> Result<Server, sqlx::Error> {
        let instance = Arc::clone(&self.instance);
        let listener = self.listener().await?;
        let sign = async { processes::sign_on(listener.acquire().await?, &instance).await };
        within(ANSWER_TIMEOUT, sign).await
    }

    async fn try_lock(
        &mut self,
        usuario_id: i32,
    ) -> Result<Option<CancellationToken>, sqlx::Error> {
        if self.held.contains_key(&usuario_id) {
            return Ok(None);
        }
        let listener = self.listener().await?;
        let granted = sqlx::query("SELECT pg_try_advisory_lock($1)")
            .bind(USER_LOCK_BASE + i64::from(usuario_id))
            .fetch_one(listener);
        let granted: bool = within(ANSWER_TIMEOUT, granted).await?.try_get(0)?;
        if granted {
            self.held.insert(usuario_id, None);
        }
        Ok(granted.then(|| self.epoch.clone()))
    }

    async fn try_person(&mut self, usuario_id: i32, cpf: Cpf) -> Result<bool, sqlx::Error> {
        let of_user = self.held.get(&usuario_id).cloned().flatten();
        if let Some(held) = of_user {
            return Ok(held == cpf);
        }
        if self.held.values().flatten().any(|held| *held == cpf) {
            return Ok(false);
        }
        let listener = self.listener().await?;
        // Two persons may share a key: then they wait for each other's runs in other processes, and nothing worse.
        let granted = sqlx::query("SELECT pg_try_advisory_lock($1, hashtext($2))")
            .bind(CPF_LOCK_SPACE)
            .bind(cpf.digits())
            .fetch_one(listener);
        let granted: bool = within(ANSWER_TIMEOUT, granted).await?.try_get(0)?;
        if granted {
            self.held.insert(usuario_id, Some(cpf));
        }
        Ok(granted)
    }

    async fn unlock(&mut self, usuario_id: i32) {
        let Some(person) = self.held.remove(&usuario_id) else {
            return;
        };
        let Some(listener) = &mut self.listener else {
            return;
        };
        let unlocked = sqlx::query(
            "SELECT pg_advisory_unlock($1), CASE WHEN $3::text IS NOT NULL THEN pg_advisory_unlock($2, hashtext($3)) END",
        )
        .bind(USER_LOCK_BASE + i64::from(usuario_id))
        .bind(CPF_LOCK_SPACE)
        .bind(person.as_ref().map(Cpf::digits))
        .execute(listener);
        if let Err(error) = within(ANSWER_TIMEOUT, unlocked).await {
            tracing::warn!(%error, "the control connection failed; its locks are gone");
            self.drop_connection();
        }
    }

    /// Tries once to make the connection anew.
    async fn reconnect(&mut self) {
        let Err(error) = self.listener().await.map(drop) else {
            return;
        };
        // Twice a second: one line tells of an outage as well as a thousand.
        if std::mem::replace(&mut self.told, true) {
            tracing::debug!(%error, "still no control connection");
        } else {
            tracing::warn!(%error, "no control connection yet, trying again");
        }
    }

    /// The live connection, made anew if need be.
    async fn listener(&mut self) -> Result<&mut PgListener, sqlx::Error> {
        if self.listener.is_none() {
            let (pool, listener) = within(CONNECT_TIMEOUT, Box::pin(self.connect())).await?;
            self.epoch = CancellationToken::new();
            self.signed = Instant::now();
            self.told = false;
            self.pool = Some(pool);
            self.listener = Some(listener);
            self.accounts_changed.notify_one();
        }
        self.listener.as_mut().ok_or(sqlx::Error::WorkerCrashed)
    }

    /// A connection that can write, with our mark on it.
    async fn connect(&self) -> Result<(PgPool, PgListener), sqlx::Error> {
        let options = match self.address.hosts.as_slice() {
            [only] => only.clone(),
            // Of several hosts the one that takes writes.
            _ => match self.address.best().await {
                Ok(found) => found.options,
                Err(ConnectError::Refused { source, .. }) => return Err(source),
                Err(_) => return Err(sqlx::Error::PoolTimedOut),
            },
        };
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .acquire_timeout(CONNECT_TIMEOUT)
            .connect_lazy_with(options);
        let mut listener = PgListener::connect_with(&pool).await?;
        listener.eager_reconnect(false);
        session_settings::tell(listener.acquire().await?).await?;
        listener.listen("agendad_accounts").await?;
        // Shared: the server may hold the mark of our dead connection for a while yet, and waiting
        // for it would stop everything.
        sqlx::query("SELECT pg_advisory_lock_shared($1, hashtext($2))")
            .bind(LOCK_SPACE)
            .bind(&*self.instance)
            .execute(&mut listener)
            .await?;
        ghosts::end(listener.acquire().await?, &self.instance).await?;
        processes::sign_on(listener.acquire().await?, &self.instance).await?;
        Ok((pool, listener))
    }

    /// The connection is dead: so are its locks, and whoever relied on one must stop.
    fn drop_connection(&mut self) {
        if self.listener.take().is_some() {
            tracing::warn!(
                locks = self.held.len(),
                "lost the control connection and the locks on it"
            );
        }
        // The last handle: when the old connection comes back to it, it ends, and its locks with it.
        self.pool = None;
        self.held.clear();
        self.epoch.cancel();
    }
}
