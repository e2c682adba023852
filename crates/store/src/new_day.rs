//! A day of which nothing is stored yet, as in a first fill and each day for the last one of the window.

use super::columns::Columns;
use super::slots::{DayToStore, StoreDayOutcome, StoreRules};
use super::{Store, StoreError};
use agendad_domain::Totals;

impl Store {
    /// Slots and appointments of a day of which nothing is stored yet; `None` where something is, or may be.
    pub(super) async fn store_new(
        &self,
        day: &DayToStore<'_>,
        rules: &StoreRules,
        columns: &Columns<'_>,
    ) -> Result<Option<StoreDayOutcome>, StoreError> {
        if !day.is_new || day.slots.is_empty() {
            return Ok(None);
        }
        let counts = sqlx::query_file!(
            "src/sql/store_new_day.sql",
            day.run_id,
            day.usuario_id,
            day.date,
            day.unit,
            rules.timezone,
            &columns.external_uid as _,
            &columns.content_hash as _,
            &columns.hora,
            &columns.status as _,
            &columns.payload as _,
            &columns.cpf as _,
            &columns.nome,
            &columns.cpf_formatado,
            &columns.fixo as _,
            &columns.celular as _,
            &columns.email as _,
            &columns.tipo as _,
            &columns.categoria as _,
            &columns.fits,
        )
        .fetch_one(&self.pool)
        .await?;
        if !counts.stored {
            return Ok(None);
        }
        let totals = Totals {
            inserted: counts.inserted,
            appointments_created: counts.appointments_created,
            ..Totals::default()
        };
        Ok(Some(day.stored(totals, columns.notes.clone())))
    }
}
