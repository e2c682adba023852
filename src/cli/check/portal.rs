//! The portal: one request for its first page, without a login, and by which way it went.

use secrecy::ExposeSecret;
use url::{Host, Url};

use super::super::problem;
use super::line::Line;
use crate::app::portal_memory;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::causes::in_a_line;
use crate::portal::{Portal, PortalErrorKind};
use crate::words::Sentence;
use crate::words::cli::check::part::Part;
use crate::words::cli::check::portal as words;

pub(super) async fn lines(config: &Config) -> Vec<Line> {
    if let Err(error) = portal_memory::check(config) {
        return vec![Line::misled(Part::Portal, &error)];
    }
    let clock = Clock::system(config.timezone);
    let proxy = config.secrets.portal_proxy.as_ref();
    let portal = Portal::new(
        &config.portal,
        proxy,
        &config.retry,
        &config.state_dir,
        &clock,
    );
    let portal = match portal {
        Ok(portal) => portal,
        Err(error) => return vec![Line::error(Part::Portal, &error)],
    };
    let url = &config.portal.base_url;
    let way = way(config);
    let answer = match portal.reachable().await {
        Ok(()) => Line::ok(Part::Portal, words::answers(url, &way)),
        Err(error) if *error.kind() == PortalErrorKind::Firewall => Line::fail(
            Part::Portal,
            words::turned_away(url, &way, &in_a_line(&error)),
            words::TURNED_AWAY_CURE,
        ),
        Err(error) => Line::fail(
            Part::Portal,
            words::fails(url, &way, &problem::in_a_line(&error)),
            words::FAILS_CURE,
        ),
    };
    let mut lines = vec![answer];
    // A portal on this machine is no authority's.
    if !config.portal.names_a_contact() && !is_here(url) {
        let none = Line::warn(Part::Contact, words::NO_CONTACT, words::NO_CONTACT_CURE);
        lines.push(Line::unread(Part::Contact, config).unwrap_or(none));
    }
    lines
}

fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// By which way, without a proxy's password.
fn way(config: &Config) -> Sentence<String> {
    let proxy = config.secrets.portal_proxy.as_ref();
    let Some(Ok(url)) = proxy.map(|proxy| Url::parse(proxy.expose_secret())) else {
        return words::way(None);
    };
    let host = url.host_str().unwrap_or_default();
    let port = url
        .port()
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    words::way(Some(&format!("{}://{host}{port}", url.scheme())))
}
