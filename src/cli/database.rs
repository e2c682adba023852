//! `agendad database`: the database as a whole. To a newer PostgreSQL, to another place, and a shell on it.

mod moving;
mod upgrade;

use std::ffi::OsString;

use secrecy::ExposeSecret;

use super::language::say;
use super::{Exit, open, output};
use crate::app::{Database, Schema};
use crate::config::Config;
use crate::private_postgres::{Snapshot, Tools};
use crate::words::cli::database as words;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Take the private database to the newest PostgreSQL of this machine; the old one is kept
    Upgrade(upgrade::Args),
    /// Move between the private database and one of your own, compared row by row
    Move(moving::Args),
    /// A shell (psql) on the database, read-only unless told otherwise
    #[command(
        after_help = "Examples:\n  agendad database psql\n  agendad database psql -- -c 'SELECT count(*) FROM agenda_slots'"
    )]
    Psql(PsqlArgs),
}

#[derive(Debug, clap::Args)]
pub(super) struct PsqlArgs {
    /// Allow changes
    #[arg(long)]
    write: bool,
    /// For psql
    #[arg(last = true, value_name = "ARGUMENTS")]
    arguments: Vec<OsString>,
}

pub(super) async fn run(command: Command, config: Config, json: bool) -> anyhow::Result<Exit> {
    match command {
        Command::Upgrade(args) => Box::pin(upgrade::run(args, &config, json)).await,
        Command::Move(args) => Box::pin(moving::run(args, &config, json)).await,
        Command::Psql(args) => psql(args, &config).await,
    }
}

async fn psql(args: PsqlArgs, config: &Config) -> anyhow::Result<Exit> {
    let database = Database::open(config, Schema::AsItIs).await?;
    let shell = async {
        let url = database.url().expose_secret();
        let snapshot = Snapshot::take(url).await?;
        let major = snapshot.major();
        snapshot.release().await?;
        if !args.write {
            output::remark(say(words::READ_ONLY));
        }
        let tools = Tools::for_server(major).await?;
        anyhow::Ok(tools.psql(url, args.write, &args.arguments).await?)
    };
    let done = shell.await;
    let code = open::close(database, done).await?;
    Ok(if code == Some(0) {
        Exit::Done
    } else {
        Exit::Failed
    })
}
