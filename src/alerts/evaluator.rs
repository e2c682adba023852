//! One evaluation of all rules: look, compare, write, tell. In one transaction, by one daemon at a time.

use chrono::{DateTime, Utc};

use super::channels::Channels;
use super::finding::Open;
use super::machine::host;
use super::plan::{self, Memory, Pace};
use super::rules::{self, is_on};
use super::text::{self, Style};
use crate::config::Config;
use crate::domain::{Channel, MessageKind, Rule};
use crate::store::alerts::evaluation::{AlertRow, Evaluation};
use crate::store::alerts::outbox::Outgoing;
use crate::store::alerts::silences::Silence;
use crate::store::{Store, StoreError};

/// A little less than the interval is enough: the daemons' timers are not in step.
const SLACK: f64 = 0.9;

/// Evaluates the rules.
#[derive(Debug, Clone)]
pub struct Evaluator {
    store: Store,
    instance: String,
}

/// What became of an evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evaluated {
    /// Another daemon does it, or has just done it.
    NotOurTurn,
    Done {
        /// Alerts that were opened.
        opened: usize,
        /// Alerts that are over.
        cleared: usize,
        /// Messages that were written, copies not counted.
        messages: usize,
    },
}

impl Evaluator {
    /// For one process.
    #[must_use]
    pub fn new(store: Store, instance: &str) -> Self {
        let instance = instance.to_owned();
        Self { store, instance }
    }

    /// Evaluates all rules, if it is our turn, and writes messages for the recipients of `channels`.
    ///
    /// # Errors
    /// [`StoreError`]; nothing has happened then.
    pub async fn evaluate(
        &self,
        config: &Config,
        channels: &Channels,
    ) -> Result<Evaluated, StoreError> {
        let interval = config.alerts.interval.mul_f64(SLACK);
        let Some(mut evaluation) = self.store.begin_evaluation(interval).await? else {
            self.look_here(config).await?;
            return Ok(Evaluated::NotOurTurn);
        };
        let (opened, cleared) = self.look(config, Rule::ALL, &mut evaluation).await?;
        let messages = self.tell(config, channels, &mut evaluation).await?;
        evaluation.commit().await?;
        Ok(Evaluated::Done {
            opened,
            cleared,
            messages,
        })
    }

    /// Looks at what only this machine knows: perhaps it is never its turn. Whoever has the turn tells of it.
    async fn look_here(&self, config: &Config) -> Result<(), StoreError> {
        if !is_on(Rule::BackupOld, &config.alerts) {
            return Ok(());
        }
        let Some(mut evaluation) = self.store.join_evaluation().await? else {
            return Ok(());
        };
        self.look(config, &[Rule::BackupOld], &mut evaluation)
            .await?;
        evaluation.commit().await
    }

    /// Looks by these rules, and remembers what was found; how many alerts were opened and cleared.
    async fn look(
        &self,
        config: &Config,
        which: &[Rule],
        evaluation: &mut Evaluation,
    ) -> Result<(usize, usize), StoreError> {
        let alerts = evaluation.alerts().await?;
        let (mut opened, mut cleared) = (0, 0);
        for &rule in which {
            if !is_on(rule, &config.alerts) {
                let open = of(rule, &alerts).map(|alert| alert.id).collect::<Vec<_>>();
                evaluation.clear(&open, false).await?;
                continue;
            }
            let open = open(rule, &alerts, evaluation.now());
            let seen = rules::look(rule, config, &self.instance, &open, evaluation).await?;
            let changes = plan::changes(rule, &alerts, seen);
            opened += changes.open.len() + changes.reopen.len();
            cleared += changes.clear.len();
            evaluation.open(&changes.open).await?;
            evaluation.reopen(&changes.reopen).await?;
            evaluation.update(&changes.update).await?;
            evaluation
                .clear(&changes.clear, config.alerts.all_clear)
                .await?;
        }
        Ok((opened, cleared))
    }

