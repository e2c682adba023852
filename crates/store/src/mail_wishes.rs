//! Which mails an examiner wants, and where to: both kinds together, as a form shows them.

use super::{Store, StoreError};

/// What an examiner gets by e-mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailWishes {
    /// Tomorrow's agenda.
    pub tomorrow: bool,
    /// The day's changes.
    pub changes: bool,
    /// Where to, if not to the address in `usuarios`.
    pub email: Option<String>,
    /// That address.
    pub known_email: Option<String>,
    /// Why the last mail was not sent.
    pub last_error: Option<String>,
}

impl Store {
    /// What an examiner gets by e-mail; `None`: there is no such user.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn mail_wishes(&self, usuario_id: i32) -> Result<Option<MailWishes>, StoreError> {
        let row = sqlx::query_as!(
            MailWishes,
            r#"SELECT t.usuario_id IS NOT NULL AS "tomorrow!", c.usuario_id IS NOT NULL AS "changes!",
                      coalesce(t.email, c.email) AS email, nullif(u.email, '') AS known_email,
                      coalesce(c.last_error, t.last_error) AS last_error
               FROM usuarios u
               LEFT JOIN agendad_tomorrow_mails t ON t.usuario_id = u.id
               LEFT JOIN agendad_change_mails c ON c.usuario_id = u.id
               WHERE u.id = $1"#,
            usuario_id,
        );
        Ok(row.fetch_optional(&self.pool).await?)
    }
}
