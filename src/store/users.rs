//! Adding and listing examiners: `usuarios` together with `configuracoes_detran`.

use chrono::{DateTime, Utc};

use super::{Store, StoreError};
use crate::domain::Cpf;

/// An examiner in a list.
#[derive(Debug, Clone, serde::Serialize)]
pub struct UserListed {
    /// `usuarios.id`.
    pub usuario_id: i32,
    /// Name.
    pub nome: String,
    /// CPF, masked.
    pub cpf: String,
    /// Whether the daemon synchronises him: account and user active, automatic, not paused.
    pub scheduled: bool,
    /// Whether account and user are active.
    pub active: bool,
    /// Why no login is attempted.
    pub pause_reason: Option<String>,
    /// Until when; none while there is a reason: until somebody acts.
    pub pause_until: Option<DateTime<Utc>>,
    /// Working days as stored.
    pub working_days: Option<String>,
    /// End of the last successful run.
    pub last_success: Option<DateTime<Utc>>,
    /// Current slots from today on.
    pub current_slots: i64,
}

impl Store {
    /// Adds an examiner and his account in one transaction; returns his id. With `usuario_id`, the
    /// account is added to an existing user.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn add_user(
        &self,
        usuario_id: Option<i32>,
        nome: &str,
        email: Option<&str>,
        cpf: &Cpf,
        working_days: &str,
    ) -> Result<i32, StoreError> {
        let letters = self.letters().await?;
        let nome = letters.nearest(nome);
        let email = email.map(|email| letters.nearest(email));
        let mut tx = self.begin().await?;
        let usuario_id = match usuario_id {
            Some(id) => id,
            None => {
                sqlx::query_scalar!(
                    "INSERT INTO usuarios (nome, email) VALUES ($1, $2) RETURNING id",
                    &nome,
                    email.as_deref(),
                )
                .fetch_one(&mut *tx)
                .await?
            }
        };
        // Inactive until the password is sealed for this id: see `set_sealed_password`.
        sqlx::query!(
            "INSERT INTO configuracoes_detran (usuario_id, cpf, dias_trabalho, ativo) VALUES ($1, $2, $3, FALSE)",
            usuario_id,
            cpf.formatted(),
            working_days,
        )
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(usuario_id)
    }

    /// Stores a sealed password, removes a clear one, and activates the account.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn set_sealed_password(
        &self,
        usuario_id: i32,
        sealed: &str,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query!(
            "UPDATE configuracoes_detran SET senha_cifrada = $2, senha = NULL, ativo = TRUE WHERE usuario_id = $1",
            usuario_id,
            sealed,
        )
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Whether such a user exists.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn user_exists(&self, usuario_id: i32) -> Result<bool, StoreError> {
        let found = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM usuarios WHERE id = $1) AS "found!""#,
            usuario_id
        );
        Ok(found.fetch_one(&self.pool).await?)
    }

    /// Switches an account on or off. Returns whether there is one.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn set_active(&self, usuario_id: i32, active: bool) -> Result<bool, StoreError> {
        let done = sqlx::query!(
            "UPDATE configuracoes_detran SET ativo = $2 WHERE usuario_id = $1",
            usuario_id,
            active,
        )
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// All examiners with an account, by id.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn list_users(
        &self,
        today: chrono::NaiveDate,
    ) -> Result<Vec<UserListed>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT c.usuario_id, u.nome, c.cpf, c.dias_trabalho, c.pausa_motivo, c.pausa_ate,
                      (coalesce(c.ativo, TRUE) AND coalesce(u.ativo, TRUE)) AS "active!",
                      coalesce(c.sincronizacao_automatica, FALSE) AS "automatic!",
                      (c.pausa_motivo IS NOT NULL AND coalesce(c.pausa_ate > now(), TRUE)) AS "paused!",
                      (SELECT max(r.finished_at) FROM agenda_sync_runs r
                       WHERE r.usuario_id = c.usuario_id AND r.status = 'success') AS last_success,
                      (SELECT count(*) FROM agenda_slots s
                       WHERE s.usuario_id = c.usuario_id AND s.data >= $1 AND s.is_current) AS "current_slots!"
               FROM configuracoes_detran c JOIN usuarios u ON u.id = c.usuario_id
               ORDER BY c.usuario_id"#,
            today,
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| UserListed {
                usuario_id: row.usuario_id,
                nome: row.nome,
                cpf: Cpf::parse(&row.cpf)
                    .map_or_else(|_| "invalid".to_owned(), |cpf| cpf.to_string()),
                scheduled: row.active && row.automatic && !row.paused,
                active: row.active,
                pause_reason: row.pausa_motivo.filter(|_| row.paused),
                pause_until: row.pausa_ate.filter(|_| row.paused),
                working_days: row.dias_trabalho,
                last_success: row.last_success,
                current_slots: row.current_slots,
            })
            .collect())
    }
}
