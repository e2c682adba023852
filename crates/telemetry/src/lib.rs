//! Log lines: for people on a terminal, JSON in production. To standard error, so that standard output
//! belongs to what a command was asked for.

pub mod backtrace;
pub mod beside;
mod discreet;
mod json;
pub mod metrics;

use std::io::IsTerminal;
use std::sync::OnceLock;

use tracing_subscriber::filter::FilterExt;
use tracing_subscriber::fmt::format::JsonFields;
use tracing_subscriber::layer::{Filter, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt, reload};

use agendad_config::sections::{LogConfig, LogFormat};

/// The level cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("log.level cannot be set")]
pub struct LevelError(#[source] Box<dyn std::error::Error + Send + Sync>);

/// Set once by [`start`]: there is one log in a process.
static FILTER: OnceLock<reload::Handle<EnvFilter, Registry>> = OnceLock::new();

/// Starts logging at `level`.
///
/// # Errors
/// If the level is not a filter, or logging was started before.
pub fn start(config: &LogConfig, level: &str) -> Result<(), LevelError> {
    let (wanted, handle) = wanted(filter(level)?);
    let lines = fmt::layer().with_writer(|| beside::Lines);
    let lines = match config.format {
        // The message first; what the spans around it say comes last.
        LogFormat::Pretty => lines
            .compact()
            .with_ansi(std::io::stderr().is_terminal())
            .with_target(false)
            .boxed(),
        LogFormat::Json => lines
            .fmt_fields(JsonFields::new())
            .event_format(json::Flat)
            .boxed(),
    };
    tracing_subscriber::registry()
        .with(lines.with_filter(wanted))
        .try_init()
        .map_err(|e| LevelError(e.into()))?;
    FILTER.get_or_init(|| handle);
    Ok(())
}

/// Changes the level of a running process. Does nothing where logging was not started (tests).
///
/// # Errors
/// If the level is not a filter.
pub fn set_level(level: &str) -> Result<(), LevelError> {
    let filter = filter(level)?;
    let Some(handle) = FILTER.get() else {
        return Ok(());
    };
    handle.reload(filter).map_err(|e| LevelError(e.into()))
}

/// What is written down. One filter, not one after the other: only so does the level reach the macros of the
/// libraries, and what is not wanted costs nothing. The HTML parser alone says dozens of things about each tag.
fn wanted(level: EnvFilter) -> (impl Filter<Registry>, reload::Handle<EnvFilter, Registry>) {
    let (level, handle) = reload::Layer::new(level);
    (level.and(discreet::filter()), handle)
}

/// Crates of ours that write log lines.
const CRATES: [&str; 6] = [
    "portal",
    "private_postgres",
    "retry",
    "simulator",
    "store",
    "telemetry",
];

/// Libraries that talk about themselves at `info`. The queue wraps every job in a span of its own and
/// repeats what a run says better; the database notes that a table exists. While the database is away or takes no writes,
/// which is said once elsewhere, the queue calls each of its fetches an error, one a second.
const QUIET: &str =
    "riverqueue=warn,riverqueue::client::producer=off,tokio_cron_scheduler=warn,sqlx=warn";

/// Whoever asks for more than `info` of everything gets all of it.
fn filter(level: &str) -> Result<EnvFilter, LevelError> {
    // What is a crate now was a module, and filters in use name it so.
    let level = &CRATES.iter().fold(level.to_owned(), |level, name| {
        level.replace(&format!("agendad::{name}"), &format!("agendad_{name}"))
    });
    let is_calm = |part: &str| matches!(part.trim(), "error" | "warn" | "info");
    let filters = if level.split(',').any(is_calm) {
        format!("{QUIET},{level}")
    } else {
        level.to_owned()
    };
    EnvFilter::try_new(filters).map_err(|e| LevelError(e.into()))
}

#[cfg(test)]
mod tests {
    use tracing::Subscriber;
    use tracing::level_filters::LevelFilter;

    use super::*;

    #[test]
    fn filters_that_name_a_crate_as_the_module_that_it_was_still_mean_it() {
        let filter = filter("info,agendad::portal=debug,agendad::sync=debug").unwrap();
        let parts = filter.to_string();
        assert!(parts.contains("agendad_portal=debug"), "{parts}");
        assert!(parts.contains("agendad::sync=debug"), "{parts}");
    }

    #[test]
    fn what_the_queue_says_each_second_is_heard_by_whoever_asks_for_everything() {
        for (level, heard) in [
            ("info", false),
            ("info,agendad_portal=debug", false),
            ("debug", true),
            ("info,riverqueue::client::producer=error", true),
        ] {
            let log = tracing_subscriber::registry().with(filter(level).unwrap());
            tracing::subscriber::with_default(log, || {
                assert!(tracing::enabled!(target: "riverqueue::client", tracing::Level::ERROR));
                let is_heard = tracing::enabled!(target: "riverqueue::client::producer", tracing::Level::ERROR);
                assert_eq!(is_heard, heard, "{level}");
            });
        }
    }

    /// Without the hint a library's `trace!` is made up and thrown away: a third of the daemon's CPU.
    #[test]
    fn what_is_not_wanted_is_known_before_it_is_said() {
        for (level, most) in [("info", LevelFilter::INFO), ("trace", LevelFilter::TRACE)] {
            let (wanted, _handle) = wanted(filter(level).unwrap());
            let log = tracing_subscriber::registry().with(fmt::layer().with_filter(wanted));
            assert_eq!(log.max_level_hint(), Some(most), "{level}");
        }
    }
}
