//! A slot is stored whatever happens to its appointment. `agendamentos` is the application's: it may have narrower
//! columns than ours, columns of its own that must have a value, checks, triggers, and rights that we lack; and somebody
//! may hold a row of it, or all of it, for as long as a form is open. What it refuses, or keeps waiting for too long, is
//! left out, noted and counted, and tried again with the next reading.

use std::collections::HashMap;

use agendad_domain::note::{LeftUndone, NotedDays, RefusalReason, TableRefusal};
use agendad_domain::{Note, SlotRemark};
use sqlx::PgConnection;
use sqlx::postgres::{PgDatabaseError, PgSeverity};

use super::columns::Columns;
use super::slots::{AppointmentDebt, DayToStore, StoreDayOutcome, StoreRules, Vacant};
use super::{Store, StoreError};

/// Classes of SQLSTATE that are the server's own: resources, an operator, the system below it. Whatever else it answers a
/// table may have refused a row with: a trigger raises what it likes.
const OF_THE_SERVER: [&str; 3] = ["53", "57", "58"];
/// What `store_day.sql` raises where an appointment is not what was inserted, or was not: the logarithm of nothing.
const ALTERED: &str = "2201E";
/// Classes of what no row fares better with than another: rights, missing columns, types; and a server elsewhere that
/// stands behind the table and is not reached, or refuses.
const OF_ALL: [&str; 3] = ["42", "08", "HV"];
/// Given up after `lock_timeout`, or after `statement_timeout`.
const WAITED: [&str; 2] = ["55P03", "57014"];
/// In the place of a SQLSTATE where the server did not give up before we did.
const NO_ANSWER: &str = "no answer";

impl StoreError {
    /// Whether `agendamentos` may have caused it.
    pub(super) fn may_be_of_appointments(&self) -> bool {
        let Self::Database(sqlx::Error::Database(error)) = self else {
            return self.waited_in_vain();
        };
        // A table raises errors; what ends a connection comes from the server, or from a pooler before it.
        let is_error = error
            .try_downcast_ref::<PgDatabaseError>()
            .is_none_or(|error| matches!(error.severity(), PgSeverity::Error));
        let is_refusal =
            || class(error.as_ref()).is_some_and(|class| !OF_THE_SERVER.contains(&&*class));
        self.waited_in_vain() || is_error && !self.is_undone() && !self.is_outage() && is_refusal()
    }

    /// Whether it waited for too long: most likely for a row that somebody holds; or for the table, which is waited for
    /// before the statement can bound it.
    fn waited_in_vain(&self) -> bool {
        let Self::Database(sqlx::Error::Database(error)) = self else {
            return self.timed_out();
        };
        error.code().is_some_and(|code| WAITED.contains(&&*code))
    }

    /// Whether there is no use in trying each row by itself: none would fare better, or each would wait as long.
    fn is_of_all(&self) -> bool {
        let Self::Database(sqlx::Error::Database(error)) = self else {
            return self.waited_in_vain();
        };
        self.waited_in_vain()
            || class(error.as_ref()).is_some_and(|class| OF_ALL.contains(&&*class))
    }
}

fn class(error: &dyn sqlx::error::DatabaseError) -> Option<String> {
    Some(error.code()?.get(..2)?.to_owned())
}

