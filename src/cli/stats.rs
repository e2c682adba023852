//! `agendad stats`: runs and slots, added up by day.

use super::table::{self, Column};
use super::who::{self, Who};
use super::{Exit, open, output};
use crate::config::Config;
use crate::words::cli::list as words;

/// What the runs did, day by day, newest first.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  agendad stats\n  agendad stats --user 3 --days 7\n  agendad stats --json | jq '.[0]'"
)]
pub(super) struct Args {
    /// Of this examiner only: number, or part of the name
    #[arg(long, value_name = "WHO")]
    user: Option<Who>,
    /// So many days back, today included
    #[arg(long, default_value_t = 14, value_parser = clap::value_parser!(i32).range(1..=3660))]
    days: i32,
}

const COLUMNS: [Column; 9] = [
    Column::new(words::DAY),
    Column::new(words::RUNS),
    Column::new(words::COMPLETE),
    Column::new(words::PARTIAL),
    Column::new(words::FAILED),
    Column::new(words::NEW),
    Column::new(words::UPDATED),
    Column::new(words::REMOVED),
    Column::new(words::REQUESTS).rank(0),
];

pub(super) async fn run(args: Args, config: Config, json: bool) -> anyhow::Result<Exit> {
    let zone = config.timezone.name();
    let days = open::store(&config, async |store| {
        let user = who::find(args.user.as_ref(), store).await?;
        Ok(store.statistics(user, args.days, zone).await?)
    });
    let days = days.await?;
    if json {
        output::json(&days)?;
        return Ok(Exit::Done);
    }
    let rows = days
        .iter()
        .map(|day| {
            let numbers = [
                day.runs,
                day.success,
                day.partial,
                day.failed,
                day.inserted,
                day.updated,
                day.removed,
                day.requests,
            ];
            std::iter::once(output::day(day.day).into())
                .chain(numbers.into_iter().map(Into::into))
                .collect()
        })
        .collect();
    table::show(&COLUMNS, rows, words::NO_RUNS_IN_DAYS);
    Ok(Exit::Done)
}
