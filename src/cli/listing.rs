//! `agendad runs` and `agendad slots`: what the database says.

use chrono::NaiveDate;

use super::choice::one_of;
use super::{Exit, days, open, output};
use crate::config::Config;
use crate::domain::{RunStatus, Totals};
use crate::store::listing::{RunView, SlotFilter, SlotView};

/// The last runs, newest first.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  agendad runs --user 3 --status failed\n  agendad runs --limit 1 --json"
)]
pub(super) struct RunsArgs {
    /// Of this examiner only
    #[arg(long, value_name = "ID")]
    user: Option<i32>,
    /// With this status only
    #[arg(long, value_parser = one_of::<RunStatus>())]
    status: Option<RunStatus>,
    /// At most so many
    #[arg(long, default_value_t = 20)]
    limit: i64,
}

/// The current slots in the order of the agenda; with --removed, those that vanished.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  agendad slots --user 3 --from 2026-11-24 --to 2026-11-28\n  agendad slots --removed --limit 20\n  \
    agendad slots --user 3 --days        which days are empty, and which were not read"
)]
pub(super) struct SlotsArgs {
    /// Of this examiner only
    #[arg(long, value_name = "ID")]
    user: Option<i32>,
    /// From this day (YYYY-MM-DD)
    #[arg(long)]
    from: Option<NaiveDate>,
    /// To this day (YYYY-MM-DD)
    #[arg(long)]
    to: Option<NaiveDate>,
    /// The removed slots, last seen first
    #[arg(long)]
    removed: bool,
    /// What is known of each day instead, of one examiner: empty is not unread
    #[arg(long, requires = "user", conflicts_with = "removed")]
    days: bool,
    /// At most so many
    #[arg(long, default_value_t = 200)]
    limit: i64,
}

pub(super) async fn runs(args: RunsArgs, config: Config, json: bool) -> anyhow::Result<Exit> {
    let runs = open::store(&config, async |store| {
        Ok(store.list_runs(args.user, args.status, args.limit).await?)
    });
    let runs = runs.await?;
    if json {
        output::json(&runs)?;
        return Ok(Exit::Done);
    }
    let header = [
        "run", "user", "window", "days", "status", "started", "seconds", "new", "upd", "same",
        "rem", "held", "requests", "error",
    ];
    let rows = runs.iter().map(|run| run_row(run, &config)).collect();
    output::table(&header, rows, "no runs yet");
    Ok(Exit::Done)
}

fn run_row(run: &RunView, config: &Config) -> Vec<String> {
    let total = |count: fn(&Totals) -> i64| {
        let totals = run.totals.as_ref();
        totals.map_or_else(|| "-".to_owned(), |totals| count(totals).to_string())
    };
    let text = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
    let error = match (run.kind, &run.error) {
        (Some(kind), Some(error)) => format!("{kind}: {error}"),
        (None, Some(error)) => error.clone(),
        (_, None) => String::new(),
    };
    vec![
        run.id.to_string(),
        text(run.usuario_id.map(|id| id.to_string())),
        text(run.window_name.clone()),
        format!(
            "{}..{}",
            run.window_start.format("%m-%d"),
            run.window_end.format("%m-%d")
        ),
        run.status.to_string(),
        output::local(run.started_at, config.timezone),
        text(run.seconds.map(|s| format!("{s:.1}"))),
        total(|totals| totals.inserted),
        total(|totals| totals.updated),
        total(|totals| totals.unchanged),
        total(|totals| totals.removed),
        total(|totals| totals.held),
        text(run.requests.map(|n| n.to_string())),
        error,
    ]
}

pub(super) async fn slots(args: SlotsArgs, config: Config, json: bool) -> anyhow::Result<Exit> {
    let filter = SlotFilter {
        usuario_id: args.user,
        from: args.from,
        to: args.to,
        removed: args.removed,
    };
    if let (true, Some(user)) = (args.days, args.user) {
        return days::show(user, args.from, args.to, &config, json).await;
    }
    let (slots, bare) = open::store(&config, async |store| {
        let slots = store.list_slots(&filter, args.limit).await?;
        let bare = match args.user {
            Some(user) if !args.removed => {
                days::bare(store, user, args.from, args.to, &config).await?
            }
            Some(_) | None => Vec::new(),
        };
        Ok((slots, bare))
    })
    .await?;
    if json {
        output::json(&slots)?;
        return Ok(Exit::Done);
    }
    let rows = slots.iter().map(|slot| slot_row(slot, &config)).collect();
    let header = [
        "slot",
        "user",
        "day",
        "hour",
        "status",
        "name",
        "CPF",
        "process",
        "unit",
        "first seen",
        "last seen",
        "appointment",
    ];
    output::table(&header, rows, "no such slots");
    bare.into_iter().for_each(output::remark);
    Ok(Exit::Done)
}

fn slot_row(slot: &SlotView, config: &Config) -> Vec<String> {
    let text = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
    vec![
        slot.id.to_string(),
        text(slot.usuario_id.map(|id| id.to_string())),
        slot.data.to_string(),
        slot.hora.format("%H:%M").to_string(),
        slot.status.to_string(),
        text(slot.nome.clone()),
        text(slot.cpf.clone()),
        text(slot.processo.clone()),
        slot.unidade_code.clone(),
        output::local(slot.first_seen_at, config.timezone),
        output::local(slot.last_seen_at, config.timezone),
        text(slot.agendamento_id.map(|id| id.to_string())),
    ]
}
