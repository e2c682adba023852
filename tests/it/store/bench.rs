//! A place to store readings at: a database, its rules, and short ways to say what a portal shows.

use std::sync::atomic::{AtomicU32, Ordering};

use agendad::domain::agenda::column;
use agendad::domain::slot::slots_of_day;
use agendad::domain::{
    AgendaRow, Cpf, DayReading, Origin, RowError, RowProblem, RunStatus, Totals, UnreadRow,
};
use agendad::store::StoreError;
use agendad::store::runs::{FinishedRun, NewRun, Noted, Started};
use agendad::store::slots::{DayToStore, StoreDayOutcome, StoreRules, Units, VacantDays};
use chrono::{NaiveDate, NaiveTime};
use sqlx::{AssertSqlSafe, Row as _};

use crate::support::TestDatabase;

/// A day that is still to come, whenever the test runs.
pub(crate) const TOMORROW: &str = "2199-11-24";
/// A day that is over.
pub(crate) const YESTERDAY: &str = "2020-11-24";

/// Five candidates are enough for any quarrel.
pub(crate) const CPFS: [&str; 5] = [
    "529.982.247-25",
    "111.444.777-35",
    "123.456.789-09",
    "987.654.321-00",
    "168.995.350-09",
];

/// A database and the rules of storing.
pub(crate) struct Bench {
    pub(crate) db: TestDatabase,
    pub(crate) rules: StoreRules,
    /// Whether days are stored as ones of which nothing is known to be stored, which is tried first.
    pub(crate) is_new: bool,
}

/// A row of the portal's table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) time: String,
    pub(crate) cpf: String,
    pub(crate) nome: String,
    pub(crate) telefone: String,
    pub(crate) exame: String,
}

/// `row("14:00", 0, "MARIA")`: the first candidate at two o'clock.
pub(crate) fn row(time: &str, candidate: usize, nome: &str) -> Row {
    Row {
        time: time.to_owned(),
        cpf: CPFS[candidate].to_owned(),
        nome: nome.to_owned(),
        telefone: String::new(),
        exame: String::new(),
    }
}

impl Row {
    pub(crate) fn telefone(mut self, telefone: &str) -> Self {
        telefone.clone_into(&mut self.telefone);
        self
    }

    pub(crate) fn done(mut self) -> Self {
        "Realizado".clone_into(&mut self.exame);
        self
    }

    fn agenda_row(&self) -> AgendaRow {
        let columns = [
            (column::HORA, &self.time),
            (column::CPF, &self.cpf),
            (column::NOME, &self.nome),
            (column::TELEFONE, &self.telefone),
            (column::STATUS_EXAME_PSICOLOGICO, &self.exame),
        ];
        AgendaRow {
            time: NaiveTime::parse_from_str(&self.time, "%H:%M").unwrap(),
            cpf: Cpf::parse(&self.cpf).unwrap(),
            columns: columns.map(|(k, v)| (k.to_owned(), v.clone())).into(),
        }
    }
}

/// What a reading is of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) user: i32,
    pub(crate) date: NaiveDate,
    pub(crate) unit: &'static str,
}

impl Place {
    pub(crate) fn unit(self, unit: &'static str) -> Self {
        Self { unit, ..self }
    }

    pub(crate) fn day(self, date: &str) -> Self {
        Self {
            date: date.parse().unwrap(),
            ..self
        }
    }

    pub(crate) fn reading(&self, rows: &[Row]) -> DayReading {
        reading(self.date, self.unit, rows)
    }
}

/// A complete reading.
pub(crate) fn reading(date: NaiveDate, unit: &str, rows: &[Row]) -> DayReading {
    DayReading {
        date,
        unit: unit.to_owned(),
        rows: rows.iter().map(Row::agenda_row).collect(),
        profession: Some(agendad::domain::Profession::Psychologist),
        row_errors: Vec::new(),
    }
}

/// A reading of which one row could not be understood at all.
pub(crate) fn with_row_error(reading: DayReading) -> DayReading {
    with_unread_row(reading, UnreadRow::unknown())
}

/// A reading of which one row could not be understood, but for this.
pub(crate) fn with_unread_row(mut reading: DayReading, read: UnreadRow) -> DayReading {
    reading.row_errors.push(RowError {
        row: 1,
        problem: RowProblem::NestedTable,
        read,
    });
    reading
}

/// A run of these days, asked for at the command line.
pub(crate) fn new_run(usuario_id: i32, from: NaiveDate, to: NaiveDate) -> NewRun<'static> {
    NewRun {
        usuario_id,
        window_start: from,
        window_end: to,
        window_name: None,
        tick: None,
        origin: Origin::Cli,
        instance: "test",
        session: None,
    }
}

/// The end of a run that did well and has nothing to tell.
pub(crate) fn succeeded() -> FinishedRun {
    FinishedRun {
        status: RunStatus::Success,
        totals: Totals::default(),
        error: None,
        error_details: None,
        requests: 0,
        retries: 0,
        logins: 0,
        session_reused: false,
        windows: Vec::new(),
        but_for_rows: false,
        tells_account: true,
        noted: Noted::default(),
    }
}

impl Bench {
    pub(crate) async fn new() -> Self {
        Self {
            db: TestDatabase::new().await,
            rules: rules(),
            is_new: true,
        }
    }

