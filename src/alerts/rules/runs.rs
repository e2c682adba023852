//! What runs ended with, and examiners who have had no success for long.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::alerts::finding::{Finding, Open, Seen};
use crate::config::Config;
use crate::config::alerts::FailureRateRule;
use crate::config::deadlines::deadlines;
use crate::domain::Rule;
use crate::store::StoreError;
use crate::store::alerts::evaluation::Evaluation;
use crate::store::alerts::examiners::{Found, FoundRows, LastRun, StaleWindow};
use crate::store::alerts::suspects::Suspicion;
use crate::words::window::named;
use crate::words::{Sentence, failure, finding as words, row};

/// What a rule must look at that goes by an examiner's last run.
pub(super) async fn last_run(
    rule: Rule,
    age: Duration,
    config: &Config,
    open: &Open,
    evaluation: &mut Evaluation,
) -> Result<LastRun, StoreError> {
    let alerts = &config.alerts;
    let suspicion = Suspicion {
        layout: alerts.layout.window,
        unread_rows: alerts.unread_rows.window,
        appointments: alerts.appointments.window,
        held_removals: alerts.held_removals.window,
        min_held: alerts.held_removals.min_slots.into(),
    };
    let suspects = evaluation.suspects(rule, &suspicion).await?;
    let users: BTreeSet<i32> = suspects.into_iter().chain(open.users.clone()).collect();
    Ok(LastRun {
        windows: config.windows.iter().map(|w| w.name.clone()).collect(),
        users: users.into_iter().collect(),
        age,
        earliest: open.earliest,
    })
}

pub(super) fn examiners(found: Vec<Found>, note: impl Fn(&Found) -> Sentence<String>) -> Seen {
    let found = found
        .into_iter()
        .map(|f| Finding::examiner(f.usuario_id, &f.nome, note(&f), f.since));
    Seen::Exactly(found.collect())
}

pub(super) fn unread_rows(found: Vec<FoundRows>) -> Seen {
    let found = found.into_iter().map(|f| {
        let day = f.date.format("%d/%m/%Y").to_string();
        let note = words::unread_rows(&day, row::fault(&f.fault), f.rows - 1);
        Finding::examiner(f.usuario_id, &f.nome, note, f.since)
    });
    Seen::Exactly(found.collect())
}

/// Few runs prove nothing bad; but neither do they prove that all is well again, unless they went well.
pub(super) async fn failure_rate(
    rule: &FailureRateRule,
    evaluation: &mut Evaluation,
) -> Result<Seen, StoreError> {
    let kinds = evaluation.ended_runs(rule.window).await?;
    let runs: i64 = kinds.iter().map(|kind| kind.runs).sum();
    let failed: i64 = kinds.iter().map(|kind| kind.failed).sum();
    let many = failed > 0 && failed as f64 >= runs as f64 * rule.max_ratio;
    if runs == 0 || (many && runs < i64::from(rule.min_runs)) {
        return Ok(Seen::Nothing);
    }
    if !many {
        return Ok(Seen::Exactly(Vec::new()));
    }
    let reasons = kinds
        .iter()
        .filter(|kind| kind.failed > 0)
        .map(|runs| {
            let reason = runs.kind.map_or(words::WITHOUT_REASON, failure::in_short);
            words::failures(&reason.owned(), runs.failed)
        })
        .collect();
    let window = humantime::format_duration(rule.window).to_string();
    let note = words::failure_rate(failed, runs, &window, reasons);
    let first = kinds.iter().filter_map(|kind| kind.first_failed).min();
    let since = first.unwrap_or_else(|| evaluation.now());
    Ok(Seen::Exactly(vec![Finding::general(note, since)]))
}

pub(super) async fn stale(
    config: &Config,
    evaluation: &mut Evaluation,
) -> Result<Seen, StoreError> {
    let deadlines = deadlines(config, evaluation.now());
    let mut by_user: BTreeMap<i32, Vec<StaleWindow>> = BTreeMap::new();
    for window in evaluation.stale_windows(&deadlines).await? {
        by_user.entry(window.usuario_id).or_default().push(window);
    }
    let configured: Vec<String> = config.windows.iter().map(|w| w.name.clone()).collect();
    let windowless = evaluation.windowless(&configured).await?;
    let windowless = windowless.into_iter().map(|account| {
        let note = words::no_window(&account.windows);
        Finding::examiner(account.usuario_id, &account.nome, note, account.since)
    });
    let found = by_user.into_values().filter_map(|windows| {
        let first = windows.first()?;
        let ever = windows.iter().any(|w| w.last_success.is_some());
        let names = windows.iter().map(|w| named(&config.windows, &w.window));
        let note = words::no_success(ever, names.collect());
        let since = windows.iter().map(|w| w.since).min()?;
        Some(Finding::examiner(
            first.usuario_id,
            &first.nome,
            note,
            since,
        ))
    });
    Ok(Seen::Exactly(found.chain(windowless).collect()))
}
