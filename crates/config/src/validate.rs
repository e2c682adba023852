//! What the types cannot say: ranges, and settings that contradict each other.

mod alerts;
mod http;
mod portal;
mod retry;
mod session;
mod webhooks;

use std::collections::HashSet;
use std::ops::RangeInclusive;
use std::time::Duration;

use super::layers::Layers;
use super::{Config, Problem};
use agendad_domain::clock::Clock;
use agendad_domain::ticks::next_tick;
use agendad_domain::window::parse_cron;

/// More than any machine has; what counts them has a limit of its own, far above.
const CONNECTIONS: RangeInclusive<usize> = 1..=1_000_000;

/// Everything that is wrong, with the layer that set it.
pub(super) fn problems(config: &Config, all: &Layers) -> Vec<Problem> {
    let mut found = Vec::new();
    let mut refuse = |wrong: bool, key: &str, message: String| {
        if wrong {
            found.push(Problem {
                place: match config.secrets.place_of(key) {
                    Some(place) => place.to_owned(),
                    None => place_of(key, all),
                },
                key: key.to_owned(),
                message,
            });
        }
    };
    database(config, &mut refuse);
    backup(config, &mut refuse);
    windows(config, &mut refuse);
    scheduler(config, &mut refuse);
    guard(config, &mut refuse);
    retry::check("retry", &config.retry, 20, &mut refuse);
    portal::check(config, &mut refuse);
    http::check(config, &mut refuse);
    calendar(config, &mut refuse);
    alerts::check(config, &mut refuse);
    session::check(config, &mut refuse);
    appointments(config, &mut refuse);
    log(config, &mut refuse);
    webhooks::check(config, &mut refuse);
    tomorrow(config, &mut refuse);
    changes(config, &mut refuse);
    found
}

fn tomorrow(config: &Config, refuse: &mut impl FnMut(bool, &str, String)) {
    let tomorrow = &config.tomorrow;
    refuse(
        tomorrow.time().is_none(),
        "tomorrow.hour",
        format!("is {:?}; give a time such as \"19:00\"", tomorrow.hour),
    );
    refuse(
        !(Duration::from_secs(60)..=Duration::from_secs(3600)).contains(&tomorrow.wait),
        "tomorrow.wait",
        format!("is {:?}; allowed are 1m to 1h", tomorrow.wait),
    );
}

fn changes(config: &Config, refuse: &mut impl FnMut(bool, &str, String)) {
    let changes = &config.changes;
    for (key, text) in [
        ("changes.quiet_from", &changes.quiet_from),
        ("changes.quiet_until", &changes.quiet_until),
    ] {
        refuse(
            chrono::NaiveTime::parse_from_str(text, "%H:%M").is_err(),
            key,
            format!("is {text:?}; give a time such as \"21:00\""),
        );
    }
    for (key, time) in [
        ("changes.collect", changes.collect),
        ("changes.every", changes.every),
    ] {
        refuse(
            time > Duration::from_secs(6 * 3600),
            key,
            format!("is {time:?}; at most 6h, or it would be no news"),
        );
    }
}

/// A plain name: it stands in the search path and in statements.
fn database(config: &Config, refuse: &mut impl FnMut(bool, &str, String)) {
    let schema = &config.database.schema;
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let begins_well = !schema.starts_with(|c: char| c.is_ascii_digit());
    let is_ours =
        !schema.starts_with("pg_") && !["river", "information_schema"].contains(&&**schema);
    refuse(
        !(schema.chars().all(is_plain) && begins_well && is_ours && schema.len() < 64),
        "database.schema",
        format!(
            "is {schema:?}; allowed are small letters, digits and _, at most 63, not beginning with a digit or pg_, \
             and neither river nor information_schema"
        ),
    );
}

fn backup(config: &Config, refuse: &mut impl FnMut(bool, &str, String)) {
    let backup = &config.backup;
    refuse(
        backup.time_of_day().is_none(),
        "backup.at",
        format!("is {:?}; give a time of day such as \"03:30\"", backup.at),
    );
    refuse(
        !(1..=1000).contains(&backup.keep),
        "backup.keep",
        format!("is {}; allowed are 1 to 1000", backup.keep),
    );
    let max_age = config.alerts.backup_old.max_age;
    refuse(
        max_age < Duration::from_secs(86_400),
        "alerts.backup_old.max_age",
        format!("is {max_age:?}; there is one backup a day: at least 1d"),
    );
}

