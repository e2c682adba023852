//! One examiner's agenda as he would look at it: day by day, with what vanished lately.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use super::{Store, StoreError};

/// A slot of an agenda.
#[derive(Debug, Clone)]
pub struct AgendaSlot {
    /// `agenda_slots.id`.
    pub id: i64,
    /// The unit.
    pub unidade_code: String,
    /// The day.
    pub data: NaiveDate,
    /// The hour.
    pub hora: NaiveTime,
    /// `available`, `booked` or `removed`.
    pub status: String,
    /// Candidate's name.
    pub nome: Option<String>,
    /// Candidate's CPF: masked, or whole where that was asked for.
    pub cpf: Option<String>,
    /// Kind of process.
    pub processo: Option<String>,
    /// Licence category.
    pub categoria: Option<String>,
    /// When it was first seen.
    pub first_seen_at: Option<DateTime<Utc>>,
    /// Since when readings miss it, while its removal is held back.
    pub missing_since: Option<DateTime<Utc>>,
}

impl Store {
    /// The current slots of an examiner from a day on, and those of these days that vanished within the
    /// last two days, in the order of the agenda. CPFs are masked unless they are asked for.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn agenda(
        &self,
        usuario_id: i32,
        from: NaiveDate,
        whole_cpf: bool,
        limit: i64,
    ) -> Result<Vec<AgendaSlot>, StoreError> {
        let rows = sqlx::query_as!(
            AgendaSlot,
            r#"SELECT id, unidade_code, data, hora, status, payload ->> 'nome' AS nome,
                      CASE WHEN $3 THEN payload ->> 'cpf'
                           ELSE '***.' || substr(regexp_replace(payload ->> 'cpf', '\D', '', 'g'), 4, 3) || '.'
                                       || substr(regexp_replace(payload ->> 'cpf', '\D', '', 'g'), 7, 3) || '-**'
                      END AS cpf,
                      payload ->> 'tipo_processo' AS processo, payload ->> 'categoria' AS categoria,
                      first_seen_at, missing_since
               FROM agenda_slots
               WHERE usuario_id = $1 AND data >= $2 AND (is_current OR removed_at > now() - interval '2 days')
               ORDER BY data, hora, id LIMIT $4"#,
            usuario_id,
            from,
            whole_cpf,
            limit,
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }
}
