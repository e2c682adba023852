//! One evaluation of the rules: a transaction that holds the turn, so that what was found, who is told and
//! the messages themselves are written together or not at all, by one daemon at a time.

use std::time::Duration;

use agendad_domain::{Channel, MessageKind, PauseReason, RecordedRule, Rule, Zone};
use chrono::{DateTime, NaiveDate, Utc};

use super::outbox::Outgoing;
use crate::encoding::DatabaseEncoding;
use crate::rights::Rights;
use crate::{Store, StoreError, Transaction};

/// The turn to evaluate. Dropped without [`Evaluation::commit`], nothing has happened.
pub struct Evaluation {
    pub(super) tx: Transaction,
    letters: DatabaseEncoding,
    now: DateTime<Utc>,
    zone: Zone,
    /// Daemons that leave the portal alone, once a rule has asked for those of an age.
    pub(super) resting: Option<(Duration, Vec<RestingDaemon>)>,
    /// Paused accounts, once a rule has asked for them.
    pub(super) paused: Option<Vec<PausedAccount>>,
    /// Rules and examiners, once a rule has asked.
    pub(super) suspects: Option<Vec<(RecordedRule, i32)>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PausedAccount {
    pub usuario_id: i32,
    pub nome: String,
    /// Why.
    pub reason: PauseReason,
    pub since: DateTime<Utc>,
    /// Until when; `None`: until somebody acts.
    pub until: Option<DateTime<Utc>>,
    /// Whether a run has succeeded since.
    pub has_succeeded: bool,
    /// The user of the older scheduled account that has the same CPF, if that is why, and it still is scheduled.
    pub older: Option<i32>,
}

/// A daemon that leaves the portal alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestingDaemon {
    pub instance: String,
    pub since: DateTime<Utc>,
    /// Set if the portal's firewall turned it away: when it tries again. Else its breaker is open.
    pub firewall_until: Option<DateTime<Utc>>,
}

/// A process that has given a sign of life within the last day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownProcess {
    pub instance: String,
    /// It has within the last minute.
    pub lives: bool,
}

/// An alert as the evaluation needs it: open, or over with its all-clear still to come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertRow {
    pub id: i64,
    pub rule: RecordedRule,
    /// Whom or what it is about.
    pub subject: String,
    pub usuario_id: Option<i32>,
    /// Their name.
    pub label: String,
    /// What was found, in Portuguese.
    pub note: String,
    /// The same in English; `None`: an earlier release has written it.
    pub note_en: Option<String>,
    /// Since when, by the facts.
    pub since: DateTime<Utc>,
    /// When it was noticed.
    pub opened_at: DateTime<Utc>,
    /// When it was last told.
    pub last_sent_at: Option<DateTime<Utc>>,
    /// When it was over.
    pub cleared_at: Option<DateTime<Utc>>,
}

/// An alert to be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAlert {
    pub rule: Rule,
    /// Whom or what it is about.
    pub subject: String,
    pub usuario_id: Option<i32>,
    /// Their name.
    pub label: String,
    /// What was found.
    pub note: Note,
    /// Since when, by the facts.
    pub since: DateTime<Utc>,
}

/// What was found, in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// In Portuguese.
    pub pt: String,
    /// In English.
    pub en: String,
}

impl Store {
    /// Takes the turn to evaluate, if the last evaluation is `interval` ago and no other daemon has it.
    pub async fn begin_evaluation(
        &self,
        interval: Duration,
    ) -> Result<Option<Evaluation>, StoreError> {
        let letters = self.encoding().await?;
        let mut tx = self.begin().await?;
        let now = sqlx::query_scalar!(
            r#"WITH turn AS (
                   SELECT id FROM agendad_alert_evaluation
                   WHERE evaluated_at IS NULL OR evaluated_at <= now() - make_interval(secs => $1)
                   FOR UPDATE SKIP LOCKED
               )
               UPDATE agendad_alert_evaluation e SET evaluated_at = now()
               FROM turn WHERE e.id = turn.id RETURNING now() AS "now!""#,
            interval.as_secs_f64(),
        )
        .fetch_optional(&mut *tx)
        .await?;
        Ok(now.map(|now| self.evaluation(tx, letters, now)))
    }

    /// Joins in without the turn, between two evaluations; `None` while one is under way.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn join_evaluation(&self) -> Result<Option<Evaluation>, StoreError> {
        let letters = self.encoding().await?;
        let mut tx = self.begin().await?;
        let now = sqlx::query_scalar!(
            r#"SELECT now() AS "now!" FROM agendad_alert_evaluation FOR UPDATE SKIP LOCKED"#
        )
        .fetch_optional(&mut *tx)
        .await?;
        Ok(now.map(|now| self.evaluation(tx, letters, now)))
    }

    fn evaluation(
        &self,
        tx: Transaction,
        letters: DatabaseEncoding,
        now: DateTime<Utc>,
    ) -> Evaluation {
        Evaluation {
            tx,
            letters,
            now,
            zone: self.zone,
            resting: None,
            paused: None,
            suspects: None,
        }
    }
}

