//! Pauses of accounts: no login is attempted until they end. What the portal refused is remembered with them, see
//! [`refusals`].

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::accounts::Account;
use super::audit::{self, Action};
use super::waiting::no_answer;
use super::{Store, StoreError, duplicates, refusals};
use agendad_domain::{ActionKind, Cpf, PauseReason};

/// Longer than it takes to pause an account. Whoever waits longer waits for somebody who holds its row.
const PAUSE_TIMEOUT: Duration = Duration::from_secs(10);

/// What became of the wish to end a pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resumed {
    /// The account goes on.
    Done,
    NoAccount,
    /// It is paused because the portal did not accept the password: only a new password, or the wish to post the
    /// same one again, ends that.
    PasswordCondemned(PauseReason),
    /// It is paused because this older account has the same CPF.
    CpfTaken(i32),
}

/// What an answer that nobody understands means for the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unexplained {
    /// The account is paused.
    Condemned,
    /// The password was accepted before, and this was the first such answer in a row.
    Tolerated,
}

/// An examiner whose password the portal refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedPassword {
    pub usuario_id: i32,
    pub nome: String,
}

impl Store {
    /// Whose accounts in use are paused because the portal refused their password, the one of the longest first.
    pub async fn refused_passwords(&self) -> Result<Vec<RefusedPassword>, StoreError> {
        let refused = sqlx::query_as!(
            RefusedPassword,
            r#"SELECT c.usuario_id, coalesce(u.nome, '') AS "nome!"
               FROM configuracoes_detran c JOIN usuarios u ON u.id = c.usuario_id
               WHERE c.pausa_motivo = 'refused' AND coalesce(c.ativo, TRUE) AND coalesce(u.ativo, TRUE)
               ORDER BY c.pausa_desde, c.usuario_id"#,
        );
        Ok(refused.fetch_all(&self.pool).await?)
    }

