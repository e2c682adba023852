//! `agendad jobs`: what waits in the queue and what is being worked on.

use super::choice::one_of;
use super::{Exit, open, output};
use crate::config::Config;
use crate::domain::JobState;
use crate::store::jobs::{JobFilter, JobListed};

/// The jobs that have not ended, in the order in which they are due.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Finished jobs are kept for some hours; the history is in `agendad runs`.\n\nExamples:\n  \
    agendad jobs --state running\n  agendad jobs --user 3 --state completed"
)]
pub(super) struct Args {
    /// Of this examiner only
    #[arg(long, value_name = "ID")]
    user: Option<i32>,
    /// In this state only
    #[arg(long, value_parser = one_of::<JobState>())]
    state: Option<JobState>,
    /// At most so many
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(i64).range(1..))]
    limit: i64,
}

pub(super) async fn run(args: Args, config: Config, json: bool) -> anyhow::Result<Exit> {
    let filter = JobFilter {
        usuario_id: args.user,
        state: args.state,
    };
    let jobs = open::store(&config, async |store| {
        Ok(store.list_jobs(&filter, args.limit).await?)
    });
    let jobs = jobs.await?;
    if json {
        output::json(&jobs)?;
        return Ok(Exit::Done);
    }
    let rows = jobs.iter().map(|job| row(job, &config)).collect();
    let header = [
        "job", "state", "user", "window", "tick", "due", "taken", "by", "ended", "tries",
    ];
    output::table(&header, rows, "no such jobs");
    Ok(Exit::Done)
}

fn row(job: &JobListed, config: &Config) -> Vec<String> {
    let text = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
    let time = |time| output::local(time, config.timezone);
    vec![
        job.id.to_string(),
        job.state.to_string(),
        text(job.usuario_id.map(|id| id.to_string())),
        text(job.window.clone()),
        time(job.tick),
        time(Some(job.scheduled_at)),
        time(job.attempted_at),
        text(job.attempted_by.clone()),
        time(job.finalized_at),
        job.attempt.to_string(),
    ]
}
