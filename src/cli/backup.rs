//! `agendad backup`: the database as one file, now; and whether such a file is one.

use std::io::{ErrorKind, IsTerminal};
use std::os::fd::AsFd;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use clap::{Args as ClapArgs, Subcommand};
use secrecy::ExposeSecret;
use serde_json::json;
use tokio::io::{AsyncRead, AsyncWriteExt};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::language::say;
use super::output::{self, Usage};
use super::{Exit, open, problem, table};
use crate::app::{Database, Schema};
use crate::backup::backup_dir::{self, BackupDir};
use crate::backup::make::{self, Source};
use crate::backup::room::Room;
use crate::backup::throwaway::Throwaway;
use crate::backup::{BackupError, Manifest, Reader, load};
use crate::clock::Clock;
use crate::config::{Config, saved_settings};
use crate::lifecycle;
use crate::vault::Vault;
use crate::words::cli::backup::{self as words, Other, Size};

/// How often a wait looks.
const LOOK: Duration = Duration::from_millis(200);
/// What stands for it in place of a file.
const STANDARD_OUTPUT: &str = "-";

#[derive(Debug, ClapArgs)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Daemons may go on meanwhile. The key that opens a sealed backup (vault.key) is not in it: keep a copy elsewhere.\n\
    Examples:\n  agendad backup\n  agendad backup --output /mnt/usb/agenda.backup\n  agendad backup --output - | ssh nas 'cat > agenda.backup'"
)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    /// This file instead of one in backup.directory; - is standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// In clear text, whatever backup.sealed says
    #[arg(long)]
    clear: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// The backups in backup.directory, newest first
    List,
    /// Put a backup back into a throw-away server, and compare every table
    Verify {
        /// The backup; - is standard input
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// What pg_dump said, on standard output, for pg_restore: a way back without agendad restore
    Open {
        /// The backup; - is standard input
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

pub(super) async fn run(
    args: Args,
    config: Config,
    json: bool,
    tasks: &TaskTracker,
) -> anyhow::Result<Exit> {
    match args.command {
        None => make(&config, args.output.as_deref(), args.clear, json).await,
        Some(Command::List) => list(&config, json).await,
        Some(Command::Verify { file }) => verify(&config, &file, json, tasks).await,
        Some(Command::Open { file }) => open_file(&config, &file).await,
    }
}

async fn make(config: &Config, to: Option<&Path>, clear: bool, json: bool) -> anyhow::Result<Exit> {
    to.map_or(Ok(()), check_output)?;
    let database = Database::open(config, Schema::AsItIs).await?;
    let done = Box::pin(make_of(&database, config, to, clear)).await;
    let (manifest, path) = open::close(database, done).await?;
    let told = json!({
        "file": path, "made_at": manifest.made_at, "rows": manifest.rows(), "tables": manifest.tables.len(),
        "server": manifest.major(), "sealed": manifest.sealed.as_ref().map(|key| &key.key),
    });
    let Some(path) = path else {
        // Standard output is the backup.
        return Ok(Exit::Done);
    };
    if json {
        output::json(&told)?;
        return Ok(Exit::Done);
    }
    output::tell(words::made(&path, size(&manifest)));
    if let Some(key) = &manifest.sealed {
        let vault = vault(config)?;
        let file = vault.as_ref().and_then(Vault::file);
        output::remark(say(words::opens_only_with(&key.key, file)));
    }
    Ok(Exit::Done)
}

/// Refuses what would be lost, or is for nobody to read. A file takes the place of what has its name: of a device for good,
/// and of a link such as `/dev/stdout`, wherever that leads.
fn check_output(to: &Path) -> Result<(), Usage> {
    let refused = if to == Path::new(STANDARD_OUTPUT) {
        let is_shown = std::io::stdout().is_terminal();
        is_shown.then(|| say(words::BACKUP_IS_NO_TEXT).to_owned())
    } else {
        let is_other = to.symlink_metadata().is_ok_and(|found| !found.is_file());
        is_other.then(|| say(words::no_plain_file(to)))
    };
    refused.map_or(Ok(()), |why| Err(Usage(why)))
}

async fn make_of(
    database: &Database,
    config: &Config,
    to: Option<&Path>,
    clear: bool,
) -> anyhow::Result<(Manifest, Option<PathBuf>)> {
    let vault = if clear || !config.backup.sealed {
        None
    } else {
        Some(open::vault(&database.store, config).await?)
    };
    let direct = config.secrets.database_lock_url.as_ref();
    let settings = saved_settings::path_in(&config.state_dir);
    let source = Source {
        url: direct.unwrap_or(database.url()).expose_secret(),
        private: database.is_private(),
        vault: vault.as_ref(),
        settings: Some(&settings),
    };
    let now = Clock::system(config.timezone).now();
    if to == Some(Path::new(STANDARD_OUTPUT)) {
        let (manifest, _) = make::write(&source, now, standard_output()?).await?;
        return Ok((manifest, None));
    }
    let backup_dir = BackupDir::of(config);
    // Of a directory that cannot be listed nothing is known.
    let last = backup_dir.newest(now).ok().flatten();
    let last = last.map_or(0, |last| last.bytes);
    if let Some(path) = to {
        let room = Room::beside(&config.state_dir, make::directory(path), last);
        let manifest = make::to_file(&source, now, path, &room).await?;
        return Ok((manifest, Some(path.to_owned())));
    }
    backup_dir.prepare()?;
    let _lock = patient(Other::Backup, async || backup_dir.lock()).await?;
    backup_dir.clear_partial()?;
    let path = backup_dir.path(now);
    let room = Room::on_disk_of_database(backup_dir.dir(), last);
    let manifest = make::to_file(&source, now, &path, &room).await?;
    Ok((manifest, Some(path)))
}

/// Waits for what only one process has at a time, and says that it does.
async fn patient<T>(
    other: Other,
    mut ask: impl AsyncFnMut() -> Result<Option<T>, BackupError>,
) -> Result<T, BackupError> {
    let mut is_said = false;
    loop {
        if let Some(mine) = ask().await? {
            return Ok(mine);
        }
        if !is_said {
            output::remark(say(words::waiting(other)));
            is_said = true;
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Standard output, to which bytes are written as they are.
fn standard_output() -> std::io::Result<tokio::fs::File> {
    let handle = std::io::stdout().as_fd().try_clone_to_owned()?;
    Ok(tokio::fs::File::from_std(handle.into()))
}

/// How much is in it.
pub(super) fn size(manifest: &Manifest) -> Size {
    Size {
        rows: manifest.rows(),
        tables: manifest.tables.len(),
    }
}

async fn list(config: &Config, json: bool) -> anyhow::Result<Exit> {
    let kept = BackupDir::of(config).list()?;
    if json {
        let all: Vec<_> = kept
            .iter()
            .map(|kept| json!({ "file": kept.path, "made_at": kept.made_at, "bytes": kept.bytes, "verified_at": kept.verified_at }))
            .collect();
        output::json(&all)?;
        return Ok(Exit::Done);
    }
    let mut rows = Vec::new();
    for kept in &kept {
        let manifest = backup_dir::manifest(&kept.path).await;
        let (rows_in_it, sealed) = match &manifest {
            Ok(manifest) => (
                manifest.rows().to_string(),
                manifest
                    .sealed
                    .as_ref()
                    .map_or(say(words::NO).to_owned(), |key| {
                        say(words::with_key(&key.key))
                    }),
            ),
            Err(error) => (problem::of(error), String::new()),
        };
        rows.push(vec![
            kept.path.display().to_string(),
            output::local(Some(kept.made_at), config.timezone),
            format!("{:.1} MB", kept.bytes as f64 / 1e6),
            rows_in_it,
            sealed,
            output::local(kept.verified_at, config.timezone),
        ]);
    }
    let header = [
        words::FILE,
        words::MADE,
        words::SIZE,
        words::ROWS,
        words::SEALED,
        words::VERIFIED,
    ];
    let none = words::none(BackupDir::of(config).dir(), &config.state_dir);
    table::plain(&header.map(say), rows, &say(none));
    Ok(Exit::Done)
}

/// The keys at hand; none is made.
pub(super) fn vault(config: &Config) -> anyhow::Result<Option<Vault>> {
    Ok(Vault::find(
        config.secrets.vault_key.as_ref(),
        &config.state_dir,
    )?)
}

async fn verify(
    config: &Config,
    file: &Path,
    json: bool,
    tasks: &TaskTracker,
) -> anyhow::Result<Exit> {
    let mut reader = backup_dir::open(file, vault(config)?.as_ref(), &config.state_dir).await?;
    // Until here there is nothing that a signal would leave behind.
    let stop = lifecycle::stop(tasks)?;
    let state_dir = &config.state_dir;
    let verified = if state_dir.is_dir() {
        // On its disk a copy has room, and its owner may run a server there.
        verify_below(state_dir, &mut reader, &stop).await?
    } else {
        let temporary = temporary_dir()?;
        let verified = verify_below(&temporary, &mut reader, &stop).await;
        std::fs::remove_dir_all(&temporary).with_context(|| say(words::not_removed(&temporary)))?;
        verified?
    };
    let Some(manifest) = verified else {
        output::remark(say(words::NOT_VERIFIED));
        return Ok(Exit::Failed);
    };
    if json {
        let Size { rows, tables } = size(&manifest);
        output::json(
            &json!({ "file": file, "made_at": manifest.made_at, "rows": rows, "tables": tables }),
        )?;
    } else {
        let made = output::local(Some(manifest.made_at), config.timezone);
        output::tell(words::good(file, &made, size(&manifest)));
    }
    Ok(Exit::Done)
}

/// Puts it back into a server below `above`; `None`: stopped before the end. Either way nothing stays of what is there in clear
/// text.
async fn verify_below<R: AsyncRead + Unpin>(
    above: &Path,
    reader: &mut Reader<R>,
    stop: &CancellationToken,
) -> Result<Option<Manifest>, BackupError> {
    let verified = async {
        let place = patient(Other::Verification, async || Throwaway::take(above).await);
        load::verify(reader, place.await?).await
    };
    match stop.run_until_cancelled(Box::pin(verified)).await {
        Some(verified) => verified.map(Some),
        // What was dropped has only told its server to end.
        None => Throwaway::clear(above).await.map(|()| None),
    }
}

/// A directory of this process's own, where there is no state directory.
fn temporary_dir() -> anyhow::Result<PathBuf> {
    let dir = std::env::temp_dir().join(format!("agendad-verify-{}", std::process::id()));
    let made = std::fs::DirBuilder::new().mode(0o711).create(&dir);
    made.with_context(|| say(words::not_made(&dir)))?;
    Ok(dir)
}

async fn open_file(config: &Config, file: &Path) -> anyhow::Result<Exit> {
    let mut reader = backup_dir::open(file, vault(config)?.as_ref(), &config.state_dir).await?;
    if std::io::stdout().is_terminal() {
        return Err(Usage(say(words::NO_TEXT).to_owned()).into());
    }
    let mut out = standard_output()?;
    let passed = async {
        while let Some(part) = reader.next().await? {
            out.write_all(&part).await.map_err(BackupError::Stream)?;
        }
        out.flush().await.map_err(BackupError::Stream)
    };
    let passed = passed.await;
    // A reader that has gone away (`| pg_restore --list`) has what it wanted.
    let is_enough =
        matches!(&passed, Err(BackupError::Stream(error)) if error.kind() == ErrorKind::BrokenPipe);
    if !is_enough {
        passed?;
    }
    Ok(Exit::Done)
}
