//! How a store of sessions that is shared by processes does.

/// Why a shared store could not be used, for those who must know. Tells no password.
#[derive(Debug, thiserror::Error)]
pub enum SessionStoreError {
    /// The address is none.
    #[error("redis.url is not an address such as redis://:password@host:6379/0")]
    Address(#[source] ::redis::RedisError),
    /// It was asked in vain.
    #[error("Redis at {place} cannot be used")]
    NoAnswer {
        /// Host and port.
        place: String,
        /// Why.
        #[source]
        source: ::redis::RedisError,
    },
}

/// How a shared store does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SharedHealth {
    /// Whether it answered when it was last asked. If not, sessions are kept in this process's memory.
    pub answers: bool,
    /// How often it was lost since the start.
    pub losses: u64,
}
