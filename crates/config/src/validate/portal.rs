//! `[portal]` and its profile.

use std::fmt::Write;

use secrecy::ExposeSecret;
use url::Url;

use super::http::CONNECTIONS;
use crate::Config;
use crate::host::is_loopback;
use crate::wrong::Wrong;

pub(super) fn check(config: &Config, refuse: &mut impl FnMut(bool, &str, Wrong)) {
    let url = &config.portal.base_url;
    let host = url.host_str().unwrap_or_default();
    refuse(
        host.is_empty() || !matches!(url.scheme(), "http" | "https"),
        "portal.base_url",
        Wrong::Portal(url.to_string()),
    );
    refuse(
        url.scheme() == "http" && !is_loopback(host),
        "portal.base_url",
        Wrong::ClearPasswords(url.to_string()),
    );
    refuse(
        config.portal.user_agent.contains(char::is_control),
        "portal.user_agent",
        Wrong::ControlCharacter,
    );
    for (key, time) in [
        ("portal.connect_timeout", config.portal.connect_timeout),
        ("portal.request_timeout", config.portal.request_timeout),
    ] {
        refuse(time.is_zero(), key, Wrong::NoTime);
    }
    let connections = config.portal.max_connections;
    refuse(
        !CONNECTIONS.contains(&connections),
        "portal.max_connections",
        Wrong::Range(connections.to_string(), "1", "1000000"),
    );
    // Beyond a billion, the time between two requests would be nothing at all.
    let requests = config.portal.max_requests_per_second;
    refuse(
        requests > 1_000_000,
        "portal.max_requests_per_second",
        Wrong::Range(requests.to_string(), "0", "1000000"),
    );
    let bytes = config.portal.max_body_bytes;
    refuse(
        !(1_000..=1_000_000_000).contains(&bytes),
        "portal.max_body_bytes",
        Wrong::Range(bytes.to_string(), "1000", "1000000000"),
    );
    let pages = config.portal.max_pages_per_run;
    refuse(
        pages < 3,
        "portal.max_pages_per_run",
        Wrong::AtLeast(pages.to_string(), "3"),
    );
    refuse(
        proxy(config).is_some_and(|url| !is_proxy(url.as_ref())),
        "portal.proxy",
        Wrong::Proxy,
    );
    refuse(
        config.portal.firewall_pause.is_zero(),
        "portal.firewall_pause",
        Wrong::FirewallPause,
    );
    profile(config, refuse);
}

fn proxy(config: &Config) -> Option<Result<Url, url::ParseError>> {
    let proxy = config.secrets.portal_proxy.as_ref()?;
    Some(Url::parse(proxy.expose_secret()))
}

fn is_proxy(url: Result<&Url, &url::ParseError>) -> bool {
    url.is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https" | "socks5" | "socks5h") && url.host().is_some()
    })
}

fn profile(config: &Config, refuse: &mut impl FnMut(bool, &str, Wrong)) {
    let profile = &config.portal.profile;
    let day = chrono::NaiveDate::default();
    for (name, format) in [
        ("reference_format", &profile.reference_format),
        ("date_format", &profile.date_format),
    ] {
        refuse(
            write!(String::new(), "{}", day.format(format)).is_err(),
            &format!("portal.profile.{name}"),
            Wrong::DateFormat(format.clone()),
        );
    }
    for (name, texts) in [
        ("empty_texts", &profile.empty_texts),
        ("refused_texts", &profile.refused_texts),
        ("blocked_texts", &profile.blocked_texts),
        ("change_password_texts", &profile.change_password_texts),
        ("expired_texts", &profile.expired_texts),
        ("maintenance_texts", &profile.maintenance_texts),
        ("firewall_texts", &profile.firewall_texts),
    ] {
        refuse(
            texts.iter().any(|text| text.trim().is_empty()),
            &format!("portal.profile.{name}"),
            Wrong::EmptyText,
        );
    }
    for key in ["hora", "cpf", "nome"] {
        let named = profile
            .columns
            .get(key)
            .is_some_and(|headers| headers.all().iter().any(|header| !header.trim().is_empty()));
        refuse(
            !named,
            &format!("portal.profile.columns.{key}"),
            Wrong::NoHeader,
        );
    }
    for (name, value) in [
        ("login_user_field", &profile.login_user_field),
        ("login_password_field", &profile.login_password_field),
        ("unit_field", &profile.unit_field),
        ("date_field", &profile.date_field),
        ("force_field", &profile.force_field),
        ("choice_unit_field", &profile.choice_unit_field),
    ] {
        refuse(
            value.trim().is_empty(),
            &format!("portal.profile.{name}"),
            Wrong::NoField,
        );
    }
}
