//! `agendad migrate`: creates or updates the tables, ours and the queue's, and adopts what the earlier
//! system left in them.

use super::{Exit, output};
use crate::app::{Database, Schema};
use crate::config::Config;
use crate::store::migrate::Migrated;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Say what would be done, and change nothing
    #[arg(long)]
    dry_run: bool,
}

pub(super) async fn run(args: Args, config: Config, json: bool) -> anyhow::Result<Exit> {
    let database = if args.dry_run {
        Database::open(&config, Schema::AsItIs).await?
    } else {
        Database::open_or_make(&config, Schema::AsItIs).await?
    };
    let schema = config.database.schema();
    let migrated = if args.dry_run {
        database.store.migrate_into_dry_run(schema).await
    } else {
        database.store.migrate_into(schema).await
    };
    database.close().await?;
    let migrated = migrated?;
    if json {
        let mut object = serde_json::to_value(&migrated)?;
        object["dry_run"] = args.dry_run.into();
        output::json(&object)?;
    } else {
        tell(&migrated, args.dry_run);
    }
    Ok(Exit::Done)
}

fn tell(migrated: &Migrated, dry_run: bool) {
    let (applied, total) = (migrated.applied.len(), migrated.total);
    if dry_run {
        output::line("Dry run: nothing was changed. What agendad migrate would do:");
        output::line(format!("{applied} of {total} migrations to apply"));
    } else {
        output::line(format!(
            "{applied} of {total} migrations applied now, the schema is up to date"
        ));
    }
    output::line(migrated.places.to_string());
    for description in &migrated.applied {
        output::line(format!("  {description}"));
    }
    if migrated.queue > 0 {
        output::line(format!(
            "{} migrations of the queue's tables",
            migrated.queue
        ));
    }
    let counts = &migrated.adopted;
    let lines = [
        (
            counts.owners_found,
            "slots of the earlier system given to their examiner",
        ),
        (
            counts.identities_rewritten,
            "slots given their new identity",
        ),
        (
            counts.duplicates_set_aside,
            "older rows of an identity kept as removed history",
        ),
        (
            counts.unidentified,
            "slots without examiner or CPF kept as they are",
        ),
        (
            counts.appointments_linked,
            "slots linked to their appointment",
        ),
        (counts.runs_closed, "runs closed whose process is gone"),
        (
            counts.users_busy,
            "examiners being synchronised; their next run does the rest",
        ),
    ];
    for (count, what) in lines {
        if count > 0 {
            output::line(format!("{count} {what}"));
        }
    }
    for foreseen in &migrated.foreseen {
        let mark = if foreseen.all { "FAIL" } else { "warn" };
        output::line(format!("{mark}  agendamentos: {}", foreseen.found));
        output::line(format!("      → {}", foreseen.cure));
    }
}
