//! `agendad users calendar`: an examiner's secret calendar address.

use anyhow::bail;
use serde_json::json;

use super::actor::actor;
use super::output::Usage;
use super::{Exit, open, output};
use crate::calendar;
use crate::config::Config;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "The address opens the examiner's agenda (first names and kinds of process, see [calendar]) to whoever has it.\n\
    It is shown once, because only its hash is kept; a new one replaces the old one. Written to the audit table.\n\
    On a phone: add a calendar subscription with this address."
)]
pub(super) struct Args {
    /// The examiner's id, as `agendad users list` shows it
    #[arg(long, value_name = "ID")]
    user: i32,
    /// Take the address away instead
    #[arg(long)]
    revoke: bool,
}

pub(super) async fn run(args: Args, config: &Config, json: bool) -> anyhow::Result<Exit> {
    if args.revoke {
        revoke(args.user, config, json).await
    } else {
        make(args.user, config, json).await
    }
}

async fn make(user: i32, config: &Config, json: bool) -> anyhow::Result<Exit> {
    if !config.calendar.enabled {
        return Err(Usage("calendar.enabled is false: nothing would be served".to_owned()).into());
    }
    open::store(config, async |store| {
        let Some(address) = calendar::make(store, user, &actor()).await? else {
            bail!("there is no user {user}; see: agendad users list");
        };
        let shown = address.shown(config);
        if json {
            output::json(&json!({ "usuario_id": user, "address": shown }))?;
        } else {
            output::line(shown);
            output::remark(
                "keep it secret; it is not shown again, and an earlier address is good no more",
            );
        }
        Ok(Exit::Done)
    })
    .await
}

async fn revoke(user: i32, config: &Config, json: bool) -> anyhow::Result<Exit> {
    open::store(config, async |store| {
        if !store.revoke_calendar(user, &actor()).await? {
            bail!("user {user} has no calendar address");
        }
        if json {
            output::json(&json!({ "usuario_id": user }))?;
        } else {
            output::line(format!("user {user} has no calendar address any more"));
        }
        Ok(Exit::Done)
    })
    .await
}
