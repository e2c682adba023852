//! What is never logged, whatever level was asked for: some libraries say at `debug` and `trace` what
//! stands in the pages, headers and statements that they handle, and that is candidates' data, cookies and
//! passwords.

use tracing::level_filters::LevelFilter;
use tracing::{Level, Metadata};
use tracing_subscriber::Registry;
use tracing_subscriber::filter::DynFilterFn;
use tracing_subscriber::layer::Filter;

/// Libraries through which pages, cookies, passwords and statements go. Their warnings are welcome.
const TALKATIVE: [&str; 6] = [
    "cookie_store",
    "h2",
    "hyper",
    "hyper_util",
    "reqwest",
    "sqlx",
];

/// Lets through what betrays nobody. Asked for each line, not once for each place that says lines: a library that
/// only asks whether it may speak (sqlx, through `log`, about each note of the server) leaves its "no" behind in the
/// thread, and the next line of ours whose place had its "yes" once and for all would be swallowed.
pub(super) fn filter() -> impl Filter<Registry> {
    DynFilterFn::new(|record, _| is_discreet(record)).with_max_level_hint(LevelFilter::TRACE)
}

/// Quotes lines of `~/.pgpass` that it does not understand, as a warning.
const QUOTES_PASSWORDS: &str = "sqlx_postgres::options";

fn is_discreet(record: &Metadata<'_>) -> bool {
    is_sayable(*record.level(), record.target())
}

fn is_sayable(level: Level, target: &str) -> bool {
    !target.starts_with(QUOTES_PASSWORDS) && (level <= Level::INFO || !is_talkative(target))
}

fn is_talkative(target: &str) -> bool {
    let library = target.split("::").next().unwrap_or(target);
    // sqlx_core, sqlx_postgres, …
    TALKATIVE.iter().any(|name| {
        library == *name
            || library
                .strip_prefix(name)
                .is_some_and(|rest| rest.starts_with('_'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_of_libraries_are_welcome_but_for_one_that_quotes_passwords() {
        assert!(is_sayable(Level::WARN, "sqlx_postgres::connection"));
        assert!(!is_sayable(Level::WARN, "sqlx_postgres::options::pgpass"));
    }

    #[test]
    fn libraries_that_handle_contents_are_known_by_all_their_targets() {
        for target in [
            "h2::client",
            "hyper_util::client",
            "sqlx_postgres::connection",
            "sqlx::query",
        ] {
            assert!(is_talkative(target), "{target}");
        }
        for target in ["agendad::portal", "hyperion", "tokio", "h22"] {
            assert!(!is_talkative(target), "{target}");
        }
    }
}
