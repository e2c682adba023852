//! The agenda over all examiners, for whoever receives the candidates: days, a search for a candidate, and who there is.
//! Telephone numbers and CPFs leave the database whole here: who may see them is the caller's to decide.

use chrono::NaiveDate;

use super::names::Named;
use super::{Store, StoreError};
use agendad_domain::SlotStatus;
pub use slot::ClinicSlot;

/// Which days, of whom, in which order.
#[derive(Debug, Clone)]
pub struct ClinicDays {
    /// First day.
    pub from: NaiveDate,
    /// Last day, inclusive.
    pub to: NaiveDate,
    /// Of these examiners; `None`: all.
    pub usuario_ids: Option<Vec<i32>>,
    /// Day by day by examiner, and not by time.
    pub by_examiner: bool,
    /// At most so many ...
    pub limit: i64,
    /// ... after so many.
    pub offset: i64,
}

/// Somebody whose days are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    pub usuario_id: i32,
    /// Switched off, or without an account: nobody reads a day of theirs any more.
    pub is_off: bool,
}

/// Slots with all that the clinic needs of them, those that `$which` names, in that order.
macro_rules! slots {
    ($which:literal, $($argument:expr),*) => {
        sqlx::query_as!(
            ClinicSlot,
            r#"SELECT s.id, u.id AS usuario_id, coalesce(u.nome, '') AS "examiner_name!", s.data, s.hora, s.status AS "status: SlotStatus",
                      coalesce(n.name, s.unidade_code) AS "unit!",
                      nullif(s.payload ->> 'nome', '') AS nome, nullif(s.payload ->> 'cpf', '') AS cpf,
                      nullif(s.payload ->> 'telefone', '') AS telefone, nullif(s.payload ->> 'email', '') AS email,
                      nullif(s.payload ->> 'tipo_processo', '') AS process,
                      nullif(s.payload ->> 'categoria', '') AS categoria,
                      nullif(s.payload ->> 'status_exame_medico', '') AS medical_exam,
                      nullif(s.payload ->> 'status_exame_psicologico', '') AS psychological_exam,
                      s.first_seen_at, s.last_seen_at, s.missing_since
               FROM agenda_slots s JOIN usuarios u ON u.id = s.usuario_id
               LEFT JOIN portal_units n ON n.usuario_id = s.usuario_id AND n.code = s.unidade_code
               WHERE "#
                + $which,
            $($argument),*
        )
    };
}

mod search;
mod search_index;
mod slot;

pub use search::{Found, SearchedWords};

impl Store {
    /// The current slots of these days.
    pub async fn clinic_slots(&self, query: &ClinicDays) -> Result<Vec<ClinicSlot>, StoreError> {
        let ClinicDays {
            from,
            to,
            limit,
            offset,
            ..
        } = *query;
        let usuario_ids = query.usuario_ids.as_deref();
        let rows = if query.by_examiner {
            slots!(
                // How many slots come before those of each examiner and day, an index alone says; then the page's are fetched.
                "s.id = ANY (ARRAY(
                     WITH placed AS MATERIALIZED (
                         SELECT g.data, g.usuario_id, v.nome, g.n,
                                (sum(g.n) OVER (ORDER BY g.data, v.nome, g.usuario_id) - g.n)::bigint AS before
                         FROM (SELECT a.data, a.usuario_id, count(*) AS n FROM agenda_slots a
                               WHERE a.is_current AND a.data BETWEEN $1 AND $2 AND ($3::int[] IS NULL OR a.usuario_id = ANY ($3))
                               GROUP BY a.data, a.usuario_id) g
                         JOIN usuarios v ON v.id = g.usuario_id)
                     SELECT a.id FROM placed p
                     -- OFFSET 0: looked up one by one. The planner takes these few for thousands, and would read the whole table.
                     CROSS JOIN LATERAL (SELECT i.id, i.data, i.usuario_id, i.hora FROM agenda_slots i
                                         WHERE i.usuario_id = p.usuario_id AND i.data = p.data AND i.is_current OFFSET 0) a
                     WHERE p.before < $4::bigint + $5::bigint AND p.before + p.n > $5::bigint
                     ORDER BY a.data, p.nome, a.usuario_id, a.hora, a.id
                     LIMIT $4::bigint
                     OFFSET $5::bigint - coalesce((SELECT min(before) FROM placed WHERE before + n > $5::bigint), $5::bigint)))
                 ORDER BY s.data, u.nome, s.usuario_id, s.hora, s.id",
                from,
                to,
                usuario_ids,
                limit,
                offset
            )
            .fetch_all(&self.pool)
            .await?
        } else {
            slots!(
                "s.is_current AND s.data BETWEEN $1 AND $2 AND ($3::int[] IS NULL OR s.usuario_id = ANY ($3))
                 ORDER BY s.data, s.hora, s.usuario_id, s.id LIMIT $4 OFFSET $5",
                from,
                to,
                usuario_ids,
                limit,
                offset
            )
            .fetch_all(&self.pool)
            .await?
        };
        Ok(rows)
    }

    /// How many current slots these days have.
    pub async fn clinic_count(&self, query: &ClinicDays) -> Result<i64, StoreError> {
        let count = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM agenda_slots
               WHERE is_current AND data BETWEEN $1 AND $2 AND ($3::int[] IS NULL OR usuario_id = ANY ($3))"#,
            query.from,
            query.to,
            query.usuario_ids.as_deref(),
        );
        Ok(count.fetch_one(&self.pool).await?)
    }

    /// The examiners who have an account and are not switched off, by name; at most so many, if that is said.
    pub async fn clinic_examiners(&self, most: Option<i64>) -> Result<Vec<Named>, StoreError> {
        let rows = sqlx::query_as!(
            Named,
            r#"SELECT u.id AS usuario_id, coalesce(u.nome, '') AS "nome!"
               FROM configuracoes_detran c JOIN usuarios u ON u.id = c.usuario_id
               WHERE coalesce(u.ativo, TRUE) AND coalesce(c.ativo, TRUE) ORDER BY u.nome, u.id LIMIT $1"#,
            most
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// Whose days from `first` to `last` are told, by name, at most so many: those of [`Store::clinic_examiners`], and
    /// whoever else has current slots then, which nobody reads any more.
    pub async fn clinic_told(
        &self,
        first: NaiveDate,
        last: NaiveDate,
        most: i64,
    ) -> Result<Vec<Told>, StoreError> {
        let rows = sqlx::query_as!(
            Told,
            r#"SELECT p.usuario_id AS "usuario_id!", p.is_off AS "is_off!"
               FROM (SELECT u.id AS usuario_id, u.nome,
                            NOT (c.usuario_id IS NOT NULL AND coalesce(u.ativo, TRUE) AND coalesce(c.ativo, TRUE)) AS is_off
                     FROM usuarios u LEFT JOIN configuracoes_detran c ON c.usuario_id = u.id) p
               WHERE NOT p.is_off OR EXISTS (SELECT FROM agenda_slots a
                                             WHERE a.usuario_id = p.usuario_id AND a.is_current AND a.data BETWEEN $1 AND $2)
               ORDER BY p.nome, p.usuario_id LIMIT $3"#,
            first,
            last,
            most
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }
}
