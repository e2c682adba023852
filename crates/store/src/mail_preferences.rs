//! Which mails an examiner wants, and where to: both kinds together, as a form shows them.

use agendad_domain::{ActionKind, Detail, Trouble};

use super::audit::{self, Action};
use super::{Store, StoreError};

/// What examiners may get by e-mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mails {
    /// Tomorrow's agenda, every evening.
    Tomorrow,
    /// The day's changes, from now on.
    Changes,
}

/// What an examiner gets by e-mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailPreferences {
    /// Tomorrow's agenda.
    pub tomorrow: bool,
    /// The day's changes.
    pub changes: bool,
    /// Where that of tomorrow goes, if not to the address in `usuarios`.
    pub tomorrow_email: Option<String>,
    /// Where those of changes go.
    pub changes_email: Option<String>,
    /// The address in `usuarios`.
    pub known_email: Option<String>,
    /// Why the last mail was not sent.
    pub last_error: Option<String>,
    pub last_error_kind: Option<Trouble>,
}

impl Store {
    /// Sends an examiner such mails from now on, or no longer; `email`: where to, `None`: where `usuarios` says. Returns
    /// whether there is such a user.
    ///
    /// # Errors
    /// [`StoreError::Database`]; then nothing has changed.
    pub async fn set_mail_preference(
        &self,
        mails: Mails,
        usuario_id: i32,
        wish: Option<Option<&str>>,
        actor: &str,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let done = match (mails, wish) {
            (Mails::Tomorrow, Some(email)) => sqlx::query!(
                "INSERT INTO agendad_tomorrow_mails (usuario_id, email, created_by)
                     SELECT id, $2, $3 FROM usuarios WHERE id = $1
                     ON CONFLICT (usuario_id) DO UPDATE SET email = excluded.email",
                usuario_id,
                email,
                actor,
            )
            .execute(&mut *tx)
            .await?,
            (Mails::Changes, Some(email)) => sqlx::query!(
                "INSERT INTO agendad_change_mails (usuario_id, email, created_by, seen_change)
                     SELECT id, $2, $3, (SELECT coalesce(max(id), 0) FROM agenda_slot_changes) FROM usuarios WHERE id = $1
                     ON CONFLICT (usuario_id) DO UPDATE SET email = excluded.email",
                usuario_id,
                email,
                actor,
            )
            .execute(&mut *tx)
            .await?,
            (Mails::Tomorrow, None) => sqlx::query!(
                "DELETE FROM agendad_tomorrow_mails WHERE usuario_id = $1",
                usuario_id,
            )
            .execute(&mut *tx)
            .await?,
            (Mails::Changes, None) => sqlx::query!(
                "DELETE FROM agendad_change_mails WHERE usuario_id = $1",
                usuario_id,
            )
            .execute(&mut *tx)
            .await?,
        };
        let found = done.rows_affected() == 1;
        let action = Action {
            actor,
            action: match mails {
                Mails::Tomorrow => ActionKind::UsersTomorrow,
                Mails::Changes => ActionKind::UsersChanges,
            },
            usuario_id: Some(usuario_id),
            details: [Detail::On.with(wish.is_some())].into(),
        };
        audit::commit_if(found, tx, &action).await
    }

    /// What an examiner gets by e-mail; `None`: there is no such user.
    pub async fn mail_preferences(
        &self,
        usuario_id: i32,
    ) -> Result<Option<MailPreferences>, StoreError> {
        let row = sqlx::query_as!(
            MailPreferences,
            r#"SELECT t.usuario_id IS NOT NULL AS "tomorrow!", c.usuario_id IS NOT NULL AS "changes!",
                      t.email AS "tomorrow_email?", c.email AS "changes_email?", nullif(u.email, '') AS known_email,
                      coalesce(c.last_error, t.last_error) AS last_error,
                      CASE WHEN c.last_error IS NOT NULL THEN c.last_error_kind ELSE t.last_error_kind END
                          AS "last_error_kind: Trouble"
               FROM usuarios u
               LEFT JOIN agendad_tomorrow_mails t ON t.usuario_id = u.id
               LEFT JOIN agendad_change_mails c ON c.usuario_id = u.id
               WHERE u.id = $1"#,
            usuario_id,
        );
        Ok(row.fetch_optional(&self.pool).await?)
    }
}
