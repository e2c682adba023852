//! Trouble with the database itself: remembered in this process, because it cannot be stored. Each daemon
//! tells for itself; the text names it.

use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::time::Instant;

use super::channels::{Channels, Target};
use super::rule::Rule;
use super::rules::host;
use super::text::{Letter, length, moment};
use crate::config::alerts::AlertsConfig;
use crate::domain::Zone;
use crate::retry;
use crate::store::processes::DatabaseTrouble;

/// A full disk does not pass by itself, unlike a restart: nobody need wait for `alerts.database.after`.
const FULL_DISK_AFTER: Duration = Duration::from_secs(20);

/// Watches whether the database can be used.
#[derive(Debug)]
pub struct DatabaseWatch {
    host: String,
    zone: Zone,
    away: Option<Away>,
    pending: Vec<Pending>,
    letters: u32,
}

#[derive(Debug, Clone, Copy)]
struct Away {
    trouble: DatabaseTrouble,
    began: Instant,
    since: DateTime<Utc>,
    told: Option<Instant>,
}

#[derive(Debug)]
struct Pending {
    target: Target,
    letter: Letter,
    failures: usize,
    next: Instant,
}

impl DatabaseWatch {
    /// A watch of one process; times are shown in `zone`.
    #[must_use]
    pub fn new(instance: &str, zone: Zone) -> Self {
        Self {
            host: host(instance).to_owned(),
            zone,
            away: None,
            pending: Vec::new(),
            letters: 0,
        }
    }

    /// The database could not be used, for this reason. After `alerts.database.after` the recipients are to be told, and
    /// again every `alerts.repeat_after`.
    pub fn failed(
        &mut self,
        trouble: DatabaseTrouble,
        now: DateTime<Utc>,
        alerts: &AlertsConfig,
        channels: &Channels,
    ) {
        let away = self.away.get_or_insert_with(|| Away {
            trouble,
            began: Instant::now(),
            since: now,
            told: None,
        });
        away.trouble = trouble;
        let rule = &alerts.database;
        let after = match trouble {
            DatabaseTrouble::DiskFull => rule.after.min(FULL_DISK_AFTER),
            DatabaseTrouble::Away
            | DatabaseTrouble::ReadOnly
            | DatabaseTrouble::LocksElsewhere
            | DatabaseTrouble::Refused => rule.after,
        };
        let repeat = alerts.repeat_after;
        let is_due = match away.told {
            None => away.began.elapsed() >= after,
            Some(told) => !repeat.is_zero() && told.elapsed() >= repeat,
        };
        if !rule.enabled || !is_due {
            return;
        }
        let mark = if away.told.is_some() {
            "Continua: "
        } else {
            ""
        };
        away.told = Some(Instant::now());
        let since = away.since;
        let body = format!(
            "O que houve: {}\nMotivo: {}.\n\nDesde: {} (há {})\nO que fazer: {}\n\nagendad em {}",
            Rule::Database.what(),
            reason(trouble),
            moment(since, self.zone),
            length(now - since),
            Rule::Database.cure(),
            self.host
        );
        self.post(mark, body, now, channels);
    }

    /// The database can be used. Whoever was told of trouble is told of its end.
    pub fn works(&mut self, now: DateTime<Utc>, alerts: &AlertsConfig, channels: &Channels) {
        let Some(away) = self.away.take() else { return };
        if away.told.is_none() || !alerts.all_clear {
            return;
        }
        // What has not arrived yet would come after its end. The all-clear says as much.
        self.pending.clear();
        let body = format!(
            "Acabou em {}.\n\nDesde: {} (durou {})\n\nagendad em {}",
            moment(now, self.zone),
            moment(away.since, self.zone),
            length(now - away.since),
            self.host
        );
        self.post("Resolvido: ", body, now, channels);
    }

    /// Since when the database has been away.
    #[must_use]
    pub fn away_since(&self) -> Option<DateTime<Utc>> {
        self.away.map(|away| away.since)
    }

    /// Why it has been.
    #[must_use]
    pub fn trouble(&self) -> Option<DatabaseTrouble> {
        self.away.map(|away| away.trouble)
    }

    fn post(&mut self, mark: &str, body: String, now: DateTime<Utc>, channels: &Channels) {
        self.letters += 1;
        let letter = Letter {
            id: format!("{}-{}-{}", self.host, now.timestamp_millis(), self.letters),
            title: format!("[agendad] {mark}{}", Rule::Database.title()),
            body,
        };
        for target in channels.targets() {
            self.pending.push(Pending {
                target,
                letter: letter.clone(),
                failures: 0,
                next: Instant::now(),
            });
        }
    }

    /// Delivers what is due, all at once; what fails is tried again later.
    pub async fn deliver(&mut self, alerts: &AlertsConfig, channels: &Channels) {
        let now = Instant::now();
        let (due, later) = std::mem::take(&mut self.pending)
            .into_iter()
            .partition(|pending| pending.next <= now);
        self.pending = later;
        let due: Vec<Pending> = due;
        let deliveries = due.into_iter().map(|pending| async move {
            let delivered = channels.deliver(&pending.target, &pending.letter).await;
            (pending, delivered)
        });
        for (mut pending, delivered) in futures::future::join_all(deliveries).await {
            let Err(error) = delivered else { continue };
            pending.failures += 1;
            let target = &pending.target;
            match retry::delay_after(&alerts.retry, pending.failures) {
                Some(delay) => {
                    tracing::warn!(%target, %error, "an alert could not be delivered, trying again");
                    let delay: Duration = delay.max(error.retry_after().unwrap_or_default());
                    pending.next = Instant::now() + delay;
                    self.pending.push(pending);
                }
                None => {
                    tracing::error!(%target, %error, "an alert could not be delivered and is given up");
                }
            }
        }
    }
}

/// Why the database cannot be used, for operators.
const fn reason(trouble: DatabaseTrouble) -> &'static str {
    match trouble {
        DatabaseTrouble::Away => "o servidor não responde (no answer)",
        DatabaseTrouble::ReadOnly => {
            "o servidor não aceita gravações: é uma réplica, ou está em modo somente leitura (read-only)"
        }
        DatabaseTrouble::DiskFull => "o disco do servidor está cheio (disk full)",
        DatabaseTrouble::LocksElsewhere => {
            "as travas estão em outro servidor que não o dos dados; veja database.lock_url (locks elsewhere)"
        }
        DatabaseTrouble::Refused => {
            "o servidor recusa o que este usuário precisa gravar; veja deploy/postgres/roles.sql (missing rights)"
        }
    }
}
