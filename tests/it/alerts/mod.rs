//! Alerts as operators get them: real databases, a mail server and a webhook on loopback.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

mod advice;
mod arrivals;
mod backups;
mod cases;
mod channels;
mod commands;
mod daemon;
mod delivery;
mod last_runs;
mod logins;
pub(crate) mod mail;
mod rules;
mod scene;
mod silences;
mod unanswered;
mod webhook;
mod words;