impl Evaluation {
    /// The time of this evaluation, by the database's clock.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Its day, where the examiners are.
    pub(super) fn today(&self) -> NaiveDate {
        self.now.with_timezone(&self.zone).date_naive()
    }

    /// All processes that are not forgotten yet, by their names.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn known_processes(&mut self) -> Result<Vec<KnownProcess>, StoreError> {
        let rows = sqlx::query_as!(
            KnownProcess,
            r#"SELECT instance, beat_at > now() - interval '1 minute' AS "lives!"
               FROM agendad_processes ORDER BY instance"#,
        );
        Ok(rows.fetch_all(&mut *self.tx).await?)
    }

    /// What is open, and what is over but not yet told to be.
    pub async fn alerts(&mut self) -> Result<Vec<AlertRow>, StoreError> {
        let rows = sqlx::query_as!(
            AlertRow,
            r#"SELECT id, rule AS "rule: RecordedRule", subject, usuario_id, label, note, note_en, since, opened_at, last_sent_at,
                      cleared_at
               FROM agendad_alerts WHERE cleared_at IS NULL OR clear_sent_at IS NULL ORDER BY since, id"#,
        );
        Ok(rows.fetch_all(&mut *self.tx).await?)
    }

    /// What is over and was told within `cool_down`: rule, subject, and when it was last told.
    pub async fn reported_recently(
        &mut self,
        cool_down: Duration,
    ) -> Result<Vec<(RecordedRule, String, DateTime<Utc>)>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT rule AS "rule: RecordedRule", subject, max(last_sent_at) AS "told!" FROM agendad_alerts
               WHERE cleared_at > now() - make_interval(secs => $1)
                 AND last_sent_at > now() - make_interval(secs => $1)
               GROUP BY rule, subject"#,
            cool_down.as_secs_f64(),
        )
        .fetch_all(&mut *self.tx)
        .await?;
        let told = rows
            .into_iter()
            .map(|row| (row.rule, row.subject, row.told));
        Ok(told.collect())
    }

    /// Rules and kinds of messages that were written within `group_interval`.
    pub async fn written_lately(
        &mut self,
        group_interval: Duration,
    ) -> Result<Vec<(RecordedRule, MessageKind)>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT DISTINCT rule AS "rule: RecordedRule", kind AS "kind: MessageKind" FROM agendad_alert_outbox
               WHERE created_at > now() - make_interval(secs => $1)"#,
            group_interval.as_secs_f64(),
        )
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(rows.into_iter().map(|row| (row.rule, row.kind)).collect())
    }

    pub async fn open(&mut self, new: &[NewAlert]) -> Result<(), StoreError> {
        if new.is_empty() {
            return Ok(());
        }
        let rules: Vec<String> = new.iter().map(|a| a.rule.key().to_owned()).collect();
        let subjects: Vec<String> = new.iter().map(|a| a.subject.clone()).collect();
        let users: Vec<Option<i32>> = new.iter().map(|a| a.usuario_id).collect();
        let labels: Vec<String> = new.iter().map(|a| a.label.clone()).collect();
        let nearest = |text: &str| self.letters.nearest(text).into_owned();
        let notes: Vec<String> = new.iter().map(|a| nearest(&a.note.pt)).collect();
        let english: Vec<String> = new.iter().map(|a| nearest(&a.note.en)).collect();
        let sinces: Vec<DateTime<Utc>> = new.iter().map(|a| a.since).collect();
        sqlx::query!(
            "INSERT INTO agendad_alerts (rule, subject, usuario_id, label, note, since, note_en)
             SELECT * FROM unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::text[], $6::timestamptz[], $7::text[])
             ON CONFLICT (rule, subject) WHERE cleared_at IS NULL DO NOTHING",
            &rules,
            &subjects,
            &users as &[Option<i32>],
            &labels,
            &notes,
            &sinces,
            &english,
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Opens alerts again that were over without anybody having been told.
    pub async fn reopen(&mut self, ids: &[i64]) -> Result<(), StoreError> {
        if ids.is_empty() {
            return Ok(());
        }
        sqlx::query!(
            "UPDATE agendad_alerts SET cleared_at = NULL WHERE id = ANY ($1) AND clear_sent_at IS NULL",
            ids,
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Says anew what was found of open alerts: id, note, since.
    pub async fn update(
        &mut self,
        changed: &[(i64, Note, DateTime<Utc>)],
    ) -> Result<(), StoreError> {
        if changed.is_empty() {
            return Ok(());
        }
        let ids: Vec<i64> = changed.iter().map(|(id, ..)| *id).collect();
        let nearest = |text: &str| self.letters.nearest(text).into_owned();
        let notes: Vec<String> = changed
            .iter()
            .map(|(_, note, _)| nearest(&note.pt))
            .collect();
        let english: Vec<String> = changed
            .iter()
            .map(|(_, note, _)| nearest(&note.en))
            .collect();
        let sinces: Vec<DateTime<Utc>> = changed.iter().map(|(.., since)| *since).collect();
        sqlx::query!(
            "UPDATE agendad_alerts a SET note = n.note, note_en = n.note_en, since = n.since
             FROM unnest($1::bigint[], $2::text[], $3::text[], $4::timestamptz[]) AS n (id, note, note_en, since)
             WHERE a.id = n.id",
            &ids,
            &notes,
            &english,
            &sinces,
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Closes alerts; with `tell`, the all-clear of those that were told is still to come.
    pub async fn clear(&mut self, ids: &[i64], tell: bool) -> Result<(), StoreError> {
        if ids.is_empty() {
            return Ok(());
        }
        sqlx::query!(
            "UPDATE agendad_alerts
             SET cleared_at = now(), clear_sent_at = CASE WHEN $2 AND last_sent_at IS NOT NULL THEN NULL ELSE now() END
             WHERE id = ANY ($1) AND cleared_at IS NULL",
            ids,
            tell,
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Writes a message for each recipient and remembers of which alerts it tells.
    pub async fn tell(&mut self, message: &Outgoing<'_>) -> Result<(), StoreError> {
        let channels: Vec<Channel> = message.to.iter().map(|(c, _)| *c).collect();
        let targets: Vec<String> = message.to.iter().map(|(_, t)| t.clone()).collect();
        let title = self.letters.nearest(message.title);
        let body = self.letters.nearest(message.body);
        sqlx::query!(
            r#"WITH told AS (
                   UPDATE agendad_alerts
                   SET last_sent_at = CASE WHEN $3 = 'cleared' THEN last_sent_at ELSE now() END,
                       clear_sent_at = CASE WHEN $3 = 'cleared' THEN now() ELSE clear_sent_at END,
                       count = count + 1
                   WHERE id = ANY ($1)
               )
               INSERT INTO agendad_alert_outbox (channel, target, rule, kind, title, body)
               SELECT t.channel, t.target, $2, $3, $4, $5
               FROM unnest($6::text[], $7::text[]) AS t (channel, target)"#,
            message.alerts,
            message.rule,
            message.kind as _,
            &title,
            &body,
            &channels as _,
            &targets,
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// What the daemon's role lacks.
    pub async fn rights(&mut self, appointments: bool) -> Result<Rights, StoreError> {
        Ok(Rights::look(&mut self.tx, appointments).await?)
    }

    /// Puts everything in force.
    pub async fn commit(self) -> Result<(), StoreError> {
        Ok(self.tx.commit().await?)
    }
}

impl std::fmt::Debug for Evaluation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Evaluation")
    }
}
