//! `agendad_alert_outbox`: messages on their way. A daemon claims one for a while, delivers it and says how
//! that went; one that dies in between leaves it to the next.

use std::time::Duration;

use agendad_domain::{Channel, MessageKind, RecordedRule, Trouble, Undelivered};
use chrono::{DateTime, Utc};

use crate::{Store, StoreError};

/// A message to be written.
#[derive(Debug)]
pub struct Outgoing<'a> {
    /// The rule it tells of: its key, or another word for what it is about.
    pub rule: &'a str,
    /// What it is for.
    pub kind: MessageKind,
    /// One line.
    pub title: &'a str,
    /// The text.
    pub body: &'a str,
    /// The alerts it tells of.
    pub alerts: &'a [i64],
    /// Channel and recipient of each copy.
    pub to: &'a [(Channel, String)],
}

/// A message that this process may deliver now.
#[derive(Debug, Clone)]
pub struct Claimed {
    pub id: i64,
    /// The recipient.
    pub target: String,
    /// One line.
    pub title: String,
    /// The text.
    pub body: String,
    /// The rule it tells of.
    pub rule: RecordedRule,
    /// What it is for.
    pub kind: MessageKind,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// How often its delivery was begun, this time included.
    pub attempts: i32,
    /// Why the last try failed.
    pub last_error_kind: Option<Trouble>,
}

/// What became of a message whose delivery failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Afterwards {
    /// It is tried again after this.
    Again(Duration),
    /// It is not tried again.
    GiveUp,
}

#[derive(Debug, Clone, serde::Serialize)]
pub struct MessageListed {
    pub id: i64,
    /// By which way.
    pub channel: Channel,
    /// The recipient.
    pub target: String,
    /// The rule it tells of.
    pub rule: RecordedRule,
    /// What it is for.
    pub kind: MessageKind,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// How often its delivery was begun.
    pub attempts: i32,
    /// When it is tried next.
    pub next_attempt_at: DateTime<Utc>,
    /// When its last try failed.
    pub given_up_at: Option<DateTime<Utc>>,
    /// Why the last try failed.
    pub last_error: Option<String>,
    pub last_error_kind: Option<Trouble>,
}

impl Store {
    /// Claims the next message that is due for one of these recipients; nobody else gets it within `lease`.
    /// A recipient gets the messages about a rule in their order: no all-clear before what it is about. One that
    /// asked for a rest gets none before its end.
    pub async fn claim_message(
        &self,
        channel: Channel,
        targets: &[String],
        lease: Duration,
    ) -> Result<Option<Claimed>, StoreError> {
        let row = sqlx::query_as!(
            Claimed,
            r#"WITH due AS (
                 SELECT id FROM agendad_alert_outbox n
                 WHERE channel = $1 AND target = ANY ($2) AND next_attempt_at <= now()
                   AND sent_at IS NULL AND given_up_at IS NULL
                   AND NOT EXISTS (
                       SELECT FROM agendad_alert_outbox e
                       WHERE e.channel = $1 AND e.target = n.target AND e.rule = n.rule AND e.id < n.id
                         AND e.sent_at IS NULL AND e.given_up_at IS NULL)
                   -- A rest is an hour at most: one that ends later was written by a clock that was ahead.
                   AND NOT EXISTS (
                       SELECT FROM agendad_alert_outbox r
                       WHERE r.channel = $1 AND r.target = n.target AND r.recipient_rests_until > now()
                         AND r.recipient_rests_until <= now() + interval '1 hour')
                 ORDER BY next_attempt_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
             )
             UPDATE agendad_alert_outbox o
             SET attempts = attempts + 1, next_attempt_at = now() + make_interval(secs => $3)
             FROM due WHERE o.id = due.id
             RETURNING o.id, o.target, o.title, o.body, o.rule AS "rule: RecordedRule", o.kind AS "kind: MessageKind",
                       o.created_at, o.attempts, o.last_error_kind AS "last_error_kind: Trouble""#,
            channel as _,
            targets,
            lease.as_secs_f64(),
        );
        Ok(row.fetch_optional(&self.pool).await?)
    }

    /// The other side took it.
    pub async fn message_sent(&self, message: &Claimed) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE agendad_alert_outbox SET sent_at = now(), last_error = NULL WHERE id = $1",
            message.id,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// The answer to this message asks that its recipient be left alone for so long, an hour at most.
    pub async fn recipient_rests(
        &self,
        message: &Claimed,
        rest: Duration,
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE agendad_alert_outbox
             SET recipient_rests_until = now() + least(make_interval(secs => $2), interval '1 hour')
             WHERE id = $1",
            message.id,
            rest.as_secs_f64(),
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// It could not be delivered. Changes nothing if another process has claimed it since.
    pub async fn message_failed(
        &self,
        message: &Claimed,
        error: &Undelivered,
        afterwards: Afterwards,
    ) -> Result<(), StoreError> {
        let said = self.encoding().await?.nearest(&error.said).into_owned();
        let again = match afterwards {
            Afterwards::Again(delay) => Some(delay.as_secs_f64()),
            Afterwards::GiveUp => None,
        };
        sqlx::query!(
            "UPDATE agendad_alert_outbox
             SET last_error = $3, last_error_kind = $5,
                 next_attempt_at = now() + make_interval(secs => coalesce($4::float8, 0)),
                 given_up_at = CASE WHEN $4::float8 IS NULL THEN now() END
             WHERE id = $1 AND attempts = $2 AND sent_at IS NULL",
            message.id,
            message.attempts,
            said,
            again,
            error.why as _,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Gives up messages older than `age` (those whose recipient is no longer configured, or that nobody
    /// delivered for so long that they are no news), and deletes alerts and messages that were over `keep`
    /// ago; zero: none.
    pub async fn tidy_alerts(&self, age: Duration, keep: Duration) -> Result<(), StoreError> {
        sqlx::query!(
            "WITH given_up AS (
                 UPDATE agendad_alert_outbox
                 SET given_up_at = now(), last_error = coalesce(last_error, 'no channel took it for too long')
                 WHERE sent_at IS NULL AND given_up_at IS NULL AND created_at < now() - make_interval(secs => $1)
             ), messages AS (
                 DELETE FROM agendad_alert_outbox
                 WHERE $2::float8 > 0 AND created_at < now() - make_interval(secs => $2)
                   AND (sent_at IS NOT NULL OR given_up_at IS NOT NULL)
             ), reports AS (
                 DELETE FROM agendad_alert_reports WHERE reported_at < now() - interval '1 day'
             )
             DELETE FROM agendad_alerts
             WHERE $2::float8 > 0 AND cleared_at < now() - make_interval(secs => $2) AND clear_sent_at IS NOT NULL",
            age.as_secs_f64(),
            keep.as_secs_f64(),
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Messages that have not been delivered, newest first: those that will be tried again, and those
    /// that were given up within `given_up`.
    pub async fn undelivered_messages(
        &self,
        given_up: Duration,
    ) -> Result<Vec<MessageListed>, StoreError> {
        let rows = sqlx::query_as!(
            MessageListed,
            r#"SELECT id, channel AS "channel: Channel", target, rule AS "rule: RecordedRule", kind AS "kind: MessageKind",
                      created_at, attempts, next_attempt_at, given_up_at, last_error,
                      last_error_kind AS "last_error_kind: Trouble"
               FROM agendad_alert_outbox
               WHERE sent_at IS NULL AND (given_up_at IS NULL OR given_up_at > now() - make_interval(secs => $1))
               ORDER BY id DESC LIMIT 200"#,
            given_up.as_secs_f64(),
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }
}
