//! What tests and benches of several crates share and what knows nothing of the program's inside: databases, servers to be
//! ill-treated, the program as a process, waiting.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

mod database;
mod eventually;
mod place;
pub mod procfs;
mod program;
mod proxy;
mod redis_server;
mod silent_server;

pub use database::TestDatabase;
pub use eventually::eventually;
pub use place::place;
pub use program::{Program, Running, Said};
pub use proxy::Proxy;
pub use redis_server::{RedisServer, free_port};
pub use silent_server::SilentServer;
