//! Backups and disk space: whether there is a good backup, where to keep the key's copy, how long the disk will last.

use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};

use super::line::Line;
use crate::app::database::private_dir;
use crate::backup::backup_dir::{self, BackupDir, BackupFile};
use crate::backup::nightly::Plan;
use crate::cli::output;
use crate::clock::Clock;
use crate::config::Config;
use crate::config::backup::BackupOf;
use crate::private_postgres::{StorageFault, free_bytes, free_files, kept, versions};
use crate::vault::Vault;
use crate::words::cli::check::backups as words;
use crate::words::cli::check::part::Part;
use crate::words::cli::storage_fault;

/// Less than this, and the database may stop at any moment.
const LEAST_BYTES: u64 = 300_000_000;
/// The same in files.
const LEAST_FILES: u64 = 2000;
/// Growth is measured over so many days of backups.
const GROWTH: TimeDelta = TimeDelta::days(28);
/// A disk that will be full within so many days is warned about.
const SOON: f64 = 60.0;

pub(super) async fn lines(config: &Config) -> Vec<Line> {
    let now = Clock::system(config.timezone).now();
    let mut kept = BackupDir::of(config).list().unwrap_or_default();
    kept.retain(|kept| kept.is_dated(now));
    let mut lines: Vec<Line> = newest(config, &kept, now).into_iter().collect();
    let dir = private_dir(config);
    if config.secrets.database_url.is_none() && dir.is_dir() {
        lines.extend(version(&dir).await);
        lines.extend(made_way(&dir));
        lines.extend(room(&dir, &kept, now).await);
    }
    lines
}

fn newest(config: &Config, kept: &[BackupFile], now: DateTime<Utc>) -> Option<Line> {
    let Some(plan) = Plan::of(config) else {
        // Where the database is of others. What is kept may be of the private one that it was before.
        let is_unsaid = config.backup.of == BackupOf::Private || kept.is_empty();
        let is_silent = is_unsaid && config.secrets.database_url.is_some();
        return is_silent.then(|| Line::warn(Part::Backups, words::NOT_HERE, words::NOT_HERE_CURE));
    };
    let dir = plan.backup_dir.dir();
    if config.state_dir.is_dir() && !plan.backup_dir.can_be_written() {
        let (found, cure) = if plan.backup_dir.is_missing() {
            (words::missing(dir), words::MISSING_CURE)
        } else {
            (words::not_written(dir), words::NOT_WRITTEN_CURE)
        };
        return Some(Line::fail(Part::Backups, found, cure));
    }
    if plan.backup_dir.is_closed_to_owner_of(&config.state_dir) {
        let found = words::of_another(dir, &config.state_dir);
        let cure = words::of_another_cure(dir, &config.state_dir);
        return Some(Line::fail(Part::Backups, found, cure));
    }
    let Some(newest) = kept.first() else {
        if !config.state_dir.is_dir() {
            return None;
        }
        let found = words::none_yet(dir, &config.backup.at);
        return Some(Line::warn(Part::Backups, found, words::NOW));
    };
    let local = |at| output::moment(at, config.timezone);
    let verified = kept.iter().filter_map(|kept| kept.verified_at).max();
    let found = words::found(
        kept.len(),
        dir,
        &local(newest.made_at),
        verified.map(local).as_ref(),
    );
    let most = TimeDelta::from_std(config.alerts.backup_old.max_age).unwrap_or(TimeDelta::MAX);
    if now - newest.made_at >= most {
        return Some(Line::fail(Part::Backups, found, words::TOO_OLD));
    }
    let key = Vault::find(config.secrets.vault_key.as_ref(), &config.state_dir)
        .ok()
        .flatten();
    let copy = key
        .as_ref()
        .and_then(Vault::file)
        .filter(|_| config.backup.sealed);
    Some(match copy {
        Some(file) => Line {
            cure: Some(words::key_needed(file)),
            ..Line::ok(Part::Backups, found)
        },
        None => Line::ok(Part::Backups, found),
    })
}

/// The private database's PostgreSQL, where this machine's is another.
async fn version(dir: &Path) -> Option<Line> {
    let found = match versions(dir).await {
        Ok(found) => found,
        Err(error) => return Some(Line::error(Part::Postgresql, &error)),
    };
    let (cluster, newest) = (found.cluster?, *found.installed.first()?);
    let here = words::versions(cluster, newest);
    if newest > cluster {
        return Some(Line::warn(Part::Postgresql, here, words::UPGRADE));
    }
    Some(Line::ok(Part::Postgresql, here))
}

/// Databases that an upgrade, a restore or a move has kept: they take room, and hold what people's health is about.
fn made_way(dir: &Path) -> Option<Line> {
    let all = match kept(dir) {
        Ok(all) => all,
        Err(error) => return Some(Line::error(Part::Kept, &error)),
    };
    let newest = all.last()?;
    Some(Line {
        cure: Some(words::KEPT_CURE.into()),
        ..Line::ok(Part::Kept, words::kept(all.len(), newest))
    })
}

async fn room(dir: &Path, kept: &[BackupFile], now: DateTime<Utc>) -> Vec<Line> {
    let (free, files) = match (free_bytes(dir), free_files(dir)) {
        (Ok(free), Ok(files)) => (free, files),
        (Err(error), _) | (_, Err(error)) => return vec![Line::error(Part::Room, &error)],
    };
    if files.is_some_and(|files| files < LEAST_FILES) {
        let left = files.unwrap_or_default();
        return vec![Line::fail(
            Part::Room,
            words::few_files(left, dir),
            storage_fault::cure(StorageFault::NoInodes),
        )];
    }
    let megabytes = free / 1_000_000;
    if free < LEAST_BYTES {
        return vec![Line::fail(
            Part::Room,
            words::little_room(megabytes, dir),
            words::ROOM_CURE,
        )];
    }
    let Some((bytes, days)) = growth(kept, now).await else {
        return vec![Line::ok(Part::Room, words::free(megabytes))];
    };
    let a_day = bytes as f64 / days;
    let grown = |left| words::growth(megabytes, bytes as f64 / 1e6, days, left);
    let left = if a_day > 0.0 {
        free as f64 / a_day
    } else {
        f64::INFINITY
    };
    vec![if left < SOON {
        Line::warn(Part::Room, grown(Some(left)), words::GROWTH_CURE)
    } else {
        Line::ok(Part::Room, grown(None))
    }]
}

/// By how many bytes the database grew between two backups, and in how many days.
async fn growth(kept: &[BackupFile], now: DateTime<Utc>) -> Option<(i64, f64)> {
    let of = async |kept: &BackupFile| backup_dir::manifest(&kept.path).await.ok();
    let last = of(kept.first()?).await?;
    let first = of(kept
        .iter()
        .rev()
        .find(|kept| now - kept.made_at <= GROWTH)?)
    .await?;
    let days = (last.made_at - first.made_at).num_hours() as f64 / 24.0;
    (days >= 1.0).then_some((last.database_bytes - first.database_bytes, days))
}
