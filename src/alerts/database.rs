//! Trouble with the database itself: remembered in this process, because it cannot be stored. Each daemon
//! tells for itself; the text names it.

use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::time::Instant;

use super::channels::Channels;
use super::delivery::{DeliveryError, Target};
use super::finding::LANGUAGE;
use super::machine::host;
use super::severity::severity;
use super::text::{AlertMessage, moment};
use crate::config::alerts::AlertsConfig;
use crate::domain::{MessageKind, RecordedRule, Rule, Zone};
use crate::retry;
use crate::store::processes::DatabaseTrouble;
use crate::words::{Sentence, alert as words, database};

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
    last_message: Option<Instant>,
}

#[derive(Debug)]
struct Pending {
    target: Target,
    letter: AlertMessage,
    failures: usize,
    may_have_arrived: bool,
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
            last_message: None,
        });
        away.trouble = trouble;
        let rule = &alerts.database;
        let after = match trouble {
            DatabaseTrouble::DiskFull => rule.after.min(FULL_DISK_AFTER),
            DatabaseTrouble::Away
            | DatabaseTrouble::ReadOnly
            | DatabaseTrouble::LocksElsewhere
            | DatabaseTrouble::Refused
            | DatabaseTrouble::BadValue => rule.after,
        };
        let repeat = alerts.repeat_after;
        let is_due = match away.last_message {
            None => away.began.elapsed() >= after,
            Some(last) => !repeat.is_zero() && last.elapsed() >= repeat,
        };
        if !rule.enabled || !is_due {
            return;
        }
        let title = database::title(trouble);
        let (kind, title) = if away.last_message.is_some() {
            (MessageKind::Reminder, words::reminder(title))
        } else {
            (MessageKind::Opened, title.owned())
        };
        away.last_message = Some(Instant::now());
        let (since, length) = (moment(away.since, self.zone), now - away.since);
        let body = [
            LANGUAGE.say(words::what_happened(database::what(trouble))),
            LANGUAGE.say(words::reason(database::trouble(trouble))),
            String::new(),
            LANGUAGE.say(words::since(&since, length)),
            LANGUAGE.say(words::what_to_do(database::cure(trouble))),
            String::new(),
            LANGUAGE.say(words::sender(&self.host)),
        ];
        self.post(
            kind,
            title,
            body.join(
                "
",
            ),
            now,
            channels,
        );
    }

    /// The database can be used. Whoever was told of trouble is told of its end.
    pub fn works(&mut self, now: DateTime<Utc>, alerts: &AlertsConfig, channels: &Channels) {
        let Some(away) = self.away.take() else { return };
        if away.last_message.is_none() || !alerts.all_clear {
            return;
        }
        // What has not arrived yet would come after its end. The all-clear says as much.
        self.pending.clear();
        let since = moment(away.since, self.zone);
        let body = [
            LANGUAGE.say(words::over_at(&moment(now, self.zone))),
            String::new(),
            LANGUAGE.say(words::lasted(&since, now - away.since)),
            String::new(),
            LANGUAGE.say(words::sender(&self.host)),
        ];
        let title = words::cleared(database::title(away.trouble));
        self.post(
            MessageKind::Cleared,
            title,
            body.join(
                "
",
            ),
            now,
            channels,
        );
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

    fn post(
        &mut self,
        kind: MessageKind,
        title: Sentence<String>,
        body: String,
        now: DateTime<Utc>,
        channels: &Channels,
    ) {
        self.letters += 1;
        let letter = AlertMessage {
            id: format!("{}-{}-{}", self.host, now.timestamp_millis(), self.letters),
            rule: Some(RecordedRule::Known(Rule::Database)),
            kind: Some(kind),
            severity: severity(&RecordedRule::Known(Rule::Database), kind),
            title: format!("[agendad] {}", LANGUAGE.say(title)),
            body,
            written_at: now,
        };
        for target in channels.targets() {
            self.pending.push(Pending {
                target,
                letter: letter.clone(),
                failures: 0,
                may_have_arrived: false,
                next: Instant::now(),
            });
        }
    }

    /// Delivers what is due, all at once; what fails is tried again later.
    pub async fn deliver(&mut self, alerts: &AlertsConfig, channels: &Channels) {
        // Whom a reload took away is told nothing more.
        let targets = channels.targets();
        self.pending
            .retain(|pending| targets.contains(&pending.target));
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
            let delay = retry::delay_after(&alerts.retry, pending.failures);
            let is_worth_it = error.is_worth_a_retry(pending.may_have_arrived);
            pending.may_have_arrived |= matches!(error, DeliveryError::Unanswered);
            match delay.filter(|_| is_worth_it) {
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
