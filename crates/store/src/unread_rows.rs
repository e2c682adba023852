//! Which stored slots a row could be that was not read. Asked beforehand, where there is such a row, which is
//! hardly ever; the user's lock keeps the answer true until the day is stored.

use chrono::{NaiveDate, NaiveTime};

use super::slots::{DayToStore, Units, VacantDays};
use super::{Store, StoreError};
use agendad_domain::UnreadRow;
use agendad_domain::unread_row::StoredSlot;

/// A current slot, as far as it is compared.
struct Current {
    external_uid: String,
    data: NaiveDate,
    hora: NaiveTime,
    cpf: String,
    nome: String,
}

impl Store {
    /// The identities of the day's current slots that its unread rows could be.
    pub(super) async fn slots_that_could_be(
        &self,
        day: &DayToStore<'_>,
    ) -> Result<Vec<String>, StoreError> {
        if day.unread.is_empty() {
            return Ok(Vec::new());
        }
        let unit = [day.unit.to_owned()];
        let dates = [day.date];
        let current = self.current(day.usuario_id, &dates, &unit, true);
        let slots = current.await?.into_iter();
        let protected = slots.filter(|slot| day.unread.iter().any(|row| slot.is_perhaps(row)));
        Ok(protected.map(|slot| slot.external_uid).collect())
    }

    /// The identities of the current slots of vacant days that unread rows of the same day could be.
    pub(super) async fn vacant_slots_that_could_be(
        &self,
        days: &VacantDays<'_>,
    ) -> Result<Vec<String>, StoreError> {
        if days.unread.is_empty() {
            return Ok(Vec::new());
        }
        let one;
        let (units, these) = match days.units {
            Units::One(unit) => {
                one = [unit.to_owned()];
                (&one[..], true)
            }
            Units::AllBut(listed) => (listed, false),
        };
        let current = self.current(days.usuario_id, days.dates, units, these);
        let slots = current.await?.into_iter();
        let protected = slots.filter(|slot| {
            let mut unread = days.unread.iter();
            unread.any(|(date, row)| *date == slot.data && slot.is_perhaps(row))
        });
        Ok(protected.map(|slot| slot.external_uid).collect())
    }

    /// The current slots of days: of these units, or of all others.
    async fn current(
        &self,
        usuario_id: i32,
        dates: &[NaiveDate],
        units: &[String],
        these: bool,
    ) -> Result<Vec<Current>, StoreError> {
        let rows = sqlx::query_as!(
            Current,
            r#"SELECT external_uid, data, hora, coalesce(payload ->> 'cpf', '') AS "cpf!",
                      coalesce(payload ->> 'nome', '') AS "nome!"
               FROM agenda_slots
               WHERE usuario_id = (SELECT $1::int) AND data = ANY ((SELECT $2::date[])::date[])
                 AND (unidade_code = ANY ($3::text[])) = $4 AND source = 'DETRAN' AND is_current"#,
            usuario_id,
            dates,
            units,
            these,
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }
}

impl Current {
    fn is_perhaps(&self, row: &UnreadRow) -> bool {
        row.could_be(StoredSlot {
            time: self.hora,
            cpf: &self.cpf,
            name: &self.nome,
        })
    }
}
