//! Whether there is a good backup that is young enough.

use chrono::{DateTime, TimeDelta, Utc};

use crate::alerts::finding::{Finding, Seen};
use crate::backup::nightly::Plan;
use crate::config::Config;
use crate::words::finding as words;

/// Looks into the directory of this process. One that makes no backups knows nothing of them.
pub(super) fn backup_old(config: &Config, now: DateTime<Utc>) -> Seen {
    let Some(plan) = Plan::of(config) else {
        return Seen::Nothing;
    };
    let dir = plan.backup_dir.dir();
    if config.state_dir.is_dir() && !plan.backup_dir.can_be_written() {
        let note = if plan.backup_dir.is_missing() {
            words::no_backup_directory(dir)
        } else {
            words::backup_directory(dir)
        };
        return Seen::Exactly(vec![Finding::general(note, now)]);
    }
    // A directory that cannot be looked into is as good as an empty one.
    let newest = plan
        .backup_dir
        .newest(now)
        .ok()
        .flatten()
        .map(|kept| kept.made_at);
    let Some(since) = newest.or_else(|| plan.backup_dir.since()) else {
        return Seen::Nothing;
    };
    let most = TimeDelta::from_std(config.alerts.backup_old.max_age).unwrap_or(TimeDelta::MAX);
    let age = now - since;
    if age < most {
        return Seen::Exactly(Vec::new());
    }
    let note = words::backup_old(newest.is_some(), age);
    Seen::Exactly(vec![Finding::general(note, since + most)])
}
