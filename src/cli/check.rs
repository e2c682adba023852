//! `agendad check`: what an operator runs first when something is wrong. Each line says what was tried
//! and what came back; a bad one says what to do. `warn` lines do not make it fail.

mod alerts;
mod backups;
mod database;
mod http;
mod line;
mod local;
mod people;
mod portal;
mod server;
mod sessions;
mod zone;

use std::time::Duration;

use super::language::say;
use super::{Exit, output, table};
use crate::config::Config;
use crate::words::cli::check as words;
use crate::words::cli::check::part::{self, Part};
use line::{Line, State};

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

/// The column in which what was found begins, behind mark and name.
const FOUND_AT: usize = 21;

pub(super) async fn run(args: Args, config: Config, json: bool) -> anyhow::Result<Exit> {
    let mut report = Report {
        json,
        lines: Vec::new(),
    };
    report.add(local::lines(&config));
    report.add(vec![zone::line(&config)]);
    report.add(in_time(Part::Backups, backups::lines(&config)).await);
    if !args.offline {
        report.add(in_time(Part::Database, database::lines(&config)).await);
        report.add(in_time(Part::Portal, portal::lines(&config)).await);
    }
    report.add(http::lines(&config));
    report.add(in_time(Part::Sessions, sessions::lines(&config, args.offline)).await);
    report.add(in_time(Part::Alerts, alerts::lines(&config, args.offline)).await);
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
async fn in_time(what: Part, lines: impl Future<Output = Vec<Line>>) -> Vec<Line> {
    match tokio::time::timeout(LONGEST_PART, Box::pin(lines)).await {
        Ok(lines) => lines,
        Err(_) => vec![Line::fail(
            what,
            words::no_answer(LONGEST_PART.as_secs()),
            words::SILENT,
        )],
    }
}

fn print(line: &Line) {
    let mark = match line.state {
        State::Ok => output::green(say(words::OK)),
        State::Warn => output::yellow(say(words::WARN)),
        State::Fail => output::red(say(words::FAIL)),
    };
    let (what, found) = (say(part::name(line.what)), say(line.found.clone()));
    output::line(table::wrap(
        &format!("{mark}  {what:<14} "),
        FOUND_AT,
        &found,
    ));
    if let Some(cure) = line.cure.clone().map(say) {
        let arrow = format!("{:22}→ ", "");
        output::line(table::wrap(&arrow, FOUND_AT + 3, &cure));
    }
}
