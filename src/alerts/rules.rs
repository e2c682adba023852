//! What each rule looks at, and what it says of what it finds.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::finding::{Finding, Seen};
use super::rule::Rule;
use super::text::{length, moment, plural};
use crate::config::Config;
use crate::config::alerts::{AlertsConfig, ClockRule, FailureRateRule, LayoutRule, PortalDownRule};
use crate::domain::Zone;
use crate::domain::row_problem::RowFault;
use crate::domain::ticks::tick_before;
use crate::domain::window::parse_cron;
use crate::store::StoreError;
use crate::store::alerts::evaluation::Evaluation;
use crate::store::alerts::examiners::{Found, FoundRows, LastRun, StaleWindow};
use crate::store::rights::Lack;

/// What is known of the alerts that are open.
#[derive(Debug, Clone)]
pub(super) struct Open {
    pub(super) users: Vec<i32>,
    /// Since when the first of them has lasted.
    pub(super) earliest: DateTime<Utc>,
}

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
    }
}

/// How long a trouble must last before it is told. An examiner whose pause has just ended, or whose daemon
/// has just come back, is without a success for long; their next run is already due.
pub(super) fn hold(rule: Rule, config: &Config) -> Duration {
    match rule {
        Rule::Stale => patience(config),
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
        | Rule::Clock => Duration::ZERO,
    }
}

/// How long after its tick a run may end.
fn patience(config: &Config) -> Duration {
    config.scheduler.splay + config.scheduler.run_timeout
}

/// Looks.
pub(super) async fn look(
    rule: Rule,
    config: &Config,
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
        Rule::Layout => {
            let windows = names(config);
            let last = last_run(alerts.layout.window, &windows, open);
            let found = evaluation.layout_failures(&last).await?;
            Ok(examiners(found, |f| match &f.windows {
                Some(windows) => format!("páginas não reconhecidas ({windows})"),
                None => "páginas não reconhecidas".to_owned(),
            }))
        }
        Rule::UnreadRows => {
            let windows = names(config);
            let last = last_run(alerts.unread_rows.window, &windows, open);
            Ok(unread_rows(evaluation.unread_rows(&last).await?))
        }
        Rule::Appointments => {
            let windows = names(config);
            let last = last_run(alerts.appointments.window, &windows, open);
            let found = evaluation.appointments_refused(&last).await?;
            Ok(examiners(found, |f| {
                plural(f.count, "agendamento recusado", "agendamentos recusados")
            }))
        }
        Rule::HeldRemovals => {
            let rule = &alerts.held_removals;
            let windows = names(config);
            let last = last_run(rule.window, &windows, open);
            let least = i64::from(rule.min_slots);
            let found = evaluation.held_removals(&last, least).await?;
            Ok(examiners(found, |f| {
                plural(f.count, "remoção retida", "remoções retidas")
            }))
        }
        Rule::ManyRemoved => {
            let rule = &alerts.many_removed;
            let found = evaluation.many_removed(rule.window, i64::from(rule.min_slots));
            Ok(examiners(found.await?, |f| {
                plural(f.count, "horário removido", "horários removidos")
            }))
        }
    }
}

fn names(config: &Config) -> Vec<String> {
    config.windows.iter().map(|w| w.name.clone()).collect()
}

fn last_run<'a>(age: Duration, windows: &'a [String], open: &'a Open) -> LastRun<'a> {
    LastRun {
        windows,
        age,
        open: &open.users,
        earliest: open.earliest,
    }
}

fn examiners(found: Vec<Found>, note: impl Fn(&Found) -> String) -> Seen {
    let found = found
        .into_iter()
        .map(|f| Finding::examiner(f.usuario_id, &f.nome, note(&f), f.since));
    Seen::Exactly(found.collect())
}

fn unread_rows(found: Vec<FoundRows>) -> Seen {
    let found = found.into_iter().map(|f| {
        // A record of another version may name a problem that this one does not know.
        let fault = serde_json::from_value::<RowFault>(f.fault);
        let fault = fault.map_or_else(|_| "não entendida".to_owned(), |f| f.in_portuguese());
        let day = f.date.format("%d/%m/%Y");
        let note = match f.rows - 1 {
            0 => format!("{day}, {fault}"),
            more => format!("{day}, {fault}; e mais {}", plural(more, "linha", "linhas")),
        };
        Finding::examiner(f.usuario_id, &f.nome, note, f.since)
    });
    Seen::Exactly(found.collect())
}

