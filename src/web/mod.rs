//! What everything that is served over HTTP stands on, whoever asks: a connection (`server`) and its bounds
//! (`limits`, `slow_reader`), the path below which all is served (`base_path`), who may ask for what (`access`), who is
//! asking (`auth`, `caller`),
//! answers that are errors (`errors`), what all handlers share (`state`), syncs that outlive the request that asked
//! for them (`syncs`, `sync_now`), and how things stand (`readiness`, `figures`).

pub(crate) mod access;
pub(crate) mod auth;
pub(crate) mod base_path;
pub(crate) mod caller;
pub(crate) mod errors;
pub(crate) mod figures;
pub(crate) mod limits;
pub(crate) mod logins;
pub(crate) mod peer;
pub(crate) mod readiness;
pub(crate) mod server;
mod slow_reader;
pub(crate) mod state;
pub(crate) mod sync_now;
pub(crate) mod syncs;
