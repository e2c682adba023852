//! `agenda_slots`, with what hangs on it: `agenda_slot_changes` and the application's `agendamentos`.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveTime};
use sqlx::types::Json;

use super::{Store, StoreError};
use crate::domain::{Appointment, Slot, Totals, UnreadRow};

/// How a day is stored: the guard's limits and what happens to appointments.
#[derive(Debug, Clone)]
pub struct StoreRules {
    /// More than this part of a day's current slots may not vanish at once.
    pub max_removed_ratio: f64,
    /// Days with fewer current slots are not guarded.
    pub min_slots: i32,
    /// So many further readings confirm a removal that was held back.
    pub confirmations: i32,
    /// Create appointments.
    pub appointments: bool,
    /// Cancel the untouched appointment of a removed future slot.
    pub cancel_on_removed: bool,
    /// Area code of telephone numbers that have none; empty: such numbers stay in the payload.
    pub area_code: String,
    /// IANA name of the zone in which the application keeps local times.
    pub timezone: String,
}

/// One day of one unit, ready to be stored.
#[derive(Debug)]
pub struct DayToStore<'a> {
    /// The run on whose behalf.
    pub run_id: i64,
    /// The examiner.
    pub usuario_id: i32,
    /// The day.
    pub data: NaiveDate,
    /// The unit's code.
    pub unidade: &'a str,
    /// The rows that could not be read. Slots that they could be are not removed.
    pub unread: &'a [UnreadRow],
    /// The slots, each identity once.
    pub slots: &'a [Slot<'a>],
}

/// Days of which it is positively known that they have no slots.
#[derive(Debug)]
pub struct VacantDays<'a> {
    /// The run on whose behalf.
    pub run_id: i64,
    /// The examiner.
    pub usuario_id: i32,
    /// The days.
    pub dates: &'a [NaiveDate],
    /// Of which units.
    pub units: Units<'a>,
    /// Rows of these days, in units that were read, that could not be read. Slots that they could be are
    /// not removed.
    pub unread: &'a [(NaiveDate, UnreadRow)],
}

/// Which units are meant.
#[derive(Debug, Clone, Copy)]
pub enum Units<'a> {
    /// This one.
    One(&'a str),
    /// Those that the portal does not list for the examiner: all but these. Being listed no more is
    /// weaker evidence than an empty day of a listed unit, so the guard holds these removals back
    /// whatever their number, until a further run confirms them.
    AllBut(&'a [String]),
}

/// What storing a day did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DayStored {
    /// The counts.
    pub totals: Totals,
    /// What did not find its way into appointments, as notes for the run.
    pub notes: Vec<String>,
    /// The days on which removals were held back.
    pub held_days: Vec<NaiveDate>,
}

impl Store {
    /// Stores one reading of one day and unit: all of it or nothing. One statement where nothing changed,
    /// which is nearly always; where something did, a second one stores it.
    ///
    /// # Errors
    /// [`StoreError::RunClosed`] if the run is not `running` any more (nothing was written);
    /// [`StoreError::Database`].
    pub async fn store_day(
        &self,
        day: &DayToStore<'_>,
        rules: &StoreRules,
    ) -> Result<DayStored, StoreError> {
        if let Some(unchanged) = self.touch_day(day, rules).await? {
            let mut stored = DayStored::default();
            stored.totals.unchanged = unchanged;
            return Ok(stored);
        }
        self.store_news(day, rules).await
    }

