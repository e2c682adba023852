//! What `[http]` may say.

use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use secrecy::ExposeSecret;

use crate::Config;
use crate::sections::HttpConfig;
use crate::wrong::Wrong;

/// More than any machine has; what counts them has a limit of its own, far above.
pub(super) const CONNECTIONS: RangeInclusive<usize> = 1..=1_000_000;

pub(super) fn check(config: &Config, refuse: &mut impl FnMut(bool, &str, Wrong)) {
    let http = &config.http;
    let listen = &http.listen;
    refuse(
        !listen.is_empty() && std::net::SocketAddr::from_str(listen).is_err(),
        "http.listen",
        Wrong::Listen(listen.clone()),
    );
    refuse(
        !(1..=366).contains(&http.max_span_days),
        "http.max_span_days",
        Wrong::Range(http.max_span_days.to_string(), "1", "366"),
    );
    refuse(
        !(1..=1000).contains(&http.max_syncs),
        "http.max_syncs",
        Wrong::Range(http.max_syncs.to_string(), "1", "1000"),
    );
    refuse(
        !(1_000..=10_000_000).contains(&http.max_body_bytes),
        "http.max_body_bytes",
        Wrong::Range(http.max_body_bytes.to_string(), "1000", "10000000"),
    );
    refuse(
        http.request_timeout < Duration::from_millis(100),
        "http.request_timeout",
        Wrong::NoAnswer(http.request_timeout),
    );
    refuse(
        !CONNECTIONS.contains(&http.max_connections),
        "http.max_connections",
        Wrong::Range(http.max_connections.to_string(), "1", "1000000"),
    );
    for (key, time) in [
        ("http.session_idle", http.session_idle),
        ("http.session_longest", http.session_longest),
    ] {
        refuse(time < Duration::from_secs(60), key, Wrong::NoForm(time));
    }
    let public = &http.public_url;
    let good = url::Url::parse(public)
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    refuse(
        !public.is_empty() && !good,
        "http.public_url",
        Wrong::PublicUrl(public.clone()),
    );
    base_path(http, refuse);
    let token = config.secrets.http_operator_token.as_ref();
    let bad_hash = token
        .and_then(|token| token.expose_secret().strip_prefix("sha256:"))
        .is_some_and(|hex| hex.len() != 64 || !hex.bytes().all(|b| b.is_ascii_hexdigit()));
    refuse(bad_hash, "http.operator_token", Wrong::TokenDigest);
}

/// First parts of our own addresses: a path of one of these names could not be told from them. Those below which all is
/// known by name (`/agenda`) can be.
const OUR_OWN: [&str; 22] = [
    "ajustes",
    "api",
    "assets",
    "auditoria",
    "calendar",
    "comecar",
    "conta",
    "contato",
    "entrar",
    "evidencias",
    "execucoes",
    "healthz",
    "historico",
    "metrics",
    "novo-perito",
    "peritos",
    "pessoas",
    "planilha",
    "primeiro-acesso",
    "readyz",
    "sair",
    "webhooks",
];

fn base_path(http: &HttpConfig, refuse: &mut impl FnMut(bool, &str, Wrong)) {
    let path = http.base_path();
    let key = if http.base_path.is_empty() {
        "http.public_url"
    } else {
        "http.base_path"
    };
    let is_plain = |part: &str| {
        let mut bytes = part.bytes();
        let plain =
            bytes.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~'));
        plain && !matches!(part, "" | "." | "..")
    };
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    let good =
        path.is_empty() || (path.starts_with('/') && parts.iter().all(|part| is_plain(part)));
    refuse(!good, key, Wrong::Path(path.to_owned()));
    refuse(
        parts.first().is_some_and(|first| OUR_OWN.contains(first)),
        key,
        Wrong::OwnPath(path.to_owned()),
    );
    let public = http.public_path();
    refuse(
        !http.base_path.is_empty() && !public.is_empty() && public != path,
        "http.base_path",
        Wrong::TwoPaths(path.to_owned(), public.to_owned()),
    );
}
