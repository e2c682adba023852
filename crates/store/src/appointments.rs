//! A slot is stored whatever happens to its appointment. `agendamentos` is the application's: it may have narrower
//! columns than ours, columns of its own that must have a value, checks, triggers, and rights that we lack. What it
//! refuses is left out, noted and counted, and tried again with the next reading.

use std::collections::HashMap;

use sqlx::postgres::PgDatabaseError;

use super::slots::{Columns, DayStored, DayToStore, StoreRules, Vacant};
use super::{Store, StoreError};

/// Classes of SQLSTATE with which a table can refuse a row: data, constraints, rights and types, checks of views,
/// what triggers raise.
const REFUSALS: [&str; 9] = ["22", "23", "42", "44", "P0", "0A", "2F", "38", "39"];
/// The class of what is refused before any row is looked at: rights, missing columns, types.
const STATIC: &str = "42";

impl StoreError {
    /// Whether `agendamentos` may have caused it.
    pub(super) fn may_be_of_appointments(&self) -> bool {
        let Self::Database(sqlx::Error::Database(error)) = self else {
            return false;
        };
        !self.is_undone() && class(error.as_ref()).is_some_and(|class| REFUSALS.contains(&&*class))
    }

    /// Whether no other row would have fared better.
    fn is_static(&self) -> bool {
        let Self::Database(sqlx::Error::Database(error)) = self else {
            return false;
        };
        class(error.as_ref()).as_deref() == Some(STATIC)
    }
}

fn class(error: &dyn sqlx::error::DatabaseError) -> Option<String> {
    Some(error.code()?.get(..2)?.to_owned())
}

impl Store {
    /// Stores a day of which `agendamentos` has refused something: first with what fits its real widths, then
    /// without the appointments that it refuses one by one, at last without any.
    pub(super) async fn store_in_spite(
        &self,
        day: &DayToStore<'_>,
        rules: &StoreRules,
        mut columns: Columns<'_>,
        mut error: StoreError,
    ) -> Result<DayStored, StoreError> {
        if !error.is_static() {
            if columns.cut_to(day, &self.widths().await?) {
                match self.store_whole(&self.pool, day, rules, &columns).await {
                    Err(next) if next.may_be_of_appointments() => error = next,
                    stored => return stored,
                }
            }
            let refused = self.refused(day, rules, &mut columns).await?;
            if !refused.is_empty() && refused.len() < day.slots.len() {
                match self.store_whole(&self.pool, day, rules, &columns).await {
                    Err(next) if next.may_be_of_appointments() => error = next,
                    stored => {
                        let mut stored = stored?;
                        stored.appointments_refused = refused.len() as i64;
                        stored.notes.extend(refused);
                        return Ok(stored);
                    }
                }
            }
        }
        let slots = self.store_slots(day, rules, &columns).await?;
        let mut stored = slots.stored;
        let uncancelled = if rules.cancel_on_removed {
            slots.uncancelled
        } else {
            0
        };
        refuse(
            &mut stored,
            (slots.wanting, uncancelled),
            day.data.to_string(),
            &error,
        );
        Ok(stored)
    }

    /// The same for days without slots, whose appointments cannot be cancelled.
    pub(super) async fn vacate_in_spite(
        &self,
        vacant: &Vacant<'_>,
        rules: &StoreRules,
        error: StoreError,
    ) -> Result<DayStored, StoreError> {
        let slots = self.vacate_slots(vacant, rules).await?;
        let mut stored = slots.stored;
        if slots.uncancelled > 0 {
            let dates = vacant.days.dates;
            let (first, last) = (dates.iter().min(), dates.iter().max());
            let when = match (first, last) {
                (Some(first), Some(last)) if first != last => format!("{first} to {last}"),
                (Some(day), _) => day.to_string(),
                (None, _) => String::new(),
            };
            refuse(&mut stored, (0, slots.uncancelled), when, &error);
        }
        Ok(stored)
    }

    /// Cancels what could not be cancelled when its slot was removed, because `agendamentos` refused it then.
    ///
    /// # Errors
    /// [`StoreError::RunClosed`] if the run is not `running` any more; [`StoreError::Database`].
    pub async fn cancel_left_over(
        &self,
        run_id: i64,
        usuario_id: i32,
    ) -> Result<DayStored, StoreError> {
        let zone = self.zone.name();
        let done = sqlx::query_file!("src/sql/cancel_left_over.sql", run_id, usuario_id, zone);
        let mut stored = DayStored::default();
        match done.fetch_one(&self.pool).await.map_err(StoreError::from) {
            Ok(done) if done.running == 0 => return Err(StoreError::RunClosed { run_id }),
            Ok(done) => stored.totals.appointments_cancelled = done.cancelled,
            Err(error) if error.may_be_of_appointments() => {
                refuse(&mut stored, (0, 1), "earlier".to_owned(), &error);
            }
            Err(error) => return Err(error),
        }
        Ok(stored)
    }