    /// A user, and their day tomorrow at unit 7.
    pub(crate) async fn place(&self) -> Place {
        static COUNT: AtomicU32 = AtomicU32::new(1);
        let nome = format!("PERITO {}", COUNT.fetch_add(1, Ordering::Relaxed));
        let user = sqlx::query_scalar("INSERT INTO usuarios (nome) VALUES ($1) RETURNING id")
            .bind(nome)
            .fetch_one(&self.db.pool)
            .await
            .unwrap();
        Place {
            user,
            date: TOMORROW.parse().unwrap(),
            unit: "7",
        }
    }

    /// Starts a run, as whoever holds the user's lock does.
    pub(crate) async fn run(&self, place: Place) -> i64 {
        let (store, run) = (&self.db.store, new_run(place.user, place.date, place.date));
        let Started::Run { id, to_adopt, .. } = store.start_run(&run).await.unwrap() else {
            panic!("no tick was named")
        };
        if to_adopt {
            store.adopt_locked(place.user).await.unwrap();
        }
        id
    }

    pub(crate) async fn finish(&self, run_id: i64) -> bool {
        let run = succeeded();
        self.db
            .store
            .finish_run(run_id, &run)
            .await
            .unwrap()
            .is_some()
    }

    /// Stores a complete reading in a run of its own.
    pub(crate) async fn read(&self, place: Place, rows: &[Row]) -> Totals {
        self.read_with(place, &place.reading(rows)).await
    }

    /// Stores a reading in a run of its own.
    pub(crate) async fn read_with(&self, place: Place, reading: &DayReading) -> Totals {
        let run_id = self.run(place).await;
        let stored = self.store(run_id, place, reading).await.unwrap();
        assert!(self.finish(run_id).await);
        stored.totals
    }

    pub(crate) async fn store(
        &self,
        run_id: i64,
        place: Place,
        reading: &DayReading,
    ) -> Result<StoreDayOutcome, StoreError> {
        let slots = slots_of_day(
            place.user,
            reading,
            &agendad::domain::ExamStatuses::new(&["Realizado".to_owned()], &[]),
        );
        let day = DayToStore {
            run_id,
            usuario_id: place.user,
            date: reading.date,
            unit: &reading.unit,
            unread: &reading.unread_rows(),
            slots: &slots,
            is_new: self.is_new,
        };
        self.db.store.store_day(&day, &self.rules).await
    }

    /// Stores in a run of its own that days are vacant.
    pub(crate) async fn vacate(
        &self,
        place: Place,
        dates: &[NaiveDate],
        units: Units<'_>,
    ) -> StoreDayOutcome {
        let run_id = self.run(place).await;
        let days = VacantDays {
            run_id,
            usuario_id: place.user,
            dates,
            doubtful: matches!(units, Units::AllBut(_)),
            units,
            unread: &[],
        };
        let stored = self.db.store.store_vacant_days(&days, &self.rules).await;
        assert!(self.finish(run_id).await);
        stored.unwrap()
    }

    /// The slots of a user, a line each: `7 14:00 MARIA available current`.
    pub(crate) async fn slots(&self, place: Place) -> Vec<String> {
        self.lines(
            "SELECT concat_ws(' ', unidade_code, to_char(hora, 'HH24:MI'), payload ->> 'nome', status,
                 CASE WHEN is_current THEN 'current' ELSE 'gone' END,
                 CASE WHEN missing_since IS NOT NULL THEN 'missing ' || missing_count END)
             FROM agenda_slots WHERE usuario_id = $1 ORDER BY hora, unidade_code, id",
            place,
        )
        .await
    }

    /// The change log of a user, oldest first: `inserted MARIA`, `changed MARIA {…}`.
    pub(crate) async fn changes(&self, place: Place) -> Vec<String> {
        self.lines(
            "SELECT concat_ws(' ', c.kind, s.payload ->> 'nome', c.fields)
             FROM agenda_slot_changes c JOIN agenda_slots s ON s.id = c.slot_id
             WHERE s.usuario_id = $1 ORDER BY c.id",
            place,
        )
        .await
    }

    /// The appointments of a user: `MARIA 2199-11-24 14:00 agendado`.
    pub(crate) async fn appointments(&self, place: Place) -> Vec<String> {
        self.lines(
            "SELECT concat_ws(' ', nome, to_char(data_agendamento, 'YYYY-MM-DD HH24:MI'), status)
             FROM agendamentos WHERE usuario_id = $1 ORDER BY data_agendamento, id",
            place,
        )
        .await
    }

    /// What a statement says of a user, a line each.
    pub(crate) async fn lines(&self, sql: &'static str, place: Place) -> Vec<String> {
        sqlx::query(sql)
            .bind(place.user)
            .fetch_all(&self.db.pool)
            .await
            .unwrap()
            .iter()
            .map(|row| row.get(0))
            .collect()
    }

    /// What the application, or a person, does meanwhile. `$1` is the user.
    pub(crate) async fn person(&self, place: Place, sql: &str) -> u64 {
        sqlx::query(AssertSqlSafe(sql))
            .bind(place.user)
            .execute(&self.db.pool)
            .await
            .unwrap()
            .rows_affected()
    }
}

/// The shipped rules.
pub(crate) fn rules() -> StoreRules {
    StoreRules {
        max_removed_ratio: 0.5,
        min_slots: 5,
        confirmations: 1,
        appointments: true,
        cancel_on_removed: true,
        area_code: String::new(),
        timezone: "America/Sao_Paulo".to_owned(),
    }
}
