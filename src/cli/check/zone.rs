//! By which table the zone's wall clock goes, and whether the other one would say something else.

use chrono::{DateTime, Utc};

use super::Line;
use crate::clock::Clock;
use crate::config::Config;
use crate::config::timezone;
use crate::domain::Zone;
use crate::domain::causes::in_a_line;

const WHAT: &str = "time zone";
/// The coming year.
const DAYS: i64 = 366;

pub(super) fn line(config: &Config) -> Line {
    let zone = config.timezone;
    let built_in = format!(
        "the table that is built in ({})",
        chrono_tz::IANA_TZDB_VERSION
    );
    match timezone::of_system(zone.built_in()) {
        Err(error) => Line::warn(
            WHAT,
            format!("{zone} by {built_in}: {}", in_a_line(&error)),
            "install the system's package tzdata anew",
        ),
        Ok(None) => Line::ok(
            WHAT,
            format!("{zone} by {built_in}: the system has none (package tzdata)"),
        ),
        Ok(Some((of_system, path))) => {
            let now = Clock::system(zone).now();
            let found = format!("{zone} by the system's table {}", path.display());
            match of_system.differs(zone.built_in(), now, DAYS) {
                None => Line::ok(WHAT, format!("{found}, which says the same as {built_in}")),
                Some(at) => warning(&found, &built_in, of_system, at),
            }
        }
    }
}

fn warning(found: &str, built_in: &str, of_system: Zone, at: DateTime<Utc>) -> Line {
    let wall = |zone: Zone| at.with_timezone(&zone).format("%d/%m/%Y %H:%M").to_string();
    let (system, other) = (wall(of_system), wall(of_system.built_in()));
    Line::warn(
        WHAT,
        format!(
            "{found}; {built_in} differs from {system} on, when it would say {other}. The system's counts"
        ),
        "if the system's table is the old one, bring the package tzdata up to date and restart agendad",
    )
}
