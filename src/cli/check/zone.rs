//! By which table the zone's wall clock goes, and whether the other one would say something else.

use chrono::{DateTime, Utc};

use super::line::Line;
use crate::clock::Clock;
use crate::config::Config;
use crate::config::timezone;
use crate::domain::Zone;
use crate::domain::causes::in_a_line;
use crate::words::Sentence;
use crate::words::cli::check::part::Part;
use crate::words::cli::check::zone as words;

const WHAT: Part = Part::TimeZone;
/// The coming year.
const DAYS: i64 = 366;

pub(super) fn line(config: &Config) -> Line {
    let zone = config.timezone;
    let built_in = words::built_in(chrono_tz::IANA_TZDB_VERSION);
    match timezone::of_system(zone.built_in()) {
        Err(error) => Line::warn(
            WHAT,
            words::unusable(zone, &built_in, &in_a_line(&error)),
            words::UNUSABLE_CURE,
        ),
        Ok(None) => Line::ok(WHAT, words::alone(zone, &built_in)),
        Ok(Some((of_system, path))) => {
            let now = Clock::system(zone).now();
            let found = words::of_system(zone, &path);
            match of_system.differs(zone.built_in(), now, DAYS) {
                None => Line::ok(WHAT, words::same(&found, &built_in)),
                Some(at) => warning(&found, &built_in, of_system, at),
            }
        }
    }
}

fn warning(
    found: &Sentence<String>,
    built_in: &Sentence<String>,
    of_system: Zone,
    at: DateTime<Utc>,
) -> Line {
    let wall = |zone: Zone| at.with_timezone(&zone).format("%d/%m/%Y %H:%M").to_string();
    let (system, other) = (wall(of_system), wall(of_system.built_in()));
    Line::warn(
        WHAT,
        words::differs(found, built_in, &system, &other),
        words::DIFFERS_CURE,
    )
}
