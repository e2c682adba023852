//! `agendad changes`: the history of the slots, with old and new values.

use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use serde_json::Value;

use super::choice::one_of;
use super::day::Day;
use super::language::say;
use super::output::{Usage, local, or_dash};
use super::table::{self, Cell, Column};
use super::who::{self, Who};
use super::{Exit, open, output};
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::ChangeKind;
use crate::store::listing::{ChangeFilter, ChangeView};
use crate::words::cli::{day as day_words, list as words};

/// The last changes of slots, newest first.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  agendad changes --user 3\n  agendad changes --kind removed --since ontem\n  \
    agendad changes --slot 1042          the whole history of one slot"
)]
pub(super) struct Args {
    /// Of this examiner only: number, or part of the name
    #[arg(long, value_name = "WHO")]
    user: Option<Who>,
    /// Of this slot only
    #[arg(long, value_name = "ID")]
    slot: Option<i64>,
    /// Of this kind only
    #[arg(long, value_parser = one_of::<ChangeKind>())]
    kind: Option<ChangeKind>,
    /// Since the beginning of this day: 28/11, 28/11/2026, hoje, yesterday, seg, 2026-11-28
    #[arg(long, value_name = "DAY")]
    since: Option<Day>,
    /// At most so many
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(i64).range(1..))]
    limit: i64,
}

const COLUMNS: [Column; 10] = [
    Column::new(words::WHEN),
    Column::new(words::USER),
    Column::new(words::SLOT).rank(1),
    Column::new(words::DAY),
    Column::new(words::HOUR).rank(4),
    Column::new(words::WHAT),
    Column::text(words::NAME),
    Column::new(words::CPF).rank(2),
    Column::new(words::RUN).rank(0),
    Column::text(words::FIELDS).rank(3),
];

pub(super) async fn run(args: Args, config: Config, json: bool) -> anyhow::Result<Exit> {
    let today = Clock::system(config.timezone).today();
    let since = args.since.map(|day| midnight(day.back(today), &config));
    let (since, limit) = (since.transpose()?, args.limit);
    let found = open::store(&config, async |store| {
        let filter = ChangeFilter {
            offset: 0,
            usuario_ids: who::find(args.user.as_ref(), store)
                .await?
                .map(|user| vec![user]),
            slot_id: args.slot,
            kind: args.kind,
            since,
        };
        let changes = store.list_changes(&filter, limit).await?;
        let all = output::all_if_cut(changes.len(), limit, store.count_changes(&filter)).await?;
        Ok((changes, all))
    });
    let (changes, all) = found.await?;
    if json {
        output::json(&changes)?;
        output::remark_if_cut(changes.len(), all);
        return Ok(Exit::Done);
    }
    let rows = changes.iter().map(|change| row(change, &config)).collect();
    table::show(&COLUMNS, rows, words::NO_CHANGES);
    output::remark_if_cut(changes.len(), all);
    Ok(Exit::Done)
}

pub(super) fn midnight(day: NaiveDate, config: &Config) -> anyhow::Result<DateTime<Utc>> {
    let midnight = day
        .and_hms_opt(0, 0, 0)
        .and_then(|midnight| config.timezone.from_local_datetime(&midnight).earliest());
    let midnight = midnight.ok_or_else(|| Usage(say(day_words::no_midnight(&output::day(day)))))?;
    Ok(midnight.with_timezone(&Utc))
}

fn row(change: &ChangeView, config: &Config) -> Vec<Cell> {
    vec![
        local(Some(change.at), config.timezone).into(),
        or_dash(change.usuario_id).into(),
        change.slot_id.into(),
        output::day(change.data).into(),
        change.hora.format("%H:%M").into(),
        say(words::change(change.kind)).into(),
        or_dash(change.nome.as_deref().map(output::name)).into(),
        or_dash(change.cpf.as_ref()).into(),
        or_dash(change.run_id).into(),
        fields(change.fields.as_ref()).into(),
    ]
}

/// `categoria: B → AB, telefone`
fn fields(fields: Option<&Value>) -> String {
    let shown = |(name, change): (&String, &Value)| match (&change["old"], &change["new"]) {
        (Value::Null, Value::Null) => say(words::field(name)),
        (old, new) => format!(
            "{}: {} → {}",
            say(words::field(name)),
            value(old),
            value(new)
        ),
    };
    let object = fields.and_then(Value::as_object);
    let list: Vec<String> = object.into_iter().flatten().map(shown).collect();
    list.join(", ")
}

fn value(value: &Value) -> &str {
    match value.as_str() {
        Some("") | None => say(words::EMPTY_VALUE),
        Some(text) => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_shown_as_old_and_new() {
        let change = serde_json::json!({
            "categoria": { "old": "B", "new": "AB" },
            "status_exame_medico": { "old": "", "new": "Realizado" },
            "telefone": {},
        });
        assert_eq!(
            fields(Some(&change)),
            "categoria: B → AB, status_exame_medico: (none) → Realizado, telefone"
        );
        assert_eq!(fields(None), "");
    }
}
