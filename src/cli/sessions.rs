//! `agendad sessions`: the portal sessions that are kept between runs.

use serde_json::json;

use super::output::Usage;
use super::{Exit, output};
use crate::clock::Clock;
use crate::config::Config;
use crate::session::SharedSessions;

#[derive(Debug, clap::Subcommand)]
#[command(
    after_help = "With session.store = \"memory\" every daemon keeps its sessions for itself: no command can see them, and\n\
    they end with the daemon. With session.store = \"redis\" all daemons on that Redis share them.\n\
    A session that the portal no longer honours is replaced by a login by itself."
)]
pub(super) enum Command {
    /// Whose sessions are kept, and until when
    List,
    /// Forget all sessions: every examiner's next run logs in
    Clear,
}

pub(super) async fn run(command: Command, config: Config, json: bool) -> anyhow::Result<Exit> {
    let clock = Clock::system(config.timezone);
    let Some(sessions) = SharedSessions::of(&config, clock)? else {
        return Err(Usage(
            "session.store is \"memory\": every running daemon keeps its sessions in its own memory, where no command can \
             see or clear them; to clear them restart the daemon"
                .to_owned(),
        )
        .into());
    };
    match command {
        Command::List => list(&sessions, &config, json).await,
        Command::Clear => {
            let cleared = sessions.clear().await?;
            if json {
                output::json(&json!({ "cleared": cleared }))?;
            } else {
                output::line(format!("{cleared} sessions are forgotten"));
            }
            Ok(Exit::Done)
        }
    }
}

async fn list(sessions: &SharedSessions, config: &Config, json: bool) -> anyhow::Result<Exit> {
    let sessions = sessions.list().await?;
    if json {
        output::json(&sessions)?;
        return Ok(Exit::Done);
    }
    let rows = sessions
        .iter()
        .map(|session| {
            vec![
                session.usuario_id.to_string(),
                output::local(Some(session.dies_at), config.timezone),
            ]
        })
        .collect();
    output::table(&["user", "until"], rows, "no sessions are kept");
    Ok(Exit::Done)
}