    /// Has an account read by the next look of a daemon, as one that was just added. Where the last tick has had its run
    /// with the credentials before, the new run has a tick of its own: the time at which they were stored.
    pub async fn make_due(&self, usuario_id: i32) -> Result<(), StoreError> {
        sqlx::query!(
            "WITH due AS (UPDATE sync_schedules SET last_tick = NULL WHERE usuario_id = $1)
             -- Wakes the daemons by its trigger.
             UPDATE configuracoes_detran SET janelas = janelas WHERE usuario_id = $1",
            usuario_id,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Pauses an account, unless its credentials are no longer those of `account`: new ones have not
    /// been refused. A pause that ends by itself takes the place of none without an end. Returns whether it was paused.
    /// Where the reason condemns the password, its `fingerprint` is remembered in any case, for all accounts of this CPF,
    /// and that the portal has accepted it before is worth nothing any more.
    ///
    /// # Errors
    /// [`StoreError::Database`]; then nothing was written, unless no answer came in time.
    pub async fn pause_after_refusal(
        &self,
        account: &Account,
        reason: PauseReason,
        for_how_long: Option<Duration>,
        fingerprint: &str,
    ) -> Result<bool, StoreError> {
        let pausing = self.pause_refused(account, reason, for_how_long, fingerprint);
        tokio::time::timeout(PAUSE_TIMEOUT, pausing)
            .await
            .unwrap_or_else(|_| Err(no_answer(PAUSE_TIMEOUT).into()))
    }

    async fn pause_refused(
        &self,
        account: &Account,
        reason: PauseReason,
        for_how_long: Option<Duration>,
        fingerprint: &str,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        if reason.condemns_password() {
            refusals::remember(&mut tx, &account.cpf, fingerprint, reason).await?;
        }
        let done = sqlx::query!(
            "UPDATE configuracoes_detran
             SET pausa_motivo = $2, pausa_desde = now(), pausa_ate = now() + make_interval(secs => $3::float8),
                 credencial_aceita_em = CASE WHEN NOT $5::bool THEN credencial_aceita_em END
             WHERE usuario_id = $1 AND credencial_mudada_em = $4
               AND ($3::float8 IS NULL OR pausa_motivo IS NULL OR pausa_ate IS NOT NULL)",
            account.usuario_id,
            reason as _,
            for_how_long.map(|d| d.as_secs_f64()),
            account.credentials_since,
            reason.condemns_password(),
        )
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(done.rows_affected() == 1)
    }

    /// Counts an answer to a posted password that nobody understands. A password that was never accepted is
    /// condemned at once, one that was accepted before by the second such answer in a row. An accepted login ends
    /// the row. `in_a_row` says which one it is, so that it counts once, however often it is written.
    ///
    /// # Errors
    /// [`StoreError::Database`]; then nobody knows whether it was counted.
    pub async fn login_unexplained(
        &self,
        account: &Account,
        fingerprint: &str,
        in_a_row: i32,
    ) -> Result<Unexplained, StoreError> {
        let condemned = sqlx::query_scalar!(
            r#"INSERT INTO portal_sessions AS s (cpf, usuario_id, unexplained_in_a_row) VALUES ($1, $2, $5)
               ON CONFLICT (cpf) DO UPDATE SET unexplained_in_a_row = excluded.unexplained_in_a_row
               RETURNING s.unexplained_in_a_row >= 2 OR NOT ($3 OR EXISTS (
                   SELECT FROM configuracoes_detran
                   WHERE usuario_id = $2 AND credencial_mudada_em = $4 AND credencial_aceita_em IS NOT NULL))
                   AS "condemned!""#,
            account.cpf.digits(),
            account.usuario_id,
            account.proven,
            account.credentials_since,
            in_a_row,
        )
        .fetch_one(&self.pool)
        .await?;
        if !condemned {
            return Ok(Unexplained::Tolerated);
        }
        self.pause_after_refusal(account, PauseReason::Unexplained, None, fingerprint)
            .await?;
        Ok(Unexplained::Condemned)
    }

    /// Pauses an account whose password is known to have been refused, unless there is a pause already, or the
    /// credentials are no longer those that were looked at.
    pub async fn pause_again(
        &self,
        usuario_id: i32,
        credentials_since: DateTime<Utc>,
        reason: PauseReason,
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE configuracoes_detran SET pausa_motivo = $2, pausa_desde = now(), pausa_ate = NULL
             WHERE usuario_id = $1 AND credencial_mudada_em = $3
               AND (pausa_motivo IS NULL OR coalesce(pausa_ate <= now(), FALSE))",
            usuario_id,
            reason as _,
            credentials_since,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Pauses an account at an operator's wish, and writes down who wished it. What the portal has refused stays the
    /// reason. Returns whether there is such an account.
    ///
    /// # Errors
    /// [`StoreError::Database`]; then nothing has changed.
    pub async fn pause_account(&self, usuario_id: i32, actor: &str) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        // Else pausing and resuming would be a way to post a refused password again.
        let done = sqlx::query!(
            "UPDATE configuracoes_detran
             SET pausa_desde = CASE WHEN condemned THEN pausa_desde ELSE now() END,
                 pausa_ate = CASE WHEN condemned THEN pausa_ate END,
                 pausa_motivo = CASE WHEN condemned THEN pausa_motivo ELSE 'manual' END
             FROM (SELECT coalesce(pausa_motivo = ANY ($2::text[]), FALSE)
                       AS condemned
                   FROM configuracoes_detran WHERE usuario_id = $1 FOR UPDATE) before
             WHERE usuario_id = $1",
            usuario_id,
            PauseReason::condemning() as _,
        )
        .execute(&mut *tx)
        .await?;
        let found = done.rows_affected() == 1;
        audit::commit_if(
            found,
            tx,
            &Action::of(usuario_id, actor, ActionKind::UsersPause),
        )
        .await
    }

    /// Ends a pause that has nothing to do with the password, and writes down who wished it.
    ///
    /// # Errors
    /// [`StoreError::Database`]; then nothing has changed.
    pub async fn resume_account(
        &self,
        usuario_id: i32,
        actor: &str,
    ) -> Result<Resumed, StoreError> {
        self.resume(usuario_id, actor, None).await
    }

    /// Ends any pause but that of a second account: the password with these `fingerprints` may be posted once more
    /// with this CPF. Writes down who wished it.
    ///
    /// # Errors
    /// [`StoreError::Database`]; then nothing has changed.
    pub async fn resume_with_same_password(
        &self,
        usuario_id: i32,
        cpf: &Cpf,
        fingerprints: &[String],
        actor: &str,
    ) -> Result<Resumed, StoreError> {
        self.resume(usuario_id, actor, Some((cpf, fingerprints)))
            .await
    }

    async fn resume(
        &self,
        usuario_id: i32,
        actor: &str,
        released: Option<(&Cpf, &[String])>,
    ) -> Result<Resumed, StoreError> {
        let mut tx = self.begin().await?;
        duplicates::settle(&mut tx).await?;
        let reason = sqlx::query_scalar!(
            r#"SELECT pausa_motivo AS "reason: PauseReason" FROM configuracoes_detran WHERE usuario_id = $1 FOR UPDATE"#,
            usuario_id
        );
        let Some(reason) = reason.fetch_optional(&mut *tx).await? else {
            return Ok(Resumed::NoAccount);
        };
        match reason {
            Some(PauseReason::DuplicateCpf) => {
                let older = duplicates::older(&mut tx, usuario_id).await?;
                return Ok(Resumed::CpfTaken(older.unwrap_or(usuario_id)));
            }
            Some(reason) if reason.condemns_password() && released.is_none() => {
                return Ok(Resumed::PasswordCondemned(reason));
            }
            Some(_) | None => {}
        }
        let action = match released {
            Some((cpf, fingerprints)) => {
                refusals::release(&mut tx, cpf, fingerprints, actor).await?;
                ActionKind::UsersResumeSamePassword
            }
            None => ActionKind::UsersResume,
        };
        sqlx::query!(
            "UPDATE configuracoes_detran SET pausa_motivo = NULL, pausa_desde = NULL, pausa_ate = NULL
             WHERE usuario_id = $1",
            usuario_id,
        )
        .execute(&mut *tx)
        .await?;
        audit::commit_if(true, tx, &Action::of(usuario_id, actor, action)).await?;
        Ok(Resumed::Done)
    }
}
