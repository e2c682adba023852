//! Log lines: for people on a terminal, JSON in production. To standard error, so that standard output
//! belongs to what a command was asked for.

mod discreet;

use std::io::IsTerminal;

use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, fmt};

use crate::config::sections::{LogConfig, LogFormat};

/// Starts logging. Commands other than the daemon's log at `warn` unless a level was asked for.
///
/// # Errors
/// If the level is not a filter, or logging was started before.
pub fn start(
    config: &LogConfig,
    level: &str,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let filter = EnvFilter::try_new(quieten(level))?;
    let lines = fmt::layer().with_writer(std::io::stderr);
    let lines = match config.format {
        LogFormat::Pretty => lines
            .with_ansi(std::io::stderr().is_terminal())
            .with_target(false)
            .boxed(),
        LogFormat::Json => lines
            .json()
            .with_span_list(false)
            .flatten_event(true)
            .boxed(),
    };
    tracing_subscriber::registry()
        .with(filter)
        .with(lines.with_filter(discreet::filter()))
        .try_init()?;
    Ok(())
}

/// The queue wraps every job in a span of its own and repeats what a run says better; whoever asks for
/// more than `info` gets it.
fn quieten(level: &str) -> String {
    match level {
        "error" | "warn" | "info" => format!("{level},riverqueue=warn"),
        filters => filters.to_owned(),
    }
}
