//! Who can come in over HTTP, and where sessions are kept.

use secrecy::{ExposeSecret, SecretString};

use super::Line;
use crate::config::Config;
use crate::config::sections::SessionStoreKind;

/// Shorter ones can be guessed.
const SHORTEST_TOKEN: usize = 24;
/// HS256 is as strong as its secret: at least as long as the hash, says RFC 7518.
const SHORTEST_SECRET: usize = 32;

pub(super) fn lines(config: &Config) -> Vec<Line> {
    let mut lines = http(config);
    lines.push(sessions(config));
    lines
}

fn http(config: &Config) -> Vec<Line> {
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

fn sessions(config: &Config) -> Line {
    let ttl = humantime::format_duration(config.session.ttl);
    match config.session.store {
        SessionStoreKind::Memory if config.secrets.redis_url.is_some() => Line::warn(
            "sessions",
            format!("redis.url is set, but cookies are kept in memory for {ttl}"),
            "set session.store to use it, or leave redis.url empty",
        ),
        SessionStoreKind::Memory => Line::ok(
            "sessions",
            format!("cookies are kept in each daemon's memory for {ttl}"),
        ),
    }
}
