//! The passwords of `configuracoes_detran`, all of them at once: how they are sealed, and sealing them
//! anew without that being taken for new credentials. What is sealed with what is not decided here.

use chrono::{DateTime, Utc};

use super::accounts::StoredPassword;
use super::{Store, StoreError, Transaction};

/// Accounts whose effective password is sealed with one key.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SealedBy {
    /// Id of the key; empty for what is no sealed value.
    pub key_id: String,
    /// How many.
    pub accounts: i64,
}

/// A stored password, with its row locked.
pub struct Locked {
    pub usuario_id: i32,
    /// The CPF, as stored.
    pub cpf: String,
    /// Clear or sealed, as the query says. Secret.
    pub value: String,
}

impl Store {
    /// The keys that sealed the passwords now in use.
    pub async fn sealed_by(&self) -> Result<Vec<SealedBy>, StoreError> {
        let rows = sqlx::query_as!(
            SealedBy,
            r#"SELECT split_part(senha_cifrada, '.', 2) AS "key_id!", count(*) AS "accounts!"
               FROM configuracoes_detran
               WHERE senha_cifrada IS NOT NULL AND coalesce(senha, '') = ''
               GROUP BY 1 ORDER BY 2 DESC, 1"#,
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows)
    }

    /// The keys that sealed what is kept for good: passwords, also those behind a clear one, and what signs webhooks. Not
    /// sessions: where they cannot be opened, the next run logs in.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn sealing_keys(&self) -> Result<Vec<String>, StoreError> {
        let rows = sqlx::query_scalar!(
            r#"SELECT DISTINCT split_part(sealed, '.', 2) AS "key_id!" FROM (
                   SELECT senha_cifrada FROM configuracoes_detran WHERE senha_cifrada IS NOT NULL
                   UNION ALL SELECT secret FROM agendad_webhooks
                   UNION ALL SELECT old_secret FROM agendad_webhooks WHERE old_secret_until > now()
               ) AS kept (sealed)"#,
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// How many accounts still have a clear-text password.
    pub async fn clear_passwords(&self) -> Result<i64, StoreError> {
        let count = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM configuracoes_detran WHERE coalesce(senha, '') <> ''"#,
        );
        Ok(count.fetch_one(&self.pool).await?)
    }

    /// The password of one account, and since when its credentials are what they are; `None` if there is
    /// no account.
    pub async fn password(
        &self,
        usuario_id: i32,
    ) -> Result<Option<(StoredPassword, DateTime<Utc>)>, StoreError> {
        let row = sqlx::query!(
            "SELECT senha, senha_cifrada, credencial_mudada_em FROM configuracoes_detran WHERE usuario_id = $1",
            usuario_id,
        );
        let row = row.fetch_optional(&self.pool).await?;
        Ok(row.map(|row| {
            let stored = StoredPassword::of(row.senha, row.senha_cifrada);
            (stored, row.credencial_mudada_em)
        }))
    }
}

/// Begins the transaction in which passwords change their form only.
pub async fn begin_sealing(store: &Store) -> Result<Transaction, StoreError> {
    let mut tx = store.begin().await?;
    sqlx::query!("SET LOCAL agendad.sealing = 'on'")
        .execute(&mut *tx)
        .await?;
    Ok(tx)
}

/// The clear-text passwords, by user, their rows locked.
pub async fn lock_clear(tx: &mut Transaction) -> Result<Vec<Locked>, StoreError> {
    let rows = sqlx::query_as!(
        Locked,
        r#"SELECT usuario_id, coalesce(cpf, '') AS "cpf!", senha AS "value!" FROM configuracoes_detran
           WHERE coalesce(senha, '') <> '' ORDER BY usuario_id FOR UPDATE"#,
    );
    Ok(rows.fetch_all(&mut **tx).await?)
}

/// The sealed passwords, those behind a clear one too, by user, their rows locked.
pub async fn lock_sealed(tx: &mut Transaction) -> Result<Vec<Locked>, StoreError> {
    let rows = sqlx::query_as!(
        Locked,
        r#"SELECT usuario_id, coalesce(cpf, '') AS "cpf!", senha_cifrada AS "value!" FROM configuracoes_detran
           WHERE senha_cifrada IS NOT NULL ORDER BY usuario_id FOR UPDATE"#,
    );
    Ok(rows.fetch_all(&mut **tx).await?)
}

/// Writes sealed passwords; with `drop_clear`, they take the place of the clear ones.
pub async fn write_sealed(
    tx: &mut Transaction,
    sealed: &[(i32, String)],
    drop_clear: bool,
) -> Result<u64, StoreError> {
    let (users, values): (Vec<i32>, Vec<String>) = sealed.iter().cloned().unzip();
    let done = sqlx::query!(
        "UPDATE configuracoes_detran c
         SET senha_cifrada = s.sealed, senha = CASE WHEN $3 THEN NULL ELSE c.senha END
         FROM unnest($1::int[], $2::text[]) AS s (usuario_id, sealed)
         WHERE c.usuario_id = s.usuario_id",
        &users,
        &values,
        drop_clear,
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected())
}
