//! `agendad alerts mute`, `maintenance`, `silences`, `unmute`: messages held back for a while.

use std::time::Duration;

use anyhow::bail;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use serde_json::json;

use super::actor::actor;
use super::language::say;
use super::output::Usage;
use super::table::{self, Column};
use super::who::Who;
use super::{Exit, open, output};
use crate::alerts::{is_silence, moment};
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::Rule;
use crate::store::alerts::silences::NewSilence;
use crate::words::silence as words;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Alerts are still looked for and listed; only the messages wait. What lasts when it ends is told then.\n\n\
    Examples:\n  agendad alerts mute stale --user prado --for 8h --why 'férias'\n  agendad alerts mute all --for 30m --why teste"
)]
pub(super) struct MuteArgs {
    /// A rule, as docs/alerts.md lists them, or all
    #[arg(value_parser = rule())]
    rule: RuleOrAll,
    /// About this examiner only: number, or part of the name
    #[arg(long, value_name = "WHO")]
    user: Option<Who>,
    /// For so long: 30m, 2h, 1d
    #[arg(long = "for", value_name = "TIME", value_parser = crate::config::duration::parse)]
    lasts: Duration,
    /// Why; stands beside the alerts on the dashboard
    #[arg(long)]
    why: String,
}

#[derive(Debug, clap::Args)]
#[command(
    after_help = "All messages wait; afterwards one message sums up what was noticed meanwhile.\n\n\
    Examples:\n  agendad alerts maintenance --from 22:00 --to 23:30 --why 'troca do servidor'\n  \
    agendad alerts maintenance --to 2026-11-29T06:00 --why 'queda de energia anunciada'"
)]
pub(super) struct MaintenanceArgs {
    /// Its beginning: now, 22:00 (the next one), 29/11/2026 22:00, 2026-11-29T22:00
    #[arg(long, value_name = "TIME", default_value = "now")]
    from: String,
    /// Its end, likewise; 06:00 is the one after the beginning
    #[arg(long, value_name = "TIME")]
    to: String,
    /// Why; stands beside the alerts on the dashboard
    #[arg(long)]
    why: String,
}

#[derive(Debug, Clone, Copy)]
struct RuleOrAll(Option<Rule>);

fn rule() -> impl TypedValueParser<Value = RuleOrAll> {
    let rules = Rule::ALL.iter().map(|rule| rule.key());
    let names: Vec<&'static str> = std::iter::once("all").chain(rules).collect();
    PossibleValuesParser::new(names).map(|name| RuleOrAll(Rule::of(&name)))
}

const COLUMNS: [Column; 6] = [
    Column::new(words::NUMBER),
    Column::text(words::KIND),
    Column::new(words::FROM).rank(1),
    Column::new(words::UNTIL),
    Column::text(words::WHY),
    Column::text(words::BY).rank(0),
];

pub(super) async fn mute(args: MuteArgs, config: &Config, json: bool) -> anyhow::Result<Exit> {
    open::store(config, async |store| {
        let usuario_id = match &args.user {
            Some(who) => Some(who.find_somebody(store).await?),
            None => None,
        };
        let silence = NewSilence {
            is_maintenance: false,
            rule: args.rule.0,
            usuario_id,
            from: None,
            lasts: bounded(Some(args.lasts))?,
            reason: &args.why,
        };
        made(store.add_silence(&silence, &actor()).await?, json)
    })
    .await
}

pub(super) async fn maintenance(
    args: MaintenanceArgs,
    config: &Config,
    json: bool,
) -> anyhow::Result<Exit> {
    let (zone, now) = (config.timezone, Clock::system(config.timezone).now());
    let bad = || Usage(say(words::BAD_TIME).to_owned());
    let from = moment(&args.from, now, zone).ok_or_else(bad)?;
    let to = moment(&args.to, from, zone).ok_or_else(bad)?;
    let lasts = bounded((to - from).to_std().ok())?;
    open::store(config, async |store| {
        let silence = NewSilence {
            is_maintenance: true,
            rule: None,
            usuario_id: None,
            from: Some(from),
            lasts,
            reason: &args.why,
        };
        made(store.add_silence(&silence, &actor()).await?, json)
    })
    .await
}

fn bounded(lasts: Option<Duration>) -> Result<Duration, Usage> {
    lasts
        .filter(|lasts| is_silence(*lasts))
        .ok_or_else(|| Usage(say(words::BAD_SPAN).to_owned()))
}

fn made(id: i32, json: bool) -> anyhow::Result<Exit> {
    if json {
        output::json(&json!({ "id": id }))?;
    } else {
        output::tell(words::made(id));
    }
    Ok(Exit::Done)
}

pub(super) async fn list(config: &Config, json: bool) -> anyhow::Result<Exit> {
    let silences = open::store(config, async |store| Ok(store.silences().await?)).await?;
    if json {
        output::json(&silences)?;
        return Ok(Exit::Done);
    }
    let rows = silences.into_iter().map(|silence| {
        let time = |time| output::local(Some(time), config.timezone);
        let what = words::what(
            silence.is_maintenance,
            silence.rule.as_ref(),
            silence.usuario_id,
        );
        vec![
            silence.id.into(),
            say(what).into(),
            time(silence.from_at).into(),
            time(silence.until_at).into(),
            silence.reason.into(),
            silence.created_by.into(),
        ]
    });
    table::show(&COLUMNS, rows.collect(), words::NONE);
    Ok(Exit::Done)
}

pub(super) async fn unmute(id: i32, config: &Config, json: bool) -> anyhow::Result<Exit> {
    open::store(config, async |store| {
        if !store.end_silence(id, &actor()).await? {
            bail!(say(words::no_such(id)));
        }
        if json {
            output::json(&json!({ "id": id }))?;
        } else {
            output::tell(words::ended(id));
        }
        Ok(Exit::Done)
    })
    .await
}
