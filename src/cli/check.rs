//! `agendad check`: what an operator runs first when something is wrong. Each line says what was tried
//! and what came back; a bad one says what to do. `warn` lines do not make it fail.

mod alerts;
mod database;
mod doors;
mod local;
mod portal;
mod sessions;
mod zone;

use super::{Exit, output};
use crate::config::Config;
use crate::domain::causes::in_a_line;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exit code 0 if nothing FAILs; lines marked warn are worth a look.\n\
    Examples:\n  agendad check\n  agendad check --offline     before the network is up\n  agendad check --json | jq '.[] | select(.state != \"ok\")'"
)]
pub(super) struct Args {
    /// Only what needs no network and no database: settings, state directory, key
    #[arg(long)]
    offline: bool,
}

/// One thing that was looked at.
#[derive(Debug, serde::Serialize)]
struct Line {
    what: &'static str,
    state: State,
    /// What was tried and what came back.
    found: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    cure: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Ok,
    Warn,
    Fail,
}

pub(super) async fn run(args: Args, config: Config, json: bool) -> anyhow::Result<Exit> {
    let mut lines = local::lines(&config);
    lines.push(zone::line(&config));
    if !args.offline {
        lines.extend(database::lines(&config).await);
        lines.extend(portal::lines(&config).await);
    }
    lines.extend(doors::lines(&config));
    lines.extend(sessions::lines(&config, args.offline).await);
    lines.extend(alerts::lines(&config, args.offline).await);
    let failed = lines.iter().any(|line| line.state == State::Fail);
    if json {
        output::json(&lines)?;
    } else {
        lines.iter().for_each(print);
    }
    Ok(if failed { Exit::Failed } else { Exit::Done })
}

fn print(line: &Line) {
    let mark = match line.state {
        State::Ok => output::green("ok  "),
        State::Warn => output::yellow("warn"),
        State::Fail => output::red("FAIL"),
    };
    output::line(format!("{mark}  {:<14} {}", line.what, line.found));
    if let Some(cure) = &line.cure {
        output::line(format!("{:22}→ {cure}", ""));
    }
}

impl Line {
    fn ok(what: &'static str, found: impl Into<String>) -> Self {
        Self {
            what,
            state: State::Ok,
            found: found.into(),
            cure: None,
        }
    }

    fn warn(what: &'static str, found: impl Into<String>, cure: impl Into<String>) -> Self {
        Self {
            state: State::Warn,
            cure: Some(cure.into()),
            ..Self::ok(what, found)
        }
    }

    fn fail(what: &'static str, found: impl Into<String>, cure: impl Into<String>) -> Self {
        Self {
            state: State::Fail,
            cure: Some(cure.into()),
            ..Self::ok(what, found)
        }
    }

    /// An error whose own sentence says what to do.
    fn error(what: &'static str, error: &dyn std::error::Error) -> Self {
        Self {
            state: State::Fail,
            ..Self::ok(what, in_a_line(error))
        }
    }
}
