//! Who is who: the names of those who have an account.

use super::{Store, StoreError};

/// An examiner's number and name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub usuario_id: i32,
    pub nome: String,
}

impl Store {
    /// All who have an account, by number.
    pub async fn names(&self) -> Result<Vec<Named>, StoreError> {
        let rows = sqlx::query_as!(
            Named,
            // The application may have left a name out.
            r#"SELECT c.usuario_id, coalesce(u.nome, '') AS "nome!"
               FROM configuracoes_detran c JOIN usuarios u ON u.id = c.usuario_id ORDER BY c.usuario_id"#,
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }
}
