//! Where sessions are kept, and whether that place can be used.

use secrecy::ExposeSecret;
use url::Url;

use super::super::problem;
use super::line::Line;
use crate::clock::Clock;
use crate::config::Config;
use crate::config::host::is_loopback;
use crate::config::sections::SessionStoreKind;
use crate::session::SharedSessions;
use crate::store::Store;
use crate::words::Sentence;
use crate::words::cli::check::part::Part;
use crate::words::cli::check::sessions as words;

/// `offline`: neither Redis nor the database is asked.
pub(super) async fn lines(config: &Config, offline: bool) -> Vec<Line> {
    let clock = Clock::system(config.timezone);
    let ttl = humantime::format_duration(config.session.ttl);
    let kept =
        |place: &Sentence<String>| Line::ok(Part::Sessions, words::kept(place, &ttl.to_string()));
    match SharedSessions::of(config, clock) {
        Err(error) => vec![Line::error(Part::Redis, &error)],
        Ok(Some(sessions)) => {
            let mut lines = vec![kept(&words::in_redis(&sessions.place().to_string()))];
            lines.extend(unencrypted(config));
            if !offline {
                lines.push(redis(&sessions).await);
            }
            lines
        }
        Ok(None) if config.secrets.redis_url.is_some() => vec![Line::warn(
            Part::Sessions,
            words::redis_unused(place(config)),
            words::REDIS_UNUSED_CURE,
        )],
        Ok(None) => vec![kept(&place(config).into())],
    }
}

const fn place(config: &Config) -> Sentence {
    match config.session.store {
        SessionStoreKind::Postgres => words::IN_DATABASE,
        SessionStoreKind::Memory | SessionStoreKind::Redis => words::IN_MEMORY,
    }
}

/// Several daemons that do not know each other's sessions end them again and again.
pub(super) async fn apart(config: &Config, store: &Store) -> Option<Line> {
    if config.session.store != SessionStoreKind::Memory {
        return None;
    }
    let others = store.living().await.ok()?;
    (others > 1).then(|| Line::warn(Part::Sessions, words::apart(others), words::APART_CURE))
}

async fn redis(sessions: &SharedSessions) -> Line {
    match sessions.try_out().await {
        Ok(()) => Line::ok(
            Part::Redis,
            words::redis_writes(&sessions.place().to_string()),
        ),
        Err(error) => Line::fail(Part::Redis, problem::in_a_line(&error), words::REDIS_CURE),
    }
}

/// A password that travels to another machine in clear text.
fn unencrypted(config: &Config) -> Option<Line> {
    let url = config.secrets.redis_url.as_ref()?;
    let url = Url::parse(url.expose_secret()).ok()?;
    let host = url.host_str()?;
    (url.scheme() == "redis" && url.password().is_some() && !is_loopback(host)).then(|| {
        Line::warn(
            Part::Redis,
            words::unencrypted(host),
            words::UNENCRYPTED_CURE,
        )
    })
}
