//! What must hold of every configuration, whatever its bytes: it is taken or refused in words, what is taken
//! can be started with, and neither what is said of it nor what is shown of it betrays a secret.

use std::collections::BTreeSet;
use std::path::Path;

use agendad::clock::Clock;
use agendad::config::layers::{self, Layer, Layers};
use agendad::config::retry::RetryConfig;
use agendad::config::{Config, ConfigError, restart, secrets, shown};
use agendad::domain::ticks::{last_tick, next_tick, tick_before};
use agendad::domain::window::parse_cron;
use agendad::portal::Portal;
use agendad::scheduler::offset::offset;
use agendad::sync::SyncRules;
use chrono::{DateTime, Utc};
use toml::{Table, Value};

/// What the secrets of the seeds have in common.
const CANARY: &str = "canary";

/// Asserts everything that must hold of a configuration. Lines that begin with `AGENDAD_` are the
/// environment, all others the file.
///
/// # Panics
/// If something does not.
pub fn check(input: &str) {
    // A secret may be read from any file, and a device has no end.
    if input.contains("/dev") || input.contains("/proc") || input.contains("\\u") {
        return;
    }
    let (environment, file): (Vec<&str>, Vec<&str>) = input
        .split('\n')
        .partition(|line| line.starts_with(layers::ENV_PREFIX));
    let mut places = Places::default();
    let told = match all(&file.join("\n"), &environment, &mut places) {
        Ok(all) => of_layers(all),
        Err(error) => words(&error),
    };
    // Elsewhere it is no secret.
    if places.canaries >= input.matches(CANARY).count() {
        assert!(!told.contains(CANARY), "a secret is told: {told}");
    }
}

fn all(file: &str, environment: &[&str], places: &mut Places) -> Result<Layers, ConfigError> {
    let built_in = layers::built_in()?;
    let file = layers::parse("config.toml", file)?;
    places.look("", &Value::Table(file.table.clone()));
    let variables: Vec<(String, String)> = environment
        .iter()
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    for (name, value) in &variables {
        let name = name[layers::ENV_PREFIX.len()..].to_lowercase();
        places.look(&name.replace("__", "."), &Value::String(value.clone()));
    }
    let environment = layers::environment(variables.into_iter(), &built_in.table)?;
    Ok(vec![built_in, file, environment])
}

/// What is said and shown of layers.
fn of_layers(all: Vec<Layer>) -> String {
    let mut told = match shown::settings(&all) {
        Ok(settings) => format!("{settings:?}"),
        Err(error) => panic!("{error}"),
    };
    match Config::from_layers(all) {
        Ok(config) => {
            told += &format!("{config:?}");
            told += &serde_json::to_string(&config).expect("what was read can be written");
            start(&config, told.len());
        }
        Err(error) => told += &words(&error),
    }
    told
}

fn words(error: &ConfigError) -> String {
    let words = error.to_string();
    assert!(!words.trim().is_empty(), "a refusal without words");
    format!("{words}{error:?}")
}

/// What a daemon reckons with, on a day like any other.
fn start(config: &Config, told: usize) {
    let now: DateTime<Utc> = "2026-11-24T12:34:56.789Z".parse().expect("an instant");
    let clock = Clock::fixed(config.timezone, now);
    for (index, window) in config.windows.iter().enumerate() {
        let cron = parse_cron(&window.cron).expect("it was checked");
        let (from, to) = window.range(clock.today());
        assert!(clock.today() <= from && from <= to, "{window:?}");
        if let Some(tick) = last_tick(&cron, now, config.timezone) {
            assert!(tick <= now, "{window:?}");
            let start = tick + offset(i32::MAX, index, config.scheduler.splay);
            assert!(tick <= start, "{window:?}");
        }
        let next = next_tick(&cron, now, config.timezone);
        assert!(next.is_none_or(|next| next > now), "{window:?}");
        assert!(tick_before(&cron, now, config.timezone, 3) <= Some(now));
    }
    for retry in [&config.retry, &config.alerts.retry] {
        delays(retry, now);
    }
    for far in [
        config.portal.profile.captcha_pause,
        config.retention.runs,
        config.session.ttl,
        config.scheduler.busy_delay,
    ] {
        assert!(now - far <= now && now <= now + far);
    }
    drop(SyncRules::of(config));
    // A client takes milliseconds to make, because of the certificates.
    if told.is_multiple_of(32) {
        let state = Path::new("/nonexistent");
        Portal::new(
            &config.portal,
            config.secrets.portal_proxy.as_ref(),
            &config.retry,
            state,
            &clock,
        )
        .ok();
    }
    let mut reloaded = config.clone();
    assert!(restart::keep(config, &mut reloaded).is_empty());
}

fn delays(retry: &RetryConfig, now: DateTime<Utc>) {
    for failures in 1..=retry.max_retries {
        let delay = agendad::retry::delay_after(retry, failures).expect("one for each retry");
        assert!(delay <= retry.max_delay && now + delay >= now, "{retry:?}");
    }
    let after = agendad::retry::delay_after(retry, retry.max_retries + 1);
    assert_eq!(after, None);
}

/// How often the canary stands where a secret belongs, or would belong if a name were not forgotten.
#[derive(Default)]
struct Places {
    canaries: usize,
}

impl Places {
    fn look(&mut self, key: &str, value: &Value) {
        match value {
            Value::Table(table) => self.look_into(key, table),
            Value::Array(values) => values.iter().for_each(|value| self.look(key, value)),
            Value::String(text) => {
                let canaries = text.matches(CANARY).count();
                self.canaries += if is_secret(key) { canaries } else { 0 };
            }
            Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) => {}
        }
    }

    fn look_into(&mut self, prefix: &str, table: &Table) {
        for (name, value) in table {
            let key = if prefix.is_empty() {
                name.clone()
            } else {
                format!("{prefix}.{name}")
            };
            self.look(&key, value);
        }
    }
}

fn is_secret(key: &str) -> bool {
    let sections = |key: &'static str| key.rmatch_indices('.').map(move |(at, _)| &key[..at]);
    let parents: BTreeSet<&str> = secrets::KEYS.into_iter().flat_map(sections).collect();
    let below = secrets::KEYS
        .iter()
        .filter_map(|secret| key.strip_prefix(secret))
        .any(|rest| rest.is_empty() || rest.starts_with('.'));
    below || parents.contains(key)
}
