//! `agendad database upgrade`: from one major version of PostgreSQL to the next. At every step there is one cluster that
//! starts, and a way back to the old one until `--finish`.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::bail;
use serde_json::json;

use crate::app::NoDatabase;
use crate::app::database::private_dir;
use crate::backup::backup_dir::{self, BackupDir};
use crate::cli::language::say;
use crate::cli::output::{self, Usage};
use crate::cli::{Exit, backup, restore};
use crate::clock::Clock;
use crate::config::Config;
use crate::private_postgres::{
    Hold, Mode, PrivatePostgres, Snapshot, TableFigures, Versions, analyze, differences, figures,
    forget, versions,
};
use crate::store::connect;
use crate::store::places::first_on_path;
use crate::words::cli::backup::NEXT;
use crate::words::cli::database as words;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Stop the daemon first, but for --finish. The programs of both versions must be on this machine: Debian keeps the old ones when it is upgraded\n\
    (do not autoremove them before). Where they are gone: --from-backup.\n\
    Interrupted at any point, the old database is still there and starts; run it again.\n\
    Examples:\n  agendad database upgrade --dry-run\n  agendad database upgrade\n  agendad database upgrade --finish    days later: delete the old one"
)]
pub(in crate::cli) struct Args {
    /// Do all of it beside the database, compare, and throw it away: changes nothing
    #[arg(long, conflicts_with_all = ["finish", "undo", "from_backup"])]
    dry_run: bool,
    /// Delete the old database that an upgrade kept
    #[arg(long, conflicts_with = "undo")]
    finish: bool,
    /// Take back the old database that an upgrade kept; what was stored since stays in the newer one, which is kept
    #[arg(long)]
    undo: bool,
    /// Without the old programs: from this backup; what was stored after it is lost, but for what the portal still lists
    #[arg(long, value_name = "FILE", conflicts_with_all = ["finish", "undo"])]
    from_backup: Option<PathBuf>,
}

pub(super) async fn run(args: Args, config: &Config, json: bool) -> anyhow::Result<Exit> {
    if config.secrets.database_url.is_some() {
        return Err(Usage(say(words::NOT_PRIVATE).to_owned()).into());
    }
    let dir = private_dir(config);
    if !PrivatePostgres::exists(&dir)? {
        let state_dir = config.state_dir.clone();
        return Err(NoDatabase { state_dir, dir }.into());
    }
    if args.finish {
        return finish(&dir, json).await;
    }
    let hold = Hold::take(&dir).await?;
    let found = versions(&dir).await?;
    if args.undo {
        return undo(config, &hold, &found, json);
    }
    let Some((from, to)) = way(&hold, &found)? else {
        let version = found.cluster.unwrap_or_default();
        if json {
            output::json(&json!({ "from": version, "to": version, "done": false }))?;
        } else {
            output::tell(words::newest_already(version));
        }
        return Ok(Exit::Done);
    };
    let began = Instant::now();
    let label = format!("{from}-{}", restore::stamp(config));
    let kept = if let Some(file) = &args.from_backup {
        from_backup(config, &hold, file, &label).await?
    } else if found.installed.contains(&from) {
        convert(config, &hold, to, (!args.dry_run).then_some(&label)).await?
    } else {
        bail!(no_programs(config, from, to)?);
    };
    let upgrade = Upgrade {
        from,
        to,
        is_rehearsal: args.dry_run,
        kept,
        seconds: began.elapsed().as_secs_f64(),
    };
    upgrade.tell(json)?;
    Ok(Exit::Done)
}

/// One that was made, or rehearsed.
struct Upgrade {
    from: u32,
    to: u32,
    is_rehearsal: bool,
    /// Where the old database is kept.
    kept: Option<PathBuf>,
    seconds: f64,
}

impl Upgrade {
    fn tell(&self, json: bool) -> anyhow::Result<()> {
        let Self {
            from,
            to,
            is_rehearsal,
            ref kept,
            seconds,
        } = *self;
        if json {
            return output::json(
                &json!({ "from": from, "to": to, "done": !is_rehearsal, "kept": kept, "seconds": seconds }),
            );
        }
        if is_rehearsal {
            output::tell(words::rehearsed(from, to, seconds));
            return Ok(());
        }
        output::tell(words::upgraded(to, seconds));
        if let Some(kept) = kept {
            output::tell(words::old_is_kept(kept));
        }
        output::line(say(NEXT));
        Ok(())
    }
}

/// From which version to which; `None`: there is no newer one.
fn way(hold: &Hold, found: &Versions) -> anyhow::Result<Option<(u32, u32)>> {
    let Some(cluster) = found.cluster else {
        return Ok(None);
    };
    let Some(&newest) = found.installed.first() else {
        bail!(say(words::NO_SERVER));
    };
    if newest < cluster {
        let kept = of_upgrades(hold)?;
        let before = kept.last().and_then(|path| version_of(path));
        let can_undo = before.is_some_and(|before| before < cluster);
        bail!(say(words::newer_than_programs(cluster, newest, can_undo)));
    }
    Ok((newest > cluster).then_some((cluster, newest)))
}

