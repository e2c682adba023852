//! `agendad_logouts`: sessions of the dashboard that ended before their time.

use chrono::{DateTime, Utc};

use super::{Store, StoreError};

impl Store {
    /// Ends a session that would have lasted until `until`. Forgets those whose time is over.
    pub async fn log_out(&self, session: &str, until: DateTime<Utc>) -> Result<(), StoreError> {
        sqlx::query!(
            "WITH over AS (DELETE FROM agendad_logouts WHERE until < now() - interval '1 day')
             INSERT INTO agendad_logouts (session, until) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            session,
            until,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Whether a session that the shared key has opened was ended before its time: it was logged out, or there is an
    /// operator with a name by now.
    pub async fn is_logged_out(&self, session: &str) -> Result<bool, StoreError> {
        let found = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM agendad_logouts WHERE session = $1)
                   OR EXISTS (SELECT FROM agendad_people WHERE role = 'operador' AND NOT disabled) AS "found!""#,
            session,
        );
        Ok(found.fetch_one(&self.pool).await?)
    }
}
