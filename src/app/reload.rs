//! SIGHUP: new settings in force without a restart, and a word about those that need one.

use std::path::Path;
use std::sync::Arc;

use super::App;
use crate::alerts::Channels;
use crate::config::{Config, restart};
use crate::portal::Portal;
use crate::sync::Settings;
use crate::sync::SyncRules;
use crate::telemetry::metrics;

impl App {
    /// Reads the configuration again and puts it in force: windows, splay, time-outs, retries,
    /// limits, TTLs, guard, alerts and their channels, retention and log level at once. What cannot
    /// be changed in a running process stays as it is and is named in the log. A configuration that
    /// is refused changes nothing.
    pub fn reload(&self, file: Option<&Path>) {
        match Config::load(file)
            .map_err(anyhow::Error::from)
            .and_then(|new| self.apply(new))
        {
            Ok(waiting) if waiting.is_empty() => tracing::info!("configuration reloaded"),
            Ok(waiting) => {
                tracing::warn!(
                    ?waiting,
                    "configuration reloaded; these settings need a restart"
                );
            }
            Err(error) => {
                let error = format!("{error:#}");
                tracing::error!(
                    error,
                    "configuration not reloaded, the old one stays in force"
                );
            }
        }
    }

    /// Puts settings in force. Returns the keys that differ but need a restart.
    ///
    /// # Errors
    /// If the portal client or the log filter cannot be made of them; nothing is changed then.
    pub fn apply(&self, mut new: Config) -> anyhow::Result<Vec<&'static str>> {
        let old = self.config();
        let waiting = restart::keep(&old, &mut new);
        super::portal_memory::check_and_remember(&new)?;
        let proxy = new.secrets.portal_proxy.as_ref();
        let clock = &self.syncer.clock;
        let portal = Portal::new(&new.portal, proxy, &new.retry, &new.state_dir, clock)?;
        let channels = Channels::of(&new)?;
        crate::telemetry::set_level(&new.log.level)?;
        self.syncer.settings.set(Settings {
            portal,
            rules: SyncRules::of(&new),
        });
        self.syncer.sessions.set(&new.session);
        metrics::start_at_zero(new.windows.iter().map(|window| window.name.as_str()));
        self.channels.send_replace(Arc::new(channels));
        self.config.send_replace(Arc::new(new));
        Ok(waiting)
    }
}
