//! `agendad users list`: all examiners with an account, and their units.

use crate::cli::language::{language, say};
use crate::cli::table::{self, Cell, Column};
use crate::cli::{Exit, output};
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::WorkingDays;
use crate::domain::weekday::InvalidWorkingDays;
use crate::store::Store;
use crate::store::units::UnitRecord;
use crate::store::users::UserListed;
use crate::words::Language;
use crate::words::cli::users as words;

const COLUMNS: [Column; 7] = [
    Column::new(words::USER),
    Column::text(words::NAME),
    Column::new(words::CPF).rank(1),
    Column::text(words::STATE),
    Column::text(words::WORKING_DAYS).rank(0),
    Column::new(words::SLOTS_AHEAD).rank(2),
    Column::new(words::LAST_SUCCESS),
];

const UNIT_COLUMNS: [Column; 5] = [
    Column::new(words::USER),
    Column::new(words::UNIT),
    Column::text(words::NAME),
    Column::new(words::LAST_READ),
    Column::text(words::SLOTS),
];

pub(super) async fn list(store: &Store, config: &Config, json: bool) -> anyhow::Result<Exit> {
    let today = Clock::system(config.timezone).today();
    let users = store.list_users(today).await?;
    if json {
        output::json(&users)?;
        return Ok(Exit::Done);
    }
    let units = unit_rows(&users, config);
    let rows = users
        .into_iter()
        .map(|user| {
            let state = state(&user, config);
            vec![
                user.usuario_id.into(),
                output::name(&user.nome).into(),
                output::cpf(user.cpf.as_ref()).into(),
                state,
                days(user.working_days).into(),
                user.current_slots.into(),
                output::local(user.last_success, config.timezone).into(),
            ]
        })
        .collect();
    table::show(&COLUMNS, rows, words::NO_EXAMINERS);
    if !units.is_empty() {
        output::line("");
        table::show(&UNIT_COLUMNS, units, words::NO_EXAMINERS);
    }
    Ok(Exit::Done)
}

/// The working days as they are stored; in Portuguese, as people write them.
fn days(stored: Option<Result<WorkingDays, InvalidWorkingDays>>) -> String {
    match (stored, language()) {
        (None, _) => say(words::ALL_DAYS).to_owned(),
        (Some(Ok(days)), Language::Portuguese) => days.names().collect::<Vec<_>>().join(", "),
        (Some(Ok(days)), Language::English) => days.to_json(),
        (Some(Err(invalid)), _) => invalid.text,
    }
}

fn state(user: &UserListed, config: &Config) -> Cell {
    let local = |at| output::local(Some(at), config.timezone);
    match (user.pause_reason, user.active, user.scheduled) {
        (Some(reason), _, _) => {
            let until = user.pause_until.map(local);
            let state = words::paused(reason, until.as_deref(), user.duplicate_of);
            say(state).into()
        }
        (None, false, _) => say(words::OFF).into(),
        (None, true, false) => Cell::warn(say(words::MANUAL)),
        (None, true, true) => match user.other_session {
            Some(seen) => say(words::waits(seen.until.map(local).as_deref())).into(),
            None => Cell::good(say(words::ON)),
        },
    }
}

/// The units of those who have several, or have lost one.
fn unit_rows(users: &[UserListed], config: &Config) -> Vec<Vec<Cell>> {
    let with_several = users.iter().filter(|user| user.units.len() > 1);
    let row = |user: &UserListed, unit: &UnitRecord| {
        let slots = match (unit.offered, unit.had_slots) {
            (false, _) => say(words::NOT_OFFERED),
            (true, Some(true)) => say(words::YES),
            (true, Some(false)) => say(words::NONE),
            (true, None) => "-",
        };
        vec![
            user.usuario_id.into(),
            unit.code.clone().into(),
            unit.name.clone().into(),
            output::local(unit.last_read_at, config.timezone).into(),
            slots.into(),
        ]
    };
    with_several
        .flat_map(|user| user.units.iter().map(move |unit| row(user, unit)))
        .collect()
}
