//! What is known of each day of an examiner: beside `agendad slots`, and instead of it with `--days`.

use chrono::{Days, NaiveDate, TimeDelta};
use serde_json::json;

use super::language::{language, say};
use super::output::Usage;
use super::who::Who;
use super::{Exit, open, output, table};
use crate::clinic::day_windows;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::{DayState, UnreadReason};
use crate::store::Store;
use crate::store::days::{DaysQuery, ExaminerDay};
use crate::words::cli::{agenda as words_of_agendas, list as words_of_lists};
use crate::words::day as words;

/// So many days after the first, where no last one is named.
const DAYS: u64 = 14;
/// More are not shown.
const MOST: u16 = 366;

pub(super) async fn show(
    who: &Who,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    config: &Config,
    json: bool,
) -> anyhow::Result<Exit> {
    let (first, last) = span(from, to, Clock::system(config.timezone).today());
    if last - first >= TimeDelta::days(MOST.into()) {
        return Err(Usage(say(words_of_agendas::too_long(MOST.into()))).into());
    }
    let days = open::store(config, async |store| {
        let user = who.find(store).await?;
        look(store, user, from, to, config).await
    });
    let days = days.await?;
    if json {
        let days: Vec<_> = days
            .iter()
            .map(|day| {
                json!({
                    "usuario_id": day.usuario_id,
                    "data": day.date,
                    "estado": day.state.name().as_str(),
                    "horarios": day.state.slots(),
                    "lido_em": day.state.read_at(),
                    "motivo": day.state.reason().map(UnreadReason::as_str),
                })
            })
            .collect();
        output::json(&days)?;
        return Ok(Exit::Done);
    }
    let rows = days
        .iter()
        .map(|day| vec![output::day(day.date), sentence(day, config)])
        .collect();
    let header = [words_of_lists::DAY, words_of_lists::KNOWN].map(say);
    table::plain(&header, rows, "");
    Ok(Exit::Done)
}

/// The days without slots, and those that were not read, each with what is known of it.
pub(super) async fn bare(
    store: &Store,
    user: i32,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    config: &Config,
) -> anyhow::Result<Vec<String>> {
    let days = look(store, user, from, to, config).await?;
    let bare = days
        .iter()
        .filter(|day| !matches!(day.state, DayState::Listed { .. }));
    let bare = bare.map(|day| {
        let said = format!("{}: {}", output::day(day.date), sentence(day, config));
        table::wrap("", 2, &said)
    });
    Ok(bare.collect())
}

async fn look(
    store: &Store,
    user: i32,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    config: &Config,
) -> anyhow::Result<Vec<ExaminerDay>> {
    let clock = Clock::system(config.timezone);
    let today = clock.today();
    let (from, to) = span(from, to, today);
    let windows = day_windows(config, clock.now());
    let query = DaysQuery {
        usuario_ids: &[user],
        from,
        to: to.min(from + Days::new((MOST - 1).into())),
        today,
        windows: &windows,
    };
    Ok(store.day_states(&query).await?)
}

/// The first and the last day, where they are not both named.
fn span(
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    today: NaiveDate,
) -> (NaiveDate, NaiveDate) {
    let from = from.unwrap_or_else(|| to.map_or(today, |to| to.min(today)));
    let to = to.unwrap_or_else(|| from.max(today) + Days::new(DAYS));
    (from, to)
}

fn sentence(day: &ExaminerDay, config: &Config) -> String {
    let clock = Clock::system(config.timezone);
    language().say(words::state(day.state, clock.now(), clock.zone()))
}
