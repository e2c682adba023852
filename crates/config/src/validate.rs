//! What the types cannot say: ranges, and settings that contradict each other.

mod alerts;
mod http;
mod portal;
mod retry;
mod session;
mod vault;
mod webhooks;

use std::collections::HashSet;
use std::path::Path;
use std::time::Duration;

use chrono::TimeDelta;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

use super::layer::{Layers, place_of};
use super::wrong::Wrong;
use super::{Config, Problem};
use agendad_domain::clock::Clock;
use agendad_domain::ticks::next_tick;
use agendad_domain::window::parse_cron;

/// Everything that is wrong, with the layer that set it.
pub(super) fn problems(config: &Config, all: &Layers) -> Vec<Problem> {
    let mut found = Vec::new();
    let mut refuse = |is_wrong: bool, key: &str, wrong_with: Wrong| {
        if is_wrong {
            found.push(Problem {
                place: match config.secrets.place_of(key) {
                    Some(place) => place.clone(),
                    None => place_of(key, all),
                },
                key: key.to_owned(),
                wrong: wrong_with,
            });
        }
    };
    state_dir(&config.state_dir, &mut refuse);
    database(config, &mut refuse);
    vault::check(config, &mut refuse);
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

fn state_dir(dir: &Path, refuse: &mut impl FnMut(bool, &str, Wrong)) {
    let given = dir.to_string_lossy();
    let is_wrong = !is_directory(&given);
    let wrong = Wrong::Directory(given.into_owned(), "/var/lib/agendad");
    refuse(is_wrong, "state_dir", wrong);
}

/// Whether a text can be meant as the name of a directory. Empty, it would be whichever one the program is started in; a
/// quotation mark is what is left of a variable that was quoted twice; a tilde and a dollar are what only a shell expands.
pub(super) fn is_directory(text: &str) -> bool {
    !text.trim().is_empty()
        && !text.starts_with(['"', '\'', '`', '“', '”', '‘', '’', '~'])
        && !text.contains('$')
        && !text.contains(char::is_control)
}

fn tomorrow(config: &Config, refuse: &mut impl FnMut(bool, &str, Wrong)) {
    let tomorrow = &config.tomorrow;
    refuse(
        tomorrow.time().is_none(),
        "tomorrow.hour",
        Wrong::TimeOfDay(tomorrow.hour.clone(), "19:00"),
    );
    let is_past_midnight = tomorrow.time().is_some_and(|hour| {
        TimeDelta::from_std(tomorrow.wait)
            .is_ok_and(|wait| hour.overflowing_add_signed(wait).1 != 0)
    });
    refuse(
        // Where none is sent, none waits.
        tomorrow.enabled && is_past_midnight,
        "tomorrow.hour",
        Wrong::PastMidnight(tomorrow.hour.clone(), tomorrow.wait),
    );
    refuse(
        !(Duration::from_secs(60)..=Duration::from_secs(3600)).contains(&tomorrow.wait),
        "tomorrow.wait",
        Wrong::duration(tomorrow.wait, "1m", "1h"),
    );
}

fn changes(config: &Config, refuse: &mut impl FnMut(bool, &str, Wrong)) {
    let changes = &config.changes;
    for (key, text) in [
        ("changes.quiet_from", &changes.quiet_from),
        ("changes.quiet_until", &changes.quiet_until),
    ] {
        refuse(
            chrono::NaiveTime::parse_from_str(text, "%H:%M").is_err(),
            key,
            Wrong::TimeOfDay(text.clone(), "21:00"),
        );
    }
    for (key, time) in [
        ("changes.collect", changes.collect),
        ("changes.every", changes.every),
    ] {
        refuse(
            time > Duration::from_secs(6 * 3600),
            key,
            Wrong::NoNews(time),
        );
    }
}

fn database(config: &Config, refuse: &mut impl FnMut(bool, &str, Wrong)) {
    let connections = config.database.max_connections;
    // `migrate --dry-run` reads on one while it asks on another; 0 is as many as the workers need.
    refuse(
        connections == 1,
        "database.max_connections",
        Wrong::AtLeast(connections.to_string(), "2"),
    );
    // A plain name: it stands in the search path and in statements.
    let schema = &config.database.schema;
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let begins_well = !schema.starts_with(|c: char| c.is_ascii_digit());
    let is_ours =
        !schema.starts_with("pg_") && !["river", "information_schema"].contains(&&**schema);
    refuse(
        !(schema.chars().all(is_plain) && begins_well && is_ours && schema.len() < 64),
        "database.schema",
        Wrong::Schema(schema.clone()),
    );
}

fn backup(config: &Config, refuse: &mut impl FnMut(bool, &str, Wrong)) {
    let backup = &config.backup;
    refuse(
        backup.time_of_day().is_none(),
        "backup.at",
        Wrong::TimeOfDay(backup.at.clone(), "03:30"),
    );
    refuse(
        !(1..=1000).contains(&backup.keep),
        "backup.keep",
        Wrong::Range(backup.keep.to_string(), "1", "1000"),
    );
    let directory = backup.directory.to_string_lossy();
    refuse(
        !directory.is_empty() && !is_directory(&directory),
        "backup.directory",
        Wrong::Directory(directory.into_owned(), "/mnt/usb/agenda"),
    );
    let max_age = config.alerts.backup_old.max_age;
    refuse(
        max_age < Duration::from_secs(86_400),
        "alerts.backup_old.max_age",
        Wrong::BackupAge(max_age),
    );
}

fn windows(config: &Config, refuse: &mut impl FnMut(bool, &str, Wrong)) {
    let now = Clock::system(config.timezone).now();
    let mut names = HashSet::new();
    refuse(config.windows.is_empty(), "windows", Wrong::NoWindows);
    for window in &config.windows {
        let name = &window.name;
        refuse(name.trim().is_empty(), "windows", Wrong::NamelessWindow);
        refuse(
            !names.insert(name),
            "windows",
            Wrong::TwoWindows(name.clone()),
        );
        refuse(
            window.from_day > window.to_day || window.to_day > 366,
            "windows",
            Wrong::WindowDays(name.clone(), window.from_day, window.to_day),
        );
        match parse_cron(&window.cron) {
            Err(error) => refuse(true, "windows", Wrong::Cron(name.clone(), error)),
            Ok(cron) => refuse(
                next_tick(&cron, now, config.timezone).is_none(),
                "windows",
                Wrong::NeverFires(name.clone(), window.cron.clone()),
            ),
        }
    }
}

fn scheduler(config: &Config, refuse: &mut impl FnMut(bool, &str, Wrong)) {
    let workers = config.scheduler.workers;
    refuse(
        !(1..=1000).contains(&workers),
        "scheduler.workers",
        Wrong::Range(workers.to_string(), "1", "1000"),
    );
    let run = config.scheduler.run_timeout;
    let request = config.portal.request_timeout;
    refuse(
        run < request,
        "scheduler.run_timeout",
        Wrong::RunTimeout(run, request),
    );
    let busy_delay = config.scheduler.busy_delay;
    refuse(
        busy_delay < Duration::from_millis(100),
        "scheduler.busy_delay",
        Wrong::BusyDelay(busy_delay),
    );
}

fn guard(config: &Config, refuse: &mut impl FnMut(bool, &str, Wrong)) {
    let ratio = config.guard.max_removed_ratio;
    refuse(
        !(0.0..=1.0).contains(&ratio),
        "guard.max_removed_ratio",
        Wrong::Range(ratio.to_string(), "0", "1"),
    );
    let min_slots = config.guard.min_slots;
    refuse(
        min_slots < 1,
        "guard.min_slots",
        Wrong::AtLeast(min_slots.to_string(), "1"),
    );
    let confirmations = config.guard.confirmations;
    refuse(
        !(0..=100).contains(&confirmations),
        "guard.confirmations",
        Wrong::Range(confirmations.to_string(), "0", "100"),
    );
}

fn calendar(config: &Config, refuse: &mut impl FnMut(bool, &str, Wrong)) {
    let calendar = &config.calendar;
    refuse(
        !(60..=86_400).contains(&calendar.event_duration.as_secs()),
        "calendar.event_duration",
        Wrong::duration(calendar.event_duration, "1m", "24h"),
    );
    refuse(
        !(60..=604_800).contains(&calendar.refresh.as_secs()),
        "calendar.refresh",
        Wrong::duration(calendar.refresh, "1m", "7d"),
    );
    refuse(
        calendar.days_back > 366,
        "calendar.days_back",
        Wrong::Range(calendar.days_back.to_string(), "0", "366"),
    );
}

fn appointments(config: &Config, refuse: &mut impl FnMut(bool, &str, Wrong)) {
    let area = &config.appointments.area_code;
    refuse(
        !area.is_empty() && !agendad_domain::phone::is_area_code(area),
        "appointments.area_code",
        Wrong::AreaCode(area.clone()),
    );
}

fn log(config: &Config, refuse: &mut impl FnMut(bool, &str, Wrong)) {
    refuse(
        !is_filter(&config.log.level),
        "log.level",
        Wrong::LogLevel(config.log.level.clone()),
    );
}

/// A bare word that is no level, such as `warning`, would be the name of a module, and everything else would be silent.
fn is_filter(text: &str) -> bool {
    let is_known = |part: &str| {
        part.contains(['=', '[', ']', '{', '}']) || part.parse::<LevelFilter>().is_ok()
    };
    text.split(',')
        .all(|part| !part.trim().is_empty() && is_known(part.trim()))
        && EnvFilter::try_new(text).is_ok()
}