    async fn tell(
        &self,
        config: &Config,
        channels: &Channels,
        evaluation: &mut Evaluation,
    ) -> Result<usize, StoreError> {
        let to = channels.addresses();
        if to.is_empty() {
            // Alerts stay unsent: recipients that are configured later get them.
            return Ok(0);
        }
        let silences = evaluation.silences().await?;
        let now = evaluation.now();
        let is_told = |alert: &AlertRow| {
            let held = |silence: &Silence| silence.covers(&alert.rule, alert.usuario_id, now);
            !silences.iter().any(held)
        };
        let mut alerts = evaluation.alerts().await?;
        // What is held back waits: whatever it is, it has not been told.
        alerts.retain(is_told);
        let memory = memory(config, evaluation).await?;
        let pace = Pace {
            now: evaluation.now(),
            cool_down: config.alerts.cool_down,
            repeat_after: config.alerts.repeat_after,
        };
        let style = Style {
            zone: config.timezone,
            max_names: config.alerts.max_names,
            host: host(&self.instance),
            now: evaluation.now(),
        };
        let mut messages = sum_up(evaluation, style, &to).await?;
        for &rule in Rule::ALL {
            for due in plan::due(rule, &alerts, &memory, pace, rules::hold(rule, config)) {
                let (title, body) = text::write(&due, style);
                let ids: Vec<i64> = due.alerts.iter().map(|alert| alert.id).collect();
                let message = Outgoing {
                    rule: rule.key(),
                    kind: due.kind,
                    title: &title,
                    body: &body,
                    alerts: &ids,
                    to: &to,
                };
                evaluation.tell(&message).await?;
                log(rule, due.kind, due.alerts.len());
                messages += 1;
            }
        }
        Ok(messages)
    }
}

/// Tells of maintenances that are over; how many.
async fn sum_up(
    evaluation: &mut Evaluation,
    style: Style<'_>,
    to: &[(Channel, String)],
) -> Result<usize, StoreError> {
    let over = evaluation.ended_maintenances().await?;
    for ended in &over {
        let meanwhile = evaluation.tell_maintenance(ended).await?;
        let (title, body) = text::summary(ended, &meanwhile, style);
        let message = Outgoing {
            rule: "maintenance",
            kind: MessageKind::Cleared,
            title: &title,
            body: &body,
            alerts: &[],
            to,
        };
        evaluation.tell(&message).await?;
    }
    Ok(over.len())
}

fn log(rule: Rule, kind: MessageKind, subjects: usize) {
    let (rule, kind) = (rule.key(), kind.as_str());
    tracing::info!(rule, kind, subjects, "alert");
}

fn of(rule: Rule, alerts: &[AlertRow]) -> impl Iterator<Item = &AlertRow> {
    let is_open = move |a: &&AlertRow| a.rule == rule && a.cleared_at.is_none();
    alerts.iter().filter(is_open)
}

fn open(rule: Rule, alerts: &[AlertRow], now: DateTime<Utc>) -> Open {
    let earliest = of(rule, alerts).map(|alert| alert.since).min();
    Open {
        any: earliest.is_some(),
        users: of(rule, alerts)
            .filter_map(|alert| alert.usuario_id)
            .collect(),
        // The run that was noticed first began before it ended.
        earliest: earliest.unwrap_or(now) - chrono::TimeDelta::hours(1),
    }
}

async fn memory(config: &Config, evaluation: &mut Evaluation) -> Result<Memory, StoreError> {
    let sent = evaluation
        .reported_recently(config.alerts.cool_down)
        .await?;
    let written = evaluation
        .written_lately(config.alerts.group_interval)
        .await?;
    Ok(Memory {
        last_sent: sent
            .into_iter()
            .map(|(rule, subject, at)| ((rule, subject), at))
            .collect(),
        written: written.into_iter().collect(),
    })
}
