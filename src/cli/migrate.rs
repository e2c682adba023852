//! `agendad migrate`: creates or updates the tables, ours and the queue's, and adopts what the earlier
//! system left in them.

use super::language::say;
use super::{Exit, output};
use crate::app::{Database, Schema};
use crate::config::Config;
use crate::store::migrate::Migrated;
use crate::words::cli::{check, migrate as words};

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
    let migrated = if args.dry_run {
        let schema = config.database.schema();
        let found = database.store.migrate_into_dry_run(schema).await;
        found.map_err(Into::into)
    } else {
        Box::pin(database.migrate(&config)).await
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
        output::line(say(words::DRY_RUN));
        output::tell(words::to_apply(applied, total));
    } else {
        output::tell(words::applied(applied, total));
    }
    output::tell(words::places(&migrated.places));
    for description in &migrated.applied {
        output::line(format!("  {description}"));
    }
    if migrated.queue > 0 {
        output::tell(words::queue(migrated.queue));
    }
    let counts = &migrated.adopted;
    let lines = [
        (counts.owners_found, words::OWNERS_FOUND),
        (counts.identities_rewritten, words::IDENTITIES_REWRITTEN),
        (counts.duplicates_set_aside, words::DUPLICATES_SET_ASIDE),
        (counts.unidentified, words::UNIDENTIFIED),
        (counts.appointments_linked, words::APPOINTMENTS_LINKED),
        (counts.runs_closed, words::RUNS_CLOSED),
        (counts.users_busy, words::USERS_BUSY),
    ];
    for (count, what) in lines {
        if count > 0 {
            output::line(format!("{count} {}", say(what)));
        }
    }
    for foreseen in &migrated.foreseen {
        let mark = if foreseen.is_of_all() {
            check::FAIL
        } else {
            check::WARN
        };
        let (found, cure) = (words::found(foreseen), words::cure(foreseen));
        output::line(format!("{}  agendamentos: {}", say(mark), say(found)));
        output::line(format!("      → {}", say(cure)));
    }
}
