//! agendad keeps a PostgreSQL database in step with the agendas of DETRAN examiners.
//!
//! # The map
//!
//! A tour of one run. tokio-cron-scheduler fires a window ([`scheduler::ticker`]); the tick is written
//! down once for each examiner, however many processes fire it, and becomes a job of the queue
//! ([`scheduler::river`]). A worker ([`scheduler::worker`]) takes the job and calls [`sync::Syncer::sync`],
//! which reads as the sentence *lock → session → scrape → upsert → mark removed → record run*: the user's
//! advisory lock ([`store::control`]), cookies or a login ([`session`], [`vault`]), the portal's pages
//! ([`portal`]), one statement a day and unit ([`store::slots`]), and the record ([`store::runs`]) that is
//! the only way out of a run.
//!
//! | ask | look in |
//! |---|---|
//! | when? | [`scheduler`] |
//! | in what order? | [`sync`] |
//! | from where? | [`portal`] |
//! | with which cookies? | [`session`] |
//! | what does an examiner's phone see? | [`calendar`] |
//! | how are passwords kept? | [`credentials`], [`vault`] |
//! | to where? | [`store`], [`private_postgres`] |
//! | what does it mean? | [`domain`] |
//! | and if the disk dies? | [`backup`] |
//! | who is read? | `examiners`: accounts as people write them down |
//! | who asks? | [`cli`]; over [`http`] the API and the dashboard, on `web`; Rust programs through [`pipeline`] |
//! | who may? | `staff`: names, passwords, roles, sessions |
//! | who comes today? | `clinic`: the day over all examiners, as a page and as files |
//! | in which words? | [`words`] |
//! | who is told? | [`alerts`]; other systems by [`webhooks`], in the form of `slot_body`; examiners of [`tomorrow`] and of the day's [`changes`] |
//! | how configured? | [`config`]; `settings_edit`: what may be set in the browser; `first_steps`: what is left to set up |
//! | what is behind an error? | `trouble` |
//! | how does it live and die? | [`app`], [`lifecycle`] |
//! | how is it watched? | [`telemetry`]: log lines, metrics |
//!
//! Arrows point one way, and no modules use each other in a circle: `domain` knows nobody; `portal`, `store` know
//! `domain`; `words` speaks of types of the crates only; `sync` knows `portal`, [`session`], `store`; `scheduler` knows
//! `sync`; `app` runs all, and `cli` runs `app`; `telemetry` serves all and knows `domain` and `config`. [`simulator`],
//! the portal's double, shares nothing with `portal`.
//!
//! # Errors
//!
//! A failure carries its kind, and the kind decides what happens next. `thiserror` at the boundaries,
//! `anyhow` only in `app`, `cli` and what they hand it to; a failure is logged once, where it is handled, with its chain.

pub mod alerts;
mod api;
pub mod app;
pub mod backup;
pub mod calendar;
pub mod changes;
pub mod cli;
mod clinic;
pub mod credentials;
mod dashboard;
mod examiners;
mod first_steps;
pub mod http;
pub mod lifecycle;
pub mod pipeline;
pub mod scheduler;
pub mod session;
mod settings_edit;
mod slot_body;
mod staff;
pub mod sync;
pub mod tomorrow;
mod trouble;
pub mod vault;
mod web;
pub mod webhooks;
pub mod words;

pub use agendad_config as config;
pub use agendad_domain as domain;
pub use agendad_domain::clock;
pub use agendad_portal as portal;
pub use agendad_private_postgres as private_postgres;
pub use agendad_retry as retry;
pub use agendad_simulator as simulator;
pub use agendad_store as store;
pub use agendad_telemetry as telemetry;
