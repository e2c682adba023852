//! Who can log in over HTTP.

use secrecy::{ExposeSecret, SecretString};

use super::line::Line;
use crate::config::Config;
use crate::words::cli::check::http as words;
use crate::words::cli::check::part::Part;

/// Shorter ones can be guessed.
const SHORTEST_TOKEN: usize = 24;
/// HS256 is as strong as its secret: at least as long as the hash, says RFC 7518.
const SHORTEST_SECRET: usize = 32;

pub(super) fn lines(config: &Config) -> Vec<Line> {
    let listen = &config.http.listen;
    if listen.is_empty() {
        return vec![Line::ok(Part::Http, words::OFF)];
    }
    let token = config.secrets.http_operator_token.as_ref();
    let secret = config.secrets.http_jwt_secret.as_ref();
    let who = match (token, secret) {
        (None, None) => words::PEOPLE_ONLY,
        (Some(_), None) => words::BY_TOKEN,
        (None, Some(_)) => words::BY_JWT,
        (Some(_), Some(_)) => words::BY_BOTH,
    };
    let mut lines = vec![Line::ok(Part::Http, words::listens(listen, who))];
    let is_short = |text: Option<&SecretString>, least| {
        text.is_some_and(|text| text.expose_secret().len() < least)
    };
    if is_short(token, SHORTEST_TOKEN) {
        lines.push(Line::warn(
            Part::Http,
            words::short_token(SHORTEST_TOKEN),
            words::SHORT_TOKEN_CURE,
        ));
    }
    if is_short(secret, SHORTEST_SECRET) {
        lines.push(Line::warn(
            Part::Http,
            words::short_secret(SHORTEST_SECRET),
            words::SHORT_SECRET_CURE,
        ));
    }
    let reachable = listen
        .parse()
        .is_ok_and(|address: std::net::SocketAddr| !address.ip().is_loopback());
    if reachable {
        lines.push(Line::warn(
            Part::Http,
            words::reachable(listen),
            words::REACHABLE_CURE,
        ));
    }
    lines
}