/// What the role lacks: the tables by name, the rest by agendad check.
async fn access(appointments: bool, evaluation: &mut Evaluation) -> Result<Seen, StoreError> {
    let rights = evaluation.rights(appointments).await?;
    let notes: Vec<String> = rights.lacks.iter().map(lack_in_words).collect();
    if notes.is_empty() {
        return Ok(Seen::Exactly(Vec::new()));
    }
    let note = format!("usuário {}: {}", rights.role, notes.join("; "));
    Ok(Seen::Exactly(vec![Finding::general(
        note,
        evaluation.now(),
    )]))
}

fn lack_in_words(lack: &Lack) -> String {
    match lack {
        Lack::Right { table, right, .. } => format!("{table}: falta a permissão {right}"),
        Lack::Sequence { sequence } => format!("{sequence}: falta a permissão USAGE"),
        Lack::Policy {
            table,
            right,
            visible,
            about,
        } => format!(
            "{table}: segurança por linha sem política para {right} (visíveis {visible} de cerca de {about} linhas)"
        ),
        Lack::Hidden {
            table,
            visible,
            about,
        } => format!(
            "{table}: segurança por linha em vigor (visíveis {visible} de cerca de {about} linhas)"
        ),
    }
}

/// Few runs prove nothing bad; but neither do they prove that all is well again, unless they went well.
async fn failure_rate(
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
    let reasons: Vec<String> = kinds
        .iter()
        .filter(|kind| kind.failed > 0)
        .map(|kind| format!("{}: {}", kind_in_words(&kind.kind), kind.failed))
        .collect();
    let note = format!(
        "{failed} de {runs} sincronizações falharam em {} ({})",
        humantime::format_duration(rule.window),
        reasons.join(", ")
    );
    let first = kinds.iter().filter_map(|kind| kind.first_failed).min();
    let since = first.unwrap_or_else(|| evaluation.now());
    Ok(Seen::Exactly(vec![Finding::general(note, since)]))
}

fn kind_in_words(kind: &str) -> &str {
    match kind {
        "network" => "rede",
        "timeout" => "tempo esgotado",
        "unavailable" => "portal indisponível",
        "session_expired" => "sessão expirada",
        "auth" => "acesso recusado",
        "captcha" => "CAPTCHA",
        "layout" => "página não reconhecida",
        "firewall" => "recusadas pelo firewall",
        "" => "sem motivo",
        other => other,
    }
}

/// Reports of daemons are believed as long as one may be late with the next.
fn report_age(interval: Duration) -> Duration {
    interval * 3 + Duration::from_secs(60)
}

/// An open breaker, or the last runs.
async fn portal_down(
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
        notes.push(format!(
            "{} das últimas {} sincronizações não chegaram ao portal",
            last.unreached, last.runs
        ));
    }
    if !resting.is_empty() {
        let hosts: Vec<&str> = resting
            .iter()
            .map(|daemon| host(&daemon.instance))
            .collect();
        notes.push(format!("sem acesso a partir de {}", hosts.join(", ")));
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
        notes.join("; "),
        since,
    )]))
}

/// A daemon that was turned away, or runs that were, with none since that was not.
async fn firewall(
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
        let (one, many) = ("sincronização recusada", "sincronizações recusadas");
        notes.push(plural(runs.turned_away, one, many));
    }
    notes.extend(resting.iter().filter_map(|daemon| {
        let machine = host(&daemon.instance);
        let until = daemon.firewall_until?;
        Some(if until <= evaluation.now() {
            format!("{machine} tenta de novo na próxima sincronização")
        } else {
            let until = moment(until, config.timezone);
            format!("{machine} não pede nada ao portal até {until}")
        })
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
        notes.join("; "),
        since,
    )]))
}

/// The machine of an instance's name, which also tells its starts apart.
#[must_use]
pub fn host(instance: &str) -> &str {
    instance.rsplit_once('/').map_or(instance, |(host, _)| host)
}

async fn credentials(evaluation: &mut Evaluation) -> Result<Seen, StoreError> {
    let paused = evaluation.refused_accounts().await?;
    let found = paused.into_iter().map(|account| {
        let note = match account.reason.as_str() {
            "blocked" => "conta bloqueada",
            "change_password" => "o portal exige uma senha nova",
            "unexplained" => "o portal respondeu à senha de um modo desconhecido",
            _ => "senha recusada",
        };
        Finding::examiner(
            account.usuario_id,
            &account.nome,
            note.to_owned(),
            account.since,
        )
    });
    Ok(Seen::Exactly(found.collect()))
}

