//! Whether a backup is due, and making it. The time is a parameter, so that a test can run fourteen nights.

use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, NaiveTime, TimeDelta, TimeZone, Utc};

use super::backup_dir::{self, BackupDir};
use super::make::{self, Source};
use super::room::Room;
use super::throwaway::Throwaway;
use super::{BackupError, load};
use crate::config::Config;
use crate::config::backup::BackupOf;
use crate::domain::Zone;
use crate::domain::causes::in_a_line;

/// What the nightly backups are to be.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Where they lie.
    pub backup_dir: BackupDir,
    /// The time of day.
    pub at: NaiveTime,
    pub zone: Zone,
    /// How many are kept.
    pub keep: usize,
    /// How often one is put back to see whether it can be; zero: never.
    pub verify_every: Duration,
    /// Where keys and throw-away servers lie.
    pub state_dir: PathBuf,
}

/// What one look did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done {
    /// Nothing was due.
    Nothing,
    /// A backup was made.
    Made {
        /// The file.
        path: PathBuf,
        /// Its length.
        bytes: u64,
        /// How many rows its tables have in all.
        rows: i64,
        /// How many old ones were removed.
        removed: usize,
    },
}

impl Plan {
    /// The nightly backups of a process with these settings; `None` if it makes none.
    #[must_use]
    pub fn of(config: &Config) -> Option<Self> {
        let is_wanted = match config.backup.of {
            BackupOf::Private => config.secrets.database_url.is_none(),
            BackupOf::Any => true,
            BackupOf::None => false,
        };
        let at = config.backup.time_of_day().filter(|_| is_wanted)?;
        Some(Self {
            backup_dir: BackupDir::of(config),
            at,
            zone: config.timezone,
            keep: config.backup.keep,
            verify_every: config.backup.verify_every,
            state_dir: config.state_dir.clone(),
        })
    }

    /// The last time of the plan before `now`.
    #[must_use]
    pub fn last_due(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let today = now.with_timezone(&self.zone).date_naive();
        for days in 0..3 {
            let Some(wall) = (today - TimeDelta::days(days)).and_time(self.at).into() else {
                continue;
            };
            // In the hour that a change of the clock leaves out: when it ends.
            let due = self.zone.from_local_datetime(&wall).earliest();
            let due = due
                .map(|due| due.to_utc())
                .or_else(|| self.zone.end_of_gap(wall));
            if let Some(due) = due.filter(|due| *due <= now) {
                return due;
            }
        }
        now - TimeDelta::days(1)
    }

    /// Whether a backup is due: none is as new as the last time of the plan.
    ///
    /// # Errors
    /// [`BackupError::File`].
    pub fn is_due(&self, now: DateTime<Utc>) -> Result<bool, BackupError> {
        let newest = self.backup_dir.newest(now)?;
        Ok(newest.is_none_or(|newest| newest.made_at < self.last_due(now)))
    }

    /// Makes the backup that is due, and removes the oldest.
    pub async fn make(&self, source: &Source<'_>, now: DateTime<Utc>) -> Result<Done, BackupError> {
        self.backup_dir.prepare()?;
        let last = self.backup_dir.newest(now)?.map_or(0, |last| last.bytes);
        let room = Room::on_disk_of_database(self.backup_dir.dir(), last);
        let path = self.backup_dir.path(now);
        let manifest = make::to_file(source, now, &path, &room).await?;
        let removed = self.backup_dir.prune(self.keep, now)?;
        let bytes = self
            .backup_dir
            .list()?
            .iter()
            .find(|kept| kept.path == path)
            .map(|kept| kept.bytes);
        Ok(Done::Made {
            path,
            bytes: bytes.unwrap_or_default(),
            rows: manifest.rows(),
            removed,
        })
    }

    /// The newest backup, if it is time that one is put back to see whether it can be.
    ///
    /// # Errors
    /// [`BackupError::File`].
    pub fn to_verify(&self, now: DateTime<Utc>) -> Result<Option<PathBuf>, BackupError> {
        if self.verify_every.is_zero() {
            return Ok(None);
        }
        let last = self.backup_dir.last_verified(now)?;
        let every = TimeDelta::from_std(self.verify_every).unwrap_or(TimeDelta::MAX);
        let is_time = last.is_none_or(|last| now - last >= every);
        let newest = self.backup_dir.newest(now)?.filter(|_| is_time);
        Ok(newest.map(|newest| newest.path))
    }

    /// Puts a backup back into a throw-away server. One that cannot be is put aside and no longer counts. False: another
    /// process verifies one at this moment, so this one's turn is later.
    ///
    /// # Errors
    /// [`BackupError`]: why it cannot.
    pub async fn verify(
        &self,
        path: &std::path::Path,
        source: &Source<'_>,
        now: DateTime<Utc>,
    ) -> Result<bool, BackupError> {
        let tried = async {
            let mut reader = backup_dir::open(path, source.vault, &self.state_dir).await?;
            let Some(place) = Throwaway::take(&self.state_dir).await? else {
                return Ok(None);
            };
            load::verify(&mut reader, place).await.map(Some)
        };
        match tried.await {
            Ok(None) => Ok(false),
            Ok(Some(_)) => self.backup_dir.note_verified(path, now).map(|()| true),
            Err(error) if error.is_of_the_file() => {
                self.backup_dir.put_aside(path).inspect_err(|_| {
                    let error = in_a_line(&error);
                    tracing::error!(
                        error,
                        "a backup that cannot be put back is not renamed either"
                    );
                })?;
                Err(error)
            }
            // The backup may be good: this machine lacks programs, room or the key.
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(at: &str) -> Plan {
        Plan {
            backup_dir: BackupDir::new("/nowhere"),
            at: at.parse().unwrap(),
            zone: chrono_tz::America::Sao_Paulo.into(),
            keep: 14,
            verify_every: Duration::from_secs(7 * 86_400),
            state_dir: "/nowhere".into(),
        }
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[tokio::test]
    async fn a_backup_that_is_none_and_cannot_be_renamed_is_none_of_the_good_ones() {
        let dir = tempfile::tempdir().unwrap();
        let (now, mut plan) = (at("2026-11-28T06:30:00Z"), plan("03:30:00"));
        plan.backup_dir = BackupDir::new(dir.path());
        let path = plan.backup_dir.path(now);
        std::fs::write(&path, "no backup").unwrap();
        // No file takes a directory's place.
        std::fs::create_dir(format!("{}.bad", path.display())).unwrap();
        let source = Source {
            url: "",
            private: false,
            vault: None,
            settings: None,
        };
        let said = plan.verify(&path, &source, now).await;
        assert!(matches!(said, Err(BackupError::File { .. })), "{said:?}");
    }

    #[test]
    fn a_backup_is_due_once_the_time_of_day_has_come_in_the_zone() {
        let plan = plan("03:30:00");
        assert_eq!(
            plan.last_due(at("2026-11-28T06:30:00Z")),
            at("2026-11-28T06:30:00Z")
        );
        assert_eq!(
            plan.last_due(at("2026-11-28T06:29:59Z")),
            at("2026-11-27T06:30:00Z")
        );
        assert_eq!(
            plan.last_due(at("2026-11-28T23:00:00Z")),
            at("2026-11-28T06:30:00Z")
        );
    }

    #[test]
    fn a_time_that_a_change_of_the_clock_leaves_out_is_when_the_gap_ends() {
        // São Paulo, 4 November 2018: after 23:59:59 came 01:00:00.
        let due = plan("00:30:00").last_due(at("2018-11-04T12:00:00Z"));
        assert_eq!(due, at("2018-11-04T03:00:00Z"));
    }
}
