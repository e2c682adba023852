//! Agendas of examiners: as many days and rows as asked for, with synthetic persons.

use agendad::domain::agenda::column;
use agendad::domain::slot::slots_of_day;
use agendad::domain::{AgendaRow, Cpf, DayReading, Slot};
use chrono::{Days, NaiveDate, NaiveTime};

/// How much is read in a sync.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    pub(crate) days: u64,
    pub(crate) slots: u32,
}

/// What the portal shows of one examiner.
pub(crate) struct Agenda {
    pub(crate) usuario_id: i32,
    pub(crate) readings: Vec<DayReading>,
}

pub(crate) const UNIT: &str = "7";

pub(crate) fn first_day() -> NaiveDate {
    "2199-11-24".parse().unwrap()
}

impl Agenda {
    pub(crate) fn new(usuario_id: i32, shape: Shape) -> Self {
        let readings = (0..shape.days)
            .map(|day| DayReading {
                date: first_day() + Days::new(day),
                unit: UNIT.to_owned(),
                rows: (0..shape.slots).map(|i| row(day, i)).collect(),
                profession: Some(agendad::domain::Profession::Psychologist),
                row_errors: Vec::new(),
            })
            .collect();
        Self {
            usuario_id,
            readings,
        }
    }

    /// The telephone of every tenth candidate.
    pub(crate) fn change_a_tenth(&mut self) {
        for reading in &mut self.readings {
            for row in reading.rows.iter_mut().step_by(10) {
                let telefone = row.columns.get_mut(column::TELEFONE).unwrap();
                telefone.push_str(" / (11) 3333-4444");
            }
        }
    }

    pub(crate) fn slots(&self, day: usize) -> Vec<Slot<'_>> {
        slots_of_day(
            self.usuario_id,
            &self.readings[day],
            &agendad::domain::ExamStatuses::new(&["Realizado".to_owned()], &[]),
        )
    }
}

fn row(day: u64, i: u32) -> AgendaRow {
    let cpf = Cpf::parse(&format!(
        "{:011}",
        10_000_000_000 + day * 1000 + u64::from(i)
    ))
    .unwrap();
    let time = NaiveTime::from_num_seconds_from_midnight_opt(8 * 3600 + i * 900, 0).unwrap();
    let columns = [
        (column::HORA, time.format("%H:%M").to_string()),
        (column::CPF, cpf.formatted()),
        (column::NOME, format!("MARIA APARECIDA DE SOUZA {i}")),
        (
            column::TELEFONE,
            "(11) 2345-6789 / (11) 98765-4321".to_owned(),
        ),
        (column::EMAIL, format!("maria.aparecida{i}@example.com")),
        (column::TIPO_PROCESSO, "Segunda Via".to_owned()),
        (column::CATEGORIA, "B".to_owned()),
        (column::STATUS_EXAME_MEDICO, String::new()),
        (column::STATUS_EXAME_PSICOLOGICO, "Não Realizado".to_owned()),
    ];
    AgendaRow {
        time,
        cpf,
        columns: columns.map(|(key, text)| (key.to_owned(), text)).into(),
    }
}
