//! Where sessions are kept, and whether that place can be used.

use secrecy::ExposeSecret;
use url::Url;

use super::Line;
use crate::clock::Clock;
use crate::config::Config;
use crate::config::host::is_loopback;
use crate::config::sections::SessionStoreKind;
use crate::domain::causes::in_a_line;
use crate::session::SharedSessions;
use crate::store::Store;

/// `offline`: neither Redis nor the database is asked.
pub(super) async fn lines(config: &Config, offline: bool) -> Vec<Line> {
    let clock = Clock::system(config.timezone);
    let ttl = humantime::format_duration(config.session.ttl);
    let kept = |place: &str| {
        Line::ok(
            "sessions",
            format!("are kept in {place} for {ttl} from each login, sealed"),
        )
    };
    match SharedSessions::of(config, clock) {
        Err(error) => vec![Line::error("redis", &error)],
        Ok(Some(sessions)) => {
            let mut lines = vec![kept(&format!("Redis at {}", sessions.place()))];
            lines.extend(unencrypted(config));
            if !offline {
                lines.push(redis(&sessions).await);
            }
            lines
        }
        Ok(None) if config.secrets.redis_url.is_some() => vec![Line::warn(
            "sessions",
            format!(
                "redis.url is set, but sessions are kept in {}",
                place(config)
            ),
            "set session.store to \"redis\" to use it, or leave redis.url empty",
        )],
        Ok(None) => vec![kept(place(config))],
    }
}

fn place(config: &Config) -> &'static str {
    match config.session.store {
        SessionStoreKind::Postgres => "the database",
        SessionStoreKind::Memory | SessionStoreKind::Redis => "each daemon's memory",
    }
}

/// Several daemons that do not know each other's sessions end them again and again.
pub(super) async fn apart(config: &Config, store: &Store) -> Option<Line> {
    if config.session.store != SessionStoreKind::Memory {
        return None;
    }
    let others = store.living().await.ok()?;
    (others > 1).then(|| {
        Line::warn(
            "sessions",
            format!("{others} daemons work on this database, and each keeps its sessions in its own memory: they end each other's"),
            "set session.store to \"postgres\"",
        )
    })
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