fn windows(config: &Config, refuse: &mut impl FnMut(bool, &str, String)) {
    let now = Clock::system(config.timezone).now();
    let mut names = HashSet::new();
    refuse(
        config.windows.is_empty(),
        "windows",
        "is empty: nothing would ever be synchronised".to_owned(),
    );
    for window in &config.windows {
        let name = &window.name;
        refuse(
            name.trim().is_empty(),
            "windows",
            "has a window without a name".to_owned(),
        );
        refuse(
            !names.insert(name),
            "windows",
            format!("has two windows named {name:?}"),
        );
        refuse(
            window.from_day > window.to_day || window.to_day > 366,
            "windows",
            format!(
                "{name:?}: days {} to {} are not a range within a year",
                window.from_day, window.to_day
            ),
        );
        match parse_cron(&window.cron) {
            Err(error) => refuse(true, "windows", format!("{name:?}: {error}")),
            Ok(cron) => refuse(
                next_tick(&cron, now, config.timezone).is_none(),
                "windows",
                format!(
                    "{name:?}: cron {:?} never fires: no day to come is what it names, such as 30 February",
                    window.cron
                ),
            ),
        }
    }
}

fn scheduler(config: &Config, refuse: &mut impl FnMut(bool, &str, String)) {
    let workers = config.scheduler.workers;
    refuse(
        !(1..=1000).contains(&workers),
        "scheduler.workers",
        format!("is {workers}; allowed are 1 to 1000"),
    );
    let run = config.scheduler.run_timeout;
    let request = config.portal.request_timeout;
    refuse(
        run < request,
        "scheduler.run_timeout",
        format!(
            "is {run:?}, shorter than portal.request_timeout ({request:?}): one slow page would end every run"
        ),
    );
    refuse(
        config.scheduler.busy_delay < Duration::from_millis(100),
        "scheduler.busy_delay",
        "is shorter than 100ms: a busy examiner would be asked for in a tight loop".to_owned(),
    );
}

fn guard(config: &Config, refuse: &mut impl FnMut(bool, &str, String)) {
    let ratio = config.guard.max_removed_ratio;
    refuse(
        !(0.0..=1.0).contains(&ratio),
        "guard.max_removed_ratio",
        format!("is {ratio}; allowed are 0 to 1"),
    );
    refuse(
        config.guard.min_slots < 1,
        "guard.min_slots",
        "must be at least 1".to_owned(),
    );
    refuse(
        !(0..=100).contains(&config.guard.confirmations),
        "guard.confirmations",
        "must be 0 to 100".to_owned(),
    );
}

fn calendar(config: &Config, refuse: &mut impl FnMut(bool, &str, String)) {
    let calendar = &config.calendar;
    refuse(
        !(60..=86_400).contains(&calendar.event_duration.as_secs()),
        "calendar.event_duration",
        format!("is {:?}; allowed are 1m to 24h", calendar.event_duration),
    );
    refuse(
        !(60..=604_800).contains(&calendar.refresh.as_secs()),
        "calendar.refresh",
        format!("is {:?}; allowed are 1m to 7d", calendar.refresh),
    );
    refuse(
        calendar.days_back > 366,
        "calendar.days_back",
        format!("is {}; allowed are 0 to 366", calendar.days_back),
    );
}

fn appointments(config: &Config, refuse: &mut impl FnMut(bool, &str, String)) {
    let area = &config.appointments.area_code;
    refuse(
        !area.is_empty() && !agendad_domain::phone::is_area_code(area),
        "appointments.area_code",
        format!("is {area:?}; give one of Brazil's area codes such as \"11\", or \"\" for none"),
    );
}

fn log(config: &Config, refuse: &mut impl FnMut(bool, &str, String)) {
    refuse(
        tracing_subscriber::EnvFilter::try_new(&config.log.level).is_err(),
        "log.level",
        format!(
            "is {:?}; give error, warn, info, debug or trace",
            config.log.level
        ),
    );
}

/// The name of the last layer that sets a key.
pub(super) fn place_of(key: &str, all: &Layers) -> String {
    let layer = all
        .iter()
        .rev()
        .find(|layer| sets(&layer.table, key))
        .or(all.first());
    layer.map_or_else(String::new, |layer| layer.name.clone())
}

fn sets(table: &toml::Table, key: &str) -> bool {
    let mut parts = key.split('.');
    let first = parts.next().and_then(|part| table.get(part));
    // Beyond the first value that is no table (a list of windows, say) there is nothing to follow.
    let found = parts.try_fold(first, |value, part| {
        match value.and_then(toml::Value::as_table) {
            Some(inner) => Ok(inner.get(part)),
            None => Err(value),
        }
    });
    found.unwrap_or_else(|value| value).is_some()
}
