//! What the command line says to people, one file for each of its rooms. What `--help` says, and what programs read, is
//! not here. The English is older than the Portuguese, and scripts may rely on it.

pub(crate) mod acts;
pub(crate) mod check;
pub(crate) mod day;
pub(crate) mod list;
pub(crate) mod people;
pub(crate) mod problem;
pub(crate) mod sync;
pub(crate) mod tomorrow;
pub(crate) mod users;
pub(crate) mod webhooks;
pub(crate) mod who;
