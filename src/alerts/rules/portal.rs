//! The portal, and its firewall.

use std::time::Duration;

use crate::alerts::finding::{Finding, Seen};
use crate::alerts::machine::host;
use crate::alerts::text::moment;
use crate::config::Config;
use crate::config::alerts::{LayoutRule, PortalDownRule};
use crate::store::StoreError;
use crate::store::alerts::evaluation::Evaluation;
use crate::words::{finding as words, joined};

/// Reports of daemons are believed as long as one may be late with the next.
fn report_age(interval: Duration) -> Duration {
    interval * 3 + Duration::from_secs(60)
}

/// An open breaker, or the last runs.
pub(super) async fn portal_down(
    rule: &PortalDownRule,
    interval: Duration,
    evaluation: &mut Evaluation,
) -> Result<Seen, StoreError> {
    let mut resting = evaluation.resting_daemons(report_age(interval)).await?;
    resting.retain(|daemon| daemon.firewall_until.is_none());
    let last = evaluation
        .last_runs(i64::from(rule.runs), rule.window)
        .await?;
    let bad = last.unreached as f64 >= last.runs as f64 * rule.max_ratio;
    let enough = last.runs >= i64::from(rule.runs);
    let mut notes = Vec::new();
    if bad && enough {
        notes.push(words::portal_not_reached(last.unreached, last.runs));
    }
    if !resting.is_empty() {
        let hosts: Vec<&str> = resting
            .iter()
            .map(|daemon| host(&daemon.instance))
            .collect();
        notes.push(words::no_access_from(&hosts));
    }
    if notes.is_empty() {
        // As many as there are were bad, or there were none: that is no all-clear.
        let unclear = last.runs == 0 || bad;
        return Ok(if unclear {
            Seen::Nothing
        } else {
            Seen::Exactly(Vec::new())
        });
    }
    let first = resting
        .iter()
        .map(|daemon| daemon.since)
        .chain(last.since.filter(|_| bad));
    let since = first.min().unwrap_or_else(|| evaluation.now());
    Ok(Seen::Exactly(vec![Finding::general(
        joined(notes, "; "),
        since,
    )]))
}

/// A daemon that was turned away, or runs that were, with none since that was not.
pub(super) async fn firewall(
    rule: &LayoutRule,
    config: &Config,
    evaluation: &mut Evaluation,
) -> Result<Seen, StoreError> {
    let age = report_age(config.alerts.interval);
    let mut resting = evaluation.resting_daemons(age).await?;
    resting.retain(|daemon| daemon.firewall_until.is_some());
    let runs = evaluation.turned_away_runs(rule.window).await?;
    let mut notes = Vec::new();
    if runs.turned_away > 0 {
        notes.push(words::syncs_turned_away(runs.turned_away));
    }
    notes.extend(resting.iter().filter_map(|daemon| {
        let machine = host(&daemon.instance);
        let until = daemon.firewall_until?;
        let waits = until > evaluation.now();
        let until = waits.then(|| moment(until, config.timezone));
        Some(words::turned_away(machine, until.as_deref()))
    }));
    if notes.is_empty() {
        // No run tells anything: that is no all-clear.
        return Ok(if runs.runs == 0 {
            Seen::Nothing
        } else {
            Seen::Exactly(Vec::new())
        });
    }
    let first = resting.iter().map(|daemon| daemon.since).chain(runs.since);
    let since = first.min().unwrap_or_else(|| evaluation.now());
    Ok(Seen::Exactly(vec![Finding::general(
        joined(notes, "; "),
        since,
    )]))
}
