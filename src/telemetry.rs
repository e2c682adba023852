//! Log lines: for people on a terminal, JSON in production. To standard error, so that standard output
//! belongs to what a command was asked for.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::FmtSpan;

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
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_span_events(FmtSpan::NONE);
    match config.format {
        LogFormat::Pretty => builder
            .with_ansi(std::io::stderr().is_terminal())
            .with_target(false)
            .try_init(),
        LogFormat::Json => builder
            .json()
            .with_span_list(false)
            .flatten_event(true)
            .try_init(),
    }
}

/// The queue wraps every job in a span of its own and repeats what a run says better; whoever asks for
/// more than `info` gets it.
fn quieten(level: &str) -> String {
    match level {
        "error" | "warn" | "info" => format!("{level},riverqueue=warn"),
        filters => filters.to_owned(),
    }
}
