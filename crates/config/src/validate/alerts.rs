//! What `[alerts]` may say.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::retry;
use crate::Config;
use crate::alerts::{AlertsConfig, EmailConfig, MailSecurity};
use crate::host::is_loopback;

/// Shorter, and the rules would be evaluated without a pause.
const SHORTEST: Duration = Duration::from_secs(1);

pub(super) fn check(config: &Config, refuse: &mut impl FnMut(bool, &str, String)) {
    let alerts = &config.alerts;
    times(alerts, refuse);
    retry::check("alerts.retry", &alerts.retry, 50, refuse);
    measures(alerts, refuse);
    email(&alerts.email, config, refuse);
    let secrets = &config.secrets;
    let webhook = secrets.alerts_slack_webhook.as_ref();
    address("alerts.slack.webhook", webhook, refuse);
    address("alerts.ntfy.url", secrets.alerts_ntfy_url.as_ref(), refuse);
    let webhook = secrets.alerts_webhook_url.as_ref();
    address("alerts.webhook.url", webhook, refuse);
    refuse(
        webhook.is_some() != secrets.alerts_webhook_secret.is_some(),
        "alerts.webhook.secret",
        "and alerts.webhook.url belong together: set both, or neither".to_owned(),
    );
    telegram(config, refuse);
    let heartbeat = secrets.alerts_heartbeat_url.as_ref();
    address("alerts.heartbeat.url", heartbeat, refuse);
}

fn times(alerts: &AlertsConfig, refuse: &mut impl FnMut(bool, &str, String)) {
    refuse(
        alerts.interval < SHORTEST,
        "alerts.interval",
        "is shorter than 1s".to_owned(),
    );
    let timeout = alerts.timeout;
    refuse(
        !(SHORTEST..=Duration::from_secs(20)).contains(&timeout),
        "alerts.timeout",
        format!("is {timeout:?}; allowed are 1s to 20s"),
    );
}

fn measures(alerts: &AlertsConfig, refuse: &mut impl FnMut(bool, &str, String)) {
    let difference = alerts.clock.max_difference;
    refuse(
        difference < SHORTEST,
        "alerts.clock.max_difference",
        format!("is {difference:?}; clocks of two machines always differ a little: at least 1s"),
    );
    let ratios = [
        ("failure_rate", alerts.failure_rate.max_ratio),
        ("portal_down", alerts.portal_down.max_ratio),
    ];
    for (rule, ratio) in ratios {
        refuse(
            !(ratio > 0.0 && ratio <= 1.0),
            &format!("alerts.{rule}.max_ratio"),
            format!("is {ratio}; allowed is a part of the runs, above 0 and at most 1"),
        );
    }
    let counts = [
        ("failure_rate.min_runs", alerts.failure_rate.min_runs),
        ("many_removed.min_slots", alerts.many_removed.min_slots),
        ("held_removals.min_slots", alerts.held_removals.min_slots),
        ("portal_down.runs", alerts.portal_down.runs),
        ("stale.intervals", alerts.stale.intervals),
    ];
    for (key, count) in counts {
        refuse(
            !(1..=1000).contains(&count),
            &format!("alerts.{key}"),
            format!("is {count}; allowed are 1 to 1000"),
        );
    }
    let windows = [
        ("failure_rate", alerts.failure_rate.window),
        ("many_removed", alerts.many_removed.window),
        ("held_removals", alerts.held_removals.window),
        ("layout", alerts.layout.window),
        ("unread_rows", alerts.unread_rows.window),
        ("appointments", alerts.appointments.window),
        ("portal_down", alerts.portal_down.window),
        ("clock", alerts.clock.window),
        ("webhooks", alerts.webhooks.window),
    ];
    for (rule, window) in windows {
        refuse(
            window.is_zero(),
            &format!("alerts.{rule}.window"),
            "is 0: no run would ever be looked at".to_owned(),
        );
    }
}

fn email(email: &EmailConfig, config: &Config, refuse: &mut impl FnMut(bool, &str, String)) {
    if email.host.is_empty() {
        return;
    }
    refuse(
        email.to.is_empty(),
        "alerts.email.to",
        "is empty although alerts.email.host is set; name at least one recipient".to_owned(),
    );
    refuse(
        !is_mailbox(&email.from),
        "alerts.email.from",
        format!(
            "is {:?}; give an address such as \"agendad <agendad@example.com>\"",
            email.from
        ),
    );
    for to in email.to.iter().filter(|to| !is_mailbox(to)) {
        let message = format!("has {to:?}; give addresses such as \"operador@example.com\"");
        refuse(true, "alerts.email.to", message);
    }
    refuse(
        email.security == MailSecurity::None && !is_loopback(&email.host),
        "alerts.email.security",
        format!(
            "is \"none\", and {} is not this machine: messages and password would travel unencrypted; use \"starttls\" or \"tls\"",
            email.host
        ),
    );
    let helo = &email.helo_name;
    refuse(
        !helo.is_empty() && !is_host_name(helo),
        "alerts.email.helo_name",
        format!("is {helo:?}; give a name with a domain such as \"clinica.example.com\", or \"\""),
    );
    let secrets = &config.secrets;
    refuse(
        secrets.alerts_email_username.is_some() != secrets.alerts_email_password.is_some(),
        "alerts.email.password",
        "and alerts.email.username belong together: set both, or neither".to_owned(),
    );
}

/// The token stands in the address that is called: it must not change where that leads.
fn telegram(config: &Config, refuse: &mut impl FnMut(bool, &str, String)) {
    let Some(token) = &config.secrets.alerts_telegram_token else {
        return;
    };
    let telegram = &config.alerts.telegram;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '-' | '_');
    refuse(
        !token.expose_secret().chars().all(is_plain),
        "alerts.telegram.token",
        "is none such as @BotFather gives (its value is not shown here)".to_owned(),
    );
    refuse(
        telegram.chat.trim().is_empty(),
        "alerts.telegram.chat",
        "is empty although alerts.telegram.token is set; give the chat's number".to_owned(),
    );
    let server = SecretString::from(telegram.server.clone());
    address("alerts.telegram.server", Some(&server), refuse);
}

fn is_host_name(text: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let literal = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    match literal {
        Some(address) => address.parse::<std::net::IpAddr>().is_ok(),
        None => text.contains('.') && text.split('.').all(is_label),
    }
}

/// Enough to notice a slip; the mail library reads it more closely when the channel is opened.
fn is_mailbox(text: &str) -> bool {
    let text = text.trim();
    !text.contains(char::is_control)
        && text
            .trim_end_matches('>')
            .rsplit_once('@')
            .is_some_and(|(user, host)| !user.is_empty() && !host.is_empty())
}

/// A secret address: never shown.
fn address(key: &str, secret: Option<&SecretString>, refuse: &mut impl FnMut(bool, &str, String)) {
    let Some(secret) = secret else { return };
    let Ok(url) = Url::parse(secret.expose_secret()) else {
        let message = "is no address such as https://… (its value is not shown here)".to_owned();
        return refuse(true, key, message);
    };
    let host = url.host_str().unwrap_or_default();
    refuse(
        host.is_empty()
            || !matches!(url.scheme(), "http" | "https")
            || (url.scheme() == "http" && !is_loopback(host)),
        key,
        "must begin with https:// (http:// is for this machine only; its value is not shown here)"
            .to_owned(),
    );
}
