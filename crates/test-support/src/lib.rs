//! What tests of several crates share and what knows nothing of the program: databases, servers to be ill-treated, waiting.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

mod database;
mod eventually;
mod place;
mod proxy;
mod redis_server;

pub use database::TestDatabase;
pub use eventually::eventually;
pub use place::place;
pub use proxy::Proxy;
pub use redis_server::{RedisServer, free_port};