    /// The general statement: whatever the reading says, in one round trip.
    async fn store_news(
        &self,
        day: &DayToStore<'_>,
        rules: &StoreRules,
    ) -> Result<DayStored, StoreError> {
        let protected = self.slots_that_could_be(day).await?;
        let columns = Columns::of(day.slots, &rules.area_code);
        let counts = sqlx::query_file!(
            "src/store/sql/store_day.sql",
            day.run_id,
            day.usuario_id,
            day.data,
            day.unidade,
            &protected,
            rules.max_removed_ratio,
            rules.min_slots,
            rules.confirmations,
            rules.appointments,
            rules.cancel_on_removed,
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
        )
        .fetch_one(&self.pool)
        .await?;
        if !counts.running {
            return Err(StoreError::RunClosed { run_id: day.run_id });
        }
        let totals = Totals {
            inserted: counts.inserted,
            updated: counts.updated,
            unchanged: counts.unchanged,
            removed: counts.removed,
            held: counts.held,
            skipped: 0,
            appointments_created: counts.appointments_created,
            appointments_linked: counts.appointments_linked,
            appointments_cancelled: counts.appointments_cancelled,
        };
        Ok(DayStored {
            totals,
            notes: if rules.appointments {
                columns.notes
            } else {
                Vec::new()
            },
            held_days: if counts.held > 0 {
                vec![day.data]
            } else {
                Vec::new()
            },
        })
    }

    /// Stores in one statement that days have no slots: what is stored of them as current has vanished,
    /// under the same guard as in [`Store::store_day`], which judges each day and unit by itself.
    ///
    /// # Errors
    /// As [`Store::store_day`].
    pub async fn store_vacant_days(
        &self,
        days: &VacantDays<'_>,
        rules: &StoreRules,
    ) -> Result<DayStored, StoreError> {
        let protected = self.vacant_slots_that_could_be(days).await?;
        let one;
        let (units, these, ratio, minimum) = match days.units {
            Units::One(unit) => {
                one = [unit.to_owned()];
                (&one[..], true, rules.max_removed_ratio, rules.min_slots)
            }
            Units::AllBut(listed) => (listed, false, 0.0, 0),
        };
        let counts = sqlx::query_file!(
            "src/store/sql/store_vacant_days.sql",
            days.run_id,
            days.usuario_id,
            days.dates,
            units,
            these,
            ratio,
            minimum,
            rules.confirmations,
            rules.appointments,
            rules.cancel_on_removed,
            rules.timezone,
            &protected,
        )
        .fetch_one(&self.pool)
        .await?;
        if !counts.running {
            return Err(StoreError::RunClosed {
                run_id: days.run_id,
            });
        }
        Ok(DayStored {
            totals: Totals {
                removed: counts.removed,
                held: counts.held,
                appointments_cancelled: counts.appointments_cancelled,
                ..Totals::default()
            },
            notes: Vec::new(),
            held_days: counts.held_days,
        })
    }
}

/// The slots turned on their side: PostgreSQL takes an array a column.
#[derive(Default)]
struct Columns<'a> {
    external_uid: Vec<&'a str>,
    content_hash: Vec<&'a str>,
    hora: Vec<NaiveTime>,
    status: Vec<&'static str>,
    payload: Vec<Json<&'a BTreeMap<String, String>>>,
    cpf: Vec<&'a str>,
    nome: Vec<String>,
    cpf_formatado: Vec<String>,
    fixo: Vec<Option<String>>,
    celular: Vec<Option<String>>,
    email: Vec<Option<String>>,
    tipo: Vec<Option<String>>,
    categoria: Vec<Option<String>>,
    notes: Vec<String>,
}

impl<'a> Columns<'a> {
    fn of(slots: &'a [Slot<'a>], area_code: &str) -> Self {
        let mut columns = Self::default();
        for slot in slots {
            let appointment = Appointment::of(slot, area_code);
            for note in &appointment.notes {
                let (data, hora) = (slot.data, slot.hora.format("%H:%M"));
                columns.notes.push(format!("{data} {hora}: {note}"));
            }
            columns.external_uid.push(&slot.external_uid);
            columns.content_hash.push(&slot.content_hash);
            columns.hora.push(slot.hora);
            columns.status.push(slot.status.as_str());
            columns.payload.push(Json(slot.payload));
            columns.cpf.push(slot.cpf.digits());
            columns.nome.push(appointment.nome);
            columns.cpf_formatado.push(appointment.cpf);
            columns.fixo.push(appointment.telefone_fixo);
            columns.celular.push(appointment.telefone_celular);
            columns.email.push(appointment.email);
            columns.tipo.push(appointment.tipo_transito);
            columns.categoria.push(appointment.categoria_cnh);
        }
        columns
    }
}