impl Store {
    /// Stores a day of which `agendamentos` has refused something, or which has slots that were moved: first with those
    /// at home and what fits the real widths, then without the appointments that it refuses one by one, at last without any.
    pub(super) async fn store_despite_refusals(
        &self,
        day: &DayToStore<'_>,
        rules: &StoreRules,
        mut columns: Columns<'_>,
        mut error: StoreError,
    ) -> Result<StoreDayOutcome, StoreError> {
        if !error.is_of_all() {
            // A slot that is stored at another place would be taken for an appointment that is refused.
            let brought_home = self.bring_home(day, &columns).await? > 0;
            if columns.cut_to(day, &self.widths().await?) || brought_home {
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
        let (debt, cancels) = if rules.cancel_on_removed {
            (AppointmentDebt::Cancellations, 1)
        } else {
            (AppointmentDebt::Changes, 0)
        };
        let slots = self.store_slots(day, rules, &columns, debt).await?;
        let mut stored = slots.stored;
        let uncancelled = cancels * slots.uncancelled;
        refuse(
            &mut stored,
            slots.wanting,
            uncancelled,
            Some(NotedDays {
                first: day.date,
                last: day.date,
            }),
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
    ) -> Result<StoreDayOutcome, StoreError> {
        let slots = self
            .vacate_slots(vacant, rules, AppointmentDebt::Cancellations)
            .await?;
        let mut stored = slots.stored;
        if slots.uncancelled > 0 {
            let dates = vacant.days.dates;
            let (first, last) = (dates.iter().min(), dates.iter().max());
            let days = first.zip(last);
            let days = days.map(|(&first, &last)| NotedDays { first, last });
            refuse(&mut stored, 0, slots.uncancelled, days, &error);
        }
        Ok(stored)
    }

    /// Cancels what could not be cancelled when its slot was removed, because `agendamentos` refused it then. Where it
    /// refuses again, each appointment by itself, so that one keeps no other back.
    ///
    /// # Errors
    /// [`StoreError::RunClosed`] if the run is not `running` any more; [`StoreError::Database`].
    pub async fn cancel_left_over(
        &self,
        run_id: i64,
        usuario_id: i32,
    ) -> Result<StoreDayOutcome, StoreError> {
        let mut stored = StoreDayOutcome::default();
        let totals = &mut stored.totals;
        let mut error = match self.cancel_owed(run_id, usuario_id, None).await {
            Err(error) if error.may_be_of_appointments() => error,
            cancelled => {
                totals.appointments_cancelled = cancelled?;
                return Ok(stored);
            }
        };
        let debt = self.cancellations_owed(usuario_id).await?;
        let mut refused = debt.len();
        if !error.is_of_all() {
            refused = 0;
            for appointment in debt {
                match self
                    .cancel_owed(run_id, usuario_id, Some(appointment))
                    .await
                {
                    Err(next) if next.may_be_of_appointments() => {
                        (error, refused) = (next, refused + 1);
                    }
                    cancelled => totals.appointments_cancelled += cancelled?,
                }
            }
        }
        if refused > 0 {
            refuse(&mut stored, 0, refused as i64, None, &error);
        }
        Ok(stored)
    }

    /// How many of those that are debt were cancelled; only this one is tried, if one is named.
    async fn cancel_owed(
        &self,
        run_id: i64,
        usuario_id: i32,
        only: Option<i32>,
    ) -> Result<i64, StoreError> {
        let zone = self.zone.name();
        let done = sqlx::query_file!(
            "src/sql/cancel_left_over.sql",
            run_id,
            usuario_id,
            zone,
            only,
        );
        let done = done.fetch_one(&self.pool).await?;
        if done.running == 0 {
            return Err(StoreError::RunClosed { run_id });
        }
        Ok(done.cancelled)
    }

    async fn cancellations_owed(&self, usuario_id: i32) -> Result<Vec<i32>, StoreError> {
        // As in cancel_left_over.sql.
        let debt = sqlx::query_scalar!(
            r#"SELECT DISTINCT agendamento_id AS "id!" FROM agenda_slots
               WHERE usuario_id = $1 AND NOT is_current AND cancel_owed AND data >= CURRENT_DATE - 1
                 AND agendamento_id IS NOT NULL
               ORDER BY 1"#,
            usuario_id,
        );
        Ok(debt.fetch_all(&self.pool).await?)
    }

    /// Tries each slot's appointment by itself, in a transaction that is rolled back. Marks those that are refused,
    /// and gives a note for each.
    async fn refused(
        &self,
        day: &DayToStore<'_>,
        rules: &StoreRules,
        columns: &mut Columns<'_>,
    ) -> Result<Vec<Note>, StoreError> {
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
            match self.store_checked(&mut tx, day, rules, columns).await {
                Ok(()) => fits.push(true),
                Err(error) if error.may_be_of_appointments() => {
                    fits.push(false);
                    let why = refusal(&error);
                    notes.push(Note::Slot {
                        date: day.date,
                        time: columns.hora[i],
                        remark: SlotRemark::Refused { why },
                    });
                }
                Err(error) => return Err(error),
            }
            tx.rollback().await?;
        }
        columns.fits = fits;
        Ok(notes)
    }

    /// Slots and appointments in one statement, and what would be checked when they are committed.
    async fn store_checked(
        &self,
        connection: &mut PgConnection,
        day: &DayToStore<'_>,
        rules: &StoreRules,
        columns: &Columns<'_>,
    ) -> Result<(), StoreError> {
        self.store_whole(&mut *connection, day, rules, columns)
            .await?;
        sqlx::query("SET CONSTRAINTS ALL IMMEDIATE")
            .execute(connection)
            .await?;
        Ok(())
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
    stored: &mut StoreDayOutcome,
    wanting: i64,
    uncancelled: i64,
    days: Option<NotedDays>,
    error: &StoreError,
) {
    let mut left = Vec::new();
    if wanting > 0 {
        left.push(LeftUndone::Unstored(wanting));
    }
    if uncancelled > 0 {
        left.push(LeftUndone::Uncancelled(uncancelled));
    }
    if left.is_empty() {
        left.push(LeftUndone::Outdated);
    }
    let why = refusal(error);
    let note = |left| Note::Appointments {
        days,
        left,
        why: why.clone(),
    };
    stored.notes.extend(left.into_iter().map(note));
    stored.appointments_refused += (wanting + uncancelled).max(1);
}

/// Why, without a value: what the server itself says may quote the candidate.
fn refusal(error: &StoreError) -> TableRefusal {
    let error = if let StoreError::Database(sqlx::Error::Database(error)) = error {
        Some(error)
    } else {
        None
    };
    let code = error.and_then(|error| error.code());
    let code = code.unwrap_or_else(|| NO_ANSWER.into());
    let details = error.and_then(|error| error.try_downcast_ref::<PgDatabaseError>());
    let name = |name: Option<&str>| name.unwrap_or("?").to_owned();
    let reason = match &*code {
        "22001" => RefusalReason::Narrow,
        ALTERED => RefusalReason::Altered,
        "23502" => RefusalReason::ValueMissing(name(details.and_then(PgDatabaseError::column))),
        "23503" | "23505" | "23514" | "23P01" => {
            RefusalReason::Constraint(name(details.and_then(PgDatabaseError::constraint)))
        }
        "42501" => RefusalReason::RightMissing,
        "42703" => RefusalReason::ColumnMissing,
        "42804" => RefusalReason::OtherType,
        "P0001" => RefusalReason::Trigger,
        code if code == NO_ANSWER || WAITED.contains(&code) => RefusalReason::Waited,
        _ => RefusalReason::Other,
    };
    TableRefusal {
        code: code.into_owned(),
        reason,
    }
}

impl Columns<'_> {
    /// Cuts the appointments' values to the widths at hand; whether anything was cut. A CPF loses its punctuation at
    /// most; a telephone number that does not fit is left out.
    fn cut_to(&mut self, day: &DayToStore<'_>, widths: &HashMap<String, usize>) -> bool {
        let width = |column: &str| widths.get(column).copied().unwrap_or(usize::MAX);
        let mut cut = Vec::new();
        for i in 0..self.hora.len() {
            let time = self.hora[i];
            let mut note = |column: &str| {
                cut.push(Note::Slot {
                    date: day.date,
                    time,
                    remark: SlotRemark::Cut {
                        column: column.to_owned(),
                    },
                });
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
