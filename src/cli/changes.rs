//! `agendad changes`: the history of the slots, with old and new values.

use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use serde_json::Value;

use super::choice::one_of;
use super::output::Usage;
use super::{Exit, open, output};
use crate::config::Config;
use crate::domain::ChangeKind;
use crate::store::listing::{ChangeFilter, ChangeView};

/// The last changes of slots, newest first.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  agendad changes --user 3\n  agendad changes --kind removed --since 2026-11-24\n  \
    agendad changes --slot 1042          the whole history of one slot"
)]
pub(super) struct Args {
    /// Of this examiner only
    #[arg(long, value_name = "ID")]
    user: Option<i32>,
    /// Of this slot only
    #[arg(long, value_name = "ID")]
    slot: Option<i64>,
    /// Of this kind only
    #[arg(long, value_parser = one_of::<ChangeKind>())]
    kind: Option<ChangeKind>,
    /// Since the beginning of this day (YYYY-MM-DD)
    #[arg(long, value_name = "DAY")]
    since: Option<NaiveDate>,
    /// At most so many
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(i64).range(1..))]
    limit: i64,
}

pub(super) async fn run(args: Args, config: Config, json: bool) -> anyhow::Result<Exit> {
    let filter = ChangeFilter {
        usuario_id: args.user,
        slot_id: args.slot,
        kind: args.kind,
        since: args.since.map(|day| midnight(day, &config)).transpose()?,
    };
    let changes = open::store(&config, async |store| {
        Ok(store.list_changes(&filter, args.limit).await?)
    });
    let changes = changes.await?;
    if json {
        output::json(&changes)?;
        return Ok(Exit::Done);
    }
    let rows = changes.iter().map(|change| row(change, &config)).collect();
    let header = [
        "when", "user", "slot", "day", "hour", "what", "name", "CPF", "run", "fields",
    ];
    output::table(&header, rows, "no such changes");
    Ok(Exit::Done)
}

fn midnight(day: NaiveDate, config: &Config) -> anyhow::Result<DateTime<Utc>> {
    let midnight = day
        .and_hms_opt(0, 0, 0)
        .and_then(|midnight| config.timezone.from_local_datetime(&midnight).earliest());
    let midnight = midnight.ok_or_else(|| Usage(format!("--since {day} has no midnight here")))?;
    Ok(midnight.with_timezone(&Utc))
}

fn row(change: &ChangeView, config: &Config) -> Vec<String> {
    let text = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
    vec![
        output::local(Some(change.at), config.timezone),
        text(change.usuario_id.map(|id| id.to_string())),
        change.slot_id.to_string(),
        change.data.to_string(),
        change.hora.format("%H:%M").to_string(),
        change.kind.to_string(),
        text(change.nome.clone()),
        text(change.cpf.clone()),
        text(change.run_id.map(|id| id.to_string())),
        fields(change.fields.as_ref()),
    ]
}

/// `categoria: B → AB, telefone`
fn fields(fields: Option<&Value>) -> String {
    let shown = |(name, change): (&String, &Value)| match (&change["old"], &change["new"]) {
        (Value::Null, Value::Null) => name.clone(),
        (old, new) => format!("{name}: {} → {}", value(old), value(new)),
    };
    let object = fields.and_then(Value::as_object);
    let list: Vec<String> = object.into_iter().flatten().map(shown).collect();
    list.join(", ")
}

fn value(value: &Value) -> &str {
    match value.as_str() {
        Some("") | None => "(none)",
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
