//! What a file of the agenda holds: one row a slot, and one row for each day of an examiner of which nothing is listed or
//! that was not read, so that an empty day is not taken for an unread one.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use serde_json::{Map, Value};

use super::day_windows;
use super::view::{Selection, View};
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::phone::Telephone;
use crate::domain::text::title_case;
use crate::domain::{DayState, ExportColumn, SlotStatus};
use crate::store::clinic::{ClinicDays, ClinicSlot};
use crate::store::days::{DaysQuery, ExaminerDay};
use crate::store::listing::{ChangeFilter, ChangeView};
use crate::store::names::Named;
use crate::store::{Store, StoreError};
use crate::words::pages::clinic as words;
use crate::words::{Language, day as day_words, kinds};

/// More rows than that are not put into a file.
const MOST_ROWS: i64 = 50_000;
/// Days of examiners whose state is looked up for a file.
const MOST_DAYS: usize = 5_000;

#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) header: Vec<ExportColumn>,
    pub(crate) rows: Vec<Vec<Cell>>,
    /// That it is not all, and what to do.
    pub(crate) cut: Option<String>,
}

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    Text(String),
    Day(NaiveDate),
    Time(NaiveTime),
    /// Local time.
    Moment(NaiveDateTime),
    Nothing,
}

/// Which columns a table has beside those that it always has, and in which language.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Columns {
    /// Telephone numbers and e-mail addresses.
    pub(crate) telephones: bool,
    /// CPFs, whole.
    pub(crate) cpfs: bool,
    pub(crate) language: Language,
}

/// With what a table is made.
struct Maker<'a> {
    columns: Columns,
    area_code: &'a str,
    clock: &'a Clock,
}

impl Table {
    /// What a view shows, all of it.
    pub(crate) async fn of(
        store: &Store,
        config: &Config,
        clock: &Clock,
        view: &View,
        columns: Columns,
    ) -> Result<Self, StoreError> {
        let maker = Maker {
            columns,
            area_code: &config.appointments.area_code,
            clock,
        };
        let usuario_ids = view.usuario_ids.clone();
        match &view.selection {
            Selection::Days { from, to } => {
                let query = ClinicDays {
                    from: *from,
                    to: *to,
                    usuario_ids,
                    by_examiner: view.by_examiner,
                    limit: MOST_ROWS + 1,
                    offset: 0,
                };
                let slots = store.clinic_slots(&query).await?;
                let known = days_of(store, config, clock, view, MOST_DAYS).await?;
                let mut table = maker.agenda(&slots, &known.days);
                let days_cut = known.cut.map(words::only_first);
                let days_cut = days_cut.map(|said| columns.language.say(said));
                table.cut = table.cut.or(days_cut);
                Ok(table)
            }
            Selection::Search(searched) => {
                let ids = usuario_ids.as_deref();
                let found = store.clinic_search(searched, ids, MOST_ROWS, 0).await?;
                let mut table = maker.agenda(&found.slots, &[]);
                let is_nobody = found.slots.is_empty();
                let said = match found.from_day {
                    Some(day) => words::searched_from(day, is_nobody),
                    None if is_nobody => words::SEARCH_GAVE_UP.owned(),
                    None => words::NARROW_IT_DOWN.owned(),
                };
                table.cut = found.cut.then(|| columns.language.say(said));
                Ok(table)
            }
            Selection::Changes { since } => {
                let changes = changes_of(store, view, *since, MOST_ROWS + 1, 0).await?;
                let examiners = store.clinic_examiners(None).await?;
                Ok(maker.changes(&changes, &examiners))
            }
        }
    }

    /// The rows of a file: the last one says that it is not all.
    pub(super) fn file_rows(&self) -> impl Iterator<Item = Vec<Cell>> {
        let cut = self.cut.iter().map(|said| {
            let mut cells = vec![Cell::Text(said.clone())];
            cells.resize(self.header.len(), Cell::Nothing);
            cells
        });
        self.rows.iter().cloned().chain(cut)
    }

    /// The rows as objects by the names of the columns in Portuguese, for programs.
    pub(crate) fn json(&self) -> Vec<Value> {
        let objects = self.rows.iter().map(|row| {
            let fields = self.header.iter().zip(row).map(|(column, cell)| {
                let value = match cell {
                    Cell::Text(text) => Value::from(text.as_str()),
                    Cell::Day(day) => Value::from(day.to_string()),
                    Cell::Time(time) => Value::from(time.format("%H:%M").to_string()),
                    Cell::Moment(at) => Value::from(at.format("%Y-%m-%dT%H:%M").to_string()),
                    Cell::Nothing => Value::Null,
                };
                (column.as_str().to_owned(), value)
            });
            Value::Object(fields.collect::<Map<_, _>>())
        });
        objects.collect()
    }
}

