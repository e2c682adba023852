//! `agendad vault`: the key that seals the portal passwords.

use std::collections::HashSet;

use anyhow::bail;

use super::actor::actor;
use super::language::say;
use super::output::{self, Usage};
use super::{Exit, open};
use crate::backup::BackupError;
use crate::backup::backup_dir::{self, BackupDir};
use crate::config::Config;
use crate::config::backup::BackupOf;
use crate::credentials::{self, Resealed};
use crate::store::Store;
use crate::vault::{self, Vault};
use crate::words::cli::vault as words;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Make the key file, unless there is a key
    #[command(
        after_help = "The daemon does the same at its first start. With --print a key is only printed, for\n\
        AGENDAD_VAULT__KEY, a secret store or systemd's LoadCredential=vault.key."
    )]
    Init {
        /// Print a new key instead of writing it anywhere
        #[arg(long)]
        print: bool,
    },
    /// Replace the key: seal every stored password anew
    #[command(
        after_help = "With the key file, this is all: the new key is put in front, everything is sealed anew in one\n\
        transaction, running daemons follow by themselves, and the last key stays as the second line for backups\n\
        made before, as do those of backups in backup.directory. Interrupted at any point, it can be run again.\n\n\
        With a key that is configured elsewhere:\n  \
        1. agendad vault init --print                      a new key\n  \
        2. vault.key = \"NEW OLD\" for all daemons, restart   both open, the new one seals\n  \
        3. agendad vault rotate                            with the same setting\n  \
        4. vault.key = \"NEW\""
    )]
    Rotate,
    /// Seal the clear-text passwords that the earlier application has written
    #[command(
        after_help = "The column `senha` is emptied: do this once the earlier application no longer reads it.\n\
        What that application writes later is used as before, until sealed again."
    )]
    Seal,
}

pub(super) async fn run(command: Command, config: Config, json: bool) -> anyhow::Result<Exit> {
    match command {
        Command::Init { .. } => init(&config, json),
        Command::Rotate => {
            open::store(&config, async |store| rotate(store, &config, json).await).await
        }
        Command::Seal => open::store(&config, async |store| seal(store, &config, json).await).await,
    }
}

/// A new key on standard output. The settings are not read for it: the shell that writes it into a file of theirs has
/// emptied that file already, and an empty one is refused.
pub(super) fn print_key() -> anyhow::Result<Exit> {
    output::line(&*vault::generate()?);
    Ok(Exit::Done)
}

fn init(config: &Config, json: bool) -> anyhow::Result<Exit> {
    let key = config.secrets.vault_key.as_ref();
    let made = Vault::find(key, &config.state_dir)?.is_none();
    let vault = Vault::open(key, &config.state_dir)?;
    let (id, file) = (vault.key_id(), vault.file());
    if json {
        output::json(&serde_json::json!({ "key": id, "file": file, "made": made }))?;
        return Ok(Exit::Done);
    }
    output::tell(match file {
        None => words::configured(&id),
        Some(file) => words::in_file(file, &id, made),
    });
    Ok(Exit::Done)
}

async fn rotate(store: &Store, config: &Config, json: bool) -> anyhow::Result<Exit> {
    let vault = open::vault(store, config).await?;
    // Of two at once, the second would drop the key with which the first has just sealed.
    let Some(_lock) = vault.lock()? else {
        bail!(say(words::IS_ROTATING));
    };
    let done = match finish(store, &vault).await? {
        Some(done) => done,
        None => {
            add_key(store, config, &vault).await?;
            credentials::reseal(store, &vault, &actor()).await?
        }
    };
    let id = vault.key_id();
    if json {
        output::json(
            &serde_json::json!({ "key": id, "resealed": done.resealed, "already": done.already, "unopened": done.unopened,
                "unopened_webhooks": done.unopened_webhooks }),
        )?;
    } else {
        output::tell(words::rotated(done.resealed + done.already, &id));
        output::remark(match vault.file() {
            Some(file) => say(words::second_line(file)),
            None => say(words::OTHER_KEYS).to_owned(),
        });
    }
    if !done.unopened.is_empty() {
        output::remark(say(words::unopened(&done.unopened)));
    }
    if !done.unopened_webhooks.is_empty() {
        output::remark(say(words::unopened_webhooks(&done.unopened_webhooks)));
    }
    let is_whole = done.unopened.is_empty() && done.unopened_webhooks.is_empty();
    Ok(if is_whole { Exit::Done } else { Exit::Partial })
}

/// Ends a rotation that put its key in front and was interrupted before everything was sealed. `None`: there was none.
async fn finish(store: &Store, vault: &Vault) -> anyhow::Result<Option<Resealed>> {
    let first = vault.key_id();
    let sealing = store.sealing_keys().await?;
    if !sealing.iter().any(|id| *id != first && vault.has_key(id)) {
        return Ok(None);
    }
    let done = credentials::reseal(store, vault, &actor()).await?;
    // What cannot be opened any more keeps its key, and must not be taken for what was left over for ever.
    let was_unfinished = done.resealed + done.resealed_webhooks > 0;
    Ok((was_unfinished || vault.file().is_none()).then_some(done))
}

/// Puts a new key in front, and keeps those without which something that is kept could not be opened.
async fn add_key(store: &Store, config: &Config, vault: &Vault) -> anyhow::Result<()> {
    if vault.file().is_none() {
        return Err(Usage(say(words::nothing_to_rotate(&vault.key_id()))).into());
    }
    let of_backups = keys_of_backups(config).await?;
    let sealing = store.sealing_keys().await?;
    vault.add_key(|id| {
        let is_of_backup = of_backups.as_ref().is_none_or(|needed| needed.contains(id));
        is_of_backup || sealing.iter().any(|key| key == id)
    })?;
    Ok(())
}

/// Ids of the keys without which a backup that is kept here could not be opened; `None`: that cannot be known, where none
/// is made any more and the directory is away.
async fn keys_of_backups(config: &Config) -> anyhow::Result<Option<HashSet<String>>> {
    let dir = BackupDir::of(config);
    if config.backup.of == BackupOf::None && dir.is_missing() {
        return Ok(None);
    }
    let mut keys = HashSet::new();
    for kept in dir.list()? {
        let manifest = match backup_dir::manifest(&kept.path).await {
            Ok(manifest) => manifest,
            // One that says nothing of itself cannot be put back with any key.
            Err(BackupError::NotABackup | BackupError::NotWhole | BackupError::Damaged) => continue,
            Err(error) => return Err(error.into()),
        };
        keys.extend(manifest.sealed.map(|sealed| sealed.key));
    }
    Ok(Some(keys))
}

async fn seal(store: &Store, config: &Config, json: bool) -> anyhow::Result<Exit> {
    let vault = open::vault(store, config).await?;
    let sealed = credentials::seal_clear(store, &vault, &actor()).await?;
    if json {
        output::json(&serde_json::json!({ "key": vault.key_id(), "sealed": sealed }))?;
    } else {
        output::tell(words::sealed(sealed, &vault.key_id()));
    }
    Ok(Exit::Done)
}
