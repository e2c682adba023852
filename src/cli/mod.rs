//! *Who asks?* at the command line: one file a subcommand. Tables for people, `--json` for programs.

mod actor;
mod agenda;
mod alerts;
mod as_the_service;
mod backup;
mod calendar;
mod changes;
mod check;
mod choice;
mod config;
mod database;
mod day;
mod days;
mod demo;
mod exit;
mod follow;
mod health;
mod help;
mod jobs;
mod language;
mod listing;
mod locks;
mod mails;
mod manual;
mod migrate;
mod open;
mod output;
mod people;
mod portal;
mod problem;
mod quoted;
mod reading;
mod restore;
mod run;
mod sessions;
mod setup;
mod silences;
pub mod simulate_portal;
mod stats;
mod stdout;
mod sync;
mod table;
mod usage;
mod users;
mod vault;
mod verify;
mod webhooks;
mod who;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{CommandFactory, Parser, Subcommand};
use nix::sys::stat::{Mode, umask};
use tokio_util::task::TaskTracker;

use crate::alerts::ChannelError;
use crate::app::NoDatabase;
use crate::app::portal_memory::PortalMemoryError;
use crate::clock::Clock;
use crate::config::{Config, ConfigError};
use crate::credentials::CredentialsError;
use crate::lifecycle;
use crate::store::connect::ConnectError;
use crate::vault::VaultError;
use crate::words::cli::config as words;

use exit::Exit;

/// Keeps a PostgreSQL database in step with the agendas of DETRAN examiners in e-CNHsp.
///
/// Without database.url it keeps a private PostgreSQL under state_dir. Settings: config.toml, or
/// AGENDAD_SECTION__KEY in the environment; `agendad config show` lists them all.
#[derive(Debug, Parser)]
#[command(name = "agendad", version, max_term_width = 100, after_help = EXIT_CODES)]
pub struct Cli {
    /// Configuration file [default: /etc/agendad/config.toml, else ./config.toml if there is one]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// One JSON object or array on standard output instead of a table
    #[arg(long, global = true)]
    json: bool,
    /// All columns of a table, however wide; else what fits on the terminal, or in 80 columns
    #[arg(long, global = true)]
    wide: bool,
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 done, 1 failed, 2 usage or configuration, 3 partly done, \
75 another sync of this examiner is running.\n\n\
Language of what people read: AGENDAD_LANG=pt or en, else that of LC_ALL, LC_MESSAGES, LANG (pt: Portuguese, \
else English). JSON and log have none.\n\nFirst steps: agendad demo · agendad setup · agendad check";

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the daemon: fire windows, synchronise examiners, until SIGTERM or SIGINT
    Run(run::Args),
    /// Try it out: private PostgreSQL, simulated portal, examiners and daemon, no set-up
    Demo(demo::Args),
    /// Set up what is left, asked one after another on a terminal
    Setup(setup::Args),
    /// Synchronise one examiner now
    Sync(sync::Args),
    /// Add and list examiners, change passwords, pause and resume
    #[command(subcommand)]
    Users(users::Command),
    /// Try all portal logins one after another, without reading anything
    Verify(verify::Args),
    /// The key that seals the portal passwords: make, replace, seal what is in clear text
    #[command(subcommand)]
    Vault(vault::Command),
    /// The last runs
    Runs(listing::RunsArgs),
    /// The current slots, or the removed ones
    Slots(listing::SlotsArgs),
    /// The clinic's day over all examiners; as a file, or at an address for a spreadsheet
    Agenda(agenda::Args),
    /// What changed: slots inserted, changed, removed, reappeared, with old and new values
    Changes(changes::Args),
    /// Runs and slots, added up by day
    Stats(stats::Args),
    /// The queue: what is due, waits or is being worked on
    Jobs(jobs::Args),
    /// What is wrong, who was told of it, and whether messages arrive
    #[command(subcommand)]
    Alerts(alerts::Command),
    /// Other systems that are told of changes: addresses, deliveries, replays
    #[command(subcommand)]
    Webhooks(webhooks::Command),
    /// Who is synchronising whom; take a lock from the dead
    Locks(locks::Args),
    /// The portal sessions that are kept between runs
    #[command(subcommand)]
    Sessions(sessions::Command),
    /// Who logs in to the dashboard, and what they may do; what is stored of a candidate (LGPD)
    #[command(subcommand)]
    People(people::Command),
    /// Create or update the tables, and take over what the earlier system left in them
    Migrate(migrate::Args),
    /// The database as one file: make a backup, list them, verify one
    Backup(backup::Args),
    /// Put a backup back
    Restore(restore::Args),
    /// The database as a whole: to a newer PostgreSQL, to another place, a shell on it
    #[command(subcommand)]
    Database(database::Command),
    /// Look at everything that must be right: one line each, with what to do
    Check(check::Args),
    /// Ask the daemon on this machine whether it is ready; for container engines and scripts
    Health(health::Args),
    /// The effective settings and where each comes from, secrets hidden
    #[command(subcommand)]
    Config(config::Command),
    /// Walk the portal step by step and say what is found; look at pages that were not understood
    #[command(subcommand)]
    Portal(portal::Command),
    /// A stand-in for the portal, with synthetic examiners, for trying out and developing
    SimulatePortal(simulate_portal::Args),
    /// A completion script for your shell
    Completions(manual::CompletionsArgs),
    /// The manual page
    Man(manual::ManArgs),
}

