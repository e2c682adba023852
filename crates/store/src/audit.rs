//! `agendad_audit`: what people did by hand.

use serde_json::Value;

use super::{Store, StoreError, Transaction};

/// One action.
#[derive(Debug)]
pub struct Action<'a> {
    /// Who: `cli:<system user>`, `api:operator`, `api:user:<id>`, `dashboard:operator`.
    pub actor: &'a str,
    /// What, such as `users.resume`.
    pub action: &'a str,
    /// The examiner concerned.
    pub usuario_id: Option<i32>,
    /// What else is worth knowing; no secret, no complete CPF.
    pub details: Value,
}

impl Store {
    /// Writes an action down.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn record_action(&self, action: &Action<'_>) -> Result<(), StoreError> {
        record(&mut *self.pool.acquire().await?, action).await
    }
}

/// Writes an action down within the caller's transaction: it happened, or neither did.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn record(conn: &mut sqlx::PgConnection, action: &Action<'_>) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO agendad_audit (actor, action, usuario_id, details) VALUES ($1, $2, $3, $4)",
        action.actor,
        action.action,
        action.usuario_id,
        action.details,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends the transaction of an action that needs no details: what was done is written down, or, if there was
/// nobody to do it to, nothing was done. Returns `found`.
///
/// # Errors
/// [`StoreError::Database`]; then nothing has changed.
pub(super) async fn commit_if(
    found: bool,
    mut tx: Transaction,
    (actor, action, usuario_id): (&str, &str, i32),
) -> Result<bool, StoreError> {
    if found {
        let action = Action {
            actor,
            action,
            usuario_id: Some(usuario_id),
            details: serde_json::json!({}),
        };
        record(&mut tx, &action).await?;
        tx.commit().await?;
    }
    Ok(found)
}
