//! `agendad check`: what an operator runs first when something is wrong. Each line says what was tried
//! and what came back; a bad one says what to do.

use secrecy::ExposeSecret;

use super::{Exit, output};
use crate::app::{Database, Schema};
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::Window;
use crate::portal::Portal;
use crate::sync::failure::chain;
use crate::vault::Vault;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Only what needs no network: settings, key, state directory
    #[arg(long)]
    offline: bool,
}

#[derive(Debug, serde::Serialize)]
struct Line {
    what: &'static str,
    ok: bool,
    found: String,
}

pub(super) async fn run(args: Args, config: Config, json: bool) -> anyhow::Result<Exit> {
    let mut lines = vec![ok("configuration", windows(&config.windows)), key(&config)];
    if !args.offline {
        lines.extend(database(&config).await);
        lines.push(portal(&config).await);
    }
    let good = lines.iter().all(|line| line.ok);
    if json {
        output::json(&lines)?;
    } else {
        for line in lines {
            output::line(format!(
                "{}  {:<14} {}",
                if line.ok { "ok  " } else { "FAIL" },
                line.what,
                line.found
            ));
        }
    }
    Ok(if good { Exit::Done } else { Exit::Failed })
}

fn ok(what: &'static str, found: String) -> Line {
    Line {
        what,
        ok: true,
        found,
    }
}

fn bad(what: &'static str, error: &dyn std::error::Error) -> Line {
    Line {
        what,
        ok: false,
        found: chain(error).join(": "),
    }
}

/// The windows, with the days that two of them share or that lie between them.
fn windows(windows: &[Window]) -> String {
    let mut sorted: Vec<&Window> = windows.iter().collect();
    sorted.sort_by_key(|window| window.from_day);
    let list: Vec<String> = sorted
        .iter()
        .map(|w| format!("{} (days {} to {})", w.name, w.from_day, w.to_day))
        .collect();
    let mut remarks = String::new();
    for pair in sorted.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        if b.from_day <= a.to_day {
            remarks.push_str(&format!("; {} and {} overlap", a.name, b.name));
        } else if b.from_day > a.to_day + 1 {
            remarks.push_str(&format!(
                "; no window reads days {} to {}",
                a.to_day + 1,
                b.from_day - 1
            ));
        }
    }
    format!("windows {}{remarks}", list.join(", "))
}

fn key(config: &Config) -> Line {
    match Vault::open(config.secrets.vault_key.as_ref(), &config.state_dir) {
        Ok(_) if config.secrets.vault_key.is_some() => {
            ok("key", "vault.key is a good key".to_owned())
        }
        Ok(_) => {
            let path = config.state_dir.join("vault.key");
            ok(
                "key",
                format!(
                    "{} (keep a copy: without it the stored passwords are lost)",
                    path.display()
                ),
            )
        }
        Err(error) => bad("key", &error),
    }
}

async fn database(config: &Config) -> Vec<Line> {
    let database = match Database::open(config, Schema::AsItIs).await {
        Ok(database) => database,
        Err(error) => return vec![bad("database", error.as_ref())],
    };
    let place =
        match crate::store::connect::options(database.url().expose_secret(), "agendad check") {
            Ok(options) => crate::store::connect::place(&options),
            Err(error) => error.to_string(),
        };
    let private = if database.is_private() {
        ", private"
    } else {
        ""
    };
    let migrations = match database.store.pending_migrations().await {
        Ok(0) => ok("migrations", "the schema is up to date".to_owned()),
        Ok(n) => Line {
            what: "migrations",
            ok: false,
            found: format!("{n} are missing; run: agendad migrate"),
        },
        Err(error) => bad("migrations", &error),
    };
    let mut lines = vec![ok("database", format!("{place}{private}")), migrations];
    if let Err(error) = database.close().await {
        lines.push(bad("database", error.as_ref()));
    }
    lines
}

async fn portal(config: &Config) -> Line {
    let clock = Clock::system(config.timezone);
    let portal = match Portal::new(&config.portal, &config.retry, &config.state_dir, &clock) {
        Ok(portal) => portal,
        Err(error) => return bad("portal", &error),
    };
    match portal.reachable().await {
        Ok(()) => ok("portal", format!("{} answers", config.portal.base_url)),
        Err(error) => Line {
            what: "portal",
            ok: false,
            found: format!(
                "{}: {} (is the address right? is the portal up?)",
                config.portal.base_url,
                chain(&error).join(": ")
            ),
        },
    }
}
