//! `agendad runs` and `agendad slots`: what the database says.

use super::choice::one_of;
use super::day::{Day, in_order};
use super::language::say;
use super::output::{local, or_dash};
use super::table::{self, Cell, Column};
use super::who::{self, Who};
use super::{Exit, days, open, output};
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::{RunStatus, SlotStatus, Totals, Window};
use crate::store::listing::{RunView, SlotFilter, SlotView};
use crate::words::cli::list as words;
use crate::words::{Language, window};

/// The last runs, newest first.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  agendad runs --user 3 --status failed\n  agendad runs --user souza --wide\n  agendad runs --limit 1 --json"
)]
pub(super) struct RunsArgs {
    /// Of this examiner only: number, or part of the name
    #[arg(long, value_name = "WHO")]
    user: Option<Who>,
    /// With this status only
    #[arg(long, value_parser = one_of::<RunStatus>())]
    status: Option<RunStatus>,
    /// At most so many
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(i64).range(1..))]
    limit: i64,
}

/// The current slots in the order of the agenda, from today on; with --removed, those that vanished.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  agendad slots --user souza --from amanhã --to sex\n  agendad slots --from 24/11 --to 28/11/2026\n  agendad slots --removed --limit 20\n  \
    agendad slots --user 3 --days        which days are empty, and which were not read"
)]
pub(super) struct SlotsArgs {
    /// Of this examiner only: number, or part of the name
    #[arg(long, value_name = "WHO")]
    user: Option<Who>,
    /// From this day: 28/11, 28/11/2026, hoje, tomorrow, seg, 2026-11-28 [default: today, without --removed]
    #[arg(long, value_name = "DAY")]
    from: Option<Day>,
    /// To this day
    #[arg(long, value_name = "DAY")]
    to: Option<Day>,
    /// The removed slots, last seen first
    #[arg(long)]
    removed: bool,
    /// What is known of each day instead, of one examiner: empty is not unread
    #[arg(long, requires = "user", conflicts_with = "removed")]
    days: bool,
    /// At most so many
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(i64).range(1..))]
    limit: i64,
}

const RUN_COLUMNS: [Column; 14] = [
    Column::new(words::RUN),
    Column::new(words::USER),
    Column::text(words::WINDOW),
    Column::new(words::DAYS).rank(1),
    Column::new(words::STATUS),
    Column::new(words::STARTED),
    Column::new(words::SECONDS).rank(4),
    Column::new(words::NEW).rank(7),
    Column::new(words::UPDATED).rank(6),
    Column::new(words::SAME).rank(0),
    Column::new(words::REMOVED).rank(8),
    Column::new(words::HELD).rank(2),
    Column::new(words::REQUESTS).rank(3),
    Column::text(words::ERROR),
];

const SLOT_COLUMNS: [Column; 12] = [
    Column::new(words::SLOT).rank(4),
    Column::new(words::USER),
    Column::new(words::DAY),
    Column::new(words::HOUR),
    Column::new(words::STATUS),
    Column::text(words::NAME),
    Column::new(words::CPF).rank(6),
    Column::text(words::PROCESS).rank(5),
    Column::text(words::UNIT).rank(3),
    Column::new(words::FIRST_SEEN).rank(1),
    Column::new(words::LAST_SEEN).rank(2),
    Column::new(words::APPOINTMENT).rank(0),
];

pub(super) async fn runs(args: RunsArgs, config: Config, json: bool) -> anyhow::Result<Exit> {
    let (status, limit) = (args.status, args.limit);
    let found = open::store(&config, async |store| {
        let user = who::find(args.user.as_ref(), store).await?;
        let runs = store.list_runs(user, status, None, limit).await?;
        let all = output::all_if_cut(runs.len(), limit, store.count_runs(user, status)).await?;
        Ok((runs, all))
    });
    let (runs, all) = found.await?;
    if json {
        output::json(&runs)?;
        output::remark_if_cut(runs.len(), all);
        return Ok(Exit::Done);
    }
    let rows = runs.iter().map(|run| run_row(run, &config)).collect();
    table::show(&RUN_COLUMNS, rows, words::NO_RUNS);
    output::remark_if_cut(runs.len(), all);
    Ok(Exit::Done)
}

