//! What `[alerts]` may say.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::retry;
use crate::Config;
use crate::alerts::{AlertsConfig, EmailConfig, MailSecurity};
use crate::host::is_loopback;
use crate::wrong::Wrong;

/// Shorter, and the rules would be evaluated without a pause.
const SHORTEST: Duration = Duration::from_secs(1);

pub(super) fn check(config: &Config, refuse: &mut impl FnMut(bool, &str, Wrong)) {
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
        Wrong::Together("alerts.webhook.url"),
    );
    telegram(config, refuse);
    let heartbeat = secrets.alerts_heartbeat_url.as_ref();
    address("alerts.heartbeat.url", heartbeat, refuse);
}

fn times(alerts: &AlertsConfig, refuse: &mut impl FnMut(bool, &str, Wrong)) {
    refuse(
        alerts.interval < SHORTEST,
        "alerts.interval",
        Wrong::NoPause(alerts.interval),
    );
    let timeout = alerts.timeout;
    refuse(
        !(SHORTEST..=Duration::from_secs(20)).contains(&timeout),
        "alerts.timeout",
        Wrong::duration(timeout, "1s", "20s"),
    );
}

fn measures(alerts: &AlertsConfig, refuse: &mut impl FnMut(bool, &str, Wrong)) {
    let difference = alerts.clock.max_difference;
    refuse(
        difference < SHORTEST,
        "alerts.clock.max_difference",
        Wrong::ClockDifference(difference),
    );
    let ratios = [
        ("failure_rate", alerts.failure_rate.max_ratio),
        ("portal_down", alerts.portal_down.max_ratio),
    ];
    for (rule, ratio) in ratios {
        refuse(
            !(ratio > 0.0 && ratio <= 1.0),
            &format!("alerts.{rule}.max_ratio"),
            Wrong::Part(ratio),
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
            Wrong::Range(count.to_string(), "1", "1000"),
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
            Wrong::NothingLookedAt,
        );
    }
}

fn email(email: &EmailConfig, config: &Config, refuse: &mut impl FnMut(bool, &str, Wrong)) {
    if email.host.is_empty() {
        return;
    }
    refuse(email.to.is_empty(), "alerts.email.to", Wrong::NoRecipient);
    refuse(
        !is_mailbox(&email.from),
        "alerts.email.from",
        Wrong::Sender(email.from.clone()),
    );
    for to in email.to.iter().filter(|to| !is_mailbox(to)) {
        refuse(true, "alerts.email.to", Wrong::Recipient(to.clone()));
    }
    refuse(
        email.security == MailSecurity::None && !is_loopback(&email.host),
        "alerts.email.security",
        Wrong::ClearMail(email.host.clone()),
    );
    let helo = &email.helo_name;
    refuse(
        !helo.is_empty() && !is_host_name(helo),
        "alerts.email.helo_name",
        Wrong::HeloName(helo.clone()),
    );
    let authority = &email.trusted_ca;
    // One that this user may not look at may be the daemon's all the same.
    let is_missing = matches!(authority.try_exists(), Ok(false));
    refuse(
        is_missing && !authority.as_os_str().is_empty() && email.security != MailSecurity::None,
        "alerts.email.trusted_ca",
        Wrong::NoFile(authority.display().to_string()),
    );
    let secrets = &config.secrets;
    refuse(
        secrets.alerts_email_username.is_some() != secrets.alerts_email_password.is_some(),
        "alerts.email.password",
        Wrong::Together("alerts.email.username"),
    );
}

/// The token stands in the address that is called: it must not change where that leads.
fn telegram(config: &Config, refuse: &mut impl FnMut(bool, &str, Wrong)) {
    let Some(token) = &config.secrets.alerts_telegram_token else {
        return;
    };
    let telegram = &config.alerts.telegram;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '-' | '_');
    refuse(
        !token.expose_secret().chars().all(is_plain),
        "alerts.telegram.token",
        Wrong::TelegramToken,
    );
    refuse(
        telegram.chat.trim().is_empty(),
        "alerts.telegram.chat",
        Wrong::NoChat,
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

/// One address, alone or in angle brackets behind a name. Enough to notice a slip; the mail library reads it more closely
/// when the channel is opened.
fn is_mailbox(text: &str) -> bool {
    let text = text.trim();
    let address = match text.strip_suffix('>') {
        Some(rest) => rest.rsplit_once('<').map_or("", |(_, address)| address),
        None => text,
    };
    let is_odd = |c: char| c.is_whitespace() || ",;<>".contains(c);
    !text.contains(char::is_control)
        && !address.contains(is_odd)
        && address
            .split_once('@')
            .is_some_and(|(user, host)| !user.is_empty() && !host.is_empty() && !host.contains('@'))
}

/// A secret address: never shown.
fn address(key: &str, secret: Option<&SecretString>, refuse: &mut impl FnMut(bool, &str, Wrong)) {
    let Some(secret) = secret else { return };
    let Ok(url) = Url::parse(secret.expose_secret()) else {
        return refuse(true, key, Wrong::NoAddress);
    };
    let host = url.host_str().unwrap_or_default();
    refuse(
        host.is_empty()
            || !matches!(url.scheme(), "http" | "https")
            || (url.scheme() == "http" && !is_loopback(host)),
        key,
        Wrong::NoHttps,
    );
}
