//! `agendad_people_invites`: an invitation to become an operator, good once and for some hours.

use std::time::Duration;

use super::person::{NewPerson, PersonChanged, insert};
use crate::{Store, StoreError};

impl Store {
    /// Makes an invitation, of whose code this is the hash.
    pub async fn invite(&self, code_hash: &[u8; 32], lasts: Duration) -> Result<(), StoreError> {
        sqlx::query!(
            "WITH over AS (DELETE FROM agendad_people_invites WHERE until < now() - interval '1 day')
             INSERT INTO agendad_people_invites (code_hash, until) VALUES ($1, now() + make_interval(secs => $2))",
            code_hash.as_slice(),
            lasts.as_secs_f64(),
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Whether an invitation is still good.
    pub async fn is_invited(&self, code_hash: &[u8; 32]) -> Result<bool, StoreError> {
        let found = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM agendad_people_invites WHERE code_hash = $1 AND until > now()) AS "found!""#,
            code_hash.as_slice(),
        );
        Ok(found.fetch_one(&self.pool).await?)
    }

    /// Adds whoever was invited, and uses the invitation up.
    ///
    /// # Errors
    /// [`StoreError::Database`]; then nothing has changed.
    pub async fn accept_invitation(
        &self,
        code_hash: &[u8; 32],
        new: &NewPerson<'_>,
        actor: &str,
    ) -> Result<PersonChanged, StoreError> {
        let nome = self.encoding().await?.nearest(new.nome).into_owned();
        let mut tx = self.begin().await?;
        let used = sqlx::query!(
            "DELETE FROM agendad_people_invites WHERE code_hash = $1 AND until > now()",
            code_hash.as_slice(),
        );
        if used.execute(&mut *tx).await?.rows_affected() == 0 {
            return Ok(PersonChanged::Invitation);
        }
        insert(tx, new, &nome, actor).await
    }
}
