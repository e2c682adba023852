//! `agendad run`: the daemon.

use tokio_util::sync::CancellationToken;

use super::Exit;
use crate::app::{App, Roles};
use crate::config::Config;

/// Any number of daemons may share one database; every tick runs once, whoever fires it.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Work the queue, but fire no ticks
    #[arg(long)]
    no_schedule: bool,
    /// Fire ticks, but do not work the queue; with --no-schedule too, only serve HTTP
    #[arg(long)]
    no_work: bool,
}

pub(super) async fn run(
    args: Args,
    config: Config,
    stop: CancellationToken,
) -> anyhow::Result<Exit> {
    let roles = Roles {
        schedule: !args.no_schedule,
        work: !args.no_work,
    };
    let app = App::start(config).await?;
    let ran = app.run(roles, &stop).await;
    let closed = app.close().await;
    ran.and(closed)?;
    tracing::info!("stopped");
    Ok(Exit::Done)
}