/// How long work that cannot be cancelled may keep the process from ending.
const RUNTIME_CLOSING: Duration = Duration::from_secs(1);

impl Cli {
    /// The arguments of this process. Wrong ones, or a question for help, end it, with an answer in its language.
    #[must_use]
    pub fn read() -> Self {
        usage::read()
    }
}

/// Runs a command.
#[must_use]
pub fn main(cli: Cli) -> ExitCode {
    // Whatever the caller's is: what we make holds people's data, and nobody else is to change it.
    let theirs = umask(Mode::empty());
    umask(theirs | Mode::S_IWGRP | Mode::S_IWOTH);
    table::be_wide(cli.wide);
    let outcome = match about_itself(&cli.command) {
        Some(done) => done,
        None => work(cli),
    };
    let outcome = outcome.and_then(|exit| output::finish().map(|()| exit));
    match outcome {
        Ok(exit) => exit.into(),
        Err(error) => {
            output::error(&error);
            if is_usage_or_configuration(&error) {
                Exit::Configuration.into()
            } else {
                Exit::Failed.into()
            }
        }
    }
}

/// Whether nothing has failed but what was asked for, or how it is configured.
fn is_usage_or_configuration(error: &anyhow::Error) -> bool {
    let vault = match error.downcast_ref() {
        Some(CredentialsError::Vault(error)) => Some(error),
        Some(_) | None => error.downcast_ref(),
    };
    let channel = error.downcast_ref();
    matches!(error.downcast_ref(), Some(ConnectError::Address(_)))
        || matches!(
            vault,
            Some(VaultError::BadKey | VaultError::BadKeyFile { .. })
        )
        || channel.is_some_and(|channel| !matches!(channel, ChannelError::Web(_)))
        || error.is::<ConfigError>()
        || error.is::<output::Usage>()
        || error.is::<NoDatabase>()
        || error.is::<PortalMemoryError>()
}

/// What must work whatever the settings say.
fn about_itself(command: &Command) -> Option<anyhow::Result<Exit>> {
    if let Command::Completions(args) = command {
        Some(manual::completions(args, help::tree(Cli::command())))
    } else if let Command::Man(args) = command {
        Some(manual::man(args, help::tree_of_manual(Cli::command())))
    } else if let Command::Vault(vault::Command::Init { print: true }) = command {
        Some(vault::print_key())
    } else {
        None
    }
}

fn work(cli: Cli) -> anyhow::Result<Exit> {
    let config = match (Config::load(cli.config.as_deref()), &cli.command) {
        (Ok(config), _) => config,
        (Err(error), Command::Config(command)) => {
            let file = cli.config.as_deref();
            return in_runtime(config::while_refused(command, error, file, cli.json));
        }
        (Err(error), _) => return Err(error.into()),
    };
    // The daemon's log is its output; other commands speak by themselves, unless they are asked to log.
    let daemon = matches!(cli.command, Command::Run(_) | Command::SimulatePortal(_));
    let wanted = std::env::var_os("AGENDAD_LOG__LEVEL").is_some();
    let level = if daemon || wanted {
        config.log.level.as_str()
    } else {
        "warn"
    };
    crate::telemetry::start(&config.log, level)?;
    unread_settings(&cli.command, &config)?;
    in_runtime(Box::pin(dispatch(cli, config)))
}

