//! `agendad portal`: what the portal's pages really say, to adapt `[portal.profile]` by.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use tokio_util::sync::CancellationToken;

use super::Exit;
use super::language::say;
use super::output;
use super::who::Who;
use super::{sync, table};
use crate::app::App;
use crate::config::Config;
use crate::portal::{AuthReason, PortalErrorKind, evidence, probe};
use crate::sync::{Probed, Refusal, RunFailure};
use crate::words::cli::portal as words;
use crate::words::probe as page_words;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Walk the portal as a run would, and say at each page what it is, what was found and which keys
    /// of portal.profile decided; personal data are blanked, nothing is stored in the database
    Probe(ProbeArgs),
    /// Pages that were not understood, personal data blanked
    #[command(subcommand)]
    Evidence(EvidenceCommand),
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Example: agendad portal probe --user 3 --save pages")]
pub(super) struct ProbeArgs {
    /// The examiner whose login is used: number, as `agendad users list` shows it, or part of the name
    #[arg(long, value_name = "WHO")]
    user: Who,
    /// Keep the blanked pages in this directory
    #[arg(long, value_name = "DIR")]
    save: Option<PathBuf>,
    /// Log in although the account is paused. A second wrong password can lock the examiner out
    #[arg(long)]
    although_paused: bool,
}

#[derive(Debug, clap::Subcommand)]
pub(super) enum EvidenceCommand {
    /// The pages that are kept, oldest first
    List,
    /// One of them, as HTML
    Show {
        /// Its name, as `list` shows it
        name: String,
    },
}

pub(super) async fn run(
    command: Command,
    config: Config,
    json: bool,
    stop: CancellationToken,
) -> anyhow::Result<Exit> {
    match command {
        Command::Probe(args) => {
            let app = App::start_on_existing(config).await?;
            let done = walk(&args, &app, json, &stop).await;
            let closed = app.close().await;
            done.and_then(|exit| closed.map(|()| exit))
        }
        Command::Evidence(EvidenceCommand::List) => list(&config, json),
        Command::Evidence(EvidenceCommand::Show { name }) => {
            let page = evidence::show(&config.state_dir, &name)
                .with_context(|| say(words::not_shown(&name)))?;
            output::line(page);
            Ok(Exit::Done)
        }
    }
}

async fn walk(
    args: &ProbeArgs,
    app: &App,
    json: bool,
    stop: &CancellationToken,
) -> anyhow::Result<Exit> {
    let user = args.user.find(&app.database.store).await?;
    let mut unsaved = None;
    let mut walked = WalkedWay::default();
    let tell = |step: probe::ProbeStep| {
        walked.note(&step);
        if let Some(dir) = &args.save
            && let Err(error) = probe::save(&step, dir)
        {
            unsaved.get_or_insert(error);
        }
        if let Err(error) = show(&step, json) {
            output::error(&error);
        }
    };
    let probed = app
        .syncer
        .probe(user, args.although_paused, stop, tell)
        .await?;
    if let Some(error) = unsaved {
        return Err(error).context(say(words::NOT_SAVED));
    }
    match probed {
        Probed::Walked(Ok(())) => {
            if !json {
                output::line(walked.end(user));
            }
            Ok(Exit::Done)
        }
        Probed::Walked(Err(failure)) => {
            advise(&failure);
            Err(failure).context(say(words::NOT_WALKED))
        }
        Probed::Busy => {
            output::remark(say(words::BUSY));
            Ok(Exit::Busy)
        }
        Probed::Refused(refusal @ Refusal::Paused { .. }) => {
            bail!(say(words::paused(&sync::refused(&refusal))))
        }
        Probed::Refused(refusal) => bail!(say(sync::refused(&refusal))),
    }
}

/// What is known of the profile at the end of a walk.
#[derive(Default)]
struct WalkedWay {
    /// Keys that were not found where they were looked for last. What a session that was over did not show is shown
    /// again after the login.
    missing: BTreeSet<&'static str>,
    logged_in: bool,
}

impl WalkedWay {
    fn note(&mut self, step: &probe::ProbeStep) {
        if step.is_login() {
            self.missing.clear();
            self.logged_in = true;
        }
        for key in &step.keys {
            if key.found {
                self.missing.remove(key.key);
            } else {
                self.missing.insert(key.key);
            }
        }
    }

    /// The last line of a walk that reached its end.
    fn end(&self, user: i32) -> String {
        let missing: Vec<&str> = self.missing.iter().copied().collect();
        say(words::walked(user, &missing.join(", "), self.logged_in))
    }
}

/// What to do about a page that was not understood.
fn advise(failure: &RunFailure) {
    let RunFailure::Portal(error) = failure else {
        return;
    };
    match error.kind() {
        PortalErrorKind::Layout
        | PortalErrorKind::Unavailable { .. }
        | PortalErrorKind::InUse
        | PortalErrorKind::Auth(AuthReason::Unexplained) => {}
        PortalErrorKind::Network
        | PortalErrorKind::Timeout
        | PortalErrorKind::SessionExpired
        | PortalErrorKind::Auth(_)
        | PortalErrorKind::Captcha
        | PortalErrorKind::Firewall => return,
    }
    if let Some(name) = error.evidence().and_then(Path::file_name) {
        output::remark(say(words::page_is_kept(Path::new(name))));
    }
    output::remark(say(words::SET_THE_KEY));
}

fn show(step: &probe::ProbeStep, json: bool) -> anyhow::Result<()> {
    if json {
        output::json(step)
    } else {
        output::line(say(page_words::step(step)));
        Ok(())
    }
}

fn list(config: &Config, json: bool) -> anyhow::Result<Exit> {
    let files = evidence::list(&config.state_dir).context(say(words::NOT_LISTED))?;
    if json {
        output::json(&files)?;
        return Ok(Exit::Done);
    }
    let rows = files
        .into_iter()
        .map(|file| vec![file.name, file.bytes.to_string()])
        .collect();
    let empty = if config.state_dir.is_dir() {
        say(words::ALL_UNDERSTOOD).to_owned()
    } else {
        say(words::no_state_dir(&config.state_dir))
    };
    table::plain(&[words::PAGE, words::BYTES].map(say), rows, &empty);
    Ok(Exit::Done)
}
