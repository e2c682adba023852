//! `agendad_alert_arrivals`: what became of the last message to each recipient.

use agendad_domain::{Channel, Trouble, Undelivered};

use crate::{Store, StoreError};

/// A message that was just tried.
#[derive(Debug)]
pub struct Tried<'a> {
    /// By which way.
    pub channel: Channel,
    /// The recipient.
    pub target: &'a str,
    /// All recipients of that way; what is known of others is forgotten.
    pub targets: &'a [String],
    /// What recognises the settings of the way; `None`: not known.
    pub settings: Option<&'a str>,
    /// Why it did not arrive; `None`: it did.
    pub undelivered: Option<&'a Undelivered>,
}

/// What is known of a recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastTried {
    /// By which way.
    pub channel: Channel,
    /// The recipient.
    pub target: String,
    /// What recognises the settings of then; `None`: not known.
    pub settings: Option<String>,
    /// Why it did not arrive; `None`: it did.
    pub error: Option<String>,
    pub error_kind: Option<Trouble>,
}

impl Store {
    /// Remembers what became of a message.
    pub async fn note_arrival(&self, tried: &Tried<'_>) -> Result<(), StoreError> {
        let letters = self.encoding().await?;
        let said = tried
            .undelivered
            .map(|undelivered| letters.nearest(&undelivered.said).into_owned());
        sqlx::query!(
            "WITH gone AS (
                 DELETE FROM agendad_alert_arrivals WHERE channel = $1 AND target <> ALL ($3)
             )
             INSERT INTO agendad_alert_arrivals (channel, target, settings, error, error_kind) VALUES ($1, $2, $4, $5, $6)
             ON CONFLICT (channel, target) DO UPDATE
             SET settings = excluded.settings, tried_at = now(), error = excluded.error, error_kind = excluded.error_kind",
            tried.channel as _,
            tried.target,
            tried.targets,
            tried.settings,
            said,
            tried.undelivered.and_then(|undelivered| undelivered.why) as _,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// What is known of all recipients.
    pub async fn arrivals(&self) -> Result<Vec<LastTried>, StoreError> {
        let rows = sqlx::query_as!(
            LastTried,
            r#"SELECT channel AS "channel: Channel", target, settings, error, error_kind AS "error_kind: Trouble"
               FROM agendad_alert_arrivals"#
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }
}
