//! The HTTP API of the running daemon, asked over loopback as its clients would, and as attackers would.

mod attacks;
pub(crate) mod client;
mod fuzz_seeds;
mod limits;
