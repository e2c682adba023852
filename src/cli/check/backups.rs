//! Backups and disk space: whether there is a good backup, where to keep the key's copy, how long the disk will last.

use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};

use super::Line;
use crate::app::database::private_dir;
use crate::backup::nightly::Plan;
use crate::backup::shelf::{self, Kept, Shelf};
use crate::cli::output;
use crate::clock::Clock;
use crate::config::Config;
use crate::private_postgres::{cure_without_inodes, free_bytes, free_files, kept, versions};
use crate::vault::Vault;

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
    let mut kept = Shelf::of(config).list().unwrap_or_default();
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

fn newest(config: &Config, kept: &[Kept], now: DateTime<Utc>) -> Option<Line> {
    let plan = Plan::of(config)?;
    let dir = plan.shelf.dir().display();
    if config.state_dir.is_dir() && !plan.shelf.can_be_written() {
        return Some(Line::fail(
            "backups",
            format!("{dir} cannot be written"),
            "make it and give it to the daemon's user, or set backup.directory; under systemd, ReadWritePaths= must name it too",
        ));
    }
    let Some(newest) = kept.first() else {
        if !config.state_dir.is_dir() {
            return None;
        }
        return Some(Line::warn(
            "backups",
            format!(
                "none yet in {dir}; agendad run makes one every night at {}",
                config.backup.at
            ),
            "now: agendad backup",
        ));
    };
    let local = |at| output::local(at, config.timezone);
    let verified = kept.iter().filter_map(|kept| kept.verified_at).max();
    let verified = match verified {
        Some(at) => format!("one was put back and compared on {}", local(Some(at))),
        None => "none was put back yet to see whether it can be".to_owned(),
    };
    let found = format!(
        "{} in {dir}, the newest of {}; {verified}",
        kept.len(),
        local(Some(newest.made_at))
    );
    let most = TimeDelta::from_std(config.alerts.backup_old.max_age).unwrap_or(TimeDelta::MAX);
    if now - newest.made_at >= most {
        return Some(Line::fail(
            "backups",
            found,
            "the newest is too old: is the daemon running, what does its log say? now: agendad backup",
        ));
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
            cure: Some(format!(
                "they open only with {}: keep a copy of it, and of a backup, on another machine",
                file.display()
            )),
            ..Line::ok("backups", found)
        },
        None => Line::ok("backups", found),
    })
}

/// The private database's PostgreSQL, where this machine's is another.
async fn version(dir: &Path) -> Option<Line> {
    let found = match versions(dir).await {
        Ok(found) => found,
        Err(error) => return Some(Line::error("postgresql", &error)),
    };
    let (cluster, newest) = (found.cluster?, *found.installed.first()?);
    let here =
        format!("the private database is of {cluster}, the newest on this machine is {newest}");
    if newest > cluster {
        return Some(Line::warn(
            "postgresql",
            here,
            "when there is time: agendad database upgrade --dry-run, then without",
        ));
    }
    Some(Line::ok("postgresql", here))
}

/// Databases that an upgrade, a restore or a move has kept: they take room, and hold what people's health is about.
fn made_way(dir: &Path) -> Option<Line> {
    let all = match kept(dir) {
        Ok(all) => all,
        Err(error) => return Some(Line::error("kept", &error)),
    };
    let newest = all.last()?.display();
    let (many, take) = if all.len() == 1 {
        ("1 database".to_owned(), "takes")
    } else {
        (format!("{} databases", all.len()), "take")
    };
    let cure = "once all is well: agendad database upgrade --finish for those of an upgrade, rm -r for others";
    Some(Line {
        cure: Some(cure.to_owned()),
        ..Line::ok(
            "kept",
            format!("{many} of before {take} room, the newest is {newest}"),
        )
    })
}

async fn room(dir: &Path, kept: &[Kept], now: DateTime<Utc>) -> Vec<Line> {
    let (free, files) = match (free_bytes(dir), free_files(dir)) {
        (Ok(free), Ok(files)) => (free, files),
        (Err(error), _) | (_, Err(error)) => return vec![Line::error("room", &error)],
    };
    if files.is_some_and(|files| files < LEAST_FILES) {
        let left = files.unwrap_or_default();
        return vec![Line::fail(
            "room",
            format!("only {left} more files can be made in {}", dir.display()),
            cure_without_inodes(),
        )];
    }
    let megabytes = free / 1_000_000;
    if free < LEAST_BYTES {
        return vec![Line::fail(
            "room",
            format!("only {megabytes} MB are free in {}", dir.display()),
            "make room, or move the state directory to a larger disk: PostgreSQL stops when the disk is full, and loses nothing",
        )];
    }
    let Some((bytes, days)) = growth(kept, now).await else {
        return vec![Line::ok(
            "room",
            format!(
                "{megabytes} MB are free; how fast the database grows is known after some backups"
            ),
        )];
    };
    let a_day = bytes as f64 / days;
    let grown = format!(
        "{megabytes} MB are free; the database grew by {:.1} MB in {days:.0} days",
        bytes as f64 / 1e6
    );
    let left = if a_day > 0.0 {
        free as f64 / a_day
    } else {
        f64::INFINITY
    };
    vec![if left < SOON {
        Line::warn(
            "room",
            format!("{grown}: room for {left:.0} days"),
            "a larger disk, or a shorter retention.runs",
        )
    } else {
        Line::ok("room", grown)
    }]
}

/// By how many bytes the database grew between two backups, and in how many days.
async fn growth(kept: &[Kept], now: DateTime<Utc>) -> Option<(i64, f64)> {
    let of = async |kept: &Kept| shelf::manifest(&kept.path).await.ok();
    let last = of(kept.first()?).await?;
    let first = of(kept
        .iter()
        .rev()
        .find(|kept| now - kept.made_at <= GROWTH)?)
    .await?;
    let days = (last.made_at - first.made_at).num_hours() as f64 / 24.0;
    (days >= 1.0).then_some((last.database_bytes - first.database_bytes, days))
}