/// What to do where the old programs are gone.
fn no_programs(config: &Config, from: u32, to: u32) -> anyhow::Result<String> {
    let now = Clock::system(config.timezone).now();
    let newest = BackupDir::of(config).newest(now)?;
    let backup = match newest {
        Some(kept) => {
            let made = output::local(Some(kept.made_at), config.timezone);
            words::from_backup(&kept.path, &made, to)
        }
        None => words::NO_BACKUP.owned(),
    };
    Ok(say(words::no_programs(from, &backup)))
}

/// With both versions' programs. Without a label it is a rehearsal.
async fn convert(
    config: &Config,
    hold: &Hold,
    to: u32,
    label: Option<&String>,
) -> anyhow::Result<Option<PathBuf>> {
    let made = Box::pin(make_beside(config, hold, to)).await;
    let (Ok(()), Some(label)) = (&made, label) else {
        // A copy of everything, in clear text.
        hold.clear_workshop().await?;
        return made.map(|()| None);
    };
    output::remark(say(words::PLACING));
    Ok(hold.install(label).await?)
}

/// Makes the newer cluster in the workshop, and looks whether it is as the old one.
async fn make_beside(config: &Config, hold: &Hold, to: u32) -> anyhow::Result<()> {
    output::remark(say(words::READING));
    let (before, has_checksums) = look(hold).await?;
    output::remark(say(words::making(to)));
    let mode = hold
        .convert(to, has_checksums, &mut |line| {
            output::remark(format!("    {line}"));
        })
        .await?;
    output::remark(say(match mode {
        Mode::Clone => words::CLONED,
        Mode::Copy => words::COPIED,
    }));
    let server = PrivatePostgres::start(&hold.next_dir()).await?;
    let tried = Box::pin(try_out(config, server.url(), &before)).await;
    server.stop().await?;
    tried
}

async fn look(hold: &Hold) -> anyhow::Result<(Vec<TableFigures>, bool)> {
    let looked = async {
        let mut snapshot = Snapshot::take(&hold.serve().await?).await?;
        let tables = snapshot.tables().await?;
        let has_checksums = snapshot.has_checksums();
        snapshot.release().await?;
        anyhow::Ok((tables, has_checksums))
    };
    let looked = looked.await;
    hold.stop().await?;
    looked
}

/// Compares, gathers statistics, and looks at our tables and the queue's.
async fn try_out(config: &Config, url: &str, before: &[TableFigures]) -> anyhow::Result<()> {
    output::remark(say(words::COMPARING));
    let differ = differences(before, &figures(url).await?);
    if !differ.is_empty() {
        bail!(say(words::differs(&differ.join("; "))));
    }
    output::remark(say(words::STATISTICS));
    analyze(url).await?;
    let schema = config.database.schema();
    let url = first_on_path(url, schema).await?;
    let store = connect::store(&url, 2).await?;
    let looked = store.migrate_into_dry_run(schema).await;
    store.pool().close().await;
    let looked = looked?;
    let pending = looked.applied.len();
    if pending > 0 {
        output::remark(say(words::pending(pending)));
    }
    Ok(())
}

async fn from_backup(
    config: &Config,
    hold: &Hold,
    file: &Path,
    label: &str,
) -> anyhow::Result<Option<PathBuf>> {
    let vault = backup::vault(config)?;
    let mut reader = backup_dir::open(file, vault.as_ref(), &config.state_dir).await?;
    let (_, kept) = Box::pin(restore::into_private(config, hold, &mut reader, label)).await?;
    Ok(kept)
}

/// Of those that upgrades kept, whose names begin with a version.
fn of_upgrades(hold: &Hold) -> anyhow::Result<Vec<PathBuf>> {
    let mut kept = hold.kept()?;
    kept.retain(|path| version_of(path).is_some());
    Ok(kept)
}

fn version_of(path: &Path) -> Option<u32> {
    let name = path.file_name()?.to_str()?;
    name.strip_prefix("data.kept-")?
        .split_once('-')?
        .0
        .parse()
        .ok()
}

/// The daemon may go on: what is deleted is not its database.
async fn finish(dir: &Path, json: bool) -> anyhow::Result<Exit> {
    let deleted = forget(dir, |path| version_of(path).is_some()).await?;
    if json {
        output::json(&json!({ "deleted": deleted }))?;
        return Ok(Exit::Done);
    }
    for path in &deleted {
        output::tell(words::deleted(path));
    }
    if deleted.is_empty() {
        output::line(say(words::NONE_KEPT));
    }
    Ok(Exit::Done)
}

fn undo(config: &Config, hold: &Hold, found: &Versions, json: bool) -> anyhow::Result<Exit> {
    let Some(old) = of_upgrades(hold)?.pop() else {
        bail!(say(words::NO_WAY_BACK));
    };
    let label = format!(
        "{}-{}",
        found.cluster.unwrap_or_default(),
        restore::stamp(config)
    );
    let version = version_of(&old).unwrap_or_default();
    hold.take_back(&old, &label)?;
    if json {
        output::json(&json!({ "to": version }))?;
        return Ok(Exit::Done);
    }
    // Or an undo that is undone.
    let is_back = found.cluster.is_none_or(|present| version < present);
    output::tell(words::undone(version, is_back));
    if !found.installed.contains(&version) {
        output::tell(words::install_first(version));
    }
    output::line(say(NEXT));
    Ok(Exit::Done)
}
