//! The settings that a running process cannot change: what was opened, bound or started with them stays
//! as it was. One list, for the reload that keeps them and for the reference that says so.

use secrecy::{ExposeSecret, SecretString};

use super::Config;

/// One such setting.
pub struct Fixed {
    /// Dotted, as in `config.toml`.
    pub key: &'static str,
    differs: fn(&Config, &Config) -> bool,
    keep: fn(&mut Config, &Config),
}

impl std::fmt::Debug for Fixed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Fixed({})", self.key)
    }
}

macro_rules! setting {
    ($key:literal, $($field:ident).+) => {
        Fixed {
            key: $key,
            differs: |a, b| a.$($field).+ != b.$($field).+,
            keep: |new, old| new.$($field).+.clone_from(&old.$($field).+),
        }
    };
}

macro_rules! secret {
    ($key:literal, $field:ident) => {
        Fixed {
            key: $key,
            differs: |a, b| text(&a.secrets.$field) != text(&b.secrets.$field),
            keep: |new, old| new.secrets.$field.clone_from(&old.secrets.$field),
        }
    };
}

/// All of them.
pub const FIXED: &[Fixed] = &[
    setting!("state_dir", state_dir),
    setting!("timezone", timezone),
    setting!("instance", instance),
    secret!("database.url", database_url),
    secret!("database.lock_url", database_lock_url),
    setting!("database.schema", database.schema),
    setting!("database.max_connections", database.max_connections),
    setting!("database.start_patience", database.start_patience),
    secret!("vault.key", vault_key),
    setting!("scheduler.workers", scheduler.workers),
    setting!("scheduler.run_timeout", scheduler.run_timeout),
    setting!("shutdown.grace", shutdown.grace),
    setting!("session.store", session.store),
    setting!("http.listen", http.listen),
    secret!("http.operator_token", http_operator_token),
    secret!("http.jwt_secret", http_jwt_secret),
    setting!("http.max_span_days", http.max_span_days),
    setting!("http.max_syncs", http.max_syncs),
    setting!("http.max_body_bytes", http.max_body_bytes),
    setting!("http.request_timeout", http.request_timeout),
    setting!("http.max_connections", http.max_connections),
    setting!("http.max_failed_auth", http.max_failed_auth),
    setting!("http.behind_proxy", http.behind_proxy),
    secret!("redis.url", redis_url),
    setting!("log.format", log.format),
];

/// Puts into `new` what must stay as it is in `old`. Returns the keys of those that differed.
pub fn keep(old: &Config, new: &mut Config) -> Vec<&'static str> {
    let differ = FIXED.iter().filter(|fixed| (fixed.differs)(old, new));
    let waiting = differ.map(|fixed| fixed.key).collect();
    for fixed in FIXED {
        (fixed.keep)(new, old);
    }
    waiting
}

fn text(secret: &Option<SecretString>) -> Option<&str> {
    secret.as_ref().map(ExposeSecret::expose_secret)
}

#[cfg(test)]
mod tests {
    use super::super::layers;
    use super::*;

    fn load(variables: &[(String, &str)]) -> Config {
        let mut all = vec![layers::built_in().unwrap()];
        let variables = variables.iter().map(|(k, v)| (k.clone(), (*v).to_owned()));
        all.push(layers::environment(variables, &all[0].table).unwrap());
        Config::from_layers(all).unwrap()
    }

    /// Another value than the default, that is allowed.
    fn another(key: &str) -> &'static str {
        match key {
            "timezone" => "America/Manaus",
            "vault.key" => "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
            "session.store" => "redis",
            "http.listen" => "127.0.0.1:1",
            "http.behind_proxy" => "true",
            "redis.url" => "redis://cache.example.com/0",
            "log.format" => "json",
            key if key.ends_with("_timeout")
                || key.ends_with("grace")
                || key.ends_with("patience") =>
            {
                "1h"
            }
            key if key.contains("max_") || key.ends_with("workers") => "123456",
            _ => "another",
        }
    }

    #[test]
    fn each_is_named_and_kept_and_nothing_else_is() {
        for key in FIXED.iter().map(|fixed| fixed.key) {
            let name = |key: &str| layers::environment_name(key);
            let value = match key {
                "scheduler.workers" | "http.max_span_days" | "http.max_syncs" => "100",
                other => another(other),
            };
            let mut changed = vec![(name(key), value)];
            let mut before = Vec::new();
            if key == "session.store" {
                // Refused without an address.
                changed.push((name("redis.url"), another("redis.url")));
                before.push((name("redis.url"), another("redis.url")));
            }
            let (old, mut new) = (load(&before), load(&changed));
            assert_eq!(keep(&old, &mut new), [key]);
            assert!(keep(&old, &mut new).is_empty(), "{key} is kept");
        }
        let mut new = load(&[(layers::environment_name("log.level"), "debug")]);
        assert!(keep(&load(&[]), &mut new).is_empty());
        assert_eq!(new.log.level, "debug");
    }
}
