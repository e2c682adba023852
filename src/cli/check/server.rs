//! The database's server: does it take writes, are the locks on it too, does its clock agree with this machine's.

use std::time::Duration;

use secrecy::ExposeSecret;

use super::Line;
use crate::app::Database;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::causes::in_a_line;
use crate::store::connect;
use crate::store::processes::ServerState;

/// Clocks of two machines may differ so much.
const TOLERANCE: Duration = Duration::from_secs(30);

/// What is wrong with it; nothing, where all is well.
pub(super) async fn lines(config: &Config, database: &Database) -> Vec<Line> {
    let before = Clock::system(config.timezone).now();
    let state = match database.store.server_state().await {
        Ok(state) => state,
        Err(error) => return vec![Line::error("database", &error)],
    };
    let mut lines = Vec::new();
    if !state.takes_writes {
        lines.push(Line::fail(
            "database",
            "takes no writes: it is a standby, or set to read-only",
            "let database.url lead to the primary; several hosts may be named, with commas between them",
        ));
    }
    if let Err(error) = database.store.try_for_room().await {
        lines.push(Line::fail(
            "database",
            format!("no room for a temporary file: {}", in_a_line(&error)),
            "make room on the disk of the database's server",
        ));
    }
    lines.extend(locks(config, &state).await);
    lines.extend(clock(state.now - before));
    lines
}

/// A direct address for the locks must lead to the same server.
async fn locks(config: &Config, state: &ServerState) -> Option<Line> {
    let url = config.secrets.database_lock_url.as_ref()?.expose_secret();
    Some(match connect::server_of(url).await {
        Ok(server) if server == state.server => {
            Line::ok("locks", "database.lock_url leads to the same server")
        }
        Ok(_) => Line::fail(
            "locks",
            "database.lock_url leads to another server than database.url",
            "let both lead to the same server: locks elsewhere protect nothing",
        ),
        Err(error) => Line::error("locks", &error),
    })
}

fn clock(ahead: chrono::TimeDelta) -> Option<Line> {
    // Whole seconds: the question itself takes a moment.
    let seconds = ahead.num_seconds();
    if seconds.unsigned_abs() <= TOLERANCE.as_secs() {
        return None;
    }
    let side = if seconds > 0 { "behind" } else { "ahead of" };
    let length = humantime::format_duration(Duration::from_secs(seconds.unsigned_abs()));
    Some(Line::warn(
        "clock",
        format!("this machine's clock is {length} {side} the database's"),
        "put both right and keep them right (NTP: timedatectl)",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_differs_by_more_than_thirty_seconds_is_warned_of() {
        let told = |seconds| clock(chrono::TimeDelta::seconds(seconds)).map(|line| line.found);
        assert_eq!(told(30), None);
        assert_eq!(told(-30), None);
        assert_eq!(
            told(-10_800).as_deref(),
            Some("this machine's clock is 3h ahead of the database's")
        );
        assert_eq!(
            told(31).as_deref(),
            Some("this machine's clock is 31s behind the database's")
        );
    }
}
