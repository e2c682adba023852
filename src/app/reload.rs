//! SIGHUP: new settings in force without a restart, and a word about those that need one.

use std::path::Path;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};

use super::App;
use crate::alerts::Channels;
use crate::config::Config;
use crate::portal::Portal;
use crate::sync::SyncRules;
use crate::sync::live::Settings;
use crate::telemetry::metrics;

impl App {
    /// Reads the configuration again and puts it in force: windows, splay, time-outs, retries, limits,
    /// TTLs, guard, alerts and their channels, retention and log level at once. What cannot be changed in a running process stays
    /// as it is and is named in the log. A configuration that is refused changes nothing.
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
        let waiting = keep_what_needs_a_restart(&old, &mut new);
        let portal = Portal::new(&new.portal, &new.retry, &new.state_dir, &self.syncer.clock)?;
        let channels = Channels::of(&new)?;
        crate::telemetry::set_level(&new.log.level)?;
        self.syncer.live.set(Settings {
            portal,
            rules: SyncRules::of(&new),
        });
        self.syncer.sessions.set_ttl(new.session.ttl);
        metrics::start_at_zero(new.windows.iter().map(|window| window.name.as_str()));
        self.channels.send_replace(Arc::new(channels));
        self.config.send_replace(Arc::new(new));
        Ok(waiting)
    }
}

fn keep_what_needs_a_restart(old: &Config, new: &mut Config) -> Vec<&'static str> {
    let mut waiting = Vec::new();
    let mut keep = |key, differs: bool| {
        if differs {
            waiting.push(key);
        }
    };
    keep("state_dir", old.state_dir != new.state_dir);
    keep("timezone", old.timezone != new.timezone);
    keep("instance", old.instance != new.instance);
    keep(
        "database.max_connections",
        old.database.max_connections != new.database.max_connections,
    );
    keep(
        "scheduler.workers",
        old.scheduler.workers != new.scheduler.workers,
    );
    keep(
        "scheduler.run_timeout",
        old.scheduler.run_timeout != new.scheduler.run_timeout,
    );
    keep("shutdown.grace", old.shutdown.grace != new.shutdown.grace);
    keep("session.store", old.session.store != new.session.store);
    keep("http.listen", old.http.listen != new.http.listen);
    keep("log.format", old.log.format != new.log.format);
    let (a, b) = (&old.secrets, &new.secrets);
    keep(
        "database.url",
        differ(a.database_url.as_ref(), b.database_url.as_ref()),
    );
    keep(
        "database.lock_url",
        differ(a.database_lock_url.as_ref(), b.database_lock_url.as_ref()),
    );
    keep(
        "vault.key",
        differ(a.vault_key.as_ref(), b.vault_key.as_ref()),
    );
    keep(
        "redis.url",
        differ(a.redis_url.as_ref(), b.redis_url.as_ref()),
    );

    new.state_dir.clone_from(&old.state_dir);
    new.timezone = old.timezone;
    new.instance.clone_from(&old.instance);
    new.database.clone_from(&old.database);
    new.scheduler.workers = old.scheduler.workers;
    new.scheduler.run_timeout = old.scheduler.run_timeout;
    new.shutdown.clone_from(&old.shutdown);
    new.session.store = old.session.store;
    new.http.listen.clone_from(&old.http.listen);
    new.log.format = old.log.format;
    new.secrets = old.secrets.with_alerts_of(&new.secrets);
    waiting
}

fn differ(a: Option<&SecretString>, b: Option<&SecretString>) -> bool {
    a.map(ExposeSecret::expose_secret) != b.map(ExposeSecret::expose_secret)
}
