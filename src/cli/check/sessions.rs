//! Where sessions are kept, and whether that place can be used.

use secrecy::ExposeSecret;
use url::Url;

use super::Line;
use crate::clock::Clock;
use crate::config::Config;
use crate::config::host::is_loopback;
use crate::domain::causes::in_a_line;
use crate::session::SharedSessions;

/// `offline`: Redis is not asked.
pub(super) async fn lines(config: &Config, offline: bool) -> Vec<Line> {
    let clock = Clock::system(config.timezone);
    let ttl = humantime::format_duration(config.session.ttl);
    match SharedSessions::of(config, clock) {
        Err(error) => vec![Line::error("redis", &error)],
        Ok(Some(sessions)) => {
            let place = sessions.place();
            let mut lines = vec![Line::ok(
                "sessions",
                format!("cookies are kept in Redis at {place} for {ttl}, sealed"),
            )];
            lines.extend(unencrypted(config));
            if !offline {
                lines.push(redis(&sessions).await);
            }
            lines
        }
        Ok(None) if config.secrets.redis_url.is_some() => vec![Line::warn(
            "sessions",
            format!("redis.url is set, but cookies are kept in memory for {ttl}"),
            "set session.store to \"redis\" to use it, or leave redis.url empty",
        )],
        Ok(None) => vec![Line::ok(
            "sessions",
            format!("cookies are kept in each daemon's memory for {ttl}"),
        )],
    }
}

async fn redis(sessions: &SharedSessions) -> Line {
    match sessions.try_out().await {
        Ok(()) => Line::ok("redis", format!("{} takes writes", sessions.place())),
        Err(error) => Line::fail(
            "redis",
            in_a_line(&error),
            "start it or correct redis.url; meanwhile every daemon keeps sessions in its own memory",
        ),
    }
}

/// A password that travels to another machine in clear text.
fn unencrypted(config: &Config) -> Option<Line> {
    let url = config.secrets.redis_url.as_ref()?;
    let url = Url::parse(url.expose_secret()).ok()?;
    let host = url.host_str()?;
    (url.scheme() == "redis" && url.password().is_some() && !is_loopback(host)).then(|| {
        Line::warn(
            "redis",
            format!("the password of redis.url travels to {host} unencrypted"),
            "use TLS: rediss://…",
        )
    })
}
