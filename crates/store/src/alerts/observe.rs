//! What the alert rules look at for the installation as a whole: the last runs, and what daemons say of
//! themselves. One question a rule, asked within the evaluation's transaction.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::evaluation::{Evaluation, RestingDaemon};
use crate::StoreError;
use agendad_domain::{FailureKind, PortalContact};

/// Runs of one kind of error that have ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndedRuns {
    /// Kind of the error, if there was one.
    pub kind: Option<FailureKind>,
    /// How many.
    pub runs: i64,
    pub failed: i64,
    pub first_failed: Option<DateTime<Utc>>,
}

/// The last runs, and how many of them did not reach the portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastRuns {
    /// How many there were.
    pub runs: i64,
    /// Of these, ended with nothing but `network`, `timeout` or `unavailable`.
    pub unreached: i64,
    /// End of the first of those.
    pub since: Option<DateTime<Utc>>,
}

/// The runs that the portal's firewall turned away since one was last let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TurnedAwayRuns {
    /// How many runs there were at all that tell something of the firewall.
    pub runs: i64,
    /// Of these, turned away after the last that was not.
    pub turned_away: i64,
    /// End of the first of those.
    pub since: Option<DateTime<Utc>>,
}

impl Evaluation {
    /// Runs that started within `window` and have ended, by kind of error. What a stop of the daemon
    /// cancelled says nothing, and an examiner who uses the portal is no failure.
    pub async fn ended_runs(&mut self, window: Duration) -> Result<Vec<EndedRuns>, StoreError> {
        let rows = sqlx::query_as!(
            EndedRuns,
            r#"SELECT error_details ->> 'kind' AS "kind: FailureKind", count(*) AS "runs!",
                      count(*) FILTER (WHERE status = 'failed') AS "failed!",
                      min(finished_at) FILTER (WHERE status = 'failed') AS first_failed
               FROM agenda_sync_runs
               WHERE started_at >= now() - make_interval(secs => $1) AND status <> 'running'
                 AND coalesce(error_details ->> 'kind', '') <> $2
                 AND NOT (status = 'failed' AND coalesce(error_details ->> 'kind', '') = $3)
               GROUP BY 1 ORDER BY 3 DESC, 1 NULLS FIRST"#,
            window.as_secs_f64(),
            FailureKind::Cancelled as _,
            FailureKind::InUse as _,
        );
        Ok(rows.fetch_all(&mut *self.tx).await?)
    }

    /// The last `runs` runs of all examiners that have ended, none older than `window`. What a firewall turned away
    /// says nothing of whether the portal is up.
    pub async fn last_runs(&mut self, runs: i64, window: Duration) -> Result<LastRuns, StoreError> {
        use PortalContact::{CutShort, NoAnswer, NotServed, TurnedAway};
        let unreached = FailureKind::with(|contact| matches!(contact, NoAnswer | NotServed));
        let silent = FailureKind::with(|contact| matches!(contact, CutShort | TurnedAway));
        let row = sqlx::query_as!(
            LastRuns,
            r#"SELECT count(*) AS "runs!", count(*) FILTER (WHERE unreached) AS "unreached!",
                      min(finished_at) FILTER (WHERE unreached) AS since
               FROM (SELECT finished_at, coalesce(status = 'failed'
                            AND error_details ->> 'kind' = ANY ($3::text[]), FALSE) AS unreached
                     FROM agenda_sync_runs
                     WHERE started_at >= now() - make_interval(secs => $2) AND status <> 'running'
                       AND coalesce(error_details ->> 'kind', '') <> ALL ($4::text[])
                     ORDER BY started_at DESC LIMIT $1) AS last"#,
            runs,
            window.as_secs_f64(),
            unreached as _,
            silent as _,
        );
        Ok(row.fetch_one(&mut *self.tx).await?)
    }

    /// Runs of all examiners that have ended, none older than `window`, by whether the portal's firewall turned them
    /// away. Those that failed before they asked the portal, or did not reach even a firewall, are not looked at.
    pub async fn turned_away_runs(
        &mut self,
        window: Duration,
    ) -> Result<TurnedAwayRuns, StoreError> {
        use PortalContact::{NotServed, Served, TurnedAway};
        let turned_away = FailureKind::with(|contact| contact == TurnedAway);
        let answered =
            FailureKind::with(|contact| matches!(contact, NotServed | Served | TurnedAway));
        let row = sqlx::query_as!(
            TurnedAwayRuns,
            r#"WITH telling AS MATERIALIZED (
                   SELECT started_at, finished_at,
                          coalesce(error_details ->> 'kind' = ANY ($2::text[]), FALSE) AS turned_away
                   FROM agenda_sync_runs
                   WHERE started_at >= now() - make_interval(secs => $1)
                     AND (status IN ('success', 'partial')
                          OR status = 'failed' AND error_details ->> 'kind' = ANY ($3::text[]))
               ), let_through AS MATERIALIZED (
                   SELECT max(started_at) AS last FROM telling WHERE NOT turned_away
               )
               SELECT count(*) AS "runs!",
                      count(*) FILTER (WHERE turned_away AND coalesce(started_at > last, TRUE)) AS "turned_away!",
                      min(finished_at) FILTER (WHERE turned_away AND coalesce(started_at > last, TRUE)) AS since
               FROM telling, let_through"#,
            window.as_secs_f64(),
            turned_away as _,
            answered as _,
        );
        Ok(row.fetch_one(&mut *self.tx).await?)
    }

    /// Daemons that said within `age` that they leave the portal alone. Two rules want to know; the database is asked once.
    pub async fn resting_daemons(
        &mut self,
        age: Duration,
    ) -> Result<Vec<RestingDaemon>, StoreError> {
        if let Some((known, resting)) = &self.resting
            && *known == age
        {
            return Ok(resting.clone());
        }
        let rows = sqlx::query_as!(
            RestingDaemon,
            "SELECT instance, portal_resting_since AS since, firewall_until FROM agendad_alert_reports
             WHERE reported_at >= now() - make_interval(secs => $1) ORDER BY 2, 1",
            age.as_secs_f64(),
        );
        let resting = rows.fetch_all(&mut *self.tx).await?;
        self.resting = Some((age, resting.clone()));
        Ok(resting)
    }
}
