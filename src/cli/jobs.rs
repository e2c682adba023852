//! `agendad jobs`: what waits in the queue and what is being worked on.

use super::choice::one_of;
use super::language::say;
use super::listing::window_name;
use super::output::or_dash;
use super::table::{self, Cell, Column};
use super::who::{self, Who};
use super::{Exit, open, output};
use crate::config::Config;
use crate::domain::JobState;
use crate::store::jobs::{JobFilter, JobListed};
use crate::words::cli::list as words;

/// The jobs that have not ended, in the order in which they are due.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Finished jobs are kept for some hours; the history is in `agendad runs`.\n\nExamples:\n  \
    agendad jobs --state running\n  agendad jobs --user 3 --state completed"
)]
pub(super) struct Args {
    /// Of this examiner only: number, or part of the name
    #[arg(long, value_name = "WHO")]
    user: Option<Who>,
    /// In this state only
    #[arg(long, value_parser = one_of::<JobState>())]
    state: Option<JobState>,
    /// At most so many
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(i64).range(1..))]
    limit: i64,
}

const COLUMNS: [Column; 10] = [
    Column::new(words::JOB).rank(3),
    Column::new(words::STATE),
    Column::new(words::USER),
    Column::text(words::WINDOW),
    Column::new(words::TICK).rank(2),
    Column::new(words::DUE),
    Column::new(words::TAKEN).rank(5),
    Column::text(words::BY).rank(1),
    Column::new(words::ENDED).rank(0),
    Column::new(words::TRIES).rank(4),
];

pub(super) async fn run(args: Args, config: Config, json: bool) -> anyhow::Result<Exit> {
    let limit = args.limit;
    let found = open::store(&config, async |store| {
        let filter = JobFilter {
            usuario_id: who::find(args.user.as_ref(), store).await?,
            state: args.state,
        };
        let jobs = store.list_jobs(&filter, limit).await?;
        let all = output::all_if_cut(jobs.len(), limit, store.count_jobs(&filter)).await?;
        Ok((jobs, all))
    });
    let (jobs, all) = found.await?;
    if json {
        output::json(&jobs)?;
        output::remark_if_cut(jobs.len(), all);
        return Ok(Exit::Done);
    }
    let rows = jobs.iter().map(|job| row(job, &config)).collect();
    table::show(&COLUMNS, rows, words::NO_JOBS);
    output::remark_if_cut(jobs.len(), all);
    Ok(Exit::Done)
}

fn row(job: &JobListed, config: &Config) -> Vec<Cell> {
    let time = |time| output::local(time, config.timezone).into();
    let state = say(words::job(job.state));
    vec![
        job.id.into(),
        match job.state {
            JobState::Completed | JobState::Available => Cell::good(state),
            JobState::Running | JobState::Retryable => Cell::warn(state),
            JobState::Discarded => Cell::bad(state),
            JobState::Scheduled | JobState::Pending | JobState::Cancelled => state.into(),
        },
        or_dash(job.usuario_id).into(),
        window_name(job.window.as_deref(), config).into(),
        time(job.tick),
        time(Some(job.scheduled_at)),
        time(job.attempted_at),
        or_dash(job.attempted_by.as_ref()).into(),
        time(job.finalized_at),
        job.attempt.into(),
    ]
}
