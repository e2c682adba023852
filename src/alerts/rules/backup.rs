//! Whether there is a good backup that is young enough.

use chrono::{DateTime, TimeDelta, Utc};

use crate::alerts::finding::{BACKUP, Finding, Open, Seen};
use crate::alerts::machine::host;
use crate::backup::nightly::Plan;
use crate::backup::patience::{is_silent, look_into};
use crate::config::Config;
use crate::store::StoreError;
use crate::store::alerts::evaluation::Evaluation;
use crate::words::{Sentence, finding as words};

/// What is the matter with backups.
enum Backups {
    Good,
    Bad(Sentence<String>, DateTime<Utc>),
    Unknown,
}

/// Looks into the directory of this machine. The others look into theirs, as long as one of their processes is known.
pub(super) async fn backup_old(
    config: &Config,
    instance: &str,
    open: &Open,
    evaluation: &mut Evaluation,
) -> Result<Seen, StoreError> {
    let machine = host(instance);
    // Where nothing is open, nobody is asked whose it is.
    let known = if open.any {
        evaluation.known_processes().await?
    } else {
        Vec::new()
    };
    let found = match Plan::of(config) {
        Some(plan) => look(config, plan, evaluation.now()).await,
        // Backups were switched off, unless another process of this machine makes them.
        None if known
            .iter()
            .any(|one| one.lives && one.instance != instance && host(&one.instance) == machine) =>
        {
            Backups::Unknown
        }
        None => Backups::Good,
    };
    let found = match found {
        Backups::Unknown => return Ok(Seen::Nothing),
        Backups::Good => Vec::new(),
        Backups::Bad(note, since) => vec![Finding::machine(BACKUP, machine, note, since)],
    };
    let machines = known.iter().map(|one| host(&one.instance));
    let others = machines.filter(|other| *other != machine);
    let others = others.map(|other| format!("{BACKUP}{other}")).collect();
    Ok(Seen::Here { found, others })
}

async fn look(config: &Config, plan: Plan, now: DateTime<Utc>) -> Backups {
    let dir = plan.backup_dir.dir().to_owned();
    let most = TimeDelta::from_std(config.alerts.backup_old.max_age).unwrap_or(TimeDelta::MAX);
    match look_into(&dir, move || found(&plan, most, now)).await {
        Some(found) => found,
        None if is_silent(&dir) => Backups::Bad(words::silent_backup_directory(&dir), now),
        None => Backups::Unknown,
    }
}

fn found(plan: &Plan, most: TimeDelta, now: DateTime<Utc>) -> Backups {
    let dir = plan.backup_dir.dir();
    if plan.state_dir.is_dir() && !plan.backup_dir.can_be_written() {
        let note = if plan.backup_dir.is_missing() {
            words::no_backup_directory(dir)
        } else {
            words::backup_directory(dir)
        };
        return Backups::Bad(note, now);
    }
    // A directory that cannot be looked into is as good as an empty one.
    let newest = plan
        .backup_dir
        .newest(now)
        .ok()
        .flatten()
        .map(|kept| kept.made_at);
    let Some(since) = newest.or_else(|| plan.backup_dir.since()) else {
        return Backups::Unknown;
    };
    let age = now - since;
    if age < most {
        return Backups::Good;
    }
    Backups::Bad(words::backup_old(newest.is_some(), age), since + most)
}
