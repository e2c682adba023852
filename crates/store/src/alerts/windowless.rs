//! Accounts that are limited to windows of which none is configured: renamed, removed, or none at all. Nothing reads them.

use chrono::{DateTime, Utc};
use sqlx::PgExecutor;

use super::evaluation::Evaluation;
use super::{Store, StoreError};

/// An account that is to be read and that no window reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Windowless {
    pub usuario_id: i32,
    pub nome: String,
    /// The windows that the account names.
    pub windows: Vec<String>,
    /// Their last success in whatever window, else when the credentials were stored.
    pub since: DateTime<Utc>,
}

impl Store {
    /// Those of whom none of the `configured` windows is theirs.
    pub async fn windowless(&self, configured: &[String]) -> Result<Vec<Windowless>, StoreError> {
        windowless(&self.pool, configured).await
    }
}

impl Evaluation {
    /// See [`Store::windowless`].
    pub async fn windowless(
        &mut self,
        configured: &[String],
    ) -> Result<Vec<Windowless>, StoreError> {
        windowless(&mut *self.tx, configured).await
    }
}

async fn windowless(
    executor: impl PgExecutor<'_>,
    configured: &[String],
) -> Result<Vec<Windowless>, StoreError> {
    let rows = sqlx::query_as!(
        Windowless,
        r#"SELECT c.usuario_id, coalesce(u.nome, '') AS "nome!", c.janelas AS "windows!",
                  least(coalesce((SELECT max(s.last_success) FROM sync_schedules s WHERE s.usuario_id = c.usuario_id),
                                 c.credencial_mudada_em), now()) AS "since!"
           FROM configuracoes_detran c JOIN usuarios u ON u.id = c.usuario_id
           WHERE c.janelas IS NOT NULL AND NOT c.janelas && $1::text[]
             AND c.sincronizacao_automatica AND coalesce(c.ativo, TRUE) AND coalesce(u.ativo, TRUE)
             AND (c.pausa_motivo IS NULL OR coalesce(c.pausa_ate <= now(), FALSE))
           ORDER BY c.usuario_id"#,
        configured,
    );
    Ok(rows.fetch_all(executor).await?)
}
