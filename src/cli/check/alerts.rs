//! The ways to the operators, tried out as far as that goes without sending anything.

use super::line::Line;
use crate::alerts::Channels;
use crate::config::{Config, saved_settings};
use crate::domain::Channel;
use crate::words::Sentence;
use crate::words::cli::check::alerts as words;
use crate::words::cli::check::part::Part;

const WHAT: Part = Part::Alerts;

pub(super) async fn lines(config: &Config, offline: bool) -> Vec<Line> {
    if !config.alerts.enabled {
        return vec![Line::warn(WHAT, words::OFF, words::OFF_CURE)];
    }
    let channels = match Channels::of(config) {
        Ok(channels) => channels,
        Err(error) => return vec![Line::error(WHAT, &error)],
    };
    let mut lines = Vec::new();
    for &channel in Channel::ALL {
        if let Some(place) = channels.place(channel) {
            lines.push(line(config, &channels, channel, place, offline).await);
        }
    }
    if lines.is_empty() {
        let nobody = Line::warn(WHAT, words::NOBODY, words::NOBODY_CURE);
        lines.push(Line::unread(WHAT, config).unwrap_or(nobody));
    }
    if config.secrets.alerts_heartbeat_url.is_some() {
        let every = humantime::format_duration(config.alerts.interval);
        lines.push(Line::ok(WHAT, words::heartbeat(&every.to_string())));
    }
    lines
}

async fn line(
    config: &Config,
    channels: &Channels,
    channel: Channel,
    place: Sentence<String>,
    offline: bool,
) -> Line {
    let name = channel.as_str();
    let found = words::found(name, place);
    if offline || channel != Channel::Email {
        return Line::ok(WHAT, words::untried(&found));
    }
    match channels.rehearse(channel).await {
        Ok(()) => Line::ok(WHAT, words::good(&found)),
        Err(error) => {
            let mut keys = config.saved.keys();
            let is_kept = keys.any(|key| key.starts_with("alerts.email."));
            let file = is_kept.then(|| saved_settings::path_in(&config.state_dir));
            Line::fail(
                WHAT,
                words::bad(&found, &error.sentence()),
                words::email_cure(file.as_deref()),
            )
        }
    }
}
