//! `agendad run`: the daemon.

use std::path::PathBuf;

use super::Exit;
use crate::app::{App, Roles};
use crate::config::Config;
use crate::lifecycle::Notified;

/// Any number of daemons may share one database; every tick runs once, whoever fires it.
///
/// SIGTERM or SIGINT: stop in good order; a second one: at once. SIGHUP: read the configuration again.
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
    file: Option<PathBuf>,
    mut told: Notified,
) -> anyhow::Result<Exit> {
    let roles = Roles {
        schedule: !args.no_schedule,
        work: !args.no_work,
    };
    let app = tokio::select! {
        started = App::start_with_retries(config) => started?,
        () = told.stop.cancelled() => {
            tracing::info!("stopped while starting");
            return Ok(Exit::Done);
        }
    };
    let reloads = async {
        while told.hangups.recv().await.is_some() {
            app.reload(file.as_deref());
            app.warn_of_windows().await;
        }
        std::future::pending::<()>().await;
    };
    let ran = tokio::select! {
        ran = app.run(roles, &told.stop) => ran,
        () = reloads => Ok(()),
    };
    let closed = app.close().await;
    ran.and(closed)?;
    tracing::info!("stopped");
    Ok(Exit::Done)
}
