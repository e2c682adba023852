//! What each rule looks at, and what it says of what it finds.

mod accounts;
mod backup;
mod installation;
mod portal;
mod runs;
mod webhooks;

use std::time::Duration;

use super::finding::{Open, Seen};
use crate::config::Config;
use crate::config::alerts::AlertsConfig;
use crate::config::deadlines::longest_run;
use crate::domain::Rule;
use crate::store::StoreError;
use crate::store::alerts::evaluation::Evaluation;
use crate::words::{finding as words, joined, window};
use accounts::{captcha, credentials, duplicate_cpf};
use installation::{access, clock};
use portal::{firewall, portal_down};
use runs::{examiners, failure_rate, last_run, stale, unread_rows};

/// Whether a rule is on. [`Rule::Database`] is not looked for in the database.
pub(super) fn is_on(rule: Rule, alerts: &AlertsConfig) -> bool {
    match rule {
        Rule::Database => false,
        Rule::Access => alerts.access.enabled,
        Rule::Appointments => alerts.appointments.enabled,
        Rule::PortalDown => alerts.portal_down.enabled,
        Rule::Firewall => alerts.firewall.enabled,
        Rule::Credentials => alerts.credentials.enabled,
        Rule::DuplicateCpf => alerts.duplicate_cpf.enabled,
        Rule::Captcha => alerts.captcha.enabled,
        Rule::Layout => alerts.layout.enabled,
        Rule::UnreadRows => alerts.unread_rows.enabled,
        Rule::Stale => alerts.stale.enabled,
        Rule::FailureRate => alerts.failure_rate.enabled,
        Rule::HeldRemovals => alerts.held_removals.enabled,
        Rule::ManyRemoved => alerts.many_removed.enabled,
        Rule::Clock => alerts.clock.enabled,
        Rule::BackupOld => alerts.backup_old.enabled,
        Rule::Webhooks => alerts.webhooks.enabled,
    }
}

/// How long a trouble must last before it is told. An examiner whose pause has just ended, or whose daemon
/// has just come back, is without a success for long; their next run is already due.
pub(super) fn hold(rule: Rule, config: &Config) -> Duration {
    match rule {
        Rule::Stale => longest_run(config),
        Rule::Database
        | Rule::Access
        | Rule::Appointments
        | Rule::PortalDown
        | Rule::Firewall
        | Rule::Credentials
        | Rule::DuplicateCpf
        | Rule::Captcha
        | Rule::Layout
        | Rule::UnreadRows
        | Rule::FailureRate
        | Rule::HeldRemovals
        | Rule::ManyRemoved
        | Rule::Clock
        | Rule::BackupOld
        | Rule::Webhooks => Duration::ZERO,
    }
}

/// `instance`: the process that looks.
pub(super) async fn look(
    rule: Rule,
    config: &Config,
    instance: &str,
    open: &Open,
    evaluation: &mut Evaluation,
) -> Result<Seen, StoreError> {
    let alerts = &config.alerts;
    match rule {
        Rule::Database => Ok(Seen::Nothing),
        Rule::PortalDown => portal_down(&alerts.portal_down, alerts.interval, evaluation).await,
        Rule::Firewall => firewall(&alerts.firewall, config, evaluation).await,
        Rule::Access => access(config.appointments.enabled, evaluation).await,
        Rule::FailureRate => failure_rate(&alerts.failure_rate, evaluation).await,
        Rule::Credentials => credentials(evaluation).await,
        Rule::DuplicateCpf => duplicate_cpf(evaluation).await,
        Rule::Captcha => captcha(config.timezone, evaluation).await,
        Rule::Stale => stale(config, evaluation).await,
        Rule::Clock => clock(&alerts.clock, evaluation).await,
        Rule::BackupOld => backup::backup_old(config, instance, open, evaluation).await,
        Rule::Webhooks => webhooks::webhooks(&alerts.webhooks, evaluation).await,
        Rule::Layout => {
            let last = last_run(rule, alerts.layout.window, config, open, evaluation).await?;
            let found = evaluation.layout_failures(&last).await?;
            Ok(examiners(found, |f| {
                let names = f.windows.as_deref().map(|names| names.split(", "));
                let labels = names.map(|names| {
                    let labels = names.map(|name| window::named(&config.windows, name));
                    joined(labels.collect(), ", ")
                });
                words::pages_not_understood(labels)
            }))
        }
        Rule::UnreadRows => {
            let last = last_run(rule, alerts.unread_rows.window, config, open, evaluation).await?;
            Ok(unread_rows(evaluation.unread_rows(&last).await?))
        }
        Rule::Appointments => {
            let last = last_run(rule, alerts.appointments.window, config, open, evaluation).await?;
            let found = evaluation.appointments_refused(&last).await?;
            Ok(examiners(found, |f| words::appointments_refused(f.count)))
        }
        Rule::HeldRemovals => {
            let last =
                last_run(rule, alerts.held_removals.window, config, open, evaluation).await?;
            let least = i64::from(alerts.held_removals.min_slots);
            let found = evaluation.held_removals(&last, least).await?;
            Ok(examiners(found, |f| words::removals_held(f.count)))
        }
        Rule::ManyRemoved => {
            let rule = &alerts.many_removed;
            let found = evaluation.many_removed(rule.window, i64::from(rule.min_slots));
            Ok(examiners(found.await?, |f| words::slots_removed(f.count)))
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::Rule;
    use crate::words::rule::title;

    const DOCUMENTS: [(&str, &str); 2] = [
        ("docs/alerts.md", include_str!("../../../docs/alerts.md")),
        (
            "docs/pt/alertas.md",
            include_str!("../../../docs/pt/alertas.md"),
        ),
    ];

    #[test]
    fn every_rule_is_a_section_of_the_configuration_and_is_explained() {
        let shipped = crate::config::layers::BUILT_IN;
        for &rule in Rule::ALL {
            assert_eq!(Rule::of(rule.key()), Some(rule));
            assert!(shipped.contains(&format!("[alerts.{}]", rule.key())));
            for (name, text) in DOCUMENTS {
                let row = format!("| `{}` | {} |", rule.key(), title(rule).pt);
                assert!(text.contains(&row), "{name} has no row {row}");
            }
        }
    }

    #[test]
    fn the_documents_name_no_rule_that_is_not() {
        for (name, text) in DOCUMENTS {
            let rows = text.lines().filter_map(|line| line.strip_prefix("| `"));
            let keys = rows.filter_map(|row| row.split('`').next());
            let unknown: Vec<&str> = keys.filter(|key| Rule::of(key).is_none()).collect();
            assert_eq!(unknown, [""; 0], "{name}");
        }
    }
}
