//! The database's role, and the clocks.

use chrono::TimeDelta;

use crate::alerts::finding::{CLOCK, Finding, Seen};
use crate::alerts::machine::host;
use crate::config::alerts::ClockRule;
use crate::store::StoreError;
use crate::store::alerts::evaluation::Evaluation;
use crate::words::{database, finding as words};

/// What the role lacks: the tables by name, the rest by agendad check.
pub(super) async fn access(
    appointments: bool,
    evaluation: &mut Evaluation,
) -> Result<Seen, StoreError> {
    let rights = evaluation.rights(appointments).await?;
    if rights.lacks.is_empty() {
        return Ok(Seen::Exactly(Vec::new()));
    }
    let note = database::lacks(&rights.role, &rights.lacks);
    Ok(Seen::Exactly(vec![Finding::general(
        note,
        evaluation.now(),
    )]))
}

/// What was taken back lately, and the clocks that are wrong now.
pub(super) async fn clock(
    rule: &ClockRule,
    evaluation: &mut Evaluation,
) -> Result<Seen, StoreError> {
    let mut found = Vec::new();
    let clocks = evaluation.clocks(rule.window, rule.max_difference).await?;
    if let Some(corrected) = clocks.corrected {
        let ahead = TimeDelta::try_seconds(corrected.ahead as i64).unwrap_or(TimeDelta::MAX);
        let note = words::times_taken_back(corrected.rows, ahead);
        found.push(Finding::general(note, corrected.first));
    }
    for clock in clocks.wrong {
        let machine = host(&clock.instance);
        let note = words::wrong_clock(machine, clock.ahead);
        found.push(Finding::machine(CLOCK, machine, note, evaluation.now()));
    }
    found.dedup_by(|a, b| a.subject == b.subject);
    Ok(Seen::Exactly(found))
}
