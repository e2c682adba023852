//! The way to Redis: one connection for all, replaced when it fails; and what is known of Redis' health.
//!
//! The first command after a lost connection fails, so each is tried once more. If that fails too, Redis
//! rests: nobody asks it for a while, so that a Redis that is gone costs the runs nothing, and then one
//! command finds out whether it takes writes again. The crate's own connection manager is not used: it
//! never connects again once Redis has answered a connection with an error, such as `LOADING`.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, FromRedisValue, Pipeline, RedisError, RedisResult};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::Instant;

use super::super::shared::{SessionStoreError, SharedHealth};
use super::keys;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(1);
/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(1);
/// How long a Redis that failed is left alone.
const REST: Duration = Duration::from_secs(3);

/// The way to one Redis.
pub(super) struct Link {
    client: Client,
    connection: tokio::sync::Mutex<Held>,
    state: Mutex<State>,
    losses: AtomicU64,
}

#[derive(Default)]
struct Held {
    /// Which connection it is: only who saw it fail throws it away.
    number: u64,
    connection: Option<MultiplexedConnection>,
    /// When the last try to connect failed, and why: those who waited for it share its end.
    refused: Option<(Instant, RedisError)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Not asked yet.
    Unknown,
    Answers,
    Rests {
        until: Instant,
    },
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The client would print the password.
        write!(f, "Link({}, {:?})", self.place(), self.state())
    }
}

impl Link {
    /// Not connected yet.
    ///
    /// # Errors
    /// [`SessionStoreError::Address`].
    pub(super) fn new(url: &SecretString) -> Result<Self, SessionStoreError> {
        // Whoever asks for TLS before any portal client is made.
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let client = Client::open(url.expose_secret()).map_err(SessionStoreError::Address)?;
        Ok(Self {
            client,
            connection: tokio::sync::Mutex::default(),
            state: Mutex::new(State::Unknown),
            losses: AtomicU64::new(0),
        })
    }

    /// Host and port, or the socket.
    pub(super) fn place(&self) -> String {
        self.client.get_connection_info().addr().to_string()
    }

    /// Whether it answered when it was last asked.
    pub(super) fn health(&self) -> SharedHealth {
        SharedHealth {
            answers: self.state() == State::Answers,
            losses: self.losses.load(Ordering::Relaxed),
        }
    }

    /// What Redis answers; `None` if it cannot be used now.
    pub(super) async fn ask<T: FromRedisValue>(&self, commands: &Pipeline) -> Option<T> {
        if !self.is_worth_asking().await {
            return None;
        }
        match self.twice(commands).await {
            Ok(answer) => Some(answer),
            Err(error) => {
                self.failed(&error);
                None
            }
        }
    }

    /// The same for who must know why.
    ///
    /// # Errors
    /// [`SessionStoreError::NoAnswer`].
    pub(super) async fn demand<T: FromRedisValue>(
        &self,
        commands: &Pipeline,
    ) -> Result<T, SessionStoreError> {
        let answer = self.twice(commands).await;
        answer.map_err(|source| SessionStoreError::NoAnswer {
            place: self.place(),
            source,
        })
    }

    /// Whether Redis takes writes: one that is full, or a replica, would answer and yet be of no use.
    ///
    /// # Errors
    /// [`SessionStoreError::NoAnswer`].
    pub(super) async fn try_out(&self) -> Result<(), SessionStoreError> {
        self.demand::<()>(&keys::trial()).await
    }

    /// Finds out, at the start or after a rest, whether it can be used.
    pub(super) async fn is_worth_asking(&self) -> bool {
        match self.state() {
            State::Answers => return true,
            State::Rests { until } if Instant::now() < until => return false,
            State::Rests { .. } => {
                // One finds out; those who come meanwhile do without.
                self.set_state(State::Rests {
                    until: Instant::now() + REST,
                });
            }
            State::Unknown => {}
        }
        match self.twice::<()>(&keys::trial()).await {
            Ok(()) => {
                if let State::Rests { .. } = self.set_state(State::Answers) {
                    tracing::info!(
                        redis = self.place(),
                        "Redis answers again; sessions are shared"
                    );
                }
                true
            }
            Err(error) => {
                self.failed(&error);
                false
            }
        }
    }

    /// Once more on a new connection, if the first try fails.
    async fn twice<T: FromRedisValue>(&self, commands: &Pipeline) -> RedisResult<T> {
        match self.once(commands).await {
            Ok(answer) => Ok(answer),
            Err(_) => self.once(commands).await,
        }
    }

    async fn once<T: FromRedisValue>(&self, commands: &Pipeline) -> RedisResult<T> {
        let (number, mut connection) = self.connection().await?;
        let answer = commands.query_async(&mut connection).await;
        if answer.is_err() {
            let mut held = self.connection.lock().await;
            if held.number == number {
                held.connection = None;
            }
        }
        answer
    }

    async fn connection(&self) -> RedisResult<(u64, MultiplexedConnection)> {
        let asked_at = Instant::now();
        let mut held = self.connection.lock().await;
        if let Some(connection) = &held.connection {
            return Ok((held.number, connection.clone()));
        }
        if let Some((at, error)) = &held.refused
            && *at >= asked_at
        {
            return Err(error.clone());
        }
        match self.connect().await {
            Ok(connection) => {
                held.number += 1;
                held.connection = Some(connection.clone());
                Ok((held.number, connection))
            }
            Err(error) => {
                held.refused = Some((Instant::now(), error.clone()));
                Err(error)
            }
        }
    }

    async fn connect(&self) -> RedisResult<MultiplexedConnection> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT))
            .set_response_timeout(Some(ANSWER));
        let connecting = self
            .client
            .get_multiplexed_async_connection_with_config(&config);
        connecting.await
    }

    fn failed(&self, error: &RedisError) {
        let until = Instant::now() + REST;
        match self.set_state(State::Rests { until }) {
            State::Rests { .. } => {}
            State::Unknown | State::Answers => {
                self.losses.fetch_add(1, Ordering::Relaxed);
                tracing::warn!(
                    redis = self.place(),
                    %error,
                    "Redis cannot be used; sessions are kept in this process's memory until it answers"
                );
            }
        }
    }

    fn state(&self) -> State {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set_state(&self, state: State) -> State {
        let mut held = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut held, state)
    }
}
