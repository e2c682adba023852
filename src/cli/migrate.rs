//! `agendad migrate`: creates or updates the tables, ours and the queue's.

use super::{Exit, output};
use crate::app::{Database, Schema};
use crate::config::Config;

pub(super) async fn run(config: Config, json: bool) -> anyhow::Result<Exit> {
    let database = Database::open(&config, Schema::AsItIs).await?;
    let migrated = database.store.migrate().await;
    database.close().await?;
    let migrated = migrated?;
    if json {
        output::json(&serde_json::json!({ "applied": migrated.applied, "total": migrated.total }))?;
    } else {
        output::line(format!(
            "{} of {} migrations applied now, the schema is up to date",
            migrated.applied, migrated.total
        ));
    }
    Ok(Exit::Done)
}