    /// Tries each slot's appointment by itself, in a transaction that is rolled back. Marks those that are refused,
    /// and gives a note for each.
    async fn refused(
        &self,
        day: &DayToStore<'_>,
        rules: &StoreRules,
        columns: &mut Columns<'_>,
    ) -> Result<Vec<String>, StoreError> {
        let mut notes = Vec::new();
        let mut fits = Vec::with_capacity(day.slots.len());
        // What vanished is not what is tried here.
        let rules = &StoreRules {
            cancel_on_removed: false,
            ..rules.clone()
        };
        for i in 0..day.slots.len() {
            columns.fits.fill(false);
            columns.fits[i] = true;
            let mut tx = self.begin().await?;
            match self.store_whole(&mut *tx, day, rules, columns).await {
                Ok(_) => fits.push(true),
                Err(error) if error.may_be_of_appointments() => {
                    fits.push(false);
                    let hora = columns.hora[i].format("%H:%M");
                    let why = reason(&error);
                    notes.push(format!(
                        "{} {hora}: its appointment could not be stored: {why}",
                        day.data
                    ));
                }
                Err(error) => return Err(error),
            }
            tx.rollback().await?;
        }
        columns.fits = fits;
        Ok(notes)
    }

    /// How many characters the columns of `agendamentos` take, where that is limited.
    async fn widths(&self) -> Result<HashMap<String, usize>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT attname::text AS "name!", atttypmod - 4 AS "width!" FROM pg_attribute
               WHERE attrelid = to_regclass('agendamentos') AND attnum > 0 AND NOT attisdropped AND atttypmod > 4
                 AND atttypid IN ('varchar'::regtype, 'bpchar'::regtype)"#
        );
        let rows = rows.fetch_all(&self.pool).await?;
        let widths = rows
            .into_iter()
            .filter_map(|row| Some((row.name, usize::try_from(row.width).ok()?)));
        Ok(widths.collect())
    }
}

/// Notes what was left out.
fn refuse(
    stored: &mut DayStored,
    (wanting, uncancelled): (i64, i64),
    when: String,
    error: &StoreError,
) {
    let why = reason(error);
    let before = stored.notes.len();
    if wanting > 0 {
        stored.notes.push(format!(
            "{when}: {wanting} appointments could not be stored: {why}"
        ));
    }
    if uncancelled > 0 {
        stored.notes.push(format!(
            "{when}: {uncancelled} appointments of removed slots could not be cancelled: {why}"
        ));
    }
    if stored.notes.len() == before {
        stored.notes.push(format!(
            "{when}: appointments could not be brought up to date: {why}"
        ));
    }
    stored.appointments_refused += (wanting + uncancelled).max(1);
}

/// Why, without a value: what the server itself says may quote the candidate.
fn reason(error: &StoreError) -> String {
    let StoreError::Database(sqlx::Error::Database(error)) = error else {
        return "the database failed".to_owned();
    };
    let code = error.code().unwrap_or_default().into_owned();
    let details = error.try_downcast_ref::<PgDatabaseError>();
    let column = details.and_then(PgDatabaseError::column).unwrap_or("?");
    let constraint = details.and_then(PgDatabaseError::constraint).unwrap_or("?");
    let what = match code.as_str() {
        "22001" => "a column of agendamentos is narrower than its value".to_owned(),
        "23502" => format!("column {column} of agendamentos must have a value"),
        "23503" | "23505" | "23514" | "23P01" => {
            format!("constraint {constraint} of agendamentos refuses it")
        }
        "42501" => "a right on agendamentos is missing".to_owned(),
        "42703" => "a column of agendamentos is missing".to_owned(),
        "42804" => "a column of agendamentos has another type".to_owned(),
        "P0001" => "a trigger of agendamentos refuses it".to_owned(),
        _ => "agendamentos refuses it".to_owned(),
    };
    format!("{what} [{code}]")
}

impl Columns<'_> {
    /// Cuts the appointments' values to the widths at hand; whether anything was cut. A CPF loses its punctuation at
    /// most; a telephone number that does not fit is left out.
    fn cut_to(&mut self, day: &DayToStore<'_>, widths: &HashMap<String, usize>) -> bool {
        let width = |column: &str| widths.get(column).copied().unwrap_or(usize::MAX);
        let mut cut = Vec::new();
        for i in 0..self.hora.len() {
            let hora = self.hora[i].format("%H:%M");
            let mut note = |column: &str| {
                cut.push(format!(
                    "{} {hora}: {column} was cut to fit agendamentos",
                    day.data
                ));
            };
            if shorten(&mut self.nome[i], width("nome")) {
                note("nome");
            }
            for (column, values) in [
                ("email", &mut self.email),
                ("tipo_transito", &mut self.tipo),
                ("categoria_cnh", &mut self.categoria),
            ] {
                if values[i]
                    .as_mut()
                    .is_some_and(|value| shorten(value, width(column)))
                {
                    note(column);
                }
            }
            for (column, values) in [
                ("telefone_fixo", &mut self.fixo),
                ("telefone_celular", &mut self.celular),
            ] {
                if values[i]
                    .as_ref()
                    .is_some_and(|value| value.len() > width(column))
                {
                    values[i] = None;
                    note(column);
                }
            }
            if self.cpf_formatado[i].len() > width("cpf") {
                self.cpf_formatado[i].retain(|c| c.is_ascii_digit());
                note("cpf");
            }
        }
        let any = !cut.is_empty();
        self.notes.extend(cut);
        any
    }
}

fn shorten(text: &mut String, width: usize) -> bool {
    match text.char_indices().nth(width) {
        Some((end, _)) => {
            text.truncate(end);
            true
        }
        None => false,
    }
}
