//! *How configured?* `config.toml` is the default, included into the program; a file, the
//! environment and secret files lie over it. Everything is checked before anything starts.

pub mod alerts;
pub mod backup;
pub mod calendar;
pub mod changes;
mod config;
pub mod deadlines;
pub mod duration;
pub mod duration_or_never;
mod error;
pub mod host;
mod layer;
pub mod layers;
mod load;
mod logins;
mod merge;
mod place;
pub mod portal;
pub mod profile;
pub mod reference;
pub mod restart;
pub mod retry;
pub mod saved_settings;
pub mod secrets;
pub mod sections;
mod shape;
pub mod shown;
mod sources;
#[cfg(test)]
mod tests;
pub mod timezone;
pub mod tomorrow;
mod validate;
mod value_kind;
pub mod webhooks;
pub mod wrong;

pub use config::Config;
pub use error::{ConfigError, Problem};
pub use place::Place;
pub use value_kind::ValueKind;
