//! The database's server: does it take writes, are the locks on it too, does its clock agree with this machine's.

use std::time::Duration;

use secrecy::ExposeSecret;

use super::line::Line;
use crate::app::Database;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::causes::in_a_line;
use crate::store::connect;
use crate::store::processes::ServerState;
use crate::words::cli::check::database as words;
use crate::words::cli::check::part::Part;

/// Clocks of two machines may differ so much.
const TOLERANCE: Duration = Duration::from_secs(30);

/// What is wrong with it; nothing, where all is well.
pub(super) async fn lines(config: &Config, database: &Database) -> Vec<Line> {
    let before = Clock::system(config.timezone).now();
    let state = match database.store.server_state().await {
        Ok(state) => state,
        Err(error) => return vec![Line::error(Part::Database, &error)],
    };
    let mut lines = Vec::new();
    if !state.takes_writes {
        lines.push(Line::fail(
            Part::Database,
            words::READ_ONLY,
            words::READ_ONLY_CURE,
        ));
    }
    if let Err(error) = database.store.try_for_room().await {
        lines.push(Line::fail(
            Part::Database,
            words::no_room(&in_a_line(&error)),
            words::NO_ROOM_CURE,
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
        Ok(server) if server == state.server => Line::ok(Part::Locks, words::LOCKS_SAME),
        Ok(_) => Line::fail(Part::Locks, words::LOCKS_ELSEWHERE, words::LOCKS_CURE),
        Err(error) => Line::error(Part::Locks, &error),
    })
}

fn clock(ahead: chrono::TimeDelta) -> Option<Line> {
    // Whole seconds: the question itself takes a moment.
    let seconds = ahead.num_seconds();
    if seconds.unsigned_abs() <= TOLERANCE.as_secs() {
        return None;
    }
    let length = humantime::format_duration(Duration::from_secs(seconds.unsigned_abs()));
    let found = words::clock(&length.to_string(), seconds < 0);
    Some(Line::warn(Part::Clock, found, words::CLOCK_CURE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_differs_by_more_than_thirty_seconds_is_warned_of() {
        let told = |seconds| clock(chrono::TimeDelta::seconds(seconds)).map(|line| line.found.en);
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
