//! Sessions between runs: cookies that live, cookies that die, and a Redis that is there or is not.

mod cookies;
mod redis;
