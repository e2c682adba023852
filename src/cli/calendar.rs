//! `agendad users calendar`: an examiner's secret calendar address.

use anyhow::bail;
use serde_json::json;

use super::actor::actor;
use super::language::say;
use super::output::Usage;
use super::who::Who;
use super::{Exit, open, output};
use crate::calendar;
use crate::config::Config;
use crate::vault::Token;
use crate::words::cli::{users as words, who as who_words};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "The address opens the examiner's agenda (first names and kinds of process, see [calendar]) to whoever has it.\n\
    It is shown once, because only its hash is kept; a new one replaces the old one. Written to the audit table.\n\
    On a phone: add a calendar subscription with this address."
)]
pub(super) struct Args {
    /// The examiner: number, as `agendad users list` shows it, or part of the name
    #[arg(long, value_name = "WHO")]
    user: Who,
    /// Take the address away instead
    #[arg(long)]
    revoke: bool,
}

pub(super) async fn run(args: Args, config: &Config, json: bool) -> anyhow::Result<Exit> {
    if args.revoke {
        revoke(&args.user, config, json).await
    } else {
        make(&args.user, config, json).await
    }
}

async fn make(user: &Who, config: &Config, json: bool) -> anyhow::Result<Exit> {
    if !config.calendar.enabled {
        return Err(Usage(say(words::CALENDARS_OFF).to_owned()).into());
    }
    open::store(config, async |store| {
        let user = user.find(store).await?;
        let (token, actor) = (Token::new()?, actor());
        let hash = token.hash();
        if !store.make_calendar(user, &hash, &actor).await? {
            bail!(say(who_words::no_such_user(user)));
        }
        let shown = calendar::address(&token, config);
        if json {
            output::json(&json!({ "usuario_id": user, "address": shown }))?;
        } else {
            output::line(shown);
            output::remark(say(words::KEEP_SECRET));
        }
        Ok(Exit::Done)
    })
    .await
}

async fn revoke(user: &Who, config: &Config, json: bool) -> anyhow::Result<Exit> {
    open::store(config, async |store| {
        let user = user.find(store).await?;
        if !store.revoke_calendar(user, &actor()).await? {
            bail!(say(words::no_calendar(user)));
        }
        if json {
            output::json(&json!({ "usuario_id": user }))?;
        } else {
            output::tell(words::calendar_revoked(user));
        }
        Ok(Exit::Done)
    })
    .await
}
