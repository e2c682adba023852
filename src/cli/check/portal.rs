//! The portal: one request for its first page, without a login.

use super::Line;
use crate::app::portal_memory;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::causes::in_a_line;
use crate::portal::Portal;

pub(super) async fn lines(config: &Config) -> Vec<Line> {
    if let Err(error) = portal_memory::check(config) {
        return vec![Line::misled("portal", &error)];
    }
    let clock = Clock::system(config.timezone);
    let portal = match Portal::new(&config.portal, &config.retry, &config.state_dir, &clock) {
        Ok(portal) => portal,
        Err(error) => return vec![Line::error("portal", &error)],
    };
    let url = &config.portal.base_url;
    vec![match portal.reachable().await {
        Ok(()) => Line::ok("portal", format!("{url} answers")),
        Err(error) => Line::fail(
            "portal",
            format!("{url}: {}", in_a_line(&error)),
            "is portal.base_url right, is the portal up, does a firewall let this machine out?",
        ),
    }]
}
