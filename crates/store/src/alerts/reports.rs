//! `agendad_alert_reports`: what only a daemon itself knows, that it leaves the portal alone.

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::{Store, StoreError};

/// Why a daemon leaves the portal alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortalRest {
    /// Its breaker is open: too many failures in a row.
    Breaker,
    /// The portal's firewall turned it away; it tries again after so long.
    Firewall(Duration),
}

/// A daemon that the portal's firewall turned away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TurnedAwayDaemon {
    pub instance: String,
    pub since: DateTime<Utc>,
    /// When it tries again.
    pub until: DateTime<Utc>,
}

impl Store {
    /// Says that this process leaves the portal alone, and why; or no longer.
    pub async fn report_rest(
        &self,
        instance: &str,
        rest: Option<PortalRest>,
    ) -> Result<(), StoreError> {
        let Some(rest) = rest else {
            sqlx::query!(
                "DELETE FROM agendad_alert_reports WHERE instance = $1",
                instance
            )
            .execute(&self.pool)
            .await?;
            return Ok(());
        };
        let firewall = match rest {
            PortalRest::Breaker => None,
            PortalRest::Firewall(tries_in) => Some(tries_in.as_secs_f64()),
        };
        sqlx::query!(
            "INSERT INTO agendad_alert_reports AS r (instance, firewall_until)
             VALUES ($1, now() + make_interval(secs => $2::float8))
             ON CONFLICT (instance) DO UPDATE
             SET reported_at = now(), firewall_until = excluded.firewall_until,
                 -- Another reason is another trouble.
                 portal_resting_since = CASE
                     WHEN (r.firewall_until IS NULL) = (excluded.firewall_until IS NULL) THEN r.portal_resting_since
                     ELSE now() END",
            instance,
            firewall,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Daemons that said within `age` that the portal's firewall turned them away.
    pub async fn turned_away(&self, age: Duration) -> Result<Vec<TurnedAwayDaemon>, StoreError> {
        let rows = sqlx::query_as!(
            TurnedAwayDaemon,
            r#"SELECT instance, portal_resting_since AS since, firewall_until AS "until!"
               FROM agendad_alert_reports
               WHERE firewall_until IS NOT NULL AND reported_at >= now() - make_interval(secs => $1)
               ORDER BY 2, 1"#,
            age.as_secs_f64(),
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }
}
