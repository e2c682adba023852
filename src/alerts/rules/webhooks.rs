//! Whether other systems take the changes that they want.

use crate::alerts::finding::{Finding, Seen};
use crate::config::alerts::LayoutRule;
use crate::store::StoreError;
use crate::store::alerts::evaluation::Evaluation;
use crate::words::{finding as words, joined};

/// What was given up lately and not sent again, and who has said that they are gone.
pub(super) async fn webhooks(
    rule: &LayoutRule,
    evaluation: &mut Evaluation,
) -> Result<Seen, StoreError> {
    let found = evaluation.troubled_webhooks(rule.window).await?;
    let Some(since) = found.iter().map(|webhook| webhook.since).min() else {
        return Ok(Seen::Exactly(Vec::new()));
    };
    let notes = found.iter().map(|webhook| match webhook.given_up {
        0 => words::webhook_gone(webhook.id, &webhook.label),
        changes => words::webhook_gave_up(webhook.id, &webhook.label, changes),
    });
    let note = joined(notes.collect(), "; ");
    Ok(Seen::Exactly(vec![Finding::general(note, since)]))
}
