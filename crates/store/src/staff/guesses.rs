//! `agendad_login_guesses`: whoever guesses passwords of one name has to wait, longer each time. It is counted by the name
//! that was typed, so that a name that nobody has is told from none, and before the password is looked at, so that many
//! guesses at once are no more than one after the other.

use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::{Store, StoreError, Transaction};

impl Store {
    /// Counts one more try to log in under a name; a good one takes all of them back. How long the next one has to wait,
    /// if it is too early for this one.
    pub async fn guess_login(&self, login: &str) -> Result<Option<Duration>, StoreError> {
        let hash = hash(login);
        // The fifth in a row locks for a minute, each further one for twice as long, up to an hour.
        let counted = sqlx::query_scalar!(
            r#"WITH over AS (
                 DELETE FROM agendad_login_guesses WHERE last_at < now() - interval '1 day' AND login_hash <> $1
             )
             INSERT INTO agendad_login_guesses AS g (login_hash, failed) VALUES ($1, 1)
             ON CONFLICT (login_hash) DO UPDATE SET
                 failed = CASE WHEN g.last_at BETWEEN now() - interval '1 day' AND now() + interval '1 minute'
                     THEN g.failed + 1 ELSE 1 END,
                 locked_until = CASE WHEN g.failed >= 4
                         AND g.last_at BETWEEN now() - interval '1 day' AND now() + interval '1 minute'
                     THEN now() + least(interval '1 hour', interval '1 minute' * power(2, least(g.failed - 4, 10))) END,
                 last_at = now()
             -- A try that is still to come was counted while a clock was ahead, and locks nobody out.
             WHERE coalesce(g.locked_until <= now(), TRUE) OR g.last_at > now() + interval '1 minute'
             RETURNING failed"#,
            hash.as_slice(),
        );
        if counted.fetch_optional(&self.pool).await?.is_some() {
            return Ok(None);
        }
        let rest = sqlx::query_scalar!(
            r#"SELECT extract(epoch FROM locked_until - now())::float8 AS "rest!" FROM agendad_login_guesses
               WHERE login_hash = $1 AND locked_until IS NOT NULL"#,
            hash.as_slice(),
        );
        let rest = rest.fetch_optional(&self.pool).await?.unwrap_or_default();
        Ok(Some(Duration::from_secs_f64(rest.max(1.0))))
    }
}

/// Forgets the failed tries of a name.
pub(super) async fn forget(tx: &mut Transaction, login: &str) -> Result<(), StoreError> {
    let hash = hash(login);
    sqlx::query!(
        "DELETE FROM agendad_login_guesses WHERE login_hash = $1",
        hash.as_slice()
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

fn hash(login: &str) -> [u8; 32] {
    Sha256::digest(login.as_bytes()).into()
}
