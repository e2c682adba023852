//! What the rule `webhooks` looks at.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::evaluation::Evaluation;
use crate::StoreError;

/// An address that does not take what it wants.
#[derive(Debug)]
pub struct TroubledWebhook {
    pub id: i32,
    /// What it is for.
    pub label: String,
    /// Changes that were given up and not put back; zero: it has said that it is gone.
    pub given_up: i64,
    pub since: DateTime<Utc>,
}

impl Evaluation {
    /// Addresses for which changes were given up within `window` and not put back, or that are gone.
    pub async fn troubled_webhooks(
        &mut self,
        window: Duration,
    ) -> Result<Vec<TroubledWebhook>, StoreError> {
        let rows = sqlx::query_as!(
            TroubledWebhook,
            r#"SELECT w.id, w.label, coalesce(l.changes, 0)::bigint AS "given_up!",
                      coalesce(l.since, w.disabled_at) AS "since!"
               FROM agendad_webhooks w
               LEFT JOIN LATERAL (
                   SELECT sum(changes) AS changes, min(given_up_at) AS since FROM agendad_webhook_losses
                   WHERE webhook_id = w.id AND replayed_at IS NULL
                     AND given_up_at > now() - make_interval(secs => $1)) l ON TRUE
               WHERE w.disabled_because IS DISTINCT FROM 'operator' AND coalesce(l.since, w.disabled_at) IS NOT NULL
               ORDER BY w.id"#,
            window.as_secs_f64(),
        );
        Ok(rows.fetch_all(&mut *self.tx).await?)
    }
}
