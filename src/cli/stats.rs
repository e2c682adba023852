//! `agendad stats`: runs and slots, added up by day.

use super::{Exit, open, output};
use crate::config::Config;

/// What the runs did, day by day, newest first.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  agendad stats\n  agendad stats --user 3 --days 7\n  agendad stats --json | jq '.[0]'"
)]
pub(super) struct Args {
    /// Of this examiner only
    #[arg(long, value_name = "ID")]
    user: Option<i32>,
    /// So many days back, today included
    #[arg(long, default_value_t = 14, value_parser = clap::value_parser!(i32).range(1..=3660))]
    days: i32,
}

pub(super) async fn run(args: Args, config: Config, json: bool) -> anyhow::Result<Exit> {
    let zone = config.timezone.name();
    let days = open::store(&config, async |store| {
        Ok(store.statistics(args.user, args.days, zone).await?)
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
            let numbers = numbers.iter().map(ToString::to_string);
            std::iter::once(day.day.to_string())
                .chain(numbers)
                .collect()
        })
        .collect();
    let header = [
        "day", "runs", "ok", "partly", "not", "new", "upd", "rem", "requests",
    ];
    output::table(&header, rows, "no runs in these days");
    Ok(Exit::Done)
}
