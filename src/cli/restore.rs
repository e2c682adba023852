//! `agendad restore`: a backup, put back for good.

use std::path::{Path, PathBuf};

use anyhow::Context;
use secrecy::ExposeSecret;
use serde_json::json;
use tokio::io::AsyncRead;

use super::language::say;
use super::output::{self, Usage};
use super::{Exit, backup, problem};
use crate::app::database::private_dir;
use crate::backup::make::NOBODY;
use crate::backup::{Manifest, Reader, backup_dir, load};
use crate::clock::Clock;
use crate::config::{Config, saved_settings};
use crate::private_postgres::{Hold, PrivatePostgres};
use crate::settings_edit::{PutBack, put_back};
use crate::store::connect;
use crate::store::places::first_on_path;
use crate::vault::{Purpose, Vault};
use crate::words::cli::backup as words;

/// Room that a restored database needs beyond its size when it was backed up: its journal.
const SPARE: u64 = 400_000_000;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Stop the daemon first. Afterwards: agendad check, and start it. Ticks that were missed are made up for once, every examiner\n\
    is logged in anew, and what the portal lists by now is read at the first sync; no appointment is doubled.\n\
    With database.url set, the backup goes into that database, which must be empty."
)]
pub(super) struct Args {
    /// The backup; - is standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Over a private database that is there; the old one is kept beside it
    #[arg(long)]
    replace: bool,
}

pub(super) async fn run(args: Args, config: Config, json: bool) -> anyhow::Result<Exit> {
    let vault = backup::vault(&config)?;
    let mut reader = backup_dir::open(&args.file, vault.as_ref(), &config.state_dir).await?;
    let (manifest, kept) = match &config.secrets.database_url {
        Some(url) => {
            if args.replace {
                return Err(Usage(say(words::REPLACE_IS_FOR_PRIVATE).to_owned()).into());
            }
            output::remark(say(words::FILLING_GIVEN));
            let manifest = load::fill(&mut reader, url.expose_secret()).await?;
            make_ready(&config, url.expose_secret()).await?;
            (manifest, None)
        }
        None => {
            let hold = Hold::take(&private_dir(&config)).await?;
            if hold.has_cluster()? && !args.replace {
                let dir = private_dir(&config);
                return Err(Usage(say(words::private_exists(&dir))).into());
            }
            let label = format!("before-restore-{}", stamp(&config));
            Box::pin(into_private(&config, &hold, &mut reader, &label)).await?
        }
    };
    let settings = settings(&config, &manifest, vault.as_ref());
    tell(&config, &manifest, kept.as_deref(), settings.as_ref(), json)?;
    Ok(match settings {
        Some(PutBack::Refused(_)) => Exit::Partial,
        None | Some(PutBack::Restored(_) | PutBack::OthersAreThere) => Exit::Done,
    })
}

/// Fills a new private database, and puts it into place when all of it is there and compared.
pub(super) async fn into_private<R: AsyncRead + Unpin>(
    config: &Config,
    hold: &Hold,
    reader: &mut Reader<R>,
    label: &str,
) -> anyhow::Result<(Manifest, Option<PathBuf>)> {
    hold.check_room(reader.manifest().database_bytes.unsigned_abs() + SPARE)?;
    let server = match PrivatePostgres::start(&hold.workshop().await?).await {
        Ok(server) => server,
        Err(error) => {
            hold.clear_workshop().await?;
            return Err(error.into());
        }
    };
    output::remark(say(words::FILLING_NEW));
    let filled = async {
        let manifest = load::fill(reader, server.url()).await?;
        make_ready(config, server.url()).await?;
        anyhow::Ok(manifest)
    };
    let filled = Box::pin(filled).await;
    server.stop().await?;
    match filled {
        Ok(manifest) => Ok((manifest, hold.install(label).await?)),
        Err(error) => {
            hold.clear_workshop().await?;
            Err(error)
        }
    }
}

/// Migrates to this version's tables, forgets portal sessions of the time of the backup, and numbers on beyond all that was
/// told since.
async fn make_ready(config: &Config, url: &str) -> anyhow::Result<()> {
    let schema = config.database.schema();
    let url = first_on_path(url, schema).await?;
    let store = connect::store(&url, 4).await?.in_zone(config.timezone);
    let ready = async {
        store.migrate_into(schema).await?;
        store.forget_cookies().await?;
        store.leave_numbers_out().await?;
        anyhow::Ok(())
    };
    let ready = ready.await;
    store.pool().close().await;
    ready.context(say(words::CANNOT_BE_USED))
}

/// What was set in the browser comes back with the database; `None`: there is nothing of it in the backup.
fn settings(config: &Config, manifest: &Manifest, vault: Option<&Vault>) -> Option<PutBack> {
    let (sealed, vault) = (manifest.settings.as_deref()?, vault?);
    Some(match vault.unseal(Purpose::Settings, NOBODY, sealed) {
        Ok(text) => put_back(config, text.expose_secret()),
        Err(error) => PutBack::Refused(error.into()),
    })
}

/// The current time, as part of a file name.
pub(super) fn stamp(config: &Config) -> String {
    Clock::system(config.timezone)
        .now()
        .format("%Y%m%d-%H%M%S")
        .to_string()
}

fn tell(
    config: &Config,
    manifest: &Manifest,
    before: Option<&Path>,
    settings: Option<&PutBack>,
    json: bool,
) -> anyhow::Result<()> {
    if json {
        let words::Size { rows, tables } = backup::size(manifest);
        return output::json(
            &json!({ "made_at": manifest.made_at, "rows": rows, "tables": tables, "kept": before, "settings": settings }),
        );
    }
    let made = output::local(Some(manifest.made_at), config.timezone);
    output::tell(words::restored(&made, backup::size(manifest)));
    if let Some(before) = before {
        output::tell(words::before_is_kept(before));
    }
    match settings {
        None => {}
        Some(PutBack::Restored(left)) => output::tell(words::settings_restored(left)),
        Some(PutBack::OthersAreThere) => {
            let file = saved_settings::path_in(&config.state_dir);
            output::remark(say(words::settings_stay(&file)));
        }
        Some(PutBack::Refused(why)) => {
            let why = problem::in_a_line(why.as_ref());
            output::remark(say(words::settings_refused(&why)));
        }
    }
    output::line(say(words::NEXT));
    Ok(())
}