/// The state of days, and whether there were more of them than were to be looked up.
#[derive(Debug, Default)]
pub(crate) struct KnownDays {
    pub(crate) days: Vec<ExaminerDay>,
    /// Only these first examiners were looked up, by name.
    pub(crate) cut: Option<usize>,
}

/// The state of the days of a view; of at most so many days of examiners.
pub(crate) async fn days_of(
    store: &Store,
    config: &Config,
    clock: &Clock,
    view: &View,
    most: usize,
) -> Result<KnownDays, StoreError> {
    let Some((from, to)) = view.range() else {
        return Ok(KnownDays::default());
    };
    let days = usize::try_from((to - from).num_days() + 1).unwrap_or(1);
    let most = (most / days.max(1)).max(1);
    let mut off = BTreeSet::new();
    let mut ids: Vec<i32> = match &view.usuario_ids {
        Some(ids) => ids.clone(),
        None => {
            // One more tells whether these are all.
            let further = i64::try_from(most).unwrap_or(i64::MAX).saturating_add(1);
            let told = store.clinic_told(from, to, further).await?;
            off.extend(
                told.iter()
                    .filter(|one| one.is_off)
                    .map(|one| one.usuario_id),
            );
            told.into_iter().map(|one| one.usuario_id).collect()
        }
    };
    let cut = (ids.len() > most).then_some(most);
    ids.truncate(most);
    let windows = day_windows(config, clock.now());
    let query = DaysQuery {
        usuario_ids: &ids,
        from,
        to,
        today: clock.today(),
        windows: &windows,
    };
    let mut days = store.day_states(&query).await?;
    // Of those whom nobody reads any more, only what stands in the list.
    days.retain(|day| day.state.slots() > 0 || !off.contains(&day.usuario_id));
    Ok(KnownDays { days, cut })
}

/// The changes of a view, newest first, behind `offset`.
pub(crate) async fn changes_of(
    store: &Store,
    view: &View,
    since: DateTime<Utc>,
    limit: i64,
    offset: i64,
) -> Result<Vec<ChangeView>, StoreError> {
    let filter = ChangeFilter {
        usuario_ids: view.usuario_ids.clone(),
        since: Some(since),
        offset,
        ..ChangeFilter::default()
    };
    store.list_changes(&filter, limit).await
}