/// What people call the window of this name; in English scripts know its name.
pub(super) fn window_name(name: Option<&str>, config: &Config) -> String {
    label(name, &config.windows)
}

/// The same by the windows that there are.
pub(super) fn label(name: Option<&str>, windows: &[Window]) -> String {
    match (name, super::language::language()) {
        (Some(name), Language::Portuguese) => window::named(windows, name).pt,
        (name, Language::Portuguese | Language::English) => or_dash(name),
    }
}

fn run_row(run: &RunView, config: &Config) -> Vec<Cell> {
    let total = |count: fn(&Totals) -> i64| or_dash(run.totals.as_ref().map(count)).into();
    let days = match super::language::language() {
        Language::Portuguese => "%d/%m",
        Language::English => "%m-%d",
    };
    vec![
        run.id.into(),
        or_dash(run.usuario_id).into(),
        window_name(run.window_name.as_deref(), config).into(),
        format!(
            "{}..{}",
            run.window_start.format(days),
            run.window_end.format(days)
        )
        .into(),
        Cell::run(run.status, say(words::run(run.status))),
        local(run.started_at, config.timezone).into(),
        or_dash(run.seconds.map(|s| format!("{s:.1}"))).into(),
        total(|totals| totals.inserted),
        total(|totals| totals.updated),
        total(|totals| totals.unchanged),
        total(|totals| totals.removed),
        total(|totals| totals.held),
        or_dash(run.requests).into(),
        say(words::trouble(run.kind, run.error.as_deref())).into(),
    ]
}

pub(super) async fn slots(args: SlotsArgs, config: Config, json: bool) -> anyhow::Result<Exit> {
    let today = Clock::system(config.timezone).today();
    let (limit, to) = (args.limit, args.to.map(|day| day.ahead(today)));
    // The first of all days there have ever been are of no use to anybody who names none.
    let from_today = !args.removed && to.is_none_or(|to| to >= today);
    let from = args.from.map(|day| day.ahead(today));
    if let (Some(from), Some(to)) = (from, to) {
        in_order(from, to)?;
    }
    if let (true, Some(who)) = (args.days, &args.user) {
        return days::show(who, from, to, &config, json).await;
    }
    let found = open::store(&config, async |store| {
        let user = who::find(args.user.as_ref(), store).await?;
        let filter = SlotFilter {
            usuario_id: user,
            from: from.or(from_today.then_some(today)),
            to,
            removed: args.removed,
        };
        let slots = store.list_slots(&filter, limit).await?;
        let all = output::all_if_cut(slots.len(), limit, store.count_slots(&filter)).await?;
        let bare = match user {
            Some(user) if !args.removed => days::bare(store, user, from, to, &config).await?,
            Some(_) | None => Vec::new(),
        };
        Ok((slots, all, bare))
    });
    let (slots, all, bare) = found.await?;
    if json {
        output::json(&slots)?;
        output::remark_if_cut(slots.len(), all);
        return Ok(Exit::Done);
    }
    let rows = slots.iter().map(|slot| slot_row(slot, &config)).collect();
    table::show(&SLOT_COLUMNS, rows, words::NO_SLOTS);
    output::remark_if_cut(slots.len(), all);
    bare.into_iter().for_each(output::remark);
    Ok(Exit::Done)
}

fn slot_row(slot: &SlotView, config: &Config) -> Vec<Cell> {
    let status = say(words::slot(slot.status));
    vec![
        slot.id.into(),
        or_dash(slot.usuario_id).into(),
        output::day(slot.data).into(),
        slot.hora.format("%H:%M").into(),
        match slot.status {
            SlotStatus::Upcoming => Cell::good(status),
            SlotStatus::Completed => Cell::warn(status),
            SlotStatus::Removed => Cell::bad(status),
        },
        or_dash(slot.nome.as_deref().map(output::name)).into(),
        or_dash(slot.cpf.as_ref()).into(),
        or_dash(slot.processo.as_ref()).into(),
        slot.unidade_code.clone().into(),
        local(slot.first_seen_at, config.timezone).into(),
        local(slot.last_seen_at, config.timezone).into(),
        or_dash(slot.agendamento_id).into(),
    ]
}
