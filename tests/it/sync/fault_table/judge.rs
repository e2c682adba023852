//! How a row is run and judged.

use std::collections::HashSet;
use std::time::Duration;

use agendad::credentials;
use agendad::domain::{FailureKind, RunStatus};
use agendad::simulator::Change;
use agendad::store::pauses::Resumed;
use agendad::sync::RunReport;

use super::row::{Holds, Outcome, Row};
use crate::support::{World, simulated};

pub(super) async fn run(rows: Vec<Row>, request_timeout: Duration) {
    let mut settings = simulated();
    settings.examiners = rows.len();
    settings.days_ahead = 3;
    settings.empty_day_ratio = 0.0;
    let units = rows.iter().map(|row| row.units).enumerate();
    settings.units_of = units.filter(|(_, units)| *units > 1).collect();
    let mut world = World::with(settings, |config| {
        config.portal.request_timeout = request_timeout;
        config.portal.max_body_bytes = 200_000;
        config.portal.breaker.failures = 0;
    })
    .await;
    world.last_day = 3;
    let mut complaints = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        if let Err(complaint) = Box::pin(judge(&world, index, row)).await {
            complaints.push(format!("{:?}: {complaint}", row.faults));
        }
        world.simulator.clear_faults();
    }
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
    world.close().await;
}

async fn judge(world: &World, index: usize, row: &Row) -> Result<(), String> {
    let first = world.sync(index).await;
    let before = world.stored(index).await;
    ensure(
        before == world.truth(index),
        format!("the clean sync went wrong: {first:?}"),
    )?;
    change_the_agenda(world, index);
    if row.must_log_in {
        world.simulator.expire_sessions(Some(index));
    }
    if row.loses_cookies {
        world
            .execute("UPDATE portal_sessions SET sealed = NULL")
            .await;
    }
    for fault in &row.faults {
        world.simulator.inject(fault.clone());
    }
    let report = world.sync(index).await;
    let struck = world.simulator.faults().iter().all(|f| f.struck > 0);
    ensure(struck, "a fault never struck")?;
    let outcome = outcome(world, index, row, &report, &before).await?;
    ensure(
        row.outcome.allows(&outcome),
        format!(
            "\n  expected {:?}\n  found    {outcome:?}\n  {report:?}",
            row.outcome
        ),
    )?;

    world.simulator.clear_faults();
    if row.outcome.paused.is_some() {
        let (store, vault) = (&world.database.store, &world.app.syncer.vault);
        let user = world.users[index];
        let resumed = credentials::resume_with_same_password(store, vault, user, "test").await;
        ensure(
            resumed.unwrap() == Resumed::Done,
            "the account cannot be resumed",
        )?;
    }
    if row.leaves_session {
        let waiting = world.sync(index).await.error.map(|error| error.kind);
        ensure(
            waiting == Some(FailureKind::InUse),
            format!("the session is not left alone: {waiting:?}"),
        )?;
        world.simulator.expire_sessions(Some(index));
    }
    let last = world.sync(index).await;
    ensure(
        last.status == RunStatus::Success,
        format!("afterwards: {last:?}"),
    )?;
    ensure(
        world.stored(index).await == world.truth(index),
        format!("afterwards the database is not the truth: {last:?}"),
    )?;
    let removals = removals(world, index).await;
    ensure(
        removals == 1,
        format!("{removals} removals, 1 was cancelled"),
    )
}

/// One booking more, one less, one with another name, on different days.
fn change_the_agenda(world: &World, index: usize) {
    let today = world.app.syncer.clock.today();
    let day = |n| today + chrono::Days::new(n);
    let of = |n| world.simulator.agenda_between(index, day(n), day(n));
    world.simulator.book(index, day(0)).unwrap();
    world.simulator.cancel(index, &of(1)[0].key()).unwrap();
    let change = Change {
        nome: Some("NOME CORRIGIDO DA SILVA".to_owned()),
        ..Change::default()
    };
    world
        .simulator
        .change(index, &of(2)[3].key(), change)
        .unwrap();
}

async fn outcome(
    world: &World,
    index: usize,
    row: &Row,
    report: &RunReport,
    before: &[String],
) -> Result<Outcome, String> {
    let (now, truth) = (world.stored(index).await, world.truth(index));
    let holds = if now == truth {
        Holds::Truth
    } else if now == before {
        Holds::Before
    } else {
        let known: HashSet<&String> = before.iter().chain(&truth).collect();
        ensure(
            row.invents || now.iter().all(|slot| known.contains(slot)),
            "something was invented",
        )?;
        Holds::Between
    };
    Ok(Outcome {
        status: report.status,
        kind: report.error.as_ref().map(|error| error.kind.as_str()),
        retried: report.retries > 0,
        logins: report.logins,
        paused: paused(world, index).await,
        holds,
    })
}

async fn paused(world: &World, index: usize) -> Option<&'static str> {
    let account = world.database.store.account(world.users[index]).await;
    Some(account.unwrap().unwrap().pause?.reason.as_str())
}

/// How often a slot of an examiner was ever marked removed.
async fn removals(world: &World, index: usize) -> i64 {
    world
        .count(&format!(
            "SELECT count(*) FROM agenda_slot_changes c JOIN agenda_slots s ON s.id = c.slot_id
             WHERE c.kind = 'removed' AND s.usuario_id = {}",
            world.users[index]
        ))
        .await
}

fn ensure(holds: bool, otherwise: impl Into<String>) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise.into()) }
}
