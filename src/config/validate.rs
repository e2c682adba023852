//! What the types cannot say: ranges, and settings that contradict each other.

mod alerts;
mod session;

use std::collections::HashSet;
use std::str::FromStr;
use std::time::Duration;

use secrecy::ExposeSecret;

use super::layers::Layers;
use super::{Config, Problem};

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
    windows(config, &mut refuse);
    let workers = config.scheduler.workers;
    refuse(
        !(1..=1000).contains(&workers),
        "scheduler.workers",
        format!("is {workers}; allowed are 1 to 1000"),
    );
    let run = config.scheduler.run_timeout;
    let request = config.portal.request_timeout;
    refuse(
        request.is_zero(),
        "portal.request_timeout",
        "is 0; a request needs time, e.g. 30s".to_owned(),
    );
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
    let factor = config.retry.factor;
    refuse(
        !(1.0..=100.0).contains(&factor),
        "retry.factor",
        format!("is {factor}; allowed are 1 to 100"),
    );
    refuse(
        config.retry.min_delay > config.retry.max_delay,
        "retry.min_delay",
        format!(
            "is {:?}, longer than retry.max_delay ({:?})",
            config.retry.min_delay, config.retry.max_delay
        ),
    );
    refuse(
        config.retry.max_retries > 20,
        "retry.max_retries",
        "must be at most 20".to_owned(),
    );
    portal(config, &mut refuse);
    http(config, &mut refuse);
    alerts::check(config, &mut refuse);
    session::session(config, &mut refuse);
    refuse(
        tracing_subscriber::EnvFilter::try_new(&config.log.level).is_err(),
        "log.level",
        format!(
            "is {:?}; give error, warn, info, debug or trace",
            config.log.level
        ),
    );
    found
}

fn windows(config: &Config, refuse: &mut impl FnMut(bool, &str, String)) {
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
        if let Err(error) = crate::domain::window::parse_cron(&window.cron) {
            refuse(true, "windows", format!("{name:?}: {error}"));
        }
    }
}

fn http(config: &Config, refuse: &mut impl FnMut(bool, &str, String)) {
    let http = &config.http;
    let listen = &http.listen;
    refuse(
        !listen.is_empty() && std::net::SocketAddr::from_str(listen).is_err(),
        "http.listen",
        format!("is {listen:?}; give an address and port such as 127.0.0.1:8787, or \"\" for none"),
    );
    refuse(
        !(1..=366).contains(&http.max_span_days),
        "http.max_span_days",
        format!("is {}; allowed are 1 to 366", http.max_span_days),
    );
    refuse(
        !(1..=1000).contains(&http.max_syncs),
        "http.max_syncs",
        format!("is {}; allowed are 1 to 1000", http.max_syncs),
    );
    refuse(
        !(1_000..=10_000_000).contains(&http.max_body_bytes),
        "http.max_body_bytes",
        "must be 1000 to 10000000".to_owned(),
    );
    refuse(
        http.request_timeout < Duration::from_millis(100),
        "http.request_timeout",
        "is shorter than 100ms: no request could be answered".to_owned(),
    );
    refuse(
        http.max_connections == 0,
        "http.max_connections",
        "must be at least 1".to_owned(),
    );
    let public = &http.public_url;
    let good = url::Url::parse(public)
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    refuse(
        !public.is_empty() && !good,
        "http.public_url",
        format!(
            "is {public:?}; give an address such as https://agenda.example.org, or \"\" for none"
        ),
    );
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
    let token = config.secrets.http_operator_token.as_ref();
    let bad_hash = token
        .and_then(|token| token.expose_secret().strip_prefix("sha256:"))
        .is_some_and(|hex| hex.len() != 64 || !hex.bytes().all(|b| b.is_ascii_hexdigit()));
    refuse(
        bad_hash,
        "http.operator_token",
        "begins with sha256: but 64 hexadecimal digits do not follow (printf %s TOKEN | sha256sum)"
            .to_owned(),
    );
}

fn portal(config: &Config, refuse: &mut impl FnMut(bool, &str, String)) {
    let url = &config.portal.base_url;
    let host = url.host_str().unwrap_or_default();
    let loopback = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    refuse(
        host.is_empty() || !matches!(url.scheme(), "http" | "https"),
        "portal.base_url",
        format!("is {url}; give an address such as https://www.e-cnhsp.sp.gov.br/"),
    );
    refuse(
        url.scheme() == "http" && !loopback,
        "portal.base_url",
        format!(
            "is {url}: passwords would travel unencrypted; use https (http is for this machine only)"
        ),
    );
    refuse(
        config.portal.max_connections == 0,
        "portal.max_connections",
        "must be at least 1".to_owned(),
    );
    refuse(
        !(1_000..=1_000_000_000).contains(&config.portal.max_body_bytes),
        "portal.max_body_bytes",
        "must be 1000 to 1000000000".to_owned(),
    );
    refuse(
        config.portal.max_pages_per_run < 3,
        "portal.max_pages_per_run",
        "must be at least 3".to_owned(),
    );
    refuse(
        config
            .portal
            .profile
            .empty_texts
            .iter()
            .any(|text| text.trim().is_empty()),
        "portal.profile.empty_texts",
        "has an empty text, which every page contains: every day would count as empty".to_owned(),
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
