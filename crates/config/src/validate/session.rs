//! Where sessions are kept.

use std::time::Duration;

use secrecy::ExposeSecret;
use url::Url;

use super::super::Config;
use super::super::sections::SessionStoreKind;
use super::super::wrong::Wrong;

/// What addresses of Redis begin with.
const SCHEMES: [&str; 7] = [
    "redis",
    "rediss",
    "valkey",
    "valkeys",
    "redis+unix",
    "valkey+unix",
    "unix",
];

pub(super) fn check(config: &Config, refuse: &mut impl FnMut(bool, &str, Wrong)) {
    let url = config.secrets.redis_url.as_ref();
    refuse(
        config.session.store == SessionStoreKind::Redis && url.is_none(),
        "session.store",
        Wrong::NoRedis,
    );
    // Its value may hold a password and is not shown.
    refuse(
        url.is_some_and(|url| !is_redis(url.expose_secret())),
        "redis.url",
        Wrong::Redis,
    );
    refuse(
        config.session.ttl < Duration::from_secs(1),
        "session.ttl",
        Wrong::SessionLife(config.session.ttl),
    );
    refuse(
        config.session.portal_idle < Duration::from_secs(1),
        "session.portal_idle",
        Wrong::SessionIdle(config.session.portal_idle),
    );
}

fn is_redis(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| {
        let database = url.path().trim_start_matches('/');
        let place = if url.scheme().ends_with("unix") {
            !database.is_empty()
        } else {
            url.host_str().is_some_and(|host| !host.is_empty())
                && (database.is_empty() || database.parse::<u16>().is_ok())
        };
        SCHEMES.contains(&url.scheme()) && place
    })
}

#[cfg(test)]
mod tests {
    use super::is_redis;

    #[test]
    fn an_address_names_host_or_socket_and_at_most_a_database() {
        for good in [
            "redis://127.0.0.1",
            "redis://:secret@cache.example:6380/3",
            "rediss://agendad:secret@cache.example/0",
            "redis+unix:///run/redis/redis.sock",
            "redis+unix:///run/redis/redis.sock?db=2&pass=x",
        ] {
            assert!(is_redis(good), "{good}");
        }
        for bad in [
            "",
            "cache.example:6379",
            "http://cache.example",
            "redis://",
            "redis://cache.example/name",
            "redis+unix://",
        ] {
            assert!(!is_redis(bad), "{bad}");
        }
    }
}
