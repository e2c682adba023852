//! `agendad_audit`: what people did by hand.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{Store, StoreError, Transaction};
use agendad_domain::{ActionKind, Details, RecordedAction};

#[derive(Debug)]
pub struct Action<'a> {
    /// Who: `cli:<system user>`, `api:operator`, `api:user:<id>`, `dashboard:operator` (the shared key),
    /// `dashboard:<login>`.
    pub actor: &'a str,
    pub action: ActionKind,
    /// The examiner concerned.
    pub usuario_id: Option<i32>,
    /// What else is worth knowing.
    pub details: Details,
}

/// Which actions are asked for.
#[derive(Debug, Clone, Default)]
pub struct ActionFilter {
    /// By whom: an actor, or the name in one.
    pub actor: Option<String>,
    /// What, or what it begins with, such as `people.`.
    pub action: Option<String>,
    pub usuario_id: Option<i32>,
    /// From this moment on.
    pub from: Option<DateTime<Utc>>,
    /// Before this moment.
    pub before: Option<DateTime<Utc>>,
}

/// An action that was written down.
#[derive(Debug, Clone)]
pub struct ActionFound {
    pub id: i64,
    pub at: DateTime<Utc>,
    pub actor: String,
    pub action: RecordedAction,
    /// The examiner concerned.
    pub usuario_id: Option<i32>,
    /// Their name, if there is such an examiner still.
    pub nome: Option<String>,
    /// What else was worth knowing.
    pub details: Option<Value>,
}

impl Store {
    /// Actions that were written down, newest first.
    pub async fn find_actions(
        &self,
        filter: &ActionFilter,
        limit: i64,
        offset: i64,
    ) -> Result<Vec<ActionFound>, StoreError> {
        let actor = self.sought(filter.actor.as_deref()).await?;
        let action = self.sought(filter.action.as_deref()).await?;
        let rows = sqlx::query_as!(
            ActionFound,
            r#"SELECT a.id, a.at, a.actor, a.action AS "action: RecordedAction", a.usuario_id, u.nome AS "nome?", a.details
               FROM agendad_audit a LEFT JOIN usuarios u ON u.id = a.usuario_id
               WHERE ($1::text IS NULL OR a.actor = $1 OR a.actor IN ('dashboard:' || $1, 'cli:' || $1, 'api:' || $1))
                 AND ($2::text IS NULL OR starts_with(a.action, $2)) AND ($3::int IS NULL OR a.usuario_id = $3)
                 AND ($4::timestamptz IS NULL OR a.at >= $4) AND ($5::timestamptz IS NULL OR a.at < $5)
               ORDER BY a.at DESC, a.id DESC LIMIT $6 OFFSET $7"#,
            actor,
            action,
            filter.usuario_id,
            filter.from,
            filter.before,
            limit,
            offset,
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// Writes an action down.
    pub async fn record_action(&self, action: &Action<'_>) -> Result<(), StoreError> {
        record(&mut *self.pool.acquire().await?, action).await
    }
}

/// Writes an action down within the caller's transaction: it happened, or neither did.
pub async fn record(conn: &mut sqlx::PgConnection, action: &Action<'_>) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO agendad_audit (actor, action, usuario_id, details) VALUES ($1, $2, $3, $4)",
        action.actor,
        action.action as _,
        action.usuario_id,
        action.details.json(),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends the transaction of an action: what was done is written down, or, if there was nobody to do it to, nothing
/// was done. Returns `found`.
///
/// # Errors
/// [`StoreError::Database`]; then nothing has changed.
pub(super) async fn commit_if(
    found: bool,
    mut tx: Transaction,
    action: &Action<'_>,
) -> Result<bool, StoreError> {
    if found {
        record(&mut tx, action).await?;
        tx.commit().await?;
    }
    Ok(found)
}

impl<'a> Action<'a> {
    /// One that concerns an examiner, of which nothing else is worth knowing.
    pub(super) fn of(usuario_id: i32, actor: &'a str, action: ActionKind) -> Self {
        Self {
            actor,
            action,
            usuario_id: Some(usuario_id),
            details: Details::default(),
        }
    }

    /// One that concerns none.
    pub(super) fn of_none(actor: &'a str, action: ActionKind, details: impl Into<Details>) -> Self {
        Self {
            actor,
            action,
            usuario_id: None,
            details: details.into(),
        }
    }
}
