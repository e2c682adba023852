//! `agendad locks`: which examiner is being synchronised by whom, and taking a lock from the dead.

use std::time::Duration;

use serde_json::json;

use super::actor::actor;
use super::language::say;
use super::output::{Usage, or_dash};
use super::table::{self, Cell, Column};
use super::who::{self, Who};
use super::{Exit, open, output};
use crate::config::Config;
use crate::domain::{ActionKind, Detail};
use crate::store::Store;
use crate::store::audit::Action;
use crate::store::locks::LockHeld;
use crate::words::cli::{acts, list as words};

/// A holder may be late by so much before it counts as dead.
const LENIENCE: Duration = Duration::from_secs(60);

/// The locks that are held: by daemons, by `agendad sync`, by the earlier system.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "A lock belongs to a database connection and is free when that connection ends. A holder counts as dead when\n\
    its run, or its silence, has lasted longer than scheduler.run_timeout by a minute: then the machine has most\n\
    likely vanished without a word, and --release ends its connection. That frees every lock of that process.\n\n\
    Examples:\n  agendad locks\n  agendad locks --release 3\n  agendad locks --release 3 --force    also from a living one: its runs end as failed"
)]
pub(super) struct Args {
    /// Free the lock of this examiner by ending its holder's connection: number, or part of the name
    #[arg(long, value_name = "WHO")]
    release: Option<Who>,
    /// Even if the holder seems to be alive
    #[arg(long, requires = "release")]
    force: bool,
}

const COLUMNS: [Column; 8] = [
    Column::new(words::USER),
    Column::new(words::HOLDER),
    Column::text(words::PROCESS_OF),
    Column::text(words::FROM).rank(1),
    Column::new(words::CONNECTION).rank(2),
    Column::new(words::RUN).rank(3),
    Column::new(words::SINCE),
    Column::new(words::CONNECTED).rank(0),
];

pub(super) async fn run(args: Args, config: Config, json: bool) -> anyhow::Result<Exit> {
    let longest_run = config.scheduler.run_timeout + LENIENCE;
    open::store(&config, async |store| {
        let locks = store.list_locks(longest_run).await?;
        match who::find(args.release.as_ref(), store).await? {
            None => list(&locks, &config, json),
            Some(user) => release(store, &locks, user, args.force, json).await,
        }
    })
    .await
}

fn list(locks: &[LockHeld], config: &Config, json: bool) -> anyhow::Result<Exit> {
    if json {
        output::json(&locks)?;
        return Ok(Exit::Done);
    }
    let rows = locks
        .iter()
        .map(|lock| {
            vec![
                lock.usuario_id.into(),
                if lock.overdue {
                    Cell::bad(say(words::PERHAPS_DEAD))
                } else {
                    Cell::good(say(words::ALIVE))
                },
                or_dash(lock.instance.as_ref().or(lock.application.as_ref())).into(),
                or_dash(lock.client.as_ref()).into(),
                lock.pid.into(),
                or_dash(lock.run_id).into(),
                output::local(lock.run_since.or(lock.idle_since), config.timezone).into(),
                output::local(lock.connected_since, config.timezone).into(),
            ]
        })
        .collect();
    table::show(&COLUMNS, rows, words::NO_LOCKS);
    Ok(Exit::Done)
}

async fn release(
    store: &Store,
    locks: &[LockHeld],
    user: i32,
    force: bool,
    json: bool,
) -> anyhow::Result<Exit> {
    let Some(lock) = locks.iter().find(|lock| lock.usuario_id == user) else {
        output::remark(say(acts::nobody_holds(user)));
        return Ok(Exit::Done);
    };
    if !lock.overdue && !force {
        let others = lock.on_connection - 1;
        return Err(Usage(say(acts::holder_lives(user, lock.run_id, others))).into());
    }
    let ended = store.end_connection(lock.pid).await?;
    let action = Action {
        actor: &actor(),
        action: ActionKind::LocksRelease,
        usuario_id: Some(user),
        details: [
            Detail::Connection.with(lock.pid),
            Detail::Run.with(lock.run_id),
            Detail::Instance.with(&lock.instance),
            Detail::Forced.with(!lock.overdue),
        ]
        .into(),
    };
    store.record_action(&action).await?;
    if json {
        output::json(&json!({ "usuario_id": user, "connection": lock.pid, "released": ended }))?;
    } else if ended {
        output::tell(acts::lock_freed(lock.pid, user));
    } else {
        output::remark(say(acts::does_not_end(lock.pid)));
    }
    Ok(if ended { Exit::Done } else { Exit::Failed })
}
