//! `configuracoes_detran`: the examiner's account at the portal, its credentials and its pause.

use chrono::{DateTime, Utc};

use super::{Store, StoreError, audit};
use crate::domain::{Cpf, WorkingDays};

/// Why an account is paused, as `pausa_motivo` says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PauseReason {
    /// CPF or password refused.
    Refused,
    /// The portal says that the account is blocked.
    Blocked,
    /// A CAPTCHA was shown.
    Captcha,
    /// An operator wants it so.
    Manual,
}

impl PauseReason {
    /// The stable text form.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Blocked => "blocked",
            Self::Captcha => "captcha",
            Self::Manual => "manual",
        }
    }
}

/// An account, as a run needs it.
pub struct Account {
    /// The examiner.
    pub usuario_id: i32,
    /// CPF for the portal.
    pub cpf: Cpf,
    /// The password as it is stored.
    pub senha: StoredPassword,
    /// Whether the portal has accepted these very credentials before.
    pub proven: bool,
    /// When the credentials last changed: recognises them.
    pub credentials_since: DateTime<Utc>,
    /// On which weekdays he works.
    pub working_days: WorkingDays,
    /// Set while no login may be attempted.
    pub pause: Option<Pause>,
    /// Whether account and user are active.
    pub active: bool,
    /// Whether the schedule may run it.
    pub automatic: bool,
    /// The windows that apply to it; `None`: all.
    pub windows: Option<Vec<String>>,
}

/// A pause in force.
#[derive(Debug, Clone)]
pub struct Pause {
    /// Why, in the words of [`PauseReason`].
    pub reason: String,
    /// Since when.
    pub since: Option<DateTime<Utc>>,
    /// Until when; `None`: until the credentials change or an operator resumes it.
    pub until: Option<DateTime<Utc>>,
}

/// A password at rest. Cannot print itself.
#[derive(Clone, PartialEq, Eq)]
pub enum StoredPassword {
    /// As the earlier application writes it.
    Clear(String),
    /// Sealed by the vault.
    Sealed(String),
    /// None stored.
    Missing,
}

impl StoredPassword {
    /// From the two columns; a clear one wins, because the earlier application has just written it.
    #[must_use]
    pub fn of(senha: Option<String>, senha_cifrada: Option<String>) -> Self {
        match (senha.filter(|s| !s.is_empty()), senha_cifrada) {
            (Some(clear), _) => Self::Clear(clear),
            (None, Some(sealed)) => Self::Sealed(sealed),
            (None, None) => Self::Missing,
        }
    }
}

impl std::fmt::Debug for StoredPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Clear(_) => "Clear(…)",
            Self::Sealed(_) => "Sealed(…)",
            Self::Missing => "Missing",
        })
    }
}

impl Store {
    /// The account of a user; `None` if there is none.
    ///
    /// # Errors
    /// [`StoreError::BadValue`] if CPF or working days cannot be understood; [`StoreError::Database`].
    pub async fn account(&self, usuario_id: i32) -> Result<Option<Account>, StoreError> {
        let row = sqlx::query!(
            r#"SELECT c.cpf, c.senha, c.senha_cifrada, c.dias_trabalho, c.pausa_motivo, c.pausa_desde, c.pausa_ate,
                      c.credencial_mudada_em, c.credencial_aceita_em IS NOT NULL AS "proven!",
                      (c.pausa_motivo IS NOT NULL AND coalesce(c.pausa_ate > now(), TRUE)) AS "paused!",
                      (coalesce(c.ativo, TRUE) AND coalesce(u.ativo, TRUE)) AS "active!",
                      coalesce(c.sincronizacao_automatica, FALSE) AS "automatic!", c.janelas
               FROM configuracoes_detran c JOIN usuarios u ON u.id = c.usuario_id
               WHERE c.usuario_id = $1"#,
            usuario_id,
        )
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let bad = |what, source: Box<dyn std::error::Error + Send + Sync>| StoreError::BadValue {
            usuario_id,
            what,
            source,
        };
        let senha = StoredPassword::of(row.senha, row.senha_cifrada);
        let pause = row.paused.then_some(Pause {
            reason: row.pausa_motivo.unwrap_or_default(),
            since: row.pausa_desde,
            until: row.pausa_ate,
        });
        Ok(Some(Account {
            usuario_id,
            cpf: Cpf::parse(&row.cpf).map_err(|e| bad("the CPF", e.into()))?,
            senha,
            proven: row.proven,
            credentials_since: row.credencial_mudada_em,
            working_days: WorkingDays::parse(row.dias_trabalho.as_deref())
                .map_err(|e| bad("the working days", e.into()))?,
            pause,
            active: row.active,
            automatic: row.automatic,
            windows: row.janelas,
        }))
    }

    /// Pauses an account, unless its credentials are no longer those of `account`: new ones have not
    /// been refused. Returns whether it was paused.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn pause_after_refusal(
        &self,
        account: &Account,
        reason: PauseReason,
        for_how_long: Option<std::time::Duration>,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query!(
            "UPDATE configuracoes_detran
             SET pausa_motivo = $2, pausa_desde = now(), pausa_ate = now() + make_interval(secs => $3::float8)
             WHERE usuario_id = $1 AND credencial_mudada_em = $4",
            account.usuario_id,
            reason.as_str(),
            for_how_long.map(|d| d.as_secs_f64()),
            account.credentials_since,
        )
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Remembers that the portal accepted the credentials of `account`, unless they have changed since.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn credentials_accepted(&self, account: &Account) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE configuracoes_detran SET credencial_aceita_em = now()
             WHERE usuario_id = $1 AND credencial_aceita_em IS NULL AND credencial_mudada_em = $2",
            account.usuario_id,
            account.credentials_since,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Pauses an account at an operator's wish, and writes down who wished it. Returns whether there is
    /// such an account.
    ///
    /// # Errors
    /// [`StoreError::Database`]; then nothing has changed.
    pub async fn pause_account(&self, usuario_id: i32, actor: &str) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let done = sqlx::query!(
            "UPDATE configuracoes_detran SET pausa_motivo = 'manual', pausa_desde = now(), pausa_ate = NULL
             WHERE usuario_id = $1",
            usuario_id,
        )
        .execute(&mut *tx)
        .await?;
        let found = done.rows_affected() == 1;
        audit::commit_if(found, tx, (actor, "users.pause", usuario_id)).await
    }

    /// Ends a pause, and writes down who wished it. Returns whether there is such an account.
    ///
    /// # Errors
    /// [`StoreError::Database`]; then nothing has changed.
    pub async fn resume_account(&self, usuario_id: i32, actor: &str) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let done = sqlx::query!(
            "UPDATE configuracoes_detran SET pausa_motivo = NULL, pausa_desde = NULL, pausa_ate = NULL
             WHERE usuario_id = $1",
            usuario_id,
        )
        .execute(&mut *tx)
        .await?;
        let found = done.rows_affected() == 1;
        audit::commit_if(found, tx, (actor, "users.resume", usuario_id)).await
    }
}
