//! Posts of a password that was never accepted to which there was no answer: two in a row, and it is posted no more. Kept
//! with the person's session ([`ownership`](super::ownership)), whose row a login has written before.

use super::{Store, StoreError};
use agendad_domain::Cpf;

/// So many posts without an answer are enough: one may be the way's fault.
pub const MOST_UNANSWERED: i32 = 2;

impl Store {
    /// Counts a post before it is made, unless this password was accepted last. Posts of another password, as its `fingerprint` tells, count no more.
    ///
    /// # Errors
    /// [`StoreError::Database`]; then the password may not be posted.
    pub async fn password_goes_out(&self, cpf: &Cpf, fingerprint: &str) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE portal_sessions
             SET unanswered_in_a_row = CASE WHEN unanswered_password = $2 THEN unanswered_in_a_row ELSE 0 END + 1,
                 unanswered_password = $2
             WHERE cpf = $1 AND accepted_password IS DISTINCT FROM $2",
            cpf.digits(),
            fingerprint,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// The portal has answered, whatever it said: nothing is without an answer any more. `accepted`: it was let in.
    pub async fn password_answered(
        &self,
        cpf: &Cpf,
        fingerprint: &str,
        accepted: bool,
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE portal_sessions
             SET unanswered_in_a_row = 0, unanswered_password = NULL,
                 accepted_password = CASE WHEN $3 THEN $2 ELSE accepted_password END
             WHERE cpf = $1",
            cpf.digits(),
            fingerprint,
            accepted,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// The post that was counted last did not take place, or came to nobody who could judge the password. Written twice
    /// it would forgive another one: not to be tried again.
    pub async fn password_stayed(&self, cpf: &Cpf, fingerprint: &str) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE portal_sessions SET unanswered_in_a_row = greatest(unanswered_in_a_row - 1, 0)
             WHERE cpf = $1 AND unanswered_password = $2",
            cpf.digits(),
            fingerprint,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}