async fn duplicate_cpf(evaluation: &mut Evaluation) -> Result<Seen, StoreError> {
    let accounts = evaluation.duplicate_accounts().await?;
    let found = accounts.into_iter().map(|account| {
        let note = match account.older {
            Some(older) => format!("mesmo CPF da conta nº {older}"),
            None => "mesmo CPF de outra conta".to_owned(),
        };
        Finding::examiner(account.usuario_id, &account.nome, note, account.since)
    });
    Ok(Seen::Exactly(found.collect()))
}

async fn captcha(zone: Zone, evaluation: &mut Evaluation) -> Result<Seen, StoreError> {
    let paused = evaluation.captcha_accounts().await?;
    let now = evaluation.now();
    let found = paused.into_iter().map(|account| {
        let note = match account.until.filter(|until| *until > now) {
            Some(until) => format!("conta em descanso até {}", moment(until, zone)),
            None => "ainda sem sucesso depois do descanso".to_owned(),
        };
        Finding::examiner(account.usuario_id, &account.nome, note, account.since)
    });
    Ok(Seen::Exactly(found.collect()))
}

async fn stale(config: &Config, evaluation: &mut Evaluation) -> Result<Seen, StoreError> {
    let deadlines = deadlines(config, evaluation.now());
    let mut by_user: BTreeMap<i32, Vec<StaleWindow>> = BTreeMap::new();
    for window in evaluation.stale_windows(&deadlines).await? {
        by_user.entry(window.usuario_id).or_default().push(window);
    }
    let found = by_user.into_values().filter_map(|windows| {
        let first = windows.first()?;
        let ever = windows.iter().any(|w| w.last_success.is_some());
        let names: Vec<&str> = windows.iter().map(|w| w.window.as_str()).collect();
        let note = format!(
            "{} {} {}",
            if ever {
                "sem sucesso"
            } else {
                "nenhum sucesso até hoje"
            },
            if names.len() == 1 {
                "na janela"
            } else {
                "nas janelas"
            },
            names.join(", ")
        );
        let since = windows.iter().map(|w| w.since).min()?;
        Some(Finding::examiner(
            first.usuario_id,
            &first.nome,
            note,
            since,
        ))
    });
    Ok(Seen::Exactly(found.collect()))
}

/// What was taken back lately, and the clocks that are wrong now.
async fn clock(rule: &ClockRule, evaluation: &mut Evaluation) -> Result<Seen, StoreError> {
    let mut found = Vec::new();
    if let Some(corrected) = evaluation.corrections(rule.window).await? {
        let ahead = chrono::TimeDelta::seconds(corrected.ahead as i64);
        let note = format!(
            "{} no futuro (até {} à frente), trazidas para agora",
            plural(corrected.rows, "hora gravada", "horas gravadas"),
            length(ahead)
        );
        found.push(Finding::general(note, corrected.first));
    }
    for clock in evaluation.wrong_clocks(rule.max_difference).await? {
        let machine = host(&clock.instance);
        let side = if clock.ahead > 0.0 {
            "adiantado"
        } else {
            "atrasado"
        };
        let note = format!(
            "o relógio de {machine} está {:.0} s {side} em relação ao do banco de dados",
            clock.ahead.abs()
        );
        let since = evaluation.now();
        let mut finding = Finding::general(note, since);
        finding.subject = format!("clock:{machine}");
        found.push(finding);
    }
    found.dedup_by(|a, b| a.subject == b.subject);
    Ok(Seen::Exactly(found))
}

/// For each window the moment since which somebody must have had a success. A tick that has just been may
/// still be at work, so it does not count yet.
pub fn deadlines(config: &Config, now: DateTime<Utc>) -> Vec<(String, DateTime<Utc>)> {
    let now = now - patience(config);
    let windows = config.windows.iter().filter_map(|window| {
        let cron = parse_cron(&window.cron).ok()?;
        let tick = tick_before(&cron, now, config.timezone, config.alerts.stale.intervals)?;
        Some((window.name.clone(), tick))
    });
    windows.collect()
}
