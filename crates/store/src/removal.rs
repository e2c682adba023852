//! Taking an examiner away: credentials, addresses, schedules and login go; slots, runs and the audit are history and
//! stay, with the number and, in the application's `usuarios`, the name.

use super::audit::{self, Action};
use super::{Store, StoreError};
use agendad_domain::{ActionKind, Detail};

/// What was there of an examiner who was taken away.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Removed {
    /// With what they logged in to the dashboard, until then.
    pub logins: Vec<String>,
    /// Slots that stay.
    pub slots: i64,
    /// Runs that stay until `retention.runs` is over.
    pub runs: i64,
}

impl Store {
    /// Takes an examiner's account away, in one transaction, and writes down who did; `None` if there is none. Whoever
    /// calls it holds the examiner's lock, so that no run is in the middle of it.
    ///
    /// # Errors
    /// [`StoreError::Database`]; then nothing has changed.
    pub async fn remove_examiner(
        &self,
        usuario_id: i32,
        actor: &str,
    ) -> Result<Option<Removed>, StoreError> {
        let mut tx = self.begin().await?;
        let account = sqlx::query!(
            "DELETE FROM configuracoes_detran WHERE usuario_id = $1",
            usuario_id
        );
        if account.execute(&mut *tx).await?.rows_affected() == 0 {
            return Ok(None);
        }
        // Their sessions go with them.
        let logins = sqlx::query_scalar!(
            "DELETE FROM agendad_people WHERE usuario_id = $1 RETURNING login",
            usuario_id
        )
        .fetch_all(&mut *tx)
        .await?;
        // An address of several examiners serves the others.
        sqlx::query!(
            "WITH calendars AS (DELETE FROM agendad_calendars WHERE usuario_id = $1),
                  mails AS (DELETE FROM agendad_tomorrow_mails WHERE usuario_id = $1),
                  changes AS (DELETE FROM agendad_change_mails WHERE usuario_id = $1),
                  sheets AS (DELETE FROM agendad_sheets WHERE usuario_ids = ARRAY[$1]),
                  readings AS (DELETE FROM portal_unit_readings WHERE usuario_id = $1),
                  units AS (DELETE FROM portal_units WHERE usuario_id = $1),
                  schedules AS (DELETE FROM sync_schedules WHERE usuario_id = $1)
             UPDATE agendad_sheets SET usuario_ids = array_remove(usuario_ids, $1)
             WHERE $1 = ANY (usuario_ids) AND usuario_ids <> ARRAY[$1]",
            usuario_id
        )
        .execute(&mut *tx)
        .await?;
        let kept = sqlx::query!(
            r#"SELECT (SELECT count(*) FROM agenda_slots WHERE usuario_id = $1) AS "slots!",
                      (SELECT count(*) FROM agenda_sync_runs WHERE usuario_id = $1) AS "runs!""#,
            usuario_id
        )
        .fetch_one(&mut *tx)
        .await?;
        let removed = Removed {
            logins,
            slots: kept.slots,
            runs: kept.runs,
        };
        let action = Action {
            actor,
            action: ActionKind::UsersRemove,
            usuario_id: Some(usuario_id),
            details: [
                Detail::Logins.with(&removed.logins),
                Detail::Slots.with(removed.slots),
                Detail::Runs.with(removed.runs),
            ]
            .into(),
        };
        audit::commit_if(true, tx, &action).await?;
        Ok(Some(removed))
    }

    /// Forgets what is known of the portal sessions of a user without an account, as far as they have ended.
    pub async fn forget_ended_sessions(&self, usuario_id: i32) -> Result<(), StoreError> {
        sqlx::query!(
            "DELETE FROM portal_sessions s WHERE s.usuario_id = $1 AND s.closed_at IS NOT NULL
               AND NOT EXISTS (SELECT FROM configuracoes_detran c
                               WHERE ltrim(regexp_replace(c.cpf, '\\D', '', 'g'), '0') = ltrim(s.cpf, '0'))",
            usuario_id
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}
