//! `agendad portal`: what the portal's pages really say, to adapt `[portal.profile]` by.

use std::path::PathBuf;

use anyhow::{Context, bail};
use secrecy::SecretString;

use super::Exit;
use super::output;
use crate::app::{Database, Schema};
use crate::clock::Clock;
use crate::config::Config;
use crate::portal::{
    AuthReason, Credentials, Portal, PortalError, PortalErrorKind, evidence, probe,
};
use crate::store::accounts::{Account, PauseReason, StoredPassword};
use crate::vault::{Purpose, Vault};

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
    /// The examiner whose login is used, as `agendad users list` shows it
    #[arg(long, value_name = "ID")]
    user: i32,
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

pub(super) async fn run(command: Command, config: Config, json: bool) -> anyhow::Result<Exit> {
    match command {
        Command::Probe(args) => {
            let database = Database::open(&config, Schema::Require).await?;
            let done = walk(&args, &database, &config, json).await;
            database.close().await?;
            done
        }
        Command::Evidence(EvidenceCommand::List) => list(&config, json),
        Command::Evidence(EvidenceCommand::Show { name }) => {
            let page = evidence::show(&config.state_dir, &name)
                .with_context(|| format!("failed to show {name}"))?;
            output::line(page);
            Ok(Exit::Done)
        }
    }
}

async fn walk(
    args: &ProbeArgs,
    database: &Database,
    config: &Config,
    json: bool,
) -> anyhow::Result<Exit> {
    let Some(account) = database.store.account(args.user).await? else {
        bail!("user {} has no account; see: agendad users list", args.user);
    };
    if let Some(pause) = &account.pause
        && !args.although_paused
    {
        bail!(
            "the account is paused ({}); set a new password, or run with --although-paused",
            pause.reason
        );
    }
    let clock = Clock::system(config.timezone);
    let portal = Portal::new(&config.portal, &config.retry, &config.state_dir, &clock)?;
    let credentials = Credentials {
        cpf: account.cpf.clone(),
        senha: password(&account, config)?,
        proven: account.proven,
    };
    let mut unsaved = None;
    let tell = |step: probe::ProbeStep| {
        if let Some(dir) = &args.save
            && let Err(error) = probe::save(&step, dir)
        {
            unsaved.get_or_insert(error);
        }
        let told = if json {
            output::json(&step)
        } else {
            output::line(&step);
            Ok(())
        };
        if let Err(error) = told {
            output::error(&error);
        }
    };
    let outcome = probe::walk(&portal, credentials, clock.today(), tell).await;
    if let Err(error) = &outcome {
        pause(database, &account, error, config).await?;
    }
    if let Some(error) = unsaved {
        return Err(error).context("failed to save the pages");
    }
    outcome.context("failed to walk the portal to its end")?;
    if !json {
        output::line("The walk reached its end: the profile fits.");
    }
    Ok(Exit::Done)
}

fn password(account: &Account, config: &Config) -> anyhow::Result<SecretString> {
    match &account.senha {
        StoredPassword::Clear(text) => Ok(text.clone().into()),
        StoredPassword::Sealed(sealed) => {
            let vault = Vault::open(config.secrets.vault_key.as_ref(), &config.state_dir)?;
            Ok(vault.unseal(Purpose::Password, account.usuario_id, sealed)?)
        }
        StoredPassword::Missing => bail!(
            "user {} has no password; run: agendad users set-password --user {}",
            account.usuario_id,
            account.usuario_id
        ),
    }
}

/// A refusal counts like one of a run: the daemon must not try the same password again.
async fn pause(
    database: &Database,
    account: &Account,
    error: &PortalError,
    config: &Config,
) -> anyhow::Result<()> {
    let (reason, for_how_long) = match error.kind() {
        PortalErrorKind::Auth(AuthReason::Refused) => (PauseReason::Refused, None),
        PortalErrorKind::Auth(AuthReason::Blocked) => (PauseReason::Blocked, None),
        PortalErrorKind::Captcha => (
            PauseReason::Captcha,
            Some(config.portal.profile.captcha_pause),
        ),
        PortalErrorKind::Network
        | PortalErrorKind::Timeout
        | PortalErrorKind::Unavailable { .. }
        | PortalErrorKind::SessionExpired
        | PortalErrorKind::Layout => return Ok(()),
    };
    let store = &database.store;
    if store
        .pause_after_refusal(account, reason, for_how_long)
        .await?
    {
        output::remark(format!("the account is paused: {}", reason.as_str()));
    }
    Ok(())
}

fn list(config: &Config, json: bool) -> anyhow::Result<Exit> {
    let files = evidence::list(&config.state_dir).context("failed to list the evidence")?;
    if json {
        output::json(&files)?;
        return Ok(Exit::Done);
    }
    let rows = files
        .into_iter()
        .map(|file| vec![file.name, file.bytes.to_string()])
        .collect();
    output::table(
        &["page", "bytes"],
        rows,
        "no page has been kept: all were understood",
    );
    Ok(Exit::Done)
}