impl Maker<'_> {
    fn agenda(&self, slots: &[ClinicSlot], days: &[ExaminerDay]) -> Table {
        let mut header = vec![
            ExportColumn::Day,
            ExportColumn::Hour,
            ExportColumn::Candidate,
        ];
        if self.columns.telephones {
            header.extend([ExportColumn::Telephones, ExportColumn::Email]);
        }
        if self.columns.cpfs {
            header.push(ExportColumn::Cpf);
        }
        header.extend([
            ExportColumn::Process,
            ExportColumn::Category,
            ExportColumn::MedicalExam,
            ExportColumn::PsychologicalExam,
            ExportColumn::Status,
            ExportColumn::Examiner,
            ExportColumn::Unit,
            ExportColumn::FirstSeen,
            ExportColumn::ReadAt,
        ]);
        let most = usize::try_from(MOST_ROWS).unwrap_or(usize::MAX);
        let mut rows: Vec<(NaiveDate, Vec<Cell>)> = slots
            .iter()
            .take(most)
            .map(|slot| (slot.data, self.slot(slot)))
            .collect();
        let bare = days
            .iter()
            .filter(|day| !matches!(day.state, DayState::Listed { .. }));
        rows.extend(bare.map(|day| (day.date, self.day(day))));
        if !days.is_empty() {
            // Stable: what is said of a day comes after its slots.
            rows.sort_by_key(|(date, _)| *date);
        }
        let rows = rows.into_iter().map(|(_, row)| row).collect();
        let cut = self.cut(slots.len() > most);
        Table { header, rows, cut }
    }

    fn slot(&self, slot: &ClinicSlot) -> Vec<Cell> {
        let name = slot.nome.as_deref().map(title_case);
        let mut cells = vec![Cell::Day(slot.data), Cell::Time(slot.hora), text(name)];
        if self.columns.telephones {
            let telephones = slot.telefone.as_deref();
            cells.push(text(
                telephones.map(|text| telephones_of(text, self.area_code)),
            ));
            cells.push(text(slot.email.clone()));
        }
        if self.columns.cpfs {
            cells.push(text(slot.cpf.clone()));
        }
        let language = self.columns.language;
        let status = if slot.status != SlotStatus::Removed && slot.missing_since.is_some() {
            words::MISSING
        } else {
            kinds::slot(slot.status)
        };
        cells.extend([
            text(slot.process.clone()),
            text(slot.categoria.clone()),
            text(slot.medical_exam.clone()),
            text(slot.psychological_exam.clone()),
            text(Some(language.say(status).to_owned())),
            text(Some(title_case(&slot.examiner_name))),
            text(Some(slot.unit.clone())),
            self.moment(slot.first_seen_at),
            self.moment(slot.last_seen_at),
        ]);
        cells
    }

    /// A day without slots, or one that was not read.
    fn day(&self, day: &ExaminerDay) -> Vec<Cell> {
        let mut cells = vec![Cell::Day(day.date), Cell::Nothing, Cell::Nothing];
        let columns = self.columns;
        let further = usize::from(columns.telephones) * 2 + usize::from(columns.cpfs) + 4;
        cells.resize(cells.len() + further, Cell::Nothing);
        let state = day_words::state(day.state, self.clock.now(), self.clock.zone());
        cells.extend([
            Cell::Text(columns.language.say(state)),
            Cell::Text(title_case(&day.nome)),
            Cell::Nothing,
            Cell::Nothing,
            self.moment(day.state.read_at()),
        ]);
        cells
    }

    fn changes(&self, changes: &[ChangeView], examiners: &[Named]) -> Table {
        let language = self.columns.language;
        let header = vec![
            ExportColumn::ChangedAt,
            ExportColumn::What,
            ExportColumn::Day,
            ExportColumn::Hour,
            ExportColumn::Candidate,
            ExportColumn::Examiner,
            ExportColumn::Fields,
        ];
        let most = usize::try_from(MOST_ROWS).unwrap_or(usize::MAX);
        let rows = changes
            .iter()
            .take(most)
            .map(|change| {
                vec![
                    self.moment(Some(change.at)),
                    text(Some(language.say(kinds::change(change.kind)).to_owned())),
                    Cell::Day(change.data),
                    Cell::Time(change.hora),
                    text(change.nome.as_deref().map(title_case)),
                    text(
                        change
                            .usuario_id
                            .map(|id| title_case(&examiner_name(examiners, id))),
                    ),
                    text(Some(fields(change, language))),
                ]
            })
            .collect();
        let cut = self.cut(changes.len() > most);
        Table { header, rows, cut }
    }

    fn cut(&self, is_cut: bool) -> Option<String> {
        is_cut.then(|| self.columns.language.say(words::cut(MOST_ROWS)))
    }

    fn moment(&self, at: Option<DateTime<Utc>>) -> Cell {
        let zone = self.clock.zone();
        at.map_or(Cell::Nothing, |at| {
            Cell::Moment(at.with_timezone(&zone).naive_local())
        })
    }
}

fn text(text: Option<String>) -> Cell {
    text.map_or(Cell::Nothing, Cell::Text)
}

/// The numbers that can be dialled, or what the portal shows where there is none.
fn telephones_of(text: &str, area_code: &str) -> String {
    let numbers = Telephone::all(text, area_code);
    if numbers.is_empty() {
        return text.to_owned();
    }
    let shown: Vec<String> = numbers.iter().map(Telephone::shown).collect();
    shown.join(" / ")
}

pub(crate) fn examiner_name(examiners: &[Named], id: i32) -> String {
    let found = examiners.iter().find(|examiner| examiner.usuario_id == id);
    found.map_or_else(|| format!("#{id}"), |examiner| examiner.nome.clone())
}

fn fields(change: &ChangeView, language: Language) -> String {
    let object = change.fields.as_ref().and_then(Value::as_object);
    let names = object.into_iter().flatten().map(|(name, _)| {
        kinds::field(name).map_or_else(|| name.clone(), |known| language.say(known).to_owned())
    });
    names.collect::<Vec<_>>().join(", ")
}
