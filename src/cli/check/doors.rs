//! Who can come in over HTTP, and what is not in use.

use super::Line;
use crate::config::Config;

pub(super) fn lines(config: &Config) -> Vec<Line> {
    vec![http(config), sessions(config)]
}

fn http(config: &Config) -> Line {
    match config.http.listen.as_str() {
        "" => Line::ok("http", "off (http.listen is empty)"),
        listen => Line::ok("http", format!("will listen on {listen}")),
    }
}

fn sessions(config: &Config) -> Line {
    Line::ok(
        "sessions",
        format!(
            "cookies are kept in memory for {}",
            humantime::format_duration(config.session.ttl)
        ),
    )
}
