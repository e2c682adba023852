//! `agendad_alert_silences`: alerts of which nobody wants to hear for a while.

use std::time::Duration;

use agendad_domain::{ActionKind, Detail, RecordedRule, Rule};
use chrono::{DateTime, Utc};

use super::evaluation::Evaluation;
use crate::audit::{self, Action};
use crate::{Store, StoreError};

/// A silence to be made.
#[derive(Debug)]
pub struct NewSilence<'a> {
    /// A planned maintenance; else alerts are muted.
    pub is_maintenance: bool,
    /// Of this rule only; `None`: all.
    pub rule: Option<Rule>,
    /// Of this examiner only; `None`: all.
    pub usuario_id: Option<i32>,
    /// Its beginning; `None`: now.
    pub from: Option<DateTime<Utc>>,
    /// How long it lasts.
    pub lasts: Duration,
    /// Why.
    pub reason: &'a str,
}

/// A silence that is in force or to come.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Silence {
    pub id: i32,
    /// A planned maintenance; else alerts are muted.
    pub is_maintenance: bool,
    /// Of this rule only; `None`: all.
    pub rule: Option<RecordedRule>,
    /// Of this examiner only; `None`: all.
    pub usuario_id: Option<i32>,
    /// Its beginning.
    pub from_at: DateTime<Utc>,
    /// Its end.
    pub until_at: DateTime<Utc>,
    /// Why.
    pub reason: String,
    pub created_by: String,
}

impl Silence {
    /// Whether it holds messages about an alert back at this moment.
    #[must_use]
    pub fn covers(&self, rule: &RecordedRule, usuario_id: Option<i32>, now: DateTime<Utc>) -> bool {
        self.from_at <= now
            && now < self.until_at
            && self.rule.as_ref().is_none_or(|mine| mine == rule)
            && (self.usuario_id.is_none() || self.usuario_id == usuario_id)
    }
}

/// A maintenance that is over and has not been told of.
#[derive(Debug, Clone)]
pub struct EndedMaintenance {
    pub id: i32,
    /// Its beginning.
    pub from: DateTime<Utc>,
    pub until: DateTime<Utc>,
    /// Why.
    pub reason: String,
}

/// A trouble that was noticed during a maintenance.
#[derive(Debug, Clone)]
pub struct MeanwhileAlert {
    pub rule: RecordedRule,
    /// The examiner's name; empty if it is about the installation.
    pub label: String,
    pub is_over: bool,
}

macro_rules! silences {
    () => {
        sqlx::query_as!(
            Silence,
            r#"SELECT id, kind = 'maintenance' AS "is_maintenance!", rule AS "rule: RecordedRule", usuario_id, from_at,
                      until_at, reason, created_by
               FROM agendad_alert_silences
               WHERE ended_at IS NULL AND until_at > now() AND created_at <= now() + interval '1 minute'
               ORDER BY from_at, id"#
        )
    };
}

impl Store {
    /// Makes a silence; written down in the same transaction. Returns its number.
    ///
    /// # Errors
    /// [`StoreError::Database`]; then nothing has changed.
    pub async fn add_silence(
        &self,
        silence: &NewSilence<'_>,
        actor: &str,
    ) -> Result<i32, StoreError> {
        let reason = self.encoding().await?.nearest(silence.reason).into_owned();
        let kind = if silence.is_maintenance {
            "maintenance"
        } else {
            "mute"
        };
        let rule = silence.rule.map(Rule::key);
        let mut tx = self.begin().await?;
        let id = sqlx::query_scalar!(
            "INSERT INTO agendad_alert_silences (kind, rule, usuario_id, from_at, until_at, reason, created_by)
             VALUES ($1, $2, $3, coalesce($4, now()), coalesce($4, now()) + make_interval(secs => $5), $6, $7)
             RETURNING id",
            kind,
            rule,
            silence.usuario_id,
            silence.from,
            silence.lasts.as_secs_f64(),
            reason,
            actor,
        )
        .fetch_one(&mut *tx)
        .await?;
        let action = Action {
            actor,
            action: if silence.is_maintenance {
                ActionKind::AlertsMaintenance
            } else {
                ActionKind::AlertsMute
            },
            usuario_id: silence.usuario_id,
            details: [
                Detail::Id.with(id),
                Detail::Rule.with(rule),
                Detail::From.with(silence.from),
                Detail::Seconds.with(silence.lasts.as_secs()),
                Detail::Why.with(&reason),
            ]
            .into(),
        };
        audit::commit_if(true, tx, &action).await?;
        Ok(id)
    }

    /// Ends a silence before its time. Returns whether there was one.
    ///
    /// # Errors
    /// [`StoreError::Database`]; then nothing has changed.
    pub async fn end_silence(&self, id: i32, actor: &str) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let done = sqlx::query!(
            "UPDATE agendad_alert_silences SET ended_at = now()
             WHERE id = $1 AND ended_at IS NULL AND until_at > now()",
            id,
        )
        .execute(&mut *tx)
        .await?;
        let found = done.rows_affected() == 1;
        let action = Action::of_none(actor, ActionKind::AlertsUnmute, [Detail::Id.with(id)]);
        audit::commit_if(found, tx, &action).await
    }

    /// Those that are in force or to come, by their beginning.
    pub async fn silences(&self) -> Result<Vec<Silence>, StoreError> {
        Ok(silences!().fetch_all(&self.pool).await?)
    }
}

impl Evaluation {
    /// Those that are in force or to come, by their beginning.
    pub async fn silences(&mut self) -> Result<Vec<Silence>, StoreError> {
        Ok(silences!().fetch_all(&mut *self.tx).await?)
    }

    /// Maintenances that are over for less than a day and have not been told of: those from before there was a channel are
    /// news to nobody. One that was ended before it began is none.
    pub async fn ended_maintenances(&mut self) -> Result<Vec<EndedMaintenance>, StoreError> {
        let rows = sqlx::query_as!(
            EndedMaintenance,
            r#"SELECT id, from_at AS "from", least(ended_at, until_at) AS "until!", reason FROM agendad_alert_silences
               WHERE kind = 'maintenance' AND told_at IS NULL AND least(ended_at, until_at) <= now()
                 AND least(ended_at, until_at) > from_at AND least(ended_at, until_at) > now() - interval '1 day'
               ORDER BY id"#
        );
        Ok(rows.fetch_all(&mut *self.tx).await?)
    }

    /// What was noticed during a maintenance, and that it is told.
    pub async fn tell_maintenance(
        &mut self,
        ended: &EndedMaintenance,
    ) -> Result<Vec<MeanwhileAlert>, StoreError> {
        let rows = sqlx::query_as!(
            MeanwhileAlert,
            r#"WITH told AS (UPDATE agendad_alert_silences SET told_at = now() WHERE id = $3)
               SELECT rule AS "rule: RecordedRule", label, cleared_at IS NOT NULL AS "is_over!" FROM agendad_alerts
               WHERE opened_at >= $1 AND opened_at < $2 ORDER BY opened_at, id"#,
            ended.from,
            ended.until,
            ended.id,
        );
        Ok(rows.fetch_all(&mut *self.tx).await?)
    }
}
