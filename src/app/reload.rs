//! SIGHUP: new settings in force without a restart, and a word about those that need one.

use std::path::Path;
use std::sync::Arc;

use super::parts::App;
use crate::alerts::Channels;
use crate::config::{Config, restart, saved_settings};
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

    /// Puts what was set in the browser or by command in force, if it has changed: that, and nothing else.
    ///
    /// # Errors
    /// As [`App::apply`], or if the configuration is refused; nothing is changed then.
    pub fn take_up(&self) -> anyhow::Result<()> {
        let old = self.config();
        let fresh = Config::from_sources(old.sources.clone())?;
        if fresh.saved.version() == old.saved.version() {
            return Ok(());
        }
        let mut new = (*old).clone();
        let changed = saved_settings::take_up(&mut new, &fresh);
        if changed.iter().any(|key| key.starts_with("portal.")) {
            self.apply(new)?;
        } else {
            // A rest of the portal that is asked for is not ended by another setting.
            let portal = self.syncer.settings.get().portal.clone();
            self.put_in_force(new, portal)?;
        }
        tracing::info!(
            ?changed,
            "settings made in the browser or by command are in force"
        );
        Ok(())
    }

    /// The same; trouble is logged. Returns what it was, for whoever asked.
    pub(super) fn take_up_or_log(&self) -> Result<(), String> {
        self.take_up().map_err(|error| {
            let error = format!("{error:#}");
            tracing::error!(
                error,
                "settings made in the browser or by command are not in force"
            );
            error
        })
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
        self.put_in_force(new, portal)?;
        Ok(waiting)
    }

    fn put_in_force(&self, new: Config, portal: Portal) -> anyhow::Result<()> {
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
        Ok(())
    }
}
