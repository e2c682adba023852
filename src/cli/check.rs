//! `agendad check`: what an operator runs first when something is wrong. Each line says what was tried
//! and what came back; a bad one says what to do. `warn` lines do not make it fail.

mod alerts;
mod backups;
mod database;
mod http;
mod local;
mod portal;
mod server;
mod sessions;
mod zone;

use std::time::Duration;

use super::{Exit, output};
use crate::config::Config;
use crate::domain::causes::in_a_line;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exit code 0 if nothing FAILs, 2 if no database is configured and none is there; lines marked warn are worth a look.\n\
    Examples:\n  agendad check\n  agendad check --offline     before the network is up\n  agendad check --json | jq '.[] | select(.state != \"ok\")'"
)]
pub(super) struct Args {
    /// Only what needs no network and no database: settings, state directory, key
    #[arg(long)]
    offline: bool,
}

/// How long one part may take.
const LONGEST_PART: Duration = Duration::from_secs(60);

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
    /// The configuration leads to nothing, so that whatever else is said may be of no use.
    #[serde(skip)]
    misled: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Ok,
    Warn,
    Fail,
}

pub(super) async fn run(args: Args, config: Config, json: bool) -> anyhow::Result<Exit> {
    let mut report = Report {
        json,
        lines: Vec::new(),
    };
    report.add(local::lines(&config));
    report.add(vec![zone::line(&config)]);
    report.add(in_time("backups", backups::lines(&config)).await);
    if !args.offline {
        report.add(in_time("database", database::lines(&config)).await);
        report.add(in_time("portal", portal::lines(&config)).await);
    }
    report.add(http::lines(&config));
    report.add(in_time("sessions", sessions::lines(&config, args.offline)).await);
    report.add(in_time("alerts", alerts::lines(&config, args.offline)).await);
    let failed = report.lines.iter().any(|line| line.state == State::Fail);
    if json {
        output::json(&report.lines)?;
    }
    Ok(if report.lines.iter().any(|line| line.misled) {
        Exit::Configuration
    } else if failed {
        Exit::Failed
    } else {
        Exit::Done
    })
}

/// What was found so far. Each line is printed as soon as it is known: some parts take a while.
struct Report {
    json: bool,
    lines: Vec<Line>,
}

impl Report {
    fn add(&mut self, lines: Vec<Line>) {
        if !self.json {
            lines.iter().for_each(print);
        }
        self.lines.extend(lines);
    }
}

/// Each part has time-outs of its own; whatever they miss ends here.
async fn in_time(what: &'static str, part: impl Future<Output = Vec<Line>>) -> Vec<Line> {
    match tokio::time::timeout(LONGEST_PART, Box::pin(part)).await {
        Ok(lines) => lines,
        Err(_) => vec![Line::fail(
            what,
            format!("no answer within {} s", LONGEST_PART.as_secs()),
            "somebody accepts the connection and stays silent: is it the right address, is the server well?",
        )],
    }
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
            misled: false,
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

    /// The configuration leads to a place where nothing is, or to the wrong one.
    fn misled(what: &'static str, error: &dyn std::error::Error) -> Self {
        Self {
            misled: true,
            ..Self::error(what, error)
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
