//! The ways to the operators, tried out as far as that goes without sending anything.

use super::Line;
use crate::alerts::Channels;
use crate::config::Config;
use crate::domain::Channel;

const WHAT: &str = "alerts";

pub(super) async fn lines(config: &Config, offline: bool) -> Vec<Line> {
    if !config.alerts.enabled {
        return vec![Line::ok(WHAT, "off (alerts.enabled is false)")];
    }
    let channels = match Channels::of(config) {
        Ok(channels) => channels,
        Err(error) => return vec![Line::error(WHAT, &error)],
    };
    let mut lines = Vec::new();
    for &channel in Channel::ALL {
        if let Some(place) = channels.place(channel) {
            lines.push(line(&channels, channel, &place, offline).await);
        }
    }
    if lines.is_empty() {
        let nobody = "nobody is told: neither alerts.slack.webhook nor alerts.email.host is set";
        lines.push(Line::ok(WHAT, nobody));
    }
    if config.secrets.alerts_heartbeat_url.is_some() {
        let every = humantime::format_duration(config.alerts.interval);
        lines.push(Line::ok(
            WHAT,
            format!("heartbeat: called every {every} while all is well"),
        ));
    }
    lines
}

async fn line(channels: &Channels, channel: Channel, place: &str, offline: bool) -> Line {
    let name = channel.as_str();
    let found = format!("{name}: {place}");
    if offline || channel == Channel::Slack {
        return Line::ok(WHAT, format!("{found} (try it: agendad alerts test)"));
    }
    match channels.rehearse(channel).await {
        Ok(()) => Line::ok(
            WHAT,
            format!("{found}, lets us in and takes sender and recipients"),
        ),
        Err(error) => Line::fail(
            WHAT,
            format!("{found}: {error}"),
            "see alerts.email in config.toml: host, port, security, trusted_ca, helo_name, username, password, from, to",
        ),
    }
}