fn in_runtime(command: impl Future<Output = anyhow::Result<Exit>>) -> anyhow::Result<Exit> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let done = runtime.block_on(command);
    // A look-up of a name that a silent server holds up cannot be cancelled; it is not waited for.
    runtime.shutdown_timeout(RUNTIME_CLOSING);
    done
}

/// What was set in the browser counts for the daemon, whose file it is. Who may not read it works without, and is told.
fn unread_settings(command: &Command, config: &Config) -> Result<(), ConfigError> {
    let Some(path) = config.saved.unread() else {
        return Ok(());
    };
    if matches!(command, Command::Run(_)) {
        return Err(ConfigError::Unreadable {
            path: path.to_owned(),
            source: std::io::ErrorKind::PermissionDenied.into(),
        });
    }
    // These have settings of their own, or need none.
    if !matches!(
        command,
        Command::Demo(_) | Command::SimulatePortal(_) | Command::Health(_)
    ) {
        output::remark(language::say(words::unread(path)));
    }
    Ok(())
}

async fn dispatch(cli: Cli, config: Config) -> anyhow::Result<Exit> {
    let tasks = TaskTracker::new();
    let json = cli.json;
    match cli.command {
        Command::Run(args) => run::run(args, config, cli.config, lifecycle::listen(&tasks)?).await,
        Command::Demo(args) => {
            let stop = lifecycle::stop(&tasks)?;
            Box::pin(demo::run(args, config, stop)).await
        }
        Command::Setup(args) => {
            let stop = lifecycle::stop(&tasks)?;
            Box::pin(setup::run(args, config, stop)).await
        }
        Command::Sync(args) => {
            let stop = lifecycle::stop(&tasks)?;
            Box::pin(sync::run(args, config, json, stop)).await
        }
        Command::Users(command) => users::run(command, config, json).await,
        Command::Verify(args) => {
            let stop = lifecycle::stop(&tasks)?;
            Box::pin(verify::run(args, config, json, stop)).await
        }
        Command::Vault(command) => vault::run(command, config, json).await,
        Command::Runs(args) => listing::runs(args, config, json).await,
        Command::Slots(args) => listing::slots(args, config, json).await,
        Command::Agenda(args) => Box::pin(agenda::run(args, config, json)).await,
        Command::Changes(args) => changes::run(args, config, json).await,
        Command::Stats(args) => stats::run(args, config, json).await,
        Command::Jobs(args) => jobs::run(args, config, json).await,
        Command::Alerts(command) => Box::pin(alerts::run(command, config, json)).await,
        Command::Webhooks(command) => Box::pin(webhooks::run(command, config, json)).await,
        Command::Locks(args) => locks::run(args, config, json).await,
        Command::Sessions(command) => Box::pin(sessions::run(command, config, json)).await,
        Command::People(command) => people::run(command, config, json).await,
        Command::Migrate(args) => migrate::run(args, config, json).await,
        Command::Backup(args) => Box::pin(backup::run(args, config, json, &tasks)).await,
        Command::Restore(args) => Box::pin(restore::run(args, config, json)).await,
        Command::Database(command) => Box::pin(database::run(command, config, json)).await,
        Command::Check(args) => check::run(args, config, json).await,
        Command::Health(args) => health::run(&args, &config, json).await,
        Command::Config(command) => {
            let file = cli.config.as_deref();
            Box::pin(config::run(&command, &config.sources, file, json)).await
        }
        Command::Portal(command) => {
            portal::run(command, config, json, lifecycle::stop(&tasks)?).await
        }
        Command::SimulatePortal(args) => {
            let clock = Clock::system(config.timezone);
            simulate_portal::run(args, clock, lifecycle::stop(&tasks)?).await?;
            Ok(Exit::Done)
        }
        Command::Completions(_) | Command::Man(_) => Ok(Exit::Done),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::command::PRIVATE;

    #[test]
    fn of_each_command_it_is_known_whether_it_is_for_root_and_the_service_only() {
        // They read nothing that the service keeps, or are the service.
        let open = [
            "run",
            "demo",
            "health",
            "simulate-portal",
            "completions",
            "man",
        ];
        let cli = Cli::command();
        for command in cli.get_subcommands() {
            let name = command.get_name();
            assert_ne!(open.contains(&name), PRIVATE.contains(&name), "{name}");
        }
        let is_known = |name: &&str| cli.find_subcommand(name).is_some();
        assert!(PRIVATE.iter().all(is_known));
    }
}
