//! Who can log in over HTTP.

use secrecy::{ExposeSecret, SecretString};

use super::Line;
use crate::config::Config;

/// Shorter ones can be guessed.
const SHORTEST_TOKEN: usize = 24;
/// HS256 is as strong as its secret: at least as long as the hash, says RFC 7518.
const SHORTEST_SECRET: usize = 32;

pub(super) fn lines(config: &Config) -> Vec<Line> {
    let listen = &config.http.listen;
    if listen.is_empty() {
        return vec![Line::ok("http", "off (http.listen is empty)")];
    }
    let token = config.secrets.http_operator_token.as_ref();
    let secret = config.secrets.http_jwt_secret.as_ref();
    let who = match (token, secret) {
        (None, None) => {
            "health checks only: neither http.operator_token nor http.jwt_secret is set"
        }
        (Some(_), None) => "for operators",
        (None, Some(_)) => "for examiners",
        (Some(_), Some(_)) => "for operators and examiners",
    };
    let mut lines = vec![Line::ok("http", format!("{listen}, {who}"))];
    let is_short = |text: Option<&SecretString>, least| {
        text.is_some_and(|text| text.expose_secret().len() < least)
    };
    if is_short(token, SHORTEST_TOKEN) {
        lines.push(Line::warn(
            "http",
            format!(
                "http.operator_token is shorter than {SHORTEST_TOKEN} characters and may be guessed"
            ),
            "make a long one: openssl rand -hex 32",
        ));
    }
    if is_short(secret, SHORTEST_SECRET) {
        lines.push(Line::warn(
            "http",
            format!("http.jwt_secret is shorter than {SHORTEST_SECRET} characters: whoever has one token can search for it"),
            "give the application a longer one, and then agendad the same",
        ));
    }
    let reachable = listen
        .parse()
        .is_ok_and(|address: std::net::SocketAddr| !address.ip().is_loopback());
    if reachable {
        lines.push(Line::warn(
            "http",
            format!("{listen} can be reached from other machines, and tokens travel unencrypted"),
            "listen on 127.0.0.1 behind a reverse proxy with TLS (and set http.behind_proxy)",
        ));
    }
    lines
}
